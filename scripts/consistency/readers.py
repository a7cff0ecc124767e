"""Clients that read: what everybody sees, what one person alone sees, and what is refused."""

import random
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import Final

from scripts.consistency import judge
from scripts.consistency.client import Client, CutError, Wish
from scripts.consistency.community import Community, Person
from scripts.consistency.history import Answer
from scripts.consistency.ledger import Ledger

_PRIVATE: Final = ("/api/auth/me", "/api/me/bookmarks", "/api/notifications")
_REPORTS: Final = "/api/reports"
_OPEN_SHARE, _PRIVATE_SHARE = 0.8, 0.95


class Reader:
    """Reads until it is over; one thread's."""

    def __init__(self, port: int, community: Community, ledger: Ledger) -> None:
        self._client = Client(port)
        self._community = community
        self._ledger = ledger
        self._dice = random.Random()  # noqa: S311 - a load, no secret

    def run(self) -> None:
        """Read one thing after the other."""
        while not self._ledger.over.is_set():
            try:
                self._read_something()
            except CutError as error:
                self._ledger.cut(error)

    def read(self, path: str) -> None:
        """Read what everybody may, and note what it shows.

        Raises:
            CutError: There was no answer.
        """
        answer = self._client.ask(Wish(path))
        self._ledger.did("read", answer)
        gone = answer.status == HTTPStatus.NOT_FOUND and path not in self._community.paths
        if answer.status != HTTPStatus.OK and not gone:
            self._ledger.refuse(answer, "expected 200")
        self._ledger.history.saw(answer)

    def _read_something(self) -> None:
        luck = self._dice.random()
        if luck < _OPEN_SHARE:
            paths = (*self._community.paths, *self._ledger.vanishing * 3)
            self.read(self._dice.choice(paths))
        elif luck < _PRIVATE_SHARE:
            self._read_private(self._dice.choice((*self._community.members, *self._community.moderators)))
        else:
            self._read_reports()

    def _read_private(self, person: Person) -> None:
        answer = self._client.ask(Wish(self._dice.choice(_PRIVATE), person.token))
        self._ledger.did("read own", answer)
        if answer.status != HTTPStatus.OK or f"private-{person.id}".encode() not in answer.body:
            self._ledger.refuse(answer, f"expected what is {person.id}'s own")
        if owners := judge.foreign(answer.body, person.id):
            self._ledger.accuse(answer, owners, person.id)

    def _read_reports(self) -> None:
        moderator, member = self._dice.choice(self._community.moderators), self._dice.choice(self._community.members)
        self._expect(self._client.ask(Wish(_REPORTS, moderator.token)), HTTPStatus.OK)
        self._expect(self._client.ask(Wish(_REPORTS, member.token)), HTTPStatus.FORBIDDEN)
        self._expect(self._client.ask(Wish(_REPORTS)), HTTPStatus.UNAUTHORIZED)

    def _expect(self, answer: Answer, status: HTTPStatus) -> None:
        self._ledger.did("read reports", answer)
        if answer.status != status:
            self._ledger.refuse(answer, f"expected {status.value}")


class Crowd:
    """Several who want the same at once, as happens when a write has made it stale."""

    def __init__(self, *readers: Reader) -> None:
        self._readers = readers
        self._pool = ThreadPoolExecutor(len(readers))

    def read(self, path: str) -> None:
        """Have everybody read *path* at the same moment.

        Raises:
            CutError: Somebody got no answer.
        """
        for answered in [self._pool.submit(reader.read, path) for reader in self._readers]:
            answered.result()
