"""What the clients met while something was done, step by step and in the end."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Final

from scripts.consistency import judge
from scripts.consistency.ending import Lost
from scripts.consistency.history import Outage
from scripts.consistency.ledger import Access, Ledger

_SHOWN: Final = 10
_HEAD: Final = (
    f"{'':<42} {'took s':>7} {'requests':>9} {'failed':>7} {'stored, then':>13}"
    f" {'read s':>7} {'write s':>8} {'stall s':>8}"
)
_STORED: Final = ("HIT", "STALE")


@dataclass(frozen=True)
class Tally:
    """What there was until some moment: requests, those that failed, and how what was read was come by."""

    requests: int
    failed: int
    x_cache: Mapping[str, int]

    @classmethod
    def of(cls, ledger: Ledger) -> "Tally":
        """Return what *ledger* has by now."""
        failed = len(ledger.wrong) + len(ledger.cuts)
        return cls(sum(ledger.operations.values()), failed, dict(ledger.x_cache))

    def since(self, before: "Tally") -> "Tally":
        """Return what came on top of *before*."""
        came = Counter(self.x_cache)
        came.subtract(before.x_cache)
        return Tally(self.requests - before.requests, self.failed - before.failed, dict(came))

    @property
    def stored(self) -> int:
        """Return how many answers came out of the store."""
        return sum(self.x_cache.get(one, 0) for one in _STORED)

    @property
    def stored_share(self) -> float:
        """Return that as a share of what was read."""
        return self.stored / max(1, sum(self.x_cache.values()))


@dataclass(frozen=True)
class Waits:
    """The longest that somebody waited for a read and for a write, and that the machine had nobody's turn come."""

    read_s: float = 0.0
    write_s: float = 0.0
    stall_s: float = 0.0

    @classmethod
    def of(cls, longest_s: Mapping[Access, float], stall_s: float) -> "Waits":
        """Return them, zero where nobody waited."""
        return cls(longest_s.get(Access.READ, 0.0), longest_s.get(Access.WRITE, 0.0), stall_s)

    def are_within(self, patience_s: float) -> bool:
        """Return whether nobody waited for longer, but for what the machine itself held everybody up."""
        return max(self.read_s, self.write_s) - self.stall_s <= patience_s

    def __str__(self) -> str:
        return f"{self.read_s:.2f} s for a read, {self.write_s:.2f} s for a write; stalled {self.stall_s:.2f} s"


@dataclass(frozen=True)
class Done:
    """A step: the seconds it took, what clients met *during* it, and *after* it for a while.

    *waits* are those of both; *patience_s* is how long nobody should have to wait.
    """

    name: str
    is_cached: bool
    took_s: float
    during: Tally
    after: Tally
    waits: Waits = Waits()
    patience_s: float = inf

    @property
    def has_come_true(self) -> bool:
        """Whether answers came out of the store, or didn't, as the step means them to."""
        return (self.after.stored > 0) == self.is_cached


@dataclass(frozen=True)
class End:
    """What is different from the database in the end, and what the site's own sampler came to meanwhile."""

    lost: Sequence[Lost] = ()
    samples: int = 0
    stale: int = 0


@dataclass(frozen=True)
class Findings:
    """All steps, what went wrong as text by kind, and for how long old things were seen after a write at most."""

    done: Sequence[Done]
    wrong: Mapping[str, Sequence[str]]
    oldest_s: float
    samples: int

    @property
    def is_clean(self) -> bool:
        """Whether nobody noticed anything but the time that answers took."""
        return not any(self.wrong.values())


def draw_up(done: Sequence[Done], ledger: Ledger, *, outages: Sequence[Outage], end: End) -> Findings:
    """Judge what happened."""
    writes, suspects = ledger.history.writes, ledger.history.suspects
    worst_s = judge.worst_s(suspects, writes=writes, outages=())
    return Findings(
        done,
        {
            "not as meant": [
                f"{step.name}: {step.after.stored} answers of the store" for step in done if not step.has_come_true
            ],
            "waited too long": [
                f"{step.name}: {step.waits}" for step in done if not step.waits.are_within(step.patience_s)
            ],
            "stale reads": [str(one) for one in judge.stale(suspects, writes=writes, outages=outages)],
            "rolled back and seen": [str(write) for write in ledger.history.undone_but_seen],
            "stale in the end": [str(one) for one in end.lost],
            "stale to the site's own sampler": [f"{end.stale} of {end.samples}"] if end.stale else [],
            "foreign answers": ledger.foreign,
            "wrong answers": ledger.wrong,
            "requests without an answer": [str(cut) for cut in ledger.cuts],
        },
        oldest_s=worst_s["http"],
        samples=end.samples,
    )


def table(findings: Findings) -> str:
    """Return what was found, as lines."""
    lines = [_HEAD]
    lines += [_line(step) for step in findings.done]
    lines.append("read, write: the longest that anybody waited for one; stall: that the machine held everybody up")
    lines.append(f"longest that old things were seen after a write was answered: {findings.oldest_s:.3f} s")
    lines.append(f"stored answers that the site's own sampler compared meanwhile: {findings.samples}")
    for kind, found in findings.wrong.items():
        lines.append(f"{kind}: {len(found)}")
        lines += [f"  - {text}" for text in found[:_SHOWN]]
    lines.append("nobody noticed" if findings.is_clean else "SOMEBODY NOTICED")
    return "\n".join(lines)


def _line(step: Done) -> str:
    requests, failed = (step.during.requests + step.after.requests), (step.during.failed + step.after.failed)
    return (
        f"{step.name:<42} {step.took_s:>7.1f} {requests:>9,} {failed:>7} {step.after.stored_share:>13.0%}"
        f" {step.waits.read_s:>7.2f} {step.waits.write_s:>8.2f} {step.waits.stall_s:>8.2f}"
    )
