import json
from collections.abc import Callable
from typing import Any

import pytest
from click.testing import Result
from flask import Flask, current_app
from flask.testing import FlaskClient
from sqlalchemy import text

from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.httpcache.control import warm_runs
from dealradar.httpcache.policies import POLICIES
from dealradar.invalidation import bookkeeping, control, keeping_warm
from tests.applications import Make
from tests.factories.deals import make_deal

Typed = Callable[..., Result]


@pytest.fixture
def typed(app: Flask) -> Typed:
    """Return what runs a cache command as an operator types it, and gives its result."""
    return lambda *words: app.test_cli_runner().invoke(args=("cache", *words))


@pytest.fixture
def _deal(alice: User) -> None:
    """Have a deal."""
    make_deal(alice)


def x_cache(client: FlaskClient) -> str:
    return str(client.get("/api/deals/1").headers["X-Cache"])


@pytest.mark.usefixtures("_deal")
@pytest.mark.parametrize(
    "words", [("--tag", "deal:1"), ("--path", "/deals/1"), ("--pattern", "/deals/*"), ("--all",)], ids=str
)
def test_what_an_operator_invalidates_is_computed_anew(
    typed: Typed, client: FlaskClient, words: tuple[str, ...]
) -> None:
    x_cache(client)
    assert x_cache(client) == "HIT"

    result = typed("invalidate", *words)

    assert result.exit_code == 0, result.output
    assert x_cache(client) == "MISS"


@pytest.mark.usefixtures("_deal")
def test_a_path_is_warmed_inspected_and_its_job_listed(typed: Typed, client: FlaskClient) -> None:
    assert typed("inspect", "/deals/1").stdout == "0 cached.\n"  # beside it, that the store was recovered

    assert typed("warm", "/deals/1").exit_code == 0
    control.work()

    assert x_cache(client) == "HIT"
    assert "deal:1" in typed("inspect", "/deals/1").output
    assert "warm  done  warmed 1, failed 0  /deals/1" in typed("jobs").output


@pytest.mark.usefixtures("_deal")
@pytest.mark.parametrize(("path", "status"), [("/deals/1", 0), ("/deals/9", 1)])
def test_who_waits_for_what_is_warmed_is_told_what_came_of_it(
    typed: Typed, monkeypatch: pytest.MonkeyPatch, path: str, status: int
) -> None:
    monkeypatch.setattr("dealradar.cli.cache.time.sleep", lambda _: control.work())

    result = typed("warm", path, "--wait")

    assert result.exit_code == status
    assert f"warm  done  warmed {1 - status}, failed {status}  {path}" in result.output


@pytest.mark.usefixtures("_deal")
def test_what_was_kept_warm_is_listed_with_what_it_earned(typed: Typed) -> None:
    keeping_warm.keep_warm(pause=lambda _: None)
    run = warm_runs.latest(1)[0]
    with bookkeeping():
        warm_runs.credit([(run.id, 3), (run.id, 4)])

    listed = typed("runs").output

    assert f"{run.id}  {run.started_at:%Y-%m-%d %H:%M:%S}  loss  warmed {run.tally.warmed}, failed 0" in listed
    assert "2 gone, 7 hits earned; left: none" in listed


@pytest.mark.usefixtures("_deal")
def test_the_statistics_tell_what_the_store_and_the_database_hold(typed: Typed, client: FlaskClient) -> None:
    x_cache(client)
    typed("warm", "/deals/1")
    for _ in range(2):
        control.work()
        typed("warm", "/deals/1")
    db.session.execute(text("INSERT INTO cache_outbox (tag, created_at) VALUES ('x', now() - interval '1 minute')"))
    db.session.commit()

    result = typed("stats", "--json")
    assert result.exit_code == 0, result.exception
    told = json.loads(result.output)
    printed = typed("stats").output

    assert (told["keys"]["counts"]["entries"], told["keys"]["is_whole"]) == (1, True)
    assert told["keys"]["counts"]["versions"] > 1
    assert told["store"]["memory_bytes"] > 0
    assert told["jobs"] == {"queued": 1, "running": 0, "done": 2}
    assert told["outbox"]["oldest_s"] >= 60
    assert told["breakers"]["reads"]["phase"] == "closed"
    assert "1 entries" in printed
    assert "1 queued, 0 running, 2 done" in printed


@pytest.mark.parametrize(
    ("changes", "told"),
    [({"redis_url": "redis://127.0.0.1:1/0"}, "down"), ({"cache_enabled": False}, "switched off by CACHE_ENABLED")],
    ids=str,
)
def test_the_statistics_do_without_a_store(make: Make, changes: dict[str, Any], told: str) -> None:
    with make(**changes).app_context():
        result = current_app.test_cli_runner().invoke(args=("cache", "stats"))

    assert result.exit_code == 0, result.exception
    assert result.output.splitlines()[0] == f"store      {told}"


def test_policies_are_listed_changed_and_set_back(typed: Typed) -> None:
    changed = typed("policies", "set", "/deals", "--ttl-s", "60", "--off")
    listed = typed("policies").output.splitlines()
    back = typed("policies", "set", "/deals", "--reset")

    assert changed.exit_code == 0, changed.output
    assert changed.output.split()[:5] == ["/deals", "off", "60", "s", "public"]
    assert "(declared 300 s)  operator:" in changed.output
    assert changed.output.strip() in listed
    assert len(listed) == len(POLICIES)
    assert back.output.split()[:5] == ["/deals", "on", "300", "s", "public"]


def test_all_policies_are_changed_and_set_back_at_once(typed: Typed) -> None:
    changed = typed("policies", "set", "*", "--off").output.splitlines()
    back = typed("policies", "set", "*", "--reset").output.splitlines()

    assert [line.split()[1] for line in changed] == ["off"] * len(POLICIES)
    assert [line.split()[1] for line in back] == ["on"] * len(POLICIES)


@pytest.mark.parametrize(
    ("words", "exit_code", "complaint"),
    [
        (("invalidate",), 2, "--pattern"),
        (("invalidate", "--tag", "a b"), 1, "can't be a tag"),
        (("invalidate", "--pattern", "/nothing/*"), 1, "matches nothing"),
        (("invalidate", "--path", "/reviews"), 1, "cached endpoint"),
        (("warm", "/reports"), 1, "each caller"),
        (("warm",), 2, "--top"),
        (("warm", "/deals", "--top", "5"), 2, "--top"),
        (("inspect", "/nothing"), 1, "cached endpoint"),
        (("policies", "set", "/nothing", "--off"), 1, "endpoint: "),
        (("policies", "set", "/deals"), 2, "--reset"),
        (("policies", "set", "/deals", "--reset", "--on"), 2, "--reset"),
        (("policies", "set", "/deals", "--ttl-s", "0"), 2, "--ttl-s"),
    ],
    ids=str,
)
def test_what_can_not_be_meant_is_explained(
    typed: Typed, words: tuple[str, ...], exit_code: int, complaint: str
) -> None:
    result = typed(*words)

    assert result.exit_code == exit_code
    assert complaint in result.output
