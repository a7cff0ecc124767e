"""`scripts/dev simulate`: what other policies would have made of the same traffic."""

import argparse
import sys
import time
from collections.abc import Sequence
from math import inf
from pathlib import Path
from typing import Final, TypeVar

from scripts.simulate import checking, optimum, reading, report, zipf
from scripts.simulate.checking import Traffic
from scripts.simulate.events import Trace
from scripts.simulate.policies import CURRENT, POLICIES
from scripts.simulate.replay import Conditions, Replay, already
from scripts.simulate.report import Found
from scripts.simulate.zipf import Community

MADE_UP: Final = "zipf"
Made = TypeVar("Made", Community, Traffic)


def main(arguments: Sequence[str]) -> int:
    """Simulate, and print what came of it; return 1 if what was really served is another thing.

    Raises:
        RefusedError: The trace can't be read, or the site doesn't start.
    """
    wish = wish_of(arguments)
    served = checking.serve(_given(Traffic, wish)) if wish.check else None
    trace = _trace(wish) if served is None else served.trace
    if trace.unread:
        print(f"{trace.unread} lines made no sense and were left out", file=sys.stderr)
    found = tried(trace, Conditions(wish.entries, wish.warm_percent / 100))
    print(report.as_json(found) if wish.json else report.table(found))
    if served is None:
        return 0
    text, is_near = checking.verdict(served, found.policies[CURRENT.name].hit_ratio)
    print(text, file=sys.stderr)
    return int(not is_near)


def wish_of(arguments: Sequence[str]) -> argparse.Namespace:
    """Return what *arguments* ask for; explain and end the program if they make no sense."""
    parser = argparse.ArgumentParser(
        prog="scripts/dev simulate",
        description="Play a trace of what was asked for, computed and invalidated against several policies.",
        epilog="A trace is what TRACE_FILE makes: name the files of all processes, such as var/trace.*",
    )
    sources = parser.add_mutually_exclusive_group(required=True)
    sources.add_argument("trace", nargs="*", default=[], help=f"files of a trace, or {MADE_UP}: what is made up")
    sources.add_argument("--check", action="store_true", help="play traffic on a site, and compare: 1 point is allowed")
    parser.add_argument("--entries", type=_count, help="how many entries the store has room for; else for all")
    parser.add_argument("--warm-percent", type=_percent, default=25, help="as CACHE_WARM_DATABASE_PERCENT")
    parser.add_argument("--json", action="store_true", help="print JSON instead of a table")
    made = parser.add_argument_group("traffic that is made up or played")
    made.add_argument("--rate", type=_positive, dest="rate_per_s", help="requests a second")
    made.add_argument("--minutes", type=_positive, help="how long")
    made.add_argument("--writes", type=_share, help="their share of all requests")
    made.add_argument("--objects", type=_count, help=f"{MADE_UP}: how many things there are")
    made.add_argument("--exponent", type=_positive, help=f"{MADE_UP}: how unequal they are in demand")
    made.add_argument("--seed", type=int, help=f"{MADE_UP}: another one makes other traffic")
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
        return zipf.made_up(_given(Community, wish))
    return reading.read([Path(name) for name in wish.trace])


def _given(kind: type[Made], wish: argparse.Namespace) -> Made:
    """Return a *kind* of traffic as wished, and as it usually is where nothing was."""
    named = {name: getattr(wish, name) for name in kind.__dataclass_fields__}
    return kind(**{name: value for name, value in named.items() if value is not None})


def _count(text: str) -> int:
    return int(_within(text, int(text), least=1))


def _percent(text: str) -> int:
    return int(_within(text, int(text), least=0, most=100))


def _share(text: str) -> float:
    return _within(text, float(text), least=0, most=1)


def _positive(text: str) -> float:
    return _within(text, float(text), least=sys.float_info.min)


def _within(text: str, value: float, *, least: float, most: float = inf) -> float:
    if not least <= value <= most:
        allowed = "above 0" if most == inf else f"from {least:g} to {most:g}"
        raise argparse.ArgumentTypeError(f"{text} isn't {allowed}")
    return value
