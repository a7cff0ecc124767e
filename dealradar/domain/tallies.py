# ruff: noqa: S608  the statements are made of the names in this file
"""Tables that hold how many rows there are of each kind; triggers keep them right, whoever writes (ADR 0063)."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from dealradar.domain.counters import UNLESS_OFF
from dealradar.domain.triggers import NEW, OLD, PREFIX, Event, Trigger

_CHANGES: Final = {Event.INSERT: ((NEW, 1),), Event.UPDATE: ((NEW, 1), (OLD, -1)), Event.DELETE: ((OLD, -1),)}


@dataclass(frozen=True)
class Tally:
    """A *table* that holds as ``count`` how many rows of *over* have each combination of values of *by*.

    Its primary key is *by*. Where there never was such a row, there need be none in the table.
    """

    table: str
    over: str
    by: tuple[str, ...]

    @property
    def drifted(self) -> str:
        """Return the query of the combinations whose count is wrong: what they are, what is stored, what is right."""
        return (
            f"SELECT {self._key}, coalesce(stored.count, 0) AS stored, coalesce(counted.count, 0) AS counted"
            f" FROM {self.table} AS stored"
            f" FULL JOIN (SELECT {self._key}, count(*) FROM {self.over} GROUP BY {self._key}) AS counted"
            f" USING ({self._key})"
            " WHERE coalesce(stored.count, 0) <> coalesce(counted.count, 0)"
        )

    @property
    def mended(self) -> str:
        """Return the statement that sets right what is wrong, provided that nobody writes meanwhile."""
        return (
            f"INSERT INTO {self.table} ({self._key}, count)"
            f" SELECT {self._key}, counted FROM ({self.drifted}) AS drifted"
            f" ON CONFLICT ({self._key}) DO UPDATE SET count = excluded.count"
        )

    @property
    def locked(self) -> str:
        """Return the statement after which only this transaction counts, and nobody else until it ends."""
        return f"LOCK TABLE {self.table} IN SHARE ROW EXCLUSIVE MODE"

    def added(self, event: Event) -> str:
        """Return the statement that adds what the rows of *event* changed.

        It comes to the rows of the table in the order of their key: two that run at once never wait in a circle.
        """
        changes = " UNION ALL ".join(f"SELECT {self._key}, {change} FROM {rows}" for rows, change in _CHANGES[event])
        return f"""
INSERT INTO {self.table} AS stored ({self._key}, count)
SELECT {self._key}, sum(change) FROM ({changes}) AS changes ({self._key}, change)
 GROUP BY {self._key} HAVING sum(change) <> 0 ORDER BY {self._key}
    ON CONFLICT ({self._key}) DO UPDATE SET count = stored.count + excluded.count;"""

    @property
    def _key(self) -> str:
        return ", ".join(self.by)


TALLIES: Final = (
    Tally("report_tallies", over="reports", by=("status", "reason")),
    Tally("review_tallies", over="reviews", by=("deal_id", "rating", "status")),
)


def triggers(tallies: Iterable[Tally] = TALLIES) -> tuple[Trigger, ...]:
    """Return the triggers that keep *tallies* right; where they are new, they begin with a count."""
    return tuple(
        Trigger(
            f"{PREFIX}tally_{tally.over}_{event.name.lower()}",
            tally.over,
            event,
            f"{UNLESS_OFF}{tally.added(event)}",
            first=tally.mended,
        )
        for tally in tallies
        for event in _CHANGES
    )
