import pytest
from flask import Flask
from sqlalchemy import text

from dealradar.domain import recount
from dealradar.extensions import db
from tests.counting import counters, drifts, write
from tests.factories import community
from tests.interleaving import others, until_one_waits


@pytest.fixture(autouse=True)
def _community(app: Flask) -> None:  # noqa: ARG001  its context
    community.found()


def test_a_transaction_may_write_without_counting_and_recount_tells_what_it_left() -> None:
    write("SET LOCAL dealradar.counters = 'off'", "INSERT INTO deal_votes VALUES (2, 1, 1)")

    assert drifts() == [recount.Drift("deals", 2, "upvote_count", stored=0, counted=1)]


def test_counting_is_on_again_in_the_next_transaction() -> None:
    write("SET LOCAL dealradar.counters = 'off'", "INSERT INTO deal_votes VALUES (2, 1, 1)", "DELETE FROM deal_votes")

    write("INSERT INTO bookmarks VALUES (2, 1)")

    assert counters()["deals", 2, "bookmark_count"] == 1


def test_mending_sets_every_counter_right_and_touches_no_other_row() -> None:
    right = counters()
    write("SET LOCAL dealradar.counters = 'off'", "UPDATE deals SET upvote_count = 9, rating_sum = 0 WHERE id = 1")

    mended = recount.mend()
    db.session.commit()

    assert mended == 1
    assert counters() == right


def test_a_thread_is_mended_from_its_leaves_up() -> None:
    write(
        "INSERT INTO comments (review_id, deal_id, author_id, parent_id, body) VALUES (1, 1, 3, 2, 'Good.')",
        "UPDATE comments SET status = 'hidden' WHERE id IN (1, 2)",
    )
    right = counters()
    write("SET LOCAL dealradar.counters = 'off'", "UPDATE comments SET reply_count = 0")

    recount.mend()
    db.session.commit()

    assert counters() == right


def test_a_vote_that_was_being_cast_is_counted_once_beside_the_mending(app: Flask) -> None:
    write("UPDATE deals SET upvote_count = 9 WHERE id = 1")

    def mend() -> None:
        recount.mend()
        db.session.commit()

    with others(app) as start:
        db.session.execute(text("INSERT INTO deal_votes VALUES (1, 1, 1)"))
        mending = start(mend)
        until_one_waits()
        db.session.commit()
        mending.result()

    assert counters()["deals", 1, "upvote_count"] == 2


def test_a_vote_that_is_cast_while_mending_is_added_to_the_right_number(app: Flask) -> None:
    write("UPDATE deals SET upvote_count = 9 WHERE id = 1")

    with others(app) as start:
        recount.mend()
        vote = start(lambda: write("INSERT INTO deal_votes VALUES (1, 1, 1)"))
        until_one_waits()
        db.session.commit()
        vote.result()

    assert counters()["deals", 1, "upvote_count"] == 2


def test_the_command_names_what_is_wrong_and_fails_until_it_is_mended(app: Flask) -> None:
    run = app.test_cli_runner().invoke
    write("UPDATE deals SET upvote_count = 9 WHERE id = 1")

    found, mended, found_later = run(args=["recount"]), run(args=["recount", "--mend"]), run(args=["recount"])

    assert "deals 1: upvote_count is 9, should be 1" in found.output
    assert [found.exit_code, mended.exit_code, found_later.exit_code] == [1, 0, 0]


def test_the_command_counts_what_it_does_not_name(app: Flask) -> None:
    write(
        "INSERT INTO deals (author_id, title, price_cents) SELECT 1, 'Deal', 1 FROM generate_series(1, 30)",
        "UPDATE deals SET upvote_count = 9",
    )

    found = app.test_cli_runner().invoke(args=["recount"])

    assert "and 12 more" in found.output
    assert "Wrong counters: 32." in found.output
