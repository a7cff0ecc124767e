"""What is asked of a plan."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import Final

from scripts.plans.measuring import Finding

PAGE_ROWS: Final = 21
"""A page, and the row that tells whether there is another."""
DESCENT_BUFFERS: Final = 4
"""From the root of an index to a leaf and to the row: what looking one row up costs."""
ALLOWED_TIMES: Final = 4
SLOWEST_MS: Final = 20.0
LARGE_ROWS: Final = 10_000


def needed_buffers(finding: Finding) -> int:
    """Return how many buffers have to be read for so many rows, each looked up in each table that is joined."""
    rows = max(finding.plan.rows, 1) * finding.case.merges
    return DESCENT_BUFFERS * rows * max(finding.plan.tables, 1)


def faults(findings: Iterable[Finding], large: frozenset[str]) -> Iterator[str]:
    """Yield what is wrong with the plans, which come query by query; tables that are *large* are never read whole.

    Of a query at least one value has to be looked up in its index. Where others can be found another way, such as what
    most rows have in an index that has all in order, that way has to do without reading more than it may.
    """
    for (index, case), group in groupby(findings, key=lambda finding: (finding.index, finding.case)):
        of_query = list(group)
        if index.table in large and not any(finding.uses_its_index for finding in of_query):
            yield f"{index.name}: {case.name}: nothing reads it"
        for finding in of_query:
            yield from (f"{index.name}: {case.name} ({finding.label}) {what}" for what in _faults(finding, large))


def _faults(finding: Finding, large: frozenset[str]) -> Iterator[str]:
    plan, case = finding.plan, finding.case
    if whole := plan.scanned_whole & large:
        yield f"reads {', '.join(sorted(whole))} from end to end"
    if plan.time_ms > SLOWEST_MS:
        yield f"takes {plan.time_ms:.1f} ms"
    if not case.is_list or case.is_search or not plan.scanned_whole <= large:
        return
    if plan.sorted_rows > PAGE_ROWS * case.merges:
        yield f"sorts {plan.sorted_rows} rows"
    if plan.buffers > ALLOWED_TIMES * needed_buffers(finding):
        yield f"reads {plan.buffers} buffers, where its page needs {needed_buffers(finding)}"
