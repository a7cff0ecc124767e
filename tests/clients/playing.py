"""A script played through a client, and what it saw that isn't in the script."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any, Protocol

from tests.clients.script import Read, Step


@dataclass(frozen=True)
class Seen:
    """What a client was given, by its own cache or by the site."""

    status: int
    content: Any = None


class Client(Protocol):
    """Somebody who asks through a cache of their own."""

    def ask(self, path: str, *, method: str = "GET", token: str | None = None, send: Any = None) -> Seen:
        """Return the answer to one request; *send* goes as JSON."""


@dataclass(frozen=True)
class Stage:
    """The *ids* of what there is and the *tokens* of who acts, by their names in the script."""

    ids: Mapping[str, int]
    tokens: Mapping[str, str]


def play(steps: Sequence[Step], client: Client, stage: Stage) -> Iterator[tuple[Read, Seen]]:
    """Yield each read of *steps* that showed something else than it should, with what it showed."""
    ids = dict(stage.ids)
    for step in steps:
        token = None if step.by is None else stage.tokens[step.by]
        if isinstance(step, Read):
            seen = client.ask(step.page.path.format(**ids), token=token)
            if not _is_right(step, seen):
                yield step, seen
            continue
        seen = client.ask(step.path.format(**ids), method=step.method, token=token, send=step.send)
        assert seen.status < HTTPStatus.BAD_REQUEST, (step, seen)
        if step.makes is not None:
            ids[step.makes] = seen.content["id"]


def _is_right(read: Read, seen: Seen) -> bool:
    if seen.status != read.status:
        return False
    return seen.status != HTTPStatus.OK or read.page.shows(seen.content) == read.shows
