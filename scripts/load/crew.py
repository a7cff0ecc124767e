"""The generators together, and what they tell, second by second."""

import multiprocessing
import selectors
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection as Pipe
from typing import Final

from scripts.load.generator import Done, Orders, run
from scripts.load.tally import Tally
from scripts.refused import RefusedError

GENERATORS: Final = 2


@dataclass(frozen=True)
class Played:
    """What came of playing, until the last answer *duration_s* later: each second of it, and how the generators did."""

    duration_s: float
    seconds: Sequence[Tally]
    cpu_share: float
    unsent: int


def play(orders: Orders, name: str) -> Played:
    """Have generators share in *orders*; show how they do in a line that changes each second.

    Raises:
        RefusedError: One died.
    """
    context = multiprocessing.get_context("spawn")
    pipes, members = [], []
    for number in range(GENERATORS):
        ours, theirs = context.Pipe(duplex=False)
        member = context.Process(target=run, args=(share_of(orders, number), theirs), daemon=True)
        member.start()
        theirs.close()
        pipes.append(ours)
        members.append(member)
    seconds, ends = _listen(pipes, name)
    for member in members:
        member.join()
    if len(ends) < GENERATORS:
        raise RefusedError(f"{name}: a generator died; what it said stands above")
    whole = [seconds.get(number, Tally()) for number in range(max(seconds) + 1)]
    taken_s = max(end.taken_s for end in ends)
    return Played(taken_s, whole, max(end.cpu_share for end in ends), sum(end.unsent for end in ends))


def share_of(orders: Orders, number: int) -> Orders:
    """Return what generator *number* has to do: a part of everything, with members of its own."""
    ground, rate = orders.ground, orders.rate_per_s
    return replace(
        orders,
        ground=replace(ground, members=ground.members[number::GENERATORS]),
        seed=orders.seed * GENERATORS + number,
        connections=orders.connections // GENERATORS,
        rate_per_s=None if rate is None else rate / GENERATORS,
    )


def _listen(pipes: Sequence[Pipe], name: str) -> tuple[dict[int, Tally], list[Done]]:
    """Return what is told through *pipes*: the seconds by their number, and how each generator ended."""
    selector = selectors.DefaultSelector()
    for pipe in pipes:
        selector.register(pipe, selectors.EVENT_READ, pipe)
    seconds: dict[int, Tally] = {}
    ends: list[Done] = []
    while selector.get_map():
        for key, _ in selector.select():
            _take(key.data, selector, seconds, ends)
        _show(name, seconds)
    print(file=sys.stderr)
    return seconds, ends


def _take(pipe: Pipe, selector: selectors.BaseSelector, seconds: dict[int, Tally], ends: list[Done]) -> None:
    try:
        told = pipe.recv()
    except EOFError:
        selector.unregister(pipe)
        return
    if isinstance(told, Done):
        ends.append(told)
    else:
        seconds.setdefault(told.number, Tally()).merge(told.tally)


def _show(name: str, seconds: Mapping[int, Tally]) -> None:
    """Show the newest second that all generators have told."""
    number = max(seconds, default=0) - 1
    tally = seconds.get(number, Tally())
    ratio = tally.hit_ratio()
    hits = "-" if ratio is None else f"{ratio:.1%}"
    slowest = f"p99 {tally.taken().percentile_ms(99):>7.1f} ms"
    line = f"{name} {number + 1:>5} s {tally.count():>7,}/s hits {hits:>6} {slowest} errors {tally.wrong().total()}"
    print(f"\r{line:<90}", end="", file=sys.stderr, flush=True)
