"""Run parts side by side: one log, restarts with backoff, and an end that leaves nothing behind."""

import asyncio
import os
import signal
import subprocess
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Final, Self

from scripts.guard import Guard
from scripts.launch import launch
from scripts.log import Lines, Log
from scripts.parts import Part
from scripts.refused import RefusedError
from scripts.restarts import described, next_pause_s
from scripts.roster import Roster
from scripts.stopping import kill_group, stop

_PIECE_BYTES: Final = 64 * 1024
_ASK_AGAIN_S: Final = 0.05
_LAST_WORDS_S: Final = 1.0
_SAME_CALL_S: Final = 1.0


class Member:
    """One part while it is supervised: its process at present, and what it said last."""

    def __init__(self, part: Part) -> None:
        self.part = part
        self.process: subprocess.Popen[bytes] | None = None
        self.gone = asyncio.Event()
        self.silent = asyncio.Event()
        self.said: deque[str] = deque(maxlen=20)

    async def end(self) -> str:
        """Wait until it is gone; return how it ended and the last line that it wrote, as one line."""
        await self.gone.wait()
        # What it has left in the background may hold its output open for ever.
        with suppress(TimeoutError):
            await asyncio.wait_for(self.silent.wait(), _LAST_WORDS_S)
        last = next((line.strip() for line in reversed(self.said) if line.strip()), "it said nothing")
        return f"{self.how()}: {last}"

    def how(self) -> str:
        """How its process ended."""
        return "never started" if self.process is None else described(self.process.returncode)


class Supervisor:
    """Starts parts and, as a context, stops them all at its end, the last stage first.

    The first call of `interrupt` cancels the task that entered the context; a later one
    ends the patience with parts that don't stop.
    """

    def __init__(self, roster: Roster, log: Log) -> None:
        self.log = log
        self._roster = roster
        self._members: list[Member] = []
        self._keepers: list[asyncio.Task[None]] = []
        self._hurry = threading.Event()
        self._stopping = False
        self._told_s = 0.0

    async def __aenter__(self) -> Self:
        self._main = asyncio.current_task()
        self._guard = Guard(self._roster)
        asyncio.get_running_loop().add_signal_handler(signal.SIGCHLD, self._reap)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stopping = True
        for keeper in self._keepers:
            keeper.cancel()
        await asyncio.to_thread(stop, self._roster.entries(), hurry=self._hurry)
        self._reap()
        asyncio.get_running_loop().remove_signal_handler(signal.SIGCHLD)
        await asyncio.to_thread(self._guard.dismiss)

    def interrupt(self) -> None:
        """Stop everything; called again, stop it at once."""
        now_s = asyncio.get_running_loop().time()
        if not self._told_s and not self._stopping and self._main is not None:
            self._told_s = now_s
            self._main.cancel()
        elif now_s - self._told_s > _SAME_CALL_S:  # A shell may pass one Ctrl-C on twice.
            self._hurry.set()

    def start(self, part: Part) -> Member:
        """Start *part*; it isn't started again if it dies, until `keep` is called.

        Raises:
            RefusedError: It can't be started.
        """
        member = Member(part)
        try:
            self._spawn(member)
        except OSError as reason:
            raise RefusedError(f"{part.name} can't be started: {reason}") from reason
        self._members.append(member)
        return member

    def keep(self, member: Member) -> None:
        """From now on, start *member* again whenever it dies."""
        self._keepers.append(asyncio.create_task(self._start_again(member)))

    async def step(self, part: Part) -> None:
        """Run *part* to its end.

        Raises:
            RefusedError: It failed.
        """
        member = self.start(part)
        end = await member.end()
        if member.process is None or member.process.returncode:
            raise RefusedError(f"{part.name} failed ({end}); its lines above say more")

    async def until(self, member: Member, answers: Callable[[], bool], *, patience_s: float) -> None:
        """Wait until *member* answers.

        Raises:
            RefusedError: It died, or the patience is at its end.
        """
        loop = asyncio.get_running_loop()
        until_s = loop.time() + patience_s
        while not await asyncio.to_thread(answers):
            if member.gone.is_set():
                raise RefusedError(f"{member.part.name} stopped while it started ({await member.end()})")
            if loop.time() > until_s:
                raise RefusedError(f"{member.part.name} doesn't answer after {patience_s:g} s; see its lines above")
            await asyncio.sleep(_ASK_AGAIN_S)

    def _spawn(self, member: Member) -> None:
        ours, theirs = os.pipe()
        try:
            member.process = launch(member.part, output=theirs, roster=self._roster)
        except OSError:
            os.close(ours)
            raise
        finally:
            os.close(theirs)
        member.gone.clear()
        member.silent.clear()
        asyncio.get_running_loop().add_reader(ours, self._hear, member, ours, Lines())

    def _hear(self, member: Member, output: int, lines: Lines) -> None:
        piece = os.read(output, _PIECE_BYTES)
        for line in lines.feed(piece):
            member.said.append(line)
            if member.part.hushed is None or member.part.hushed not in line:
                self.log.line(member.part.name, line)
        if not piece:
            asyncio.get_running_loop().remove_reader(output)
            os.close(output)
            member.silent.set()

    def _reap(self) -> None:
        for member in self._members:
            if member.gone.is_set() or member.process is None or member.process.poll() is None:
                continue
            kill_group(member.process.pid)
            self._roster.drop(member.process.pid)
            member.gone.set()
        if not self._stopping and self._guard.renew():
            self.log.line("dev", "the guard died; another one watches now")

    async def _start_again(self, member: Member) -> None:
        loop = asyncio.get_running_loop()
        name, pause_s, began_s = member.part.name, 0.0, loop.time()
        while True:
            await member.gone.wait()
            pause_s = next_pause_s(pause_s, ran_s=loop.time() - began_s)
            self.log.line("dev", f"{name} died ({member.how()}); starting it again in {pause_s:g} s")
            await asyncio.sleep(pause_s)
            began_s = loop.time()
            try:
                self._spawn(member)
            except OSError as reason:
                self.log.line("dev", f"{name} can't be started: {reason}")
