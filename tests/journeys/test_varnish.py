"""The whole site behind a real Varnish: what is written shows, what was taken down is gone, outages are bridged."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import pytest

from dealradar.domain.deals.models import Deal
from dealradar.domain.users.models import User
from tests.factories.people import token_for
from tests.journeys.waiting import eventually
from tests.servers import varnish as installed
from tests.servers.site import Site
from tests.servers.valkey import Valkey
from tests.servers.varnish import Varnish
from tests.servers.workers import Workers

pytestmark = pytest.mark.skipif(installed.missing() is not None, reason=f"NOT TESTED: {installed.missing()}")

ROUNDS: Final = 5


@pytest.fixture
def environment(environment: dict[str, str], broker: Valkey) -> dict[str, str]:
    """Return what all processes of the site are told."""
    return {**environment, "CELERY_BROKER_URL": broker.url, "TRUSTED_PROXIES": "127.0.0.0/8", "WEB_CONCURRENCY": "1"}


@pytest.fixture
def varnish(site: Site, tmp_path: Path) -> Iterator[Varnish]:
    """Return Varnish in front of the site."""
    varnish = Varnish(tmp_path, site.port)
    varnish.start()
    yield varnish
    varnish.stop()


@pytest.fixture
def _workers(deal: Deal, varnish: Varnish, environment: dict[str, str], tmp_path: Path) -> Iterator[None]:  # noqa: ARG001  a deal is there
    workers = Workers(environment | {"VARNISH_URLS": varnish.url}, tmp_path)
    workers.start()
    yield
    workers.stop()


def _items(varnish: Varnish, path: str) -> list[Any]:
    items: list[Any] = json.loads(varnish.ask(path).body)["items"]
    return items


def _kept(varnish: Varnish, path: str) -> Callable[[], bool]:
    return lambda: varnish.ask(path).fields["Cache-Status"].rpartition(", ")[2].startswith("varnish; hit")


@pytest.mark.usefixtures("_workers")
def test_a_write_shows_to_those_whom_varnish_answers(site: Site, deal: Deal, bob: User, varnish: Varnish) -> None:
    path, token = f"/api/reviews/deal/{deal.id}", token_for(bob)
    posted = site.ask("/api/reviews", token=token, send={"deal_id": deal.id, "rating": 5, "body": "0"}).json()

    for number in range(1, ROUNDS):
        assert eventually(_kept(varnish, path))
        site.ask(f"/api/reviews/{posted['id']}", token=token, send={"body": str(number)}, method="PATCH")

        assert eventually(lambda: _items(varnish, path)[0]["body"] == str(number))  # noqa: B023  called at once
        assert all(_items(varnish, path)[0]["body"] == str(number) for _ in range(20))


@pytest.mark.usefixtures("_workers")
def test_with_the_site_stopped_varnish_serves_on_but_nothing_that_was_taken_down(
    site: Site, deal: Deal, bob: User, mona: User, varnish: Varnish
) -> None:
    kept, taken_down = "/api/categories", f"/api/reviews/deal/{deal.id}"
    site.ask("/api/reviews", token=token_for(bob), send={"deal_id": deal.id, "rating": 1, "body": "A secret."})
    assert eventually(_kept(varnish, kept))
    assert eventually(_kept(varnish, taken_down))

    hidden = site.ask(f"/api/deals/{deal.id}", token=token_for(mona), method="DELETE")
    gone = eventually(lambda: varnish.ask(taken_down).status == 404)
    site.stop()
    answers = [varnish.ask(kept) for _ in range(3)]
    answer = varnish.ask(taken_down)

    assert (hidden.status, gone) == (204, True)
    assert {answer.status for answer in answers} == {200}
    assert answer.status == 503
    assert b"secret" not in answer.body


def test_whom_the_site_knows_it_answers_itself(deal: Deal, bob: User, varnish: Varnish) -> None:
    path, credentials = f"/api/deals/{deal.id}", f"Bearer {token_for(bob)}"
    assert eventually(_kept(varnish, path))

    answers = [varnish.ask(path, Authorization=credentials) for _ in range(2)]
    refused = varnish.ask(path, Authorization="Bearer nonsense")

    assert {answer.fields["Cache-Status"].rpartition(", ")[2] for answer in answers} == {"varnish; fwd=bypass"}
    assert (refused.status, varnish.ask(path).status) == (401, 200)


def test_each_client_has_its_own_quota_behind_varnish(varnish: Varnish) -> None:
    def left(address: str) -> int:
        reply = varnish.ask("/api/nothing", X_Forwarded_For=address)
        return int(reply.fields["X-RateLimit-Remaining"])

    assert [left(address) for address in ("192.0.2.1", "192.0.2.1", "192.0.2.2")] == [999_999, 999_998, 999_999]
