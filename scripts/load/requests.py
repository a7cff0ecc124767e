"""Requests as they go over the wire, and who sends them."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from scripts.bench.traffic import Places

EVERYBODY: Final = "everybody"
ABUSERS: Final = "abusers"


@dataclass(frozen=True)
class Person:
    """Somebody who is logged in."""

    id: int
    token: str


@dataclass(frozen=True)
class Ground:
    """What there is to be asked for, and who asks: *pages* are further pages of lists, *reports* wait for somebody."""

    places: Places
    pages: Sequence[str]
    reports: Sequence[int]
    members: Sequence[Person]
    moderators: Sequence[Person]


@dataclass(frozen=True)
class Request:
    """One request: *head* ends before the empty line; *known_as* is what a returning client has kept the answer of."""

    endpoint: str
    head: bytes
    body: bytes = b""
    crowd: str = EVERYBODY
    known_as: str | None = None

    def wire(self, etag: bytes | None = None) -> bytes:
        """Return what is sent by somebody who has the answer of that *etag*, or none."""
        condition = b"" if etag is None else b"If-None-Match: " + etag + b"\r\n"
        return self.head + condition + b"\r\n" + self.body


def head(method: str, path: str, person: Person | None, more: Mapping[str, str]) -> bytes:
    """Return the first line of a request and its fields."""
    fields = {"Host": "load", "Accept-Encoding": "gzip", **more}
    if person is not None:
        fields["Authorization"] = f"Bearer {person.token}"
    lines = (f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in fields.items()), "")
    return "\r\n".join(lines).encode()


def sent(method: str, route: str, number: int, *, by: Person, what: Mapping[str, object]) -> Request:
    """Return a write to *route*, whose `{}` stands for *number*; moderators change any version (``If-Match: *``)."""
    body = json.dumps(what).encode()
    more = {"Content-Type": "application/json", "Content-Length": str(len(body))}
    if method == "PATCH":
        more["If-Match"] = "*"
    return Request(f"{method} {route.format('{}')}", head(method, route.format(number), by, more), body)
