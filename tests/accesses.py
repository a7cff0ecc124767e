"""How PostgreSQL reads its tables for what it is asked, triggers and foreign keys included: auto_explain tells."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

from psycopg.errors import Diagnostic
from sqlalchemy import Engine, event

SETTINGS: Final = """
LOAD 'auto_explain';
SET auto_explain.log_min_duration = 0;
SET auto_explain.log_nested_statements = on;
SET auto_explain.log_level = notice;
SET auto_explain.log_format = json;
SET auto_explain.log_verbose = on;
"""
COLUMN: Final = re.compile(r"(\w+)\.(\w+)")
PARAMETER: Final = re.compile(r"\$\d+")
LISTED: Final = re.compile(r"\(\$(::\w+)?(, \$(::\w+)?)+\)")
SCANS: Final = frozenset({"Index Scan", "Index Only Scan", "Seq Scan"})
COLLECTING: Final = frozenset({"Sort", "Aggregate", "Hash"})
"""What has to read all that is below it before it gives its first row."""
APART: Final = frozenset({"InitPlan", "SubPlan"})


@dataclass(frozen=True)
class Access:
    """How rows of one table were found.

    Attributes:
        index: By which index, None if the table was read from end to end.
        bounds: The columns whose conditions the index was searched for.
        filtered: The columns by which rows were passed over after they had been read.
        is_cut: Whether it ends as soon as a page is full.
    """

    table: str
    index: str | None
    bounds: frozenset[str] = frozenset()
    filtered: frozenset[str] = frozenset()
    is_cut: bool = False


@dataclass(frozen=True)
class Plan:
    """One way in which a statement was done; *asked* is what it was sent for, *sql* has a ``$`` for each parameter."""

    asked: str
    sql: str
    accesses: tuple[Access, ...]


@dataclass
class Ear:
    """Hears the plans of all that is sent, each kept once; *asked* is what it is sent for at present."""

    asked: str = ""
    heard: set[Plan] = field(default_factory=set)

    def hear(self, told: Diagnostic) -> None:
        """Take note of a notice of the server's that is a plan."""
        _, is_plan, plan = str(told.message_primary).partition("plan:\n")
        if is_plan:
            self.heard.add(read(json.loads(plan), self.asked))


@contextmanager
def explained(engine: Engine, ear: Ear, *, without: Sequence[str]) -> Iterator[None]:
    """Let *ear* hear all that new connections of *engine* are asked for within the block.

    *without* is what PostgreSQL is to do without if it can. Its user has to be a superuser, to load auto_explain.
    """

    def prepare(connection: Any, _record: object) -> None:
        connection.add_notice_handler(ear.hear)
        connection.execute(SETTINGS + "".join(f"SET enable_{way} = off;" for way in without))
        connection.commit()

    event.listen(engine, "connect", prepare)
    engine.dispose()
    try:
        yield
    finally:
        event.remove(engine, "connect", prepare)
        engine.dispose()


def read(told: Mapping[str, Any], asked: str) -> Plan:
    """Return the plan of which auto_explain has *told*."""
    return Plan(asked, fingerprint(told["Query Text"]), tuple(_accesses(told["Plan"], is_cut=False)))


def fingerprint(sql: str) -> str:
    """Return the statement without what differs from one time that it is sent to the next."""
    return LISTED.sub("($, ...)", PARAMETER.sub("$", " ".join(sql.split())))


def _accesses(node: Mapping[str, Any], *, is_cut: bool) -> Iterator[Access]:
    kind = node["Node Type"]
    if kind == "Bitmap Heap Scan":
        yield from _by_bitmap(node)
    elif kind in SCANS:
        yield _access(node["Relation Name"], node.get("Index Name"), (node, node), is_cut=is_cut)
    for below in node.get("Plans", ()):
        is_apart = below.get("Parent Relationship") in APART
        yield from _accesses(below, is_cut=not is_apart and kind not in COLLECTING and (is_cut or kind == "Limit"))


def _by_bitmap(heap: Mapping[str, Any]) -> Iterator[Access]:
    for source in _sources(heap["Plans"][0]):
        yield _access(heap["Relation Name"], source["Index Name"], (source, heap), is_cut=False)


def _sources(bitmap: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Return the scans that lead to the rows; of several whose rows are intersected the first, which finds fewest."""
    if bitmap["Node Type"] == "Bitmap Index Scan":
        yield bitmap
    below = bitmap.get("Plans", ())
    for source in below[:1] if bitmap["Node Type"] == "BitmapAnd" else below:
        yield from _sources(source)


def _access(
    table: str, index: str | None, sought_and_kept: tuple[Mapping[str, Any], Mapping[str, Any]], *, is_cut: bool
) -> Access:
    sought, kept = sought_and_kept
    alias = kept["Alias"]
    return Access(
        table, index, _columns(sought.get("Index Cond", ""), alias), _columns(kept.get("Filter", ""), alias), is_cut
    )


def _columns(condition: str, alias: str) -> frozenset[str]:
    return frozenset(column for of, column in COLUMN.findall(condition) if of == alias)
