# ruff: noqa: S608  the statements are made of the counters' own names
import random
from collections import Counter as Tally
from collections.abc import Callable
from typing import Final

import pytest
from flask import Flask
from psycopg.errors import DeadlockDetected
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

from dealradar.domain import recount
from dealradar.domain.counters import COUNTERS
from dealradar.extensions import db
from tests.factories import community
from tests.interleaving import others, until_one_waits

Counters = Tally[tuple[str, int, str]]

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


def _counters() -> Counters:
    columns = dict.fromkeys((counter.table, counter.column) for counter in COUNTERS)
    union = " UNION ALL ".join(f"SELECT '{table}', id, '{column}', {column} FROM {table}" for table, column in columns)
    found = Tally({(table, row, column): value for table, row, column, value in db.session.execute(text(union))})
    db.session.rollback()
    return found


def _write(*statements: str) -> None:
    for statement in statements:
        db.session.execute(text(statement))
    db.session.commit()


def _drifts() -> list[recount.Drift]:
    found = list(recount.drifts())
    db.session.rollback()
    return found


def _changes(before: Counters, after: Counters) -> set[str]:
    """Return what became of the rows that are still there, such as ``deals.1.upvote_count+1``."""
    return {
        f"{table}.{row}.{column}{after[table, row, column] - before[table, row, column]:+}"
        for table, row, column in after
        if after[table, row, column] != before[table, row, column]
    }


@pytest.mark.parametrize("case", CHANGES)
def test_a_write_moves_the_counters_that_it_concerns_and_no_other(case: str) -> None:
    write, expected = CHANGES[case]
    before = _counters()

    _write(write)

    assert _changes(before, _counters()) == set(expected.split())
    assert _drifts() == []


def test_every_counter_is_moved_by_one_of_these_writes() -> None:
    moved = " ".join(expected for _, expected in CHANGES.values())

    assert [counter for counter in COUNTERS if f".{counter.column}" not in moved] == []


def test_a_tombstone_counts_as_a_reply_while_one_below_it_is_shown() -> None:
    _write(
        "INSERT INTO comments (review_id, deal_id, author_id, parent_id, body) VALUES (1, 1, 3, 2, 'Good.')",
        "UPDATE comments SET status = 'hidden' WHERE id = 2",
    )
    with_a_reply_below = _counters()["comments", 1, "reply_count"]

    _write("UPDATE comments SET status = 'hidden' WHERE id = 3")
    without = _counters()["comments", 1, "reply_count"]

    assert (with_a_reply_below, without) == (1, 0)
    assert _drifts() == []


def test_a_savepoint_that_was_rolled_back_counts_nothing() -> None:
    before = _counters()

    savepoint = db.session.begin_nested()
    db.session.execute(text("DELETE FROM deal_votes"))
    savepoint.rollback()
    db.session.commit()

    assert _counters() == before


def test_a_change_that_moves_no_counter_waits_for_nobody_who_counts(app: Flask) -> None:
    def rewrite() -> None:
        db.session.execute(text("SET LOCAL lock_timeout = '1s'"))
        _write("UPDATE reviews SET body = 'No.' WHERE id = 1")

    with others(app) as start:
        db.session.execute(text("INSERT INTO deal_votes VALUES (1, 1, 1)"))  # holds the deal's row
        start(rewrite).result()
        db.session.rollback()


def test_two_votes_at_once_are_both_counted(app: Flask) -> None:
    before = _counters()

    with others(app) as start:
        db.session.execute(text("INSERT INTO deal_votes VALUES (2, 1, 1)"))
        second = start(lambda: _write("INSERT INTO deal_votes VALUES (2, 3, 1)"))
        until_one_waits()
        db.session.commit()
        second.result()

    assert _changes(before, _counters()) == {"deals.2.upvote_count+2"}


@pytest.mark.parametrize(("held", "is_last_locked"), [("min", False), ("max", True)])
def test_a_statement_locks_what_it_counts_for_by_id_wherever_the_rows_lie(
    app: Flask, held: str, *, is_last_locked: bool
) -> None:
    _write(
        "INSERT INTO deals (author_id, title, price_cents) SELECT 1, 'Deal', 1 FROM generate_series(1, 60)",
        "UPDATE deals SET title = 'Moved to the end' WHERE id < 30",
    )

    with others(app) as start:
        db.session.execute(text(f"SELECT FROM deals WHERE id = (SELECT {held}(id) FROM deals) FOR NO KEY UPDATE"))
        voting = start(lambda: _write("INSERT INTO deal_votes SELECT id, 4, 1 FROM deals ORDER BY id DESC"))
        until_one_waits()
        locked = _locked_deals()
        db.session.rollback()
        voting.result()

    assert len(locked) == (62 if is_last_locked else 1)


def _locked_deals() -> set[int]:
    """Return the ids of the deals that somebody is about to change."""
    with db.engine.connect() as connection:
        free = connection.scalars(text("SELECT id FROM deals FOR NO KEY UPDATE SKIP LOCKED")).all()
        return set(connection.scalars(text("SELECT id FROM deals"))) - set(free)


def test_whoever_writes_whatever_at_once_the_counters_are_exact_in_the_end(app: Flask) -> None:
    _write(
        "INSERT INTO users (username, display_name) SELECT 'member' || i, 'Member' FROM generate_series(1, 8) AS i",
        "INSERT INTO deals (author_id, title, price_cents) SELECT 1, 'Deal', 1 FROM generate_series(1, 3)",
    )

    with others(app, at_once=6) as start:
        for storm in [start(_storm(seed)) for seed in range(6)]:
            storm.result()

    assert db.session.scalar(text("SELECT sum(review_count) FROM deals")) > 0
    assert _drifts() == []


