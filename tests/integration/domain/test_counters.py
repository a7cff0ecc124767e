from typing import Final

import pytest
from flask import Flask
from sqlalchemy import text

from dealradar.domain.counters import COUNTERS
from dealradar.extensions import db
from tests.counting import changes, counters, drifts, write
from tests.factories import community

CHANGES: Final[dict[str, tuple[str, str]]] = {
    # Votes and bookmarks
    "a vote is cast": ("INSERT INTO deal_votes VALUES (2, 1, -1)", "deals.2.downvote_count+1"),
    "a vote is turned": ("UPDATE deal_votes SET value = -1", "deals.1.upvote_count-1 deals.1.downvote_count+1"),
    "a vote is taken back": ("DELETE FROM deal_votes", "deals.1.upvote_count-1"),
    "a vote stays": ("UPDATE deal_votes SET voted_at = now()", ""),
    "a vote is cast again": (
        "INSERT INTO deal_votes VALUES (1, 2, -1) ON CONFLICT (deal_id, user_id) DO UPDATE SET value = excluded.value",
        "deals.1.upvote_count-1 deals.1.downvote_count+1",
    ),
    "votes are cast on many deals": (
        "INSERT INTO deal_votes SELECT d.id, u.id, 1 FROM deals AS d, users AS u WHERE u.id > 2",
        "deals.1.upvote_count+2 deals.2.upvote_count+2",
    ),
    "a deal is bookmarked": ("INSERT INTO bookmarks VALUES (2, 1)", "deals.2.bookmark_count+1"),
    "a review is found unhelpful": (
        "INSERT INTO review_votes VALUES (1, 1, false)",
        "reviews.1.unhelpful_count+1",
    ),
    "a comment is voted on": ("INSERT INTO comment_votes VALUES (2, 1, -1)", "comments.2.downvote_count+1"),
    # Reviews
    "a review is published": (
        "INSERT INTO reviews (deal_id, author_id, rating, body) VALUES (1, 3, 5, 'Yes!')",
        "deals.1.review_count+1 deals.1.rating_sum+5 users.3.review_count+1",
    ),
    "a review comes with votes from elsewhere": (
        "INSERT INTO reviews (deal_id, author_id, rating, body, imported_helpful_count) VALUES (1, 3, 5, 'Yes!', 7)",
        "deals.1.review_count+1 deals.1.rating_sum+5 users.3.review_count+1 reviews.3.helpful_count+7",
    ),
    "a review is published hidden": (
        "INSERT INTO reviews (deal_id, author_id, rating, body, status) VALUES (1, 3, 5, 'Yes!', 'hidden')",
        "",
    ),
    "a review is rated anew": ("UPDATE reviews SET rating = 1 WHERE id = 1", "deals.1.rating_sum-3"),
    "a review is rewritten": ("UPDATE reviews SET body = 'No.'", ""),
    "two reviews swap their ratings": (
        "UPDATE reviews SET rating = 6 - rating",
        "deals.1.rating_sum-2 deals.2.rating_sum+2",
    ),
    "a review is hidden": (
        "UPDATE reviews SET status = 'hidden' WHERE id = 1",
        "deals.1.review_count-1 deals.1.rating_sum-4 users.2.review_count-1",
    ),
    "a review moves to another deal": (
        "UPDATE reviews SET deal_id = 2 WHERE id = 1",
        "deals.1.review_count-1 deals.1.rating_sum-4 deals.2.review_count+1 deals.2.rating_sum+4",
    ),
    "a review goes, with its comments": (
        "DELETE FROM reviews WHERE id = 1",
        """
        deals.1.review_count-1 deals.1.rating_sum-4 users.2.review_count-1 deals.1.comment_count-2
        users.1.comment_count-1 users.2.comment_count-1
        """,
    ),
    # Comments
    "a comment is replied to": (
        "INSERT INTO comments (review_id, deal_id, author_id, parent_id, body) VALUES (1, 1, 3, 2, 'Good.')",
        "comments.2.reply_count+1 reviews.1.comment_count+1 deals.1.comment_count+1 users.3.comment_count+1",
    ),
    "a comment is deleted that has a reply": (
        "UPDATE comments SET status = 'deleted', deleted_at = now() WHERE id = 1",
        "reviews.1.comment_count-1 deals.1.comment_count-1 users.1.comment_count-1",
    ),
    "a comment is deleted that has none": (
        "UPDATE comments SET status = 'deleted', deleted_at = now() WHERE id = 2",
        "comments.1.reply_count-1 reviews.1.comment_count-1 deals.1.comment_count-1 users.2.comment_count-1",
    ),
    "a reply moves to the top": ("UPDATE comments SET parent_id = NULL", "comments.1.reply_count-1"),
    # Deals
    "a deal is posted": (
        "INSERT INTO deals (author_id, category_id, merchant_id, title, price_cents) VALUES (3, 1, 2, 'New', 1)",
        "users.3.deal_count+1 categories.1.deal_count+1 merchants.2.deal_count+1",
    ),
    "a deal is over": ("UPDATE deals SET status = 'expired'", ""),
    "a deal is hidden": (
        "UPDATE deals SET status = 'hidden' WHERE id = 1",
        "users.1.deal_count-1 categories.3.deal_count-1 merchants.1.deal_count-1",
    ),
    "a deal moves to another category": (
        "UPDATE deals SET category_id = 1 WHERE id = 1",
        "categories.3.deal_count-1 categories.1.deal_count+1",
    ),
    "a deal goes, with all that was said about it": (
        "DELETE FROM deals WHERE id = 1",
        """
        users.1.deal_count-1 categories.3.deal_count-1 merchants.1.deal_count-1 users.2.review_count-1
        users.1.comment_count-1 users.2.comment_count-1
        """,
    ),
    # People
    "an author goes, with all that was theirs": (
        "DELETE FROM users WHERE id = 2",
        """
        categories.2.deal_count-1 merchants.2.deal_count-1 deals.1.upvote_count-1 deals.1.review_count-1
        deals.1.rating_sum-4 deals.1.comment_count-2 users.1.review_count-1 users.1.comment_count-1
        """,
    ),
}


@pytest.fixture(autouse=True)
def _community(app: Flask) -> None:  # noqa: ARG001  its context
    community.found()


@pytest.mark.parametrize("case", CHANGES)
def test_a_write_moves_the_counters_that_it_concerns_and_no_other(case: str) -> None:
    statement, expected = CHANGES[case]
    before = counters()

    write(statement)

    assert changes(before, counters()) == set(expected.split())
    assert drifts() == []


def test_every_counter_is_moved_by_one_of_these_writes() -> None:
    moved = " ".join(expected for _, expected in CHANGES.values())

    assert [counter for counter in COUNTERS if f".{counter.column}" not in moved] == []


def test_a_tombstone_counts_as_a_reply_while_one_below_it_is_shown() -> None:
    write(
        "INSERT INTO comments (review_id, deal_id, author_id, parent_id, body) VALUES (1, 1, 3, 2, 'Good.')",
        "UPDATE comments SET status = 'hidden' WHERE id = 2",
    )
    with_a_reply_below = counters()["comments", 1, "reply_count"]

    write("UPDATE comments SET status = 'hidden' WHERE id = 3")
    without = counters()["comments", 1, "reply_count"]

    assert (with_a_reply_below, without) == (1, 0)
    assert drifts() == []


def test_a_savepoint_that_was_rolled_back_counts_nothing() -> None:
    before = counters()

    savepoint = db.session.begin_nested()
    db.session.execute(text("DELETE FROM deal_votes"))
    savepoint.rollback()
    db.session.commit()

    assert counters() == before
