"""Who may use which route, as the table has it."""

from collections.abc import Callable, Mapping

import pytest
from flask import Flask
from flask.testing import FlaskClient

from dealradar.domain.users import api_keys
from dealradar.domain.users.models import User
from dealradar.invalidation import transaction
from tests.factories.things import Ids, path_of, things_of
from tests.routes import TABLE, Line, Visitor

As = Callable[[User], FlaskClient]


@pytest.fixture
def visitors(app: Flask, as_: As, alice: User, mallory: User, mona: User, ada: User) -> Mapping[Visitor, FlaskClient]:
    """Return a client for each visitor; what there is is alice's."""
    people = zip(
        (Visitor.OWNER, Visitor.OTHER, Visitor.MODERATOR, Visitor.ADMIN), (alice, mallory, mona, ada), strict=True
    )
    return {
        Visitor.ANYBODY: app.test_client(),
        **{visitor: as_(person) for visitor, person in people},
        Visitor.MACHINE: _machine(app, "machine", tuple(api_keys.SCOPES)),
        Visitor.METER: _machine(app, "meter", ("metrics:read",)),
    }


def test_every_route_has_its_line_in_the_table(app: Flask) -> None:
    routes = {
        f"{method} {rule.rule}"
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
        if rule.rule.startswith("/api") or rule.endpoint.partition(".")[0] in {"pages", "feeds", "sitemaps"}
    }

    assert {str(line) for line in TABLE} == routes


@pytest.mark.parametrize("line", TABLE, ids=str)
def test_each_route_lets_in_whom_the_table_says_and_nobody_else(
    line: Line, visitors: Mapping[Visitor, FlaskClient], alice: User, bob: User
) -> None:
    # New things for each visitor who might do something to them, so that what one did hinders no other.
    seen = things_of(alice, bob)
    found = {
        visitor: _verdict(client, line, seen if line.method == "GET" else things_of(alice, bob))
        for visitor, client in visitors.items()
    }

    assert found == {visitor: "may" if visitor in line.may else _refusal(visitor) for visitor in Visitor}


def _refusal(visitor: Visitor) -> int:
    return 401 if visitor is Visitor.ANYBODY else 403


def _verdict(client: FlaskClient, line: Line, ids: Ids) -> int | str:
    sent = {"json": line.body(ids), "headers": list(line.headers), "query_string": line.query}
    with client.open(path_of(line.rule, ids), method=line.method, **sent) as answer:
        return "may" if answer.status_code < 400 else answer.status_code


def _machine(app: Flask, name: str, scopes: tuple[str, ...]) -> FlaskClient:
    client = app.test_client()
    with transaction():
        client.environ_base["HTTP_X_API_KEY"] = api_keys.create(name, scopes)
    return client
