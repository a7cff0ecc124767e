"""What came of the experiment, for people and for programs."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from scripts.consistency import history, judge
from scripts.consistency.ending import Lost
from scripts.consistency.faults import Injector
from scripts.consistency.history import Outage, Write
from scripts.consistency.judge import Stale
from scripts.consistency.ledger import Ledger, unexplained
from scripts.consistency.recomputes import Expiry, repeated

_SHOWN: Final = 10
_LINES_OF_HISTORY: Final = 3


@dataclass(frozen=True)
class Report:
    """The counts, and what broke a promise, each as text; *writes* counts rows by how they were written."""

    seconds: float
    operations: Mapping[str, int]
    writes: Mapping[str, int]
    x_cache: Mapping[str, int]
    faults: Mapping[str, int]
    worst_s: Mapping[str, float]
    worst_after_s: Mapping[str, float]
    recomputes: Mapping[str, float]
    explained_cuts: int
    violations: Mapping[str, Sequence[str]]

    @property
    def is_clean(self) -> bool:
        """Whether every promise was kept."""
        return not any(self.violations.values())

    def as_json(self) -> dict[str, Any]:
        """Return everything, for a program."""
        return {**asdict(self), "total": sum(self.operations.values()), "is_clean": self.is_clean}


@dataclass(frozen=True)
class Outcome:
    """What was found out when the clients had ended."""

    lost: Sequence[Lost]
    expiries: Sequence[Expiry]


def draw_up(ledger: Ledger, injector: Injector, outcome: Outcome, *, seconds: float) -> Report:
    """Judge what happened."""
    writes, suspects = ledger.history.writes, ledger.history.suspects
    stale = judge.stale(suspects, writes=writes, outages=injector.outages)
    cuts = unexplained(ledger.cuts, injector.deaths_s)
    return Report(
        seconds,
        dict(ledger.operations),
        history.count(writes.values()),
        dict(ledger.x_cache),
        dict(Counter(one.fault for one in injector.done)),
        _rounded(judge.worst_s(suspects, writes=writes, outages=injector.outages)),
        _rounded(judge.worst_after_s(suspects, writes=writes, done=injector.done)),
        _counted(outcome.expiries),
        len(ledger.cuts) - len(cuts),
        {
            "stale reads": [_told(one, writes[one.write.subject], injector.outages) for one in stale],
            "rolled back and seen": [str(write) for write in ledger.history.undone_but_seen],
            "recomputed by several at once": [str(one) for one in repeated(outcome.expiries, injector.outages)],
            "lost invalidations": [str(one) for one in outcome.lost],
            "foreign answers": ledger.foreign,
            "wrong answers": ledger.wrong,
            "unexplained cuts": [str(cut) for cut in cuts],
        },
    )


def _counted(expiries: Sequence[Expiry]) -> dict[str, float]:
    times = [expiry.times for expiry in expiries] or [0]
    return {
        "expiries": len(expiries),
        "a mean expiry": round(sum(times) / len(times), 3),
        "at most": max(times),
        "expiries with more than one": sum(number > 1 for number in times),
    }


def _rounded(seconds: Mapping[str, float]) -> dict[str, float]:
    return {name: round(each_s, 3) for name, each_s in seconds.items()}


def show(report: Report) -> None:
    """Print *report*."""
    print(f"{sum(report.operations.values()):,} operations in {report.seconds:.0f} s")
    for title, counts in (
        ("operations", report.operations),
        ("rows written", report.writes),
        ("X-Cache of what was read", report.x_cache),
        ("faults", report.faults),
        ("longest that old things were seen, s", report.worst_s),
        ("the same of writes over HTTP in a fault, after its end", report.worst_after_s),
        ("recomputes", report.recomputes),
    ):
        print(f"{title}: {', '.join(f'{name} {number:,}' for name, number in counts.items()) or 'none'}")
    print(f"connections cut by a death: {report.explained_cuts}")
    for title, found in report.violations.items():
        print(f"{title}: {len(found)}")
        for text in found[:_SHOWN]:
            print(f"  - {text}")
    print("every promise was kept" if report.is_clean else "PROMISES WERE BROKEN")


def _told(stale: Stale, writes: Sequence[Write], outages: Sequence[Outage]) -> str:
    """Return the offending part of the history, its times relative to the start of the read."""
    seen, zero_s = stale.sighting, stale.sighting.began_s
    near = [write for write in writes if write.number >= seen.number][:_LINES_OF_HISTORY]
    if stale.write not in near:
        near.append(stale.write)
    how = f"{seen.x_cache}, request {seen.request_id}, took {seen.ended_s - zero_s:.3f} s"
    lines = [f"{seen.path} showed {history.mark(seen.subject, seen.number)} {stale.late_s:.3f} s too late ({how})"]
    lines += [
        f"      {write.began_s - zero_s:+8.3f} .. {write.ended_s - zero_s:+8.3f}  {write.via} wrote {write.number}"
        for write in near
    ]
    lines += [
        f"      {outage.began_s - zero_s:+8.3f} .. {outage.ended_s - zero_s:+8.3f}  {outage.what} out of order"
        + (", deaf" if outage.deaf else "")
        for outage in outages
        if outage.began_s <= seen.ended_s and outage.ended_s >= near[0].began_s - judge.RETURN_BOUND_S
    ]
    return "\n".join(lines)
