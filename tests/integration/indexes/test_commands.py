from collections.abc import Iterator

import pytest
from click.testing import Result
from flask import Flask

from dealradar.extensions import db
from dealradar.indexes import CATALOGUE, building

NAME = "idx_reviews_deal_sort"


@pytest.fixture(autouse=True)
def _mended(app: Flask) -> Iterator[None]:
    """Leave the database to other tests as it was."""
    yield
    with app.app_context():
        _run(app, "create")


def _run(app: Flask, *arguments: str) -> Result:
    return app.test_cli_runner().invoke(args=["db-indexes", *arguments])


def test_status_shows_each_index_and_succeeds_while_all_are_ready(app: Flask) -> None:
    told = _run(app, "status")

    assert told.exit_code == 0
    assert [line.split()[:2] for line in told.output.splitlines()[1:]] == [[one.name, "ready"] for one in CATALOGUE]


def test_status_fails_where_one_is_missing_and_create_makes_it(app: Flask) -> None:
    dropped = _run(app, "drop", "--only", NAME, "--yes")
    lacking = _run(app, "status")
    created = _run(app, "create")
    whole = _run(app, "status")

    assert (dropped.output, dropped.exit_code) == (f"Dropped {NAME}.\n1 dropped.\n", 0)
    assert lacking.exit_code == 1
    assert f"{NAME:<34} absent" in lacking.output
    assert created.output == f"Built {NAME} (absent before).\n55 ready, of which 1 are new.\n"
    assert whole.exit_code == 0


def test_one_alone_is_created_where_others_are_missing_too(app: Flask) -> None:
    _run(app, "drop", "--only", NAME, "--yes")
    _run(app, "drop", "--only", "idx_reports_status", "--yes")

    created = _run(app, "create", "--only", NAME)

    assert created.output == f"Built {NAME} (absent before).\n1 ready, of which 1 are new.\n"
    assert "idx_reports_status                 absent" in _run(app, "status").output


def test_all_can_be_dropped_and_created(app: Flask) -> None:
    dropped = _run(app, "drop", "--yes")
    created = _run(app, "create")

    assert dropped.output.endswith("55 dropped.\n")
    assert created.output.endswith("55 ready, of which 55 are new.\n")


def test_nothing_is_dropped_unless_that_is_confirmed(app: Flask) -> None:
    _run(app, "drop", "--only", NAME)

    assert _run(app, "status").exit_code == 0


def test_a_name_that_is_not_in_the_catalogue_is_refused(app: Flask) -> None:
    refused = _run(app, "create", "--only", "uq_users_email_lower")

    assert refused.exit_code == 2
    assert "uq_users_email_lower" in refused.output


def test_who_else_builds_is_said_in_a_line(app: Flask) -> None:
    with (
        app.app_context(),
        db.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as other,
        building.at_work(other),
    ):
        refused = _run(app, "create")

    assert refused.exit_code == 1
    assert refused.output.startswith("Error: Somebody else is at work on the indexes of this database")
