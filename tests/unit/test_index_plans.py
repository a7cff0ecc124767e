from dataclasses import replace

import pytest

from dealradar.indexes import CATALOGUE
from scripts.plans.cases import Case
from scripts.plans.judging import PAGE_ROWS, SLOWEST_MS, faults, needed_buffers
from scripts.plans.measuring import Finding
from scripts.plans.plan import Plan

INDEX = next(index for index in CATALOGUE if index.name == "idx_reviews_deal_sort")
LARGE = frozenset({"reviews", "users"})
PLAN = Plan(
    indexes=frozenset({INDEX.name}),
    nodes={INDEX.name: "Index Scan"},
    scanned_whole=frozenset(),
    tables=3,
    sorted_rows=0,
    rows=21,
    buffers=200,
    time_ms=1.0,
)
LIST = Case("reviews of a deal", lambda _: None)
GOOD = Finding(INDEX, LIST, "popular", PLAN)


def _with(**changes: object) -> Finding:
    return replace(GOOD, plan=replace(PLAN, **changes))  # type: ignore[arg-type]


def test_a_page_that_is_read_off_its_index_is_good() -> None:
    assert list(faults([GOOD], LARGE)) == []


def test_a_query_must_be_found_by_its_index_for_one_value_at_least() -> None:
    other = _with(indexes=frozenset({"pk_reviews"}))

    assert list(faults([other], LARGE)) == ["idx_reviews_deal_sort: reviews of a deal: nothing reads it"]
    assert list(faults([other, GOOD], LARGE)) == []


def test_a_small_table_may_be_read_in_any_way() -> None:
    assert list(faults([_with(indexes=frozenset(), scanned_whole=frozenset({"reviews"}))], frozenset())) == []


@pytest.mark.parametrize(
    ("bad", "said"),
    [
        ({"scanned_whole": frozenset({"users"})}, "reads users from end to end"),
        ({"time_ms": SLOWEST_MS + 0.1}, "takes 20.1 ms"),
        ({"sorted_rows": PAGE_ROWS + 1}, "sorts 22 rows"),
        ({"buffers": 4 * 252 + 1}, "reads 1009 buffers, where its page needs 252"),
    ],
)
def test_what_a_plan_does_beyond_its_bounds_is_said(bad: dict[str, object], said: str) -> None:
    assert list(faults([_with(**bad)], LARGE)) == [f"idx_reviews_deal_sort: reviews of a deal (popular) {said}"]


@pytest.mark.parametrize("just", [{"time_ms": SLOWEST_MS}, {"sorted_rows": PAGE_ROWS}, {"buffers": 4 * 252}])
def test_what_is_on_the_bound_is_within_it(just: dict[str, object]) -> None:
    assert needed_buffers(GOOD) == 252
    assert list(faults([_with(**just)], LARGE)) == []


@pytest.mark.parametrize("case", [replace(LIST, is_search=True), replace(LIST, is_list=False)])
def test_what_is_no_page_in_order_may_sort_and_read_what_it_finds(case: Case) -> None:
    found = replace(_with(sorted_rows=1_000, buffers=50_000), case=case)

    assert list(faults([found], LARGE)) == []
