"""What the tests of the indexes find fault with, on made-up plans."""

from dataclasses import replace
from typing import Any, Final

import pytest

from dealradar.indexes import CATALOGUE
from tests.accesses import Access, Plan, fingerprint, read
from tests.serving import EXEMPT, SHORT, WHOLE, faults, unused

SERVED: Final = Access("reviews", "idx_reviews_author", frozenset({"author_id"}), frozenset({"status"}), is_cut=True)
WORST: Final[dict[str, Any]] = {
    "Node Type": "Limit",
    "Plans": [
        {
            "Node Type": "Index Scan",
            "Relation Name": "deals",
            "Alias": "deals",
            "Index Name": "idx_deals_seen_hot",
            "Filter": "((deals.coupon_code)::text = 'SAVE'::text)",
        }
    ],
}


def _faults(*accesses: Access) -> list[str]:
    return faults([Plan("GET /api/reviews", "SELECT $", (access,)) for access in accesses], CATALOGUE)


def test_what_is_looked_up_by_the_first_key_of_an_index_is_served() -> None:
    assert _faults(SERVED) == []


@pytest.mark.parametrize(
    ("access", "fault"),
    [
        (replace(SERVED, index=None), "reviews is read from end to end"),
        (
            replace(SERVED, bounds=frozenset({"created_at"}), is_cut=False),
            "idx_reviews_author is walked from end to end",
        ),
        (replace(SERVED, filtered=frozenset({"title"})), "idx_reviews_author finds what is passed over by title"),
        (replace(SERVED, index="pk_reviews", bounds=frozenset(), is_cut=False), "pk_reviews is walked from end to end"),
        (
            replace(SERVED, index="pk_reviews", bounds=frozenset(), filtered=frozenset({"title"})),
            "pk_reviews finds what is passed over by title",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_no_index_leads_to_is_named(access: Access, fault: str) -> None:
    assert _faults(access) == [f"GET /api/reviews: {fault}: SELECT $"]


def test_a_small_table_may_be_read_from_end_to_end() -> None:
    assert _faults(Access("categories", None)) == []


def test_one_way_in_which_a_statement_is_served_is_enough() -> None:
    assert _faults(replace(SERVED, index=None), SERVED) == []


def test_a_filter_that_no_index_has_is_seen_in_what_postgresql_tells() -> None:
    plan = read(
        {"Query Text": "SELECT id FROM deals\n WHERE coupon_code = $1 LIMIT $2", "Plan": WORST}, "GET /api/deals"
    )

    (fault,) = faults([plan], CATALOGUE)
    assert fault.startswith("GET /api/deals: idx_deals_seen_hot finds what is passed over by coupon_code: SELECT id ")


def test_an_index_that_no_statement_reads_is_named() -> None:
    plans = [Plan("", "", (Access(index.table, index.name),)) for index in CATALOGUE[1:]]

    assert unused(plans, CATALOGUE) == [CATALOGUE[0].name]


def test_a_statement_is_the_same_whatever_it_is_sent_with() -> None:
    assert fingerprint("SELECT id\n FROM deals WHERE id IN ($1::BIGINT, $2::BIGINT) AND score > $3") == (
        "SELECT id FROM deals WHERE id IN ($, ...) AND score > $"
    )


def test_what_is_exempt_is_about_indexes_that_there_are_and_says_why() -> None:
    named = {one.index for one in EXEMPT if one.index} | SHORT

    assert named <= {index.name for index in CATALOGUE}
    assert [one for one in (*EXEMPT, *WHOLE) if not one.why] == []
    assert len(EXEMPT) <= 15
