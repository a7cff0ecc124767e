"""How many reviews of a deal give how many stars, whoever writes."""

from typing import Final

import pytest
from flask import Flask

from dealradar.domain import reviews
from tests.counting import drifts, write
from tests.factories import community

REVIEW: Final = "INSERT INTO reviews (deal_id, author_id, rating, body) VALUES"
CHANGES: Final = {
    "one is written": (f"{REVIEW} (1, 3, 5, 'Yes!')", {5: 1, 4: 1}),
    "several are written": (f"{REVIEW} (1, 3, 4, 'Yes!'), (1, 4, 1, 'No.'), (2, 3, 5, 'Yes!')", {4: 2, 1: 1}),
    "one is rated anew": ("UPDATE reviews SET rating = 2 WHERE id = 1", {2: 1}),
    "one is hidden": ("UPDATE reviews SET status = 'hidden' WHERE id = 1", {}),
    "one goes": ("DELETE FROM reviews WHERE id = 1", {}),
    "the deal goes": ("DELETE FROM deals WHERE id = 1", {}),
    "one changes its words": ("UPDATE reviews SET body = 'Hm.' WHERE id = 1", {4: 1}),
}


@pytest.fixture(autouse=True)
def _community(app: Flask) -> None:  # noqa: ARG001  its context
    community.found()


@pytest.mark.parametrize("case", CHANGES)
def test_what_is_shown_of_a_deal_follows_its_reviews(case: str) -> None:
    statement, given = CHANGES[case]

    write(statement)

    assert reviews.by_rating(1) == {rating: given.get(rating, 0) for rating in (5, 4, 3, 2, 1)}
    assert drifts() == []


def test_what_was_written_uncounted_is_mended_and_the_pages_that_showed_it_are_made_anew(app: Flask) -> None:
    page = app.test_client().get("/deals/1")
    assert "1 review</span>" in page.text
    write("SET LOCAL dealradar.counters = 'off'", "UPDATE review_tallies SET count = 7 WHERE deal_id = 1")

    done = app.test_cli_runner().invoke(args=["recount", "--mend"])

    assert (done.exit_code, drifts()) == (0, [])
    assert "review_tallies 1 4 visible: count is 7, should be 1" in done.output
    assert app.test_client().get("/deals/1").headers["X-Cache"] == "MISS"