def _storm(seed: int) -> Callable[[], None]:
    """Return what writes at random, and again where PostgreSQL broke off a circle of transactions."""
    draw = random.Random(seed)  # noqa: S311  a test's

    def blow() -> None:
        for _ in range(40):
            write = draw.choice(GUSTS).format(
                deal=draw.randint(1, 5), user=draw.randint(1, 12), star=draw.randint(1, 5)
            )
            try:
                _write(write)
            except OperationalError as error:
                db.session.rollback()
                if not isinstance(error.orig, DeadlockDetected):
                    raise

    return blow


GUSTS: Final = (
    "INSERT INTO deal_votes VALUES ({deal}, {user}, 1) ON CONFLICT (deal_id, user_id) DO UPDATE SET value = -1",
    "DELETE FROM deal_votes WHERE user_id = {user}",
    """
    INSERT INTO reviews (deal_id, author_id, rating, body)
    SELECT id, {user}, {star}, 'Yes!' FROM deals ON CONFLICT (deal_id, author_id) DO UPDATE SET rating = excluded.rating
    """,
    "UPDATE reviews SET status = CASE status WHEN 'visible' THEN 'hidden' ELSE 'visible' END WHERE author_id = {user}",
    "DELETE FROM reviews WHERE deal_id = {deal} AND rating = {star}",
    """
    INSERT INTO comments (review_id, deal_id, author_id, parent_id, body)
    SELECT r.id, r.deal_id, {user}, (SELECT max(id) FROM comments AS c WHERE c.review_id = r.id), 'Why?'
      FROM reviews AS r WHERE r.deal_id = {deal} LIMIT 3 FOR KEY SHARE
    """,
    "DELETE FROM comments WHERE deal_id = {deal} AND author_id = {user}",
    "UPDATE deals SET category_id = 1 + ({star} % 2), status = 'expired' WHERE id = {deal}",
)


def test_a_transaction_may_write_without_counting_and_recount_tells_what_it_left() -> None:
    _write("SET LOCAL dealradar.counters = 'off'", "INSERT INTO deal_votes VALUES (2, 1, 1)")

    assert _drifts() == [recount.Drift("deals", 2, "upvote_count", stored=0, counted=1)]


def test_counting_is_on_again_in_the_next_transaction() -> None:
    _write("SET LOCAL dealradar.counters = 'off'", "INSERT INTO deal_votes VALUES (2, 1, 1)", "DELETE FROM deal_votes")

    _write("INSERT INTO bookmarks VALUES (2, 1)")

    assert _counters()["deals", 2, "bookmark_count"] == 1


def test_mending_sets_every_counter_right_and_touches_no_other_row() -> None:
    right = _counters()
    _write("SET LOCAL dealradar.counters = 'off'", "UPDATE deals SET upvote_count = 9, rating_sum = 0 WHERE id = 1")

    mended = recount.mend()
    db.session.commit()

    assert mended == 1
    assert _counters() == right


def test_a_thread_is_mended_from_its_leaves_up() -> None:
    _write(
        "INSERT INTO comments (review_id, deal_id, author_id, parent_id, body) VALUES (1, 1, 3, 2, 'Good.')",
        "UPDATE comments SET status = 'hidden' WHERE id IN (1, 2)",
    )
    right = _counters()
    _write("SET LOCAL dealradar.counters = 'off'", "UPDATE comments SET reply_count = 0")

    recount.mend()
    db.session.commit()

    assert _counters() == right


def test_a_vote_that_was_being_cast_is_counted_once_beside_the_mending(app: Flask) -> None:
    _write("UPDATE deals SET upvote_count = 9 WHERE id = 1")

    def mend() -> None:
        recount.mend()
        db.session.commit()

    with others(app) as start:
        db.session.execute(text("INSERT INTO deal_votes VALUES (1, 1, 1)"))
        mending = start(mend)
        until_one_waits()
        db.session.commit()
        mending.result()

    assert _counters()["deals", 1, "upvote_count"] == 2


def test_a_vote_that_is_cast_while_mending_is_added_to_the_right_number(app: Flask) -> None:
    _write("UPDATE deals SET upvote_count = 9 WHERE id = 1")

    with others(app) as start:
        recount.mend()
        vote = start(lambda: _write("INSERT INTO deal_votes VALUES (1, 1, 1)"))
        until_one_waits()
        db.session.commit()
        vote.result()

    assert _counters()["deals", 1, "upvote_count"] == 2


def test_the_command_names_what_is_wrong_and_fails_until_it_is_mended(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    _write("UPDATE deals SET upvote_count = 9 WHERE id = 1")

    found, mended, found_later = run(args=["recount"]), run(args=["recount", "--mend"]), run(args=["recount"])

    assert "deals 1: upvote_count is 9, should be 1" in found.output
    assert [found.exit_code, mended.exit_code, found_later.exit_code] == [1, 0, 0]


def test_the_command_counts_what_it_does_not_name(app: Flask) -> None:
    _write(
        "INSERT INTO deals (author_id, title, price_cents) SELECT 1, 'Deal', 1 FROM generate_series(1, 30)",
        "UPDATE deals SET upvote_count = 9",
    )

    found = app.test_cli_runner().invoke(args=["recount"])

    assert "and 12 more" in found.output
    assert "Wrong counters: 32." in found.output
