"""The clients of the experiment, a thread each, beside whatever is done to the site."""

import asyncio
import threading
from collections.abc import Awaitable, Callable
from typing import Final

from scripts.consistency.community import Community
from scripts.consistency.ledger import Ledger
from scripts.consistency.readers import Crowd, Reader
from scripts.consistency.stack import Stack
from scripts.consistency.writers import HttpWriter, SqlWriter

_HTTP_WRITERS: Final = 3
_CROWD: Final = 4
_LAST_ANSWERS_S: Final = 30.0


class Experiment:
    """Readers and writers at work on *stack*; what they saw is in *ledger*."""

    def __init__(self, stack: Stack, people: Community) -> None:
        self.ledger = Ledger()
        self._stack = stack
        self._people = people
        self._failed: list[BaseException] = []

    async def go_on(self, reader_count: int, harm: Awaitable[None]) -> None:
        """Have the clients at work for as long as *harm* takes.

        Raises:
            RuntimeError: A client couldn't go on, which is the experiment's own fault.
        """
        threads = [threading.Thread(target=self._guarded, args=(work,)) for work in self._work(reader_count)]
        for thread in threads:
            thread.start()
        try:
            await harm
        finally:
            self.ledger.over.set()
            await asyncio.gather(*(asyncio.to_thread(thread.join, _LAST_ANSWERS_S) for thread in threads))
        if self._failed:
            raise RuntimeError("a client couldn't go on") from self._failed[0]

    def _work(self, reader_count: int) -> list[Callable[[], None]]:
        readers = [self._reader().run for _ in range(reader_count)]
        return [*readers, *(self._writing(share) for share in range(_HTTP_WRITERS)), self._write_past_the_site]

    def _writing(self, share: int) -> Callable[[], None]:
        def write() -> None:
            targets = self._people.targets[share::_HTTP_WRITERS]
            crowd = Crowd(*(self._reader() for _ in range(_CROWD)))
            with self._stack.connect() as connection:
                HttpWriter(self._stack.port, targets, crowd, self.ledger).run(connection)

        return write

    def _write_past_the_site(self) -> None:
        with self._stack.connect() as connection:
            SqlWriter(self._people, self.ledger).run(connection)

    def _reader(self) -> Reader:
        return Reader(self._stack.port, self._people, self.ledger)

    def _guarded(self, work: Callable[[], None]) -> None:
        try:
            work()
        except Exception as error:  # noqa: BLE001 - told by who waits for the thread
            self._failed.append(error)
            self.ledger.over.set()
