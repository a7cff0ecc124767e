"""Everything that looks at an address, a scheme or a host sees the client's, through trusted proxies alone."""

from ipaddress import ip_network
from typing import Any, Final

import pytest
from flask import Flask, request
from flask.testing import FlaskClient
from structlog.testing import capture_logs

from tests.applications import Make

PROXY: Final = {"REMOTE_ADDR": "10.1.2.3", "REMOTE_PORT": "50123"}
CLIENT: Final = "203.0.113.7"


@pytest.fixture
def fronted(make: Make) -> Flask:
    """Return an application behind proxies in 10.0.0.0/8 and on the loopback that allows two requests an address."""
    networks = (ip_network("10.0.0.0/8"), ip_network("127.0.0.0/8"))
    return make(trusted_proxies=networks, rate_limit_max_requests=2)


def ask(client: FlaskClient, path: str = "/api/nowhere", *, peer: str = "10.1.2.3", **fields: str) -> Any:
    headers = {name.replace("_", "-"): value for name, value in fields.items()}
    return client.get(path, environ_base={"REMOTE_ADDR": peer}, headers=headers)


def test_each_client_behind_a_proxy_has_a_quota_of_its_own(fronted: Flask) -> None:
    client = fronted.test_client()

    codes = [ask(client, X_Forwarded_For=address).status_code for address in [CLIENT] * 3 + ["203.0.113.8"]]

    assert codes == [404, 404, 429, 404]


def test_what_a_client_puts_before_its_own_address_gives_it_no_new_quota(fronted: Flask) -> None:
    client = fronted.test_client()

    codes = [ask(client, X_Forwarded_For=f"198.51.100.{number}, {CLIENT}").status_code for number in range(3)]

    assert codes == [404, 404, 429]


def test_a_client_past_the_proxies_cant_choose_its_address(fronted: Flask) -> None:
    client = fronted.test_client()

    codes = [ask(client, peer=CLIENT, X_Forwarded_For=f"198.51.100.{number}").status_code for number in range(3)]

    assert codes == [404, 404, 429]


def test_who_comes_through_a_proxy_on_the_loopback_is_not_the_loopback(fronted: Flask) -> None:
    client = fronted.test_client()

    through = [ask(client, "/metrics", peer="127.0.0.1", X_Forwarded_For=told).status_code for told in (CLIENT, "?")]
    forged = ask(client, "/metrics", peer="127.0.0.1", X_Forwarded_For=f"127.0.0.1, {CLIENT}").status_code

    assert (through, forged) == ([403, 403], 403)
    assert ask(client, "/metrics", peer="127.0.0.1").status_code == 200


def test_the_log_names_the_client(fronted: Flask) -> None:
    with capture_logs() as lines:
        ask(fronted.test_client(), X_Forwarded_For=CLIENT)

    assert [line["address"] for line in lines if line["event"] == "request"] == [CLIENT]


def test_https_is_believed_of_a_trusted_proxy_alone(make: Make) -> None:
    secured = make(trusted_proxies=(ip_network("10.0.0.0/8"),), dealradar_env="production").test_client()

    told = [ask(secured, peer=peer, X_Forwarded_Proto="https").headers for peer in ("10.1.2.3", CLIENT)]

    assert ["Strict-Transport-Security" in headers for headers in told] == [True, False]


def test_nothing_further_in_sees_what_was_forwarded(make: Make) -> None:
    app = make(trusted_proxies=(ip_network("10.0.0.0/8"),))
    seen: dict[str, Any] = {}
    app.before_request(lambda: seen.update(request.environ))
    forwarded = {"For": CLIENT, "Proto": "https", "Host": "deals.example", "Port": "1", "Prefix": "/x", "Ssl": "on"}
    headers = {f"X-Forwarded-{name}": value for name, value in forwarded.items()} | {"Forwarded": "for=192.0.2.1"}

    app.test_client().get("/health", environ_base=PROXY, headers=headers)

    assert [name for name in seen if "FORWARDED" in name] == []
    assert (seen["REMOTE_ADDR"], seen["wsgi.url_scheme"], seen["HTTP_HOST"]) == (CLIENT, "https", "deals.example")
    assert "REMOTE_PORT" not in seen
