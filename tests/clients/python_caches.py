"""Caches for requests, the HTTP client of Python programs."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import requests
import requests_cache
from hishel import CacheOptions, SqliteStorage
from hishel.requests import CacheAdapter

from tests.clients.playing import Seen

PATIENCE_S: Final = 30.0


@dataclass(frozen=True)
class Program:
    """A program that asks the site at *url* through a *session*."""

    url: str
    session: requests.Session

    def ask(self, path: str, *, method: str = "GET", token: str | None = None, send: Any = None) -> Seen:
        """Return the answer to one request; *send* goes as JSON."""
        credentials = {} if token is None else {"Authorization": f"Bearer {token}"}
        answer = self.session.request(method, self.url + path, json=send, headers=credentials, timeout=PATIENCE_S)
        return Seen(answer.status_code, answer.json() if answer.content else None)


@contextmanager
def hishel(url: str, *, is_shared: bool) -> Iterator[Program]:
    """Give a program with hishel by RFC 9111: a cache that *is_shared*, or that is its own."""
    memory = sqlite3.connect(":memory:", check_same_thread=False)
    adapter = CacheAdapter(storage=SqliteStorage(connection=memory), rfc=CacheOptions(shared=is_shared))
    with requests.Session() as session:
        session.mount("http://", adapter)
        yield Program(url, session)


@contextmanager
def cached_session(url: str) -> Iterator[Program]:
    """Give a program with requests-cache that goes by `Cache-Control`."""
    with requests_cache.CachedSession(backend="memory", cache_control=True) as session:
        yield Program(url, session)
