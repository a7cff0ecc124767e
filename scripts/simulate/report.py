"""What the policies came to, as a table or as JSON."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from scripts.simulate.replay import Counts, totals

OPTIMUM: Final = "optimum, stored on demand"
_HEAD: Final = (
    "| policy | hits | readers waited | refreshed | warmed | s computed | MB computed | MB held | stale | for s |",
    "|---|---|---|---|---|---|---|---|---|---|",
)


@dataclass(frozen=True)
class Found:
    """What each policy came to by name, and the most hits that there could have been of the lookups that counted."""

    policies: Mapping[str, Counts]
    most_hits: int
    asked: int


def table(found: Found) -> str:
    """Return a line for each policy, and one for the optimum."""
    rows = [_row(name, counts) for name, counts in found.policies.items()]
    optimum = f"| {OPTIMUM} | {_percent(found.most_hits, found.asked)} |" + " |" * 8
    return "\n".join([*_HEAD, *rows, optimum])


def as_json(found: Found) -> str:
    """Return the same for programs."""
    policies: Sequence[Mapping[str, object]] = [
        {"policy": name, **totals(counts)} for name, counts in found.policies.items()
    ]
    most = {"policy": OPTIMUM, "asked": found.asked, "hits": found.most_hits}
    return json.dumps([*policies, most], indent=2)


def _row(name: str, counts: Counts) -> str:
    stale_s = counts.stale_s / counts.stale_hits if counts.stale_hits else 0.0
    cells = (
        name,
        _percent(counts.hits, counts.asked),
        f"{counts.asked - counts.hits:,}",
        f"{counts.refreshed:,}",
        f"{counts.warmed:,}",
        f"{counts.computed_s:,.1f}",
        f"{counts.computed_bytes / 1e6:,.1f}",
        f"{counts.peak_bytes / 1e6:,.1f}",
        _percent(counts.stale_hits, counts.asked),
        f"{stale_s:.1f}",
    )
    return f"| {' | '.join(cells)} |"


def _percent(part: int, whole: int) -> str:
    return f"{part / whole:.2%}".replace("%", " %") if whole else "-"
