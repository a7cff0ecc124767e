"""What could be done about the indexes, with the SQL that does it: to be thought over, not to be run blindly."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from itertools import permutations
from typing import Final

from dealradar.indexes.inspection import Evidence, Inspected, WholeScan

MIN_COUNTED: Final = timedelta(days=7)
"""For how long scans have to have been counted before an index that has none counts as unused."""
BLOATED_TIMES: Final = 2.0
BLOATED_BYTES: Final = 10 * 1_048_576
MIB: Final = 1_048_576
_EQUAL: Final = re.compile(r"\((?:\w+\.)?(\w+)\)?(?:::\w+)? = (?!ANY)")


class Kind(StrEnum):
    """What is the matter."""

    INVALID = "invalid"
    DUPLICATE = "duplicate"
    COVERED = "covered"
    UNUSED = "unused"
    BLOATED = "bloated"
    MISSING = "missing"


@dataclass(frozen=True)
class Advice:
    """One thing that could be done: to what, why, and by which statement."""

    kind: Kind
    about: str
    why: str
    sql: str


def advise(evidence: Evidence, *, now: datetime) -> list[Advice]:
    """Return what could be done, what is surest first; of what goes for several reasons, the first."""
    found: dict[str, Advice] = {}
    for one in (*_invalid(evidence.indexes), *_redundant(evidence.indexes), *_unused(evidence, now)):
        found.setdefault(one.about, one)
    bloated = (one for one in _bloated(evidence.indexes) if one.about not in found)
    return [*found.values(), *bloated, *_missing(evidence.whole_scans or ())]


def _invalid(indexes: Sequence[Inspected]) -> Iterator[Advice]:
    for index in indexes:
        if not index.is_valid:
            yield Advice(Kind.INVALID, index.name, "its building was interrupted; nobody is served by it", _drop(index))


def _redundant(indexes: Sequence[Inspected]) -> Iterator[Advice]:
    for one, other in permutations(indexes, 2):
        if one.is_unique or not other.is_valid or not _is_like(one, other):
            continue
        if _does_all_of(one, other) and not (
            _does_all_of(other, one) and one.name < other.name and not other.is_unique
        ):
            kind = Kind.DUPLICATE if list(one.keys) == list(other.keys) else Kind.COVERED
            yield Advice(kind, one.name, f"{other.name} does all that it does", _drop(one))


def _is_like(one: Inspected, other: Inspected) -> bool:
    return (one.table, one.method, one.where) == (other.table, other.method, other.where)


def _does_all_of(one: Inspected, other: Inspected) -> bool:
    """Return whether *other* has the keys of *one*, if need be with more behind them, and all that it includes."""
    begins_alike = list(other.keys[: len(one.keys)]) == list(one.keys)
    is_same_or_ordered = len(one.keys) == len(other.keys) or one.method == "btree"
    return begins_alike and is_same_or_ordered and set(one.included) <= {*other.included, *other.keys}


def _unused(evidence: Evidence, now: datetime) -> Iterator[Advice]:
    if now - evidence.counted_since < MIN_COUNTED:
        return
    for index in evidence.indexes:
        if index.scans == 0 and not index.is_unique:
            why = f"never read since {evidence.counted_since:%Y-%m-%d}; {index.size_bytes / MIB:.1f} MiB"
            yield Advice(Kind.UNUSED, index.name, why, _drop(index))


def _bloated(indexes: Sequence[Inspected]) -> Iterator[Advice]:
    for index in indexes:
        if index.likely_bytes is None or index.size_bytes < BLOATED_BYTES:
            continue
        if index.size_bytes > BLOATED_TIMES * index.likely_bytes:
            why = f"{index.size_bytes / MIB:.1f} MiB, where about {index.likely_bytes / MIB:.1f} would do"
            yield Advice(Kind.BLOATED, index.name, why, f"REINDEX INDEX CONCURRENTLY {index.name};")


def _missing(scans: Sequence[WholeScan]) -> Iterator[Advice]:
    by_sql: dict[str, WholeScan] = {}
    for scan in scans:
        by_sql.setdefault(_remedy(scan), scan)  # of several statements, the dearest
    for sql, scan in by_sql.items():
        yield Advice(Kind.MISSING, scan.table, f"{scan.rows:,} rows are read whole for: {_short(scan.statement)}", sql)


def _remedy(scan: WholeScan) -> str:
    """Return what makes an index of the columns that are looked up by equality, or the condition as a comment."""
    columns = tuple(dict.fromkeys(_EQUAL.findall(scan.condition)))
    if not columns:
        return f"-- {scan.condition}"
    return f"CREATE INDEX CONCURRENTLY ON {scan.table} ({', '.join(columns)});"


def _drop(index: Inspected) -> str:
    return f"DROP INDEX CONCURRENTLY {index.name};"


def _short(statement: str) -> str:
    words = " ".join(statement.split())
    return words if len(words) <= 200 else f"{words[:200]}…"  # noqa: PLR2004  enough to know it by
