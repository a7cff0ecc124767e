"""Ask a lane as a server's loop does, and read what it answers."""

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from flask import Flask
from werkzeug.test import Client

from dealradar.fastlane.connecting import EXTENSION
from dealradar.fastlane.lane import Lane

PEER: Final = "127.0.0.1"
OWN: Final = {"X-Request-ID", "RateLimit", "X-RateLimit-Remaining", "X-RateLimit-Reset", "Date", "Server", "Connection"}
"""What is another for each request, or the server's to say."""
TIMED: Final = {"Age", "Cache-Status", "Last-Modified"}


@dataclass(frozen=True)
class Answer:
    """An answer of a lane."""

    status: str
    headers: Mapping[str, str]
    body: bytes


def lane_of(app: Flask) -> Lane:
    """Return a lane of *app*, as one of its worker processes has it."""
    lane: Lane = app.extensions[EXTENSION]("gunicorn")
    return lane


def learn(client: Client, path: str) -> None:
    """Ask for *path* by the ordinary road."""
    assert client.get(path).status_code == HTTPStatus.OK


def head_of(path: str, *, method: str = "GET", **headers: str) -> bytes:
    """Return the head of a request; underscores in the names of *headers* are hyphens."""
    told = {"Host": "localhost", **{name.replace("_", "-"): value for name, value in headers.items()}}
    lines = "".join(f"{name}: {value}\r\n" for name, value in told.items())
    return f"{method} {path} HTTP/1.1\r\n{lines}\r\n".encode()


def ask(lane: Lane, path: str, *, method: str = "GET", peer: str = PEER, **headers: str) -> Answer | None:
    """Return what *lane* answers to a request, None if it leaves it to the ordinary road."""
    asking = lane.consider(head_of(path, method=method, **headers), peer)
    if asking is None:
        return None
    (outcome,) = lane.answer([asking])
    return None if outcome.data is None else parse(outcome.data)


def parse(data: bytes) -> Answer:
    """Return the answer whose bytes are *data*."""
    head, _, body = data.partition(b"\r\n\r\n")
    status_line, *lines = head.decode("latin-1").split("\r\n")
    headers = dict(line.split(": ", 1) for line in lines)
    assert len(headers) == len(lines), "a field is there twice"
    return Answer(status_line.removeprefix("HTTP/1.1 "), headers, body)
