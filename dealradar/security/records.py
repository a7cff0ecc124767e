"""What is kept of a credential that was good, so that the database need not be asked again (ADR 0046).

It holds while the versions of the credential's tags do, and for `TTL_S` at most. Whoever has fetched its bytes can
decide without asking anybody.
"""

import hmac
import json
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, Final

from dealradar.cache import identity_key, prefixes, user_hash
from dealradar.domain.users import Actor, Role
from dealradar.security.callers import Caller

TTL_S: Final = 60.0
"""As long as the use of a credential goes unnoted: who is asked for it again notes that as well."""

_LABEL: Final = b"identity-record-1:"
"""Keeps these seals apart from whatever else the same secret signs; the digit is the format's version."""
_SEAL_BYTES: Final = 32


class Kind(StrEnum):
    """What is shown; the value begins the tag that goes stale with it."""

    TOKEN = "token"  # noqa: S105  the kind of a secret, not one
    API_KEY = "api-key"


@dataclass(frozen=True, slots=True)
class Credential:
    """A token or an API key, by the *digest* of its secret."""

    kind: Kind
    digest: bytes

    @property
    def tag(self) -> str:
        """Return what goes stale when it is revoked, or its bearer may do more or less than before."""
        return f"{self.kind}:{self.digest.hex()}"

    @property
    def tags(self) -> tuple[str, ...]:
        """Return what its record depends on."""
        return (*prefixes("/"), self.tag)

    def key(self, secret: bytes) -> str:
        """Return where its record is, which only *secret* can tell from the digest."""
        return identity_key(user_hash(secret, self.tag))


@dataclass(frozen=True, slots=True)
class Known:
    """What a record says: who shows its credential, and until when that may be believed, in Unix time."""

    caller: Caller
    until_s: float


def ends_at_s(expires_at: datetime | None, *, now_s: float) -> float:
    """Return until when a record made at *now_s* may be believed, in Unix time."""
    end_s = now_s + TTL_S
    return end_s if expires_at is None else min(end_s, expires_at.timestamp())


def write(caller: Caller, credential: Credential, *, until_s: float, secret: bytes) -> bytes:
    """Return the record that *credential* is good until *until_s*, in Unix time, and shown by *caller*; sealed."""
    told = json.dumps(_told(caller) | {"until_s": until_s}, separators=(",", ":")).encode()
    return _seal(told, credential, secret) + told


def read(record: bytes, credential: Credential, *, now_s: float, secret: bytes) -> Caller | None:
    """Return who shows *credential* at *now_s*, in Unix time, going by a *record* whose versions hold.

    None where it doesn't say: it is over, another credential's, or not sealed with *secret*. Ask the database then.
    """
    known = unseal(record, credential, secret)
    return known.caller if known is not None and now_s < known.until_s else None


def unseal(record: bytes, credential: Credential, secret: bytes) -> Known | None:
    """Return what a *record* says whose versions hold; None where it is another credential's, or not sealed so."""
    told = record[_SEAL_BYTES:]
    if not hmac.compare_digest(record[:_SEAL_BYTES], _seal(told, credential, secret)):
        return None
    known = json.loads(told)
    until_s = known.pop("until_s")
    return Known(_caller(known), until_s)


def _told(caller: Caller) -> dict[str, Any]:
    if caller.actor is None:
        return {"key_id": caller.key_id, "scopes": sorted(caller.scopes)}
    return {"token_id": caller.token_id, "user_id": caller.actor.user_id, "role": caller.actor.role}


def _caller(known: dict[str, Any]) -> Caller:
    if "token_id" not in known:
        return Caller(scopes=frozenset(known["scopes"]), key_id=known["key_id"])
    return Caller(actor=Actor(known["user_id"], Role(known["role"])), token_id=known["token_id"])


def _seal(told: bytes, credential: Credential, secret: bytes) -> bytes:
    return hmac.digest(secret, _LABEL + credential.tag.encode() + b"\n" + told, "sha256")
