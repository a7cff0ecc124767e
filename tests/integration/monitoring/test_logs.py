"""What is logged is one JSON object a line in production, whoever logs it, and keeps what nobody should read."""

import json
import logging
from typing import Any

import pytest
import structlog
from gunicorn.config import Config
from sqlalchemy import text

from dealradar.config import Settings
from dealradar.extensions import db
from dealradar.intake.logger import PassingLogger
from dealradar.monitoring import logs
from tests.applications import Make

CANARY = "canary-5f2b9c"


@pytest.fixture
def production(settings: Settings) -> Settings:
    """Have the log be that of production; return the settings that say so."""
    told = settings.model_copy(update={"dealradar_env": "production", "log_level": "info"})
    logs.configure(told)
    return told


@pytest.fixture
def gunicorn() -> PassingLogger:
    """Return gunicorn's logger."""
    return PassingLogger(Config())


def told(captured: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in captured.readouterr().err.splitlines()]


@pytest.mark.usefixtures("production")
def test_a_librarys_warning_is_a_line_like_ours(capsys: pytest.CaptureFixture[str]) -> None:
    with structlog.contextvars.bound_contextvars(request_id="order-66-abcdef"):
        logging.getLogger("some.library").warning("%d things are odd", 3)
        logging.getLogger("some.library").info("all is well")

    (line,) = told(capsys)
    assert {"event": "3 things are odd", "level": "warning", "logger": "some.library"}.items() <= line.items()
    assert line["request_id"] == "order-66-abcdef"
    assert line["timestamp"].endswith("Z")


@pytest.mark.usefixtures("production")
def test_gunicorns_lines_are_like_ours(gunicorn: PassingLogger, capsys: pytest.CaptureFixture[str]) -> None:
    gunicorn.info("Listening at: %s (%s)", "http://127.0.0.1:3001", 7)

    (line,) = told(capsys)
    assert (line["event"], line["logger"]) == ("Listening at: http://127.0.0.1:3001 (7)", "gunicorn.error")


@pytest.mark.usefixtures("production")
def test_gunicorn_quotes_no_request(gunicorn: PassingLogger, capsys: pytest.CaptureFixture[str]) -> None:
    gunicorn.warning(f"Invalid request from ip=::1: Invalid HTTP Header: 'AUTHORIZATION: {CANARY}'")
    gunicorn.exception("Error handling request %s", f"/api/deals?token={CANARY}")

    refused, failed = told(capsys)
    assert refused["event"] == "Invalid request from ip=::1"
    assert failed["event"] == "Error handling request /api/deals"


@pytest.mark.usefixtures("production")
def test_a_traceback_is_part_of_its_line_and_shows_no_variable(capsys: pytest.CaptureFixture[str]) -> None:
    try:
        _fail(CANARY)
    except RuntimeError:
        logging.getLogger("celery.app.trace").exception("it failed")

    printed = capsys.readouterr().err
    line = json.loads(printed)
    assert (line["event"], line["exception"][0]["exc_value"]) == ("it failed", "as the test wants it")
    assert CANARY not in printed


def _fail(password: str) -> None:
    if password:
        raise RuntimeError("as the test wants it")


def test_an_error_of_the_database_quotes_no_row_and_no_parameter(
    make: Make, capsys: pytest.CaptureFixture[str]
) -> None:
    app = make(dealradar_env="production")
    app.add_url_rule("/fault", view_func=_break_a_constraint)
    capsys.readouterr()

    answer = app.test_client().get("/fault")

    printed = capsys.readouterr().err
    assert answer.status_code == 500
    assert "unexpected_error" in printed
    assert 'duplicate key value violates unique constraint \\"people_email_key\\"' in printed
    assert CANARY not in printed


def _break_a_constraint() -> str:
    for _ in range(2):
        db.session.execute(
            text("CREATE TEMPORARY TABLE IF NOT EXISTS people (email text UNIQUE)"),
        )
        db.session.execute(text("INSERT INTO people VALUES (:email)"), {"email": CANARY})
    return "never"
