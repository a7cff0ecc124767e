"""No route leaves in the log what nobody should read there: credentials, people's addresses, headers, bodies."""

import json

import pytest
from flask.testing import FlaskClient

from dealradar.domain.users.models import User
from dealradar.monitoring.requests import EVENT
from tests.applications import Make
from tests.factories.people import token_for
from tests.factories.things import path_of, things_of
from tests.routes import PASSWORD, TABLE, Line

CANARY = "canary-5f2b9c"
TELLTALES = {
    "User-Agent": f"agent-{CANARY}",
    "Referer": f"https://example.org/{CANARY}",
    "Cookie": f"session={CANARY}",
    "X-Api-Key-Of-Old": CANARY,
    "Accept-Language": CANARY,
}


@pytest.fixture
def client(make: Make) -> FlaskClient:
    """Return a client of an application that logs all there is, as in production."""
    return make(dealradar_env="production", log_level="debug").test_client()


def ask(client: FlaskClient, line: Line, credentials: dict[str, str], people: tuple[User, User]) -> None:
    ids = things_of(*people)
    body = line.body(ids)
    path, query = path_of(line.rule, ids), f"{line.query}&note={CANARY}"
    headers = {**TELLTALES, **credentials, **dict(line.headers)}
    told = {**body, "note": CANARY} if isinstance(body, dict) else body
    client.open(path, method=line.method, query_string=query, headers=headers, json=told).close()
    headers["Content-Type"] = "application/json"
    broken = f'{{"broken": "{CANARY}'
    client.open(path, method=line.method, query_string=query, headers=headers, data=broken).close()


@pytest.mark.parametrize("line", TABLE, ids=str)
def test_a_route_logs_no_secret_whoever_asks(
    line: Line, client: FlaskClient, alice: User, bob: User, ada: User, capfd: pytest.CaptureFixture[str]
) -> None:
    token = token_for(ada)
    secrets = (CANARY, PASSWORD, token, *(str(person.email) for person in (alice, bob, ada)), "@example.org")
    capfd.readouterr()

    for credentials in ({"Authorization": f"Bearer {token}"}, {"Authorization": f"Bearer {CANARY}"}):
        ask(client, line, credentials, (alice, bob))

    printed = capfd.readouterr().err
    events = [json.loads(logged)["event"] for logged in printed.splitlines()]
    assert events.count(EVENT) == 4
    assert [secret for secret in secrets if secret in printed] == []
