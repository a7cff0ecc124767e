"""What PostgreSQL does for a statement, as EXPLAIN tells."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Connection

SCANS: Final = frozenset({"Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Heap Scan"})
BUFFERS: Final = ("Shared Hit Blocks", "Shared Read Blocks")


@dataclass(frozen=True)
class Sent:
    """A statement with its parameters, as the driver got them."""

    statement: str
    parameters: Any


@dataclass(frozen=True)
class Plan:
    """What became of one statement, done once.

    Attributes:
        indexes: Which were read.
        node: How the first of them was read, or what was done instead.
        scanned_whole: The tables that were read from end to end.
        tables: How many tables' rows were read, each as often as it is joined.
        sorted_rows: How many rows were sorted at most, by one sort that sorted anything.
    """

    indexes: frozenset[str]
    nodes: Mapping[str, str]
    scanned_whole: frozenset[str]
    tables: int
    sorted_rows: int
    rows: int
    buffers: int
    time_ms: float


def explain(connection: Connection, sent: Sent, *, analyze: bool = True) -> Plan:
    """Return what is done for *sent*; with *analyze*, by doing it."""
    options = "ANALYZE, BUFFERS, " if analyze else ""
    result = connection.exec_driver_sql(f"EXPLAIN ({options}FORMAT JSON) {sent.statement}", sent.parameters)
    told = result.scalar_one()[0]
    return _read(told)


def _read(told: Mapping[str, Any]) -> Plan:
    root = told["Plan"]
    nodes = list(_walk(root))
    return Plan(
        indexes=frozenset(node["Index Name"] for node in nodes if "Index Name" in node),
        nodes={node["Index Name"]: node["Node Type"] for node in nodes if "Index Name" in node},
        scanned_whole=frozenset(node["Relation Name"] for node in nodes if node["Node Type"] == "Seq Scan"),
        tables=sum(node["Node Type"] in SCANS for node in nodes),
        sorted_rows=max((_sorted(node) for node in nodes if node["Node Type"] == "Sort"), default=0),
        rows=round(root.get("Actual Rows", 0)),
        buffers=sum(root.get(name, 0) for name in BUFFERS),
        time_ms=told.get("Execution Time", 0.0),
    )


def _sorted(sort: Mapping[str, Any]) -> int:
    (below,) = sort["Plans"]
    rows: float = below.get("Actual Rows", below["Plan Rows"]) * below.get("Actual Loops", 1)
    return round(rows)


def _walk(node: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield node
    for below in node.get("Plans", ()):
        yield from _walk(below)
