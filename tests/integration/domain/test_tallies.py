from collections import Counter
from typing import Final

import pytest
from flask import Flask
from sqlalchemy import text

from dealradar.domain import recount
from dealradar.extensions import db
from tests.counting import drifts, write
from tests.factories import community
from tests.interleaving import others, until_one_waits

REPORT: Final = "INSERT INTO reports (reporter_id, target_type, deal_id, reason) VALUES"

CHANGES: Final[dict[str, tuple[str, Counter[str]]]] = {
    "a report is filed": (f"{REPORT} (2, 'deal', 1, 'spam')", Counter({"open spam": +1})),
    "several are filed": (
        f"{REPORT} (2, 'deal', 1, 'spam'), (3, 'deal', 1, 'spam'), (4, 'deal', 1, 'other')",
        Counter({"open spam": +2, "open other": +1}),
    ),
    "a report is closed": (
        "UPDATE reports SET status = 'resolved', closed_at = now() WHERE reason = 'spam'",
        Counter({"open spam": -1, "resolved spam": +1}),
    ),
    "two reports swap their reasons": (
        "UPDATE reports SET reason = CASE reason WHEN 'spam' THEN 'fake' ELSE 'spam' END WHERE reason <> 'abuse'",
        Counter(),
    ),
    "a report is given to somebody": ("UPDATE reports SET assignee_id = 4", Counter()),
    "a report is taken back": ("DELETE FROM reports WHERE reason = 'fake'", Counter({"open fake": -1})),
    "what reports are about goes": ("DELETE FROM reviews WHERE id = 1", Counter({"open fake": -1, "open abuse": -1})),
    "all reports go": ("DELETE FROM reports", Counter({"open spam": -1, "open fake": -1, "open abuse": -2})),
}


@pytest.fixture(autouse=True)
def _community(app: Flask) -> None:  # noqa: ARG001  its context
    community.found()


def _tallies() -> Counter[str]:
    """Return how many reports there are, as stored, by status and reason."""
    rows = db.session.execute(text("SELECT status || ' ' || reason, count FROM report_tallies")).all()
    db.session.rollback()
    return Counter({row[0]: row[1] for row in rows})


@pytest.mark.parametrize("case", CHANGES)
def test_a_write_moves_the_tallies_that_it_concerns_and_no_other(case: str) -> None:
    statement, expected = CHANGES[case]
    moved = _tallies()

    write(statement)
    after = _tallies()
    after.subtract(moved)

    assert {kind: change for kind, change in after.items() if change} == expected
    assert drifts() == []


def test_two_reports_for_one_reason_at_once_are_both_counted(app: Flask) -> None:
    with others(app) as start:
        db.session.execute(text(f"{REPORT} (2, 'deal', 1, 'illegal')"))
        second = start(lambda: write(f"{REPORT} (3, 'deal', 1, 'illegal')"))
        until_one_waits()
        db.session.commit()
        second.result()

    assert _tallies()["open illegal"] == 2


def test_a_statement_comes_to_the_tallies_in_one_order_so_that_two_never_wait_in_a_circle(app: Flask) -> None:
    with others(app) as start:
        db.session.execute(text("SELECT FROM report_tallies WHERE (status, reason) = ('open', 'fake') FOR UPDATE"))
        closing = start(lambda: write("UPDATE reports SET status = 'dismissed', closed_at = now()"))
        until_one_waits()
        locked = _locked()
        db.session.rollback()
        closing.result()

    assert locked == {"open abuse", "open fake"}
    assert drifts() == []


def _locked() -> set[str]:
    """Return the tallies that somebody is about to change."""
    kinds = "SELECT status || ' ' || reason FROM report_tallies"
    with db.engine.connect() as connection:
        free = connection.scalars(text(f"{kinds} FOR NO KEY UPDATE SKIP LOCKED")).all()
        return set(connection.scalars(text(kinds))) - set(free)


def test_what_was_written_uncounted_is_told_and_mended() -> None:
    right = _tallies()
    write("SET LOCAL dealradar.counters = 'off'", f"{REPORT} (2, 'deal', 1, 'illegal')", "DELETE FROM report_tallies")

    told = drifts()
    mended = recount.mend()
    db.session.commit()

    assert recount.Drift("report_tallies", "open illegal", "count", stored=0, counted=1) in told
    assert (len(told), mended) == (4, 4)
    assert _tallies() == right + Counter({"open illegal": 1})


def test_a_report_that_was_being_filed_is_counted_once_beside_the_mending(app: Flask) -> None:
    write("UPDATE report_tallies SET count = 9")

    def mend() -> None:
        recount.mend()
        db.session.commit()

    with others(app) as start:
        db.session.execute(text(f"{REPORT} (2, 'deal', 1, 'illegal')"))
        mending = start(mend)
        until_one_waits()
        db.session.commit()
        mending.result()

    assert (_tallies()["open illegal"], drifts()) == (1, [])


def test_a_report_that_is_filed_while_mending_is_added_to_the_right_number(app: Flask) -> None:
    write("UPDATE report_tallies SET count = 9")

    with others(app) as start:
        recount.mend()
        filing = start(lambda: write(f"{REPORT} (2, 'deal', 1, 'spam')"))
        until_one_waits()
        db.session.commit()
        filing.result()

    assert (_tallies()["open spam"], drifts()) == (2, [])
