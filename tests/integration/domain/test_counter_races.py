# ruff: noqa: S608  the statements are made of a test's own words
import random
from collections.abc import Callable
from typing import Final

import pytest
from flask import Flask
from psycopg.errors import DeadlockDetected, ForeignKeyViolation
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from dealradar.extensions import db
from tests.counting import changes, counters, drifts, write
from tests.factories import community
from tests.interleaving import others, until_one_waits


@pytest.fixture(autouse=True)
def _community(app: Flask) -> None:  # noqa: ARG001  its context
    community.found()


def test_a_change_that_moves_no_counter_waits_for_nobody_who_counts(app: Flask) -> None:
    def rewrite() -> None:
        db.session.execute(text("SET LOCAL lock_timeout = '1s'"))
        write("UPDATE reviews SET body = 'No.' WHERE id = 1")

    with others(app) as start:
        db.session.execute(text("INSERT INTO deal_votes VALUES (1, 1, 1)"))  # holds the deal's row
        start(rewrite).result()
        db.session.rollback()


def test_two_votes_at_once_are_both_counted(app: Flask) -> None:
    before = counters()

    with others(app) as start:
        db.session.execute(text("INSERT INTO deal_votes VALUES (2, 1, 1)"))
        second = start(lambda: write("INSERT INTO deal_votes VALUES (2, 3, 1)"))
        until_one_waits()
        db.session.commit()
        second.result()

    assert changes(before, counters()) == {"deals.2.upvote_count+2"}


@pytest.mark.parametrize(("held", "is_last_locked"), [("min", False), ("max", True)])
def test_a_statement_locks_what_it_counts_for_by_id_wherever_the_rows_lie(
    app: Flask, held: str, *, is_last_locked: bool
) -> None:
    write(
        "INSERT INTO deals (author_id, title, price_cents) SELECT 1, 'Deal', 1 FROM generate_series(1, 60)",
        "UPDATE deals SET title = 'Moved to the end' WHERE id < 30",
    )

    with others(app) as start:
        db.session.execute(text(f"SELECT FROM deals WHERE id = (SELECT {held}(id) FROM deals) FOR NO KEY UPDATE"))
        voting = start(lambda: write("INSERT INTO deal_votes SELECT id, 4, 1 FROM deals ORDER BY id DESC"))
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
    write(
        "INSERT INTO users (username, display_name) SELECT 'member' || i, 'Member' FROM generate_series(1, 8) AS i",
        "INSERT INTO deals (author_id, title, price_cents) SELECT 1, 'Deal', 1 FROM generate_series(1, 3)",
    )

    with others(app, at_once=6) as start:
        for storm in [start(_storm(seed)) for seed in range(6)]:
            storm.result()

    assert db.session.scalar(text("SELECT sum(review_count) FROM deals")) > 0
    assert drifts() == []


def _storm(seed: int) -> Callable[[], None]:
    """Return what writes at random; some of it is refused, since others take away what it refers to or waits for."""
    draw = random.Random(seed)  # noqa: S311  a test's

    def blow() -> None:
        for _ in range(40):
            gust = draw.choice(GUSTS).format(deal=draw.randint(1, 5), user=draw.randint(1, 12), star=draw.randint(1, 5))
            try:
                write(gust)
            except DBAPIError as error:
                db.session.rollback()
                if not isinstance(error.orig, DeadlockDetected | ForeignKeyViolation):
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
    """
    INSERT INTO reports (reporter_id, target_type, deal_id, reason)
    SELECT {user}, 'deal', id, (ARRAY['spam', 'fake', 'abuse', 'other'])[1 + (id + {star}) % 4] FROM deals
        ON CONFLICT DO NOTHING
    """,
    "UPDATE reports SET status = 'resolved', closed_at = now() WHERE deal_id = {deal}",
    "DELETE FROM reports WHERE reporter_id = {user}",
    "UPDATE deals SET category_id = 1 + ({star} % 2), status = 'expired' WHERE id = {deal}",
)
