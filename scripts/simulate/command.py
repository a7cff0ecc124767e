"""`scripts/dev simulate`: what other policies would have made of the same traffic."""

import argparse
import sys
import time
from collections.abc import Sequence
from dataclasses import fields
from pathlib import Path
from typing import Final

from scripts.simulate import optimum, reading, report, zipf
from scripts.simulate.events import Trace
from scripts.simulate.policies import POLICIES
from scripts.simulate.replay import Conditions, Replay, already
from scripts.simulate.report import Found
from scripts.simulate.zipf import Community

MADE_UP: Final = "zipf"


def main(arguments: Sequence[str]) -> int:
    """Simulate, and print what came of it.

    Raises:
        RefusedError: The trace can't be read.
    """
    wish = wish_of(arguments)
    trace = _trace(wish)
    if trace.unread:
        print(f"{trace.unread} lines made no sense and were left out", file=sys.stderr)
    found = tried(trace, Conditions(wish.entries, wish.warm_percent / 100, seed=wish.seed))
    print(report.as_json(found) if wish.json else report.table(found))
    return 0


def wish_of(arguments: Sequence[str]) -> argparse.Namespace:
    """Return what *arguments* ask for; explain and end the program if they make no sense."""
    parser = argparse.ArgumentParser(
        prog="scripts/dev simulate",
        description="Play a trace of what was asked for, computed and invalidated against several policies.",
        epilog="A trace is what TRACE_FILE makes: name the files of all processes, such as var/trace.*",
    )
    parser.add_argument("trace", nargs="+", help=f"files of a trace, or {MADE_UP}: traffic that is made up")
    parser.add_argument("--entries", type=_count, help="how many entries the store has room for; else for all")
    parser.add_argument("--warm-percent", type=float, default=25.0, help="as CACHE_WARM_DATABASE_PERCENT")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    made_up = parser.add_argument_group(MADE_UP)
    for field in fields(Community):
        default = getattr(Community, field.name)
        name = field.name.removesuffix("_per_s")
        made_up.add_argument(f"--{name}", dest=field.name, type=type(default), default=default, help=f"{default}")
    return parser.parse_args(arguments)


def tried(trace: Trace, conditions: Conditions) -> Found:
    """Return what each policy makes of *trace* under *conditions*."""
    began_s = time.monotonic()
    policies = {policy.name: Replay(trace, policy, conditions).run() for policy in POLICIES}
    rate = len(trace.events) * len(POLICIES) / max(time.monotonic() - began_s, 1e-9)
    print(f"{len(trace.events):,} events, {rate:,.0f} of them a second", file=sys.stderr)
    there = already(trace.events)
    most = optimum.most_hits(trace, entries=conditions.entries, already=there)
    return Found(policies, most, len(optimum.reads_of(trace)))


def _trace(wish: argparse.Namespace) -> Trace:
    if wish.trace == [MADE_UP]:
        return zipf.made_up(Community(**{field.name: getattr(wish, field.name) for field in fields(Community)}))
    return reading.read([Path(name) for name in wish.trace])


def _count(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{text} isn't above 0")
    return value
