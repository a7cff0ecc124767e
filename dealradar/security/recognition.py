"""Recognise who shows a credential: by its record in the store while that holds, else by the database (ADR 0046)."""

import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from http import HTTPStatus
from typing import Final

from flask import current_app

from dealradar.cache import Down, Entry, Hit, Miss, Store, StoreUnavailableError, version_key
from dealradar.config import Settings
from dealradar.httpcache import stores
from dealradar.security import records
from dealradar.security.callers import Caller
from dealradar.security.measures import RECOGNISED
from dealradar.security.records import Credential

_MEDIA_TYPE: Final = "application/octet-stream"


@dataclass(frozen=True)
class Proven:
    """Whom the database knows by a credential, and when that expires; None is never."""

    caller: Caller
    expires_at: datetime | None


Prove = Callable[[Credential], Proven | None]
"""Asks the database; None is a credential that isn't good."""


def recognise(credential: Credential, prove: Prove, *, now: datetime) -> Caller | None:
    """Return who shows *credential* at *now*, None if it isn't good: by its record, else as they *prove*.

    A refusal is never kept. Where writes invalidate nothing, neither is anything else.
    """
    settings: Settings = current_app.extensions["settings"]
    if not settings.cache_bust_on_write:
        return ask(credential, prove)
    return _Records(stores.current(), settings.secret_key.get_secret_value().encode()).find(credential, prove, now=now)


def ask(credential: Credential, prove: Prove) -> Caller | None:
    """Return who shows *credential* as they *prove*, whatever is kept of it."""
    proven = _ask(credential, prove)
    return None if proven is None else proven.caller


def _ask(credential: Credential, prove: Prove) -> Proven | None:
    proven = prove(credential)
    RECOGNISED.labels(credential.kind, "refused" if proven is None else "database").inc()
    return proven


@dataclass(frozen=True)
class _Records:
    """Those in *store*, sealed with *secret*."""

    store: Store
    secret: bytes

    def find(self, credential: Credential, prove: Prove, *, now: datetime) -> Caller | None:
        found = self.store.lookup(credential.key(self.secret), credential.tags)
        if isinstance(found, Down):
            return ask(credential, prove)
        if isinstance(found, Hit):
            known = records.read(found.entry.body, credential, now_s=now.timestamp(), secret=self.secret)
            if known is not None:
                RECOGNISED.labels(credential.kind, "record").inc()
                return known
        return self._fill(credential, prove, now=now, missed=found if isinstance(found, Miss) else None)

    def _fill(self, credential: Credential, prove: Prove, *, now: datetime, missed: Miss | None) -> Caller | None:
        versions = self.store.versions(credential.tags, missed)  # before the database is asked, or a revocation passes
        proven = _ask(credential, prove)
        if proven is None:
            self._forget(credential)
            return None
        if versions is not None:
            until_s = records.ends_at_s(proven.expires_at, now_s=now.timestamp())
            body = records.write(proven.caller, credential, until_s=until_s, secret=self.secret)
            entry = Entry(
                HTTPStatus.OK.value, _MEDIA_TYPE, body, versions, stored_at_s=time.time(), ttl_s=records.TTL_S
            )
            self.store.put(credential.key(self.secret), entry)
        return proven.caller

    def _forget(self, credential: Credential) -> None:
        """Leave nothing behind of what anybody may make up; that it was there costs nobody more than a miss."""
        with suppress(StoreUnavailableError):
            self.store.delete([version_key(credential.tag)])
