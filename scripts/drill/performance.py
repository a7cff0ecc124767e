"""The steps, one after the other, each looked at for a while."""

import asyncio
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Final

from scripts.consistency.ledger import Ledger
from scripts.drill.findings import Done, Tally, Waits
from scripts.drill.rehearsal import Rehearsal, until
from scripts.drill.rollback import Step
from scripts.drill.stalls import Stalls

ENOUGH: Final = 200
"""How many requests tell something of a step, however slow the machine is."""


@dataclass
class Performance:
    """Does things to the site of *rehearsal*, whose clients write into *ledger*; *done* is what has been done."""

    rehearsal: Rehearsal
    ledger: Ledger
    done: list[Done] = field(default_factory=list)
    _stalls: Stalls = field(default_factory=Stalls)

    async def go_through(self, steps: Sequence[Step], *, dwell_s: float) -> None:
        """Do *steps*, and leave the clients alone with the result of each for *dwell_s*.

        Raises:
            RefusedError: One can't be done.
        """
        watching = asyncio.create_task(self._stalls.watch())
        try:
            for step in steps:
                self.done.append(await self._do(step, dwell_s=dwell_s))
        finally:
            watching.cancel()

    async def _do(self, step: Step, *, dwell_s: float) -> Done:
        print(step.name, file=sys.stderr, flush=True)
        began_s, before = time.monotonic(), Tally.of(self.ledger)
        self._lap()
        await step.act(self.rehearsal)
        took_s, then = time.monotonic() - began_s, Tally.of(self.ledger)
        await asyncio.sleep(dwell_s)
        await until(partial(self._has_enough, then), f"{ENOUGH} requests are answered")
        after, waits = Tally.of(self.ledger).since(then), self._lap()
        during = then.since(before)
        return Done(step.name, step.is_cached, took_s, during, after, waits=waits, patience_s=step.patience_s)

    def _lap(self) -> Waits:
        return Waits.of(self.ledger.lap(), self._stalls.lap())

    def _has_enough(self, before: Tally) -> bool:
        return Tally.of(self.ledger).since(before).requests >= ENOUGH
