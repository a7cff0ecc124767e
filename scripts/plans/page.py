"""What was found, as docs/indexes.md has it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from textwrap import fill
from typing import Final

from dealradar.indexes import CATALOGUE, Index
from scripts.plans.inserts import Cost
from scripts.plans.measuring import Finding
from scripts.plans.plan import Plan

MIB: Final = 1_048_576
TOLD_ROWS: Final = 10_000
WIDTH: Final = 120

HEAD: Final = """# Indexes

Made by `scripts/dev db plans --write`. What operators need is in [operations](operations.md#indexes); why it is so, in
the [decisions](decisions/0050-indexes-are-in-one-table.md).

Each statement is the application's own, heard while it sends it and then explained (`EXPLAIN (ANALYZE, BUFFERS)`) three
times, of which the quickest counts: everything is in memory. "Without" is the same statement after the index was
dropped, in a transaction that was rolled back, beside all the other indexes. Of a list it is the page of twenty and the
one row more that tells whether it goes on.

None reads a large table from end to end or takes over 20 ms. A list sorts no more rows than its page has, and reads no
more than four times the buffers that those need. Exempt from the second are searches, which have to find all that
matches before they can tell what comes first: an index has either the words or the order. The deals of a category by
score, price or what is saved are such searches too: three more indexes would cost each vote more than these lists
save, and one index has all that is needed to sort them.
"""
SIZE: Final = """
## What there is, and what it costs

The cost is what a row takes longer to insert, and more of WAL, where there is the index: 5,000 rows into a copy of the
table that has 20,000; `-` where the table has fewer.

| index | on | MiB | µs a row | bytes of WAL a row |
|---|---|---|---|---|
"""
PLANS: Final = """
## What it does

| index | query | asked with | by | rows | buffers | ms | without it: buffers | ms |
|---|---|---|---|---|---|---|---|---|
"""


@dataclass(frozen=True)
class Weight:
    """How large an index is, and what it costs."""

    size_bytes: int
    cost: Cost | None


def page(findings: Sequence[Finding], weights: Mapping[str, Weight], rows: Mapping[str, int]) -> str:
    """Return the page; *rows* are those of each table."""
    return "".join((HEAD, _community(rows), SIZE, *_sizes(weights), PLANS, *map(_line, findings), _sum(findings)))


def _community(rows: Mapping[str, int]) -> str:
    told = ", ".join(f"{count:,} {table.replace('_', ' ')}" for table, count in rows.items() if count >= TOLD_ROWS)
    return "\n" + fill(f"The community: {told}. Tokens, outbox and jobs are filled by the command.", WIDTH) + "\n"


def _sizes(weights: Mapping[str, Weight]) -> Iterator[str]:
    for index in CATALOGUE:
        weight = weights[index.name]
        figures = "- | -" if weight.cost is None else f"{weight.cost.time_us:.1f} | {weight.cost.wal_bytes:.0f}"
        yield f"| `{index.name}` | {_definition(index)} | {weight.size_bytes / MIB:.1f} | {figures} |\n"


def _definition(index: Index) -> str:
    return f"`{index.table} {index.definition.removeprefix('USING btree ')}`"


def _line(finding: Finding) -> str:
    plan = finding.plan
    node = plan.nodes.get(finding.index.name, _instead(plan))
    return (
        f"| `{finding.index.name}` | {finding.case.name} | {finding.label} | {node} | {plan.rows} | {plan.buffers:,}"
        f" | {plan.time_ms:.2f} | {_without(finding.without)} |\n"
    )


def _instead(plan: Plan) -> str:
    return f"({', '.join(sorted(plan.scanned_whole))} read whole)" if plan.scanned_whole else "(another index)"


def _without(plan: Plan | None) -> str:
    return "- | -" if plan is None else f"{plan.buffers:,} | {plan.time_ms:.2f}"


def _sum(findings: Sequence[Finding]) -> str:
    slowest = max(findings, key=lambda finding: finding.plan.time_ms)
    return (
        f"\nThe slowest takes {slowest.plan.time_ms:.1f} ms: {slowest.case.name} ({slowest.label}). "
        f"{len(CATALOGUE)} indexes, {len({one.case.name for one in findings})} queries, {len(findings)} plans.\n"
    )
