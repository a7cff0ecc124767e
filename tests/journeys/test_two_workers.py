"""Through HTTP and real processes: what one worker learns, the other knows."""

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from typing import Final

import pytest

from dealradar.domain.deals.models import Deal
from dealradar.domain.users.models import User
from tests.factories.people import token_for
from tests.journeys.waiting import eventually
from tests.servers.site import Site
from tests.servers.valkey import Valkey

ROUNDS: Final = 30
BOUND_S: Final = 2.0
"""Far above one timeout of the store, even on a busy machine, and far below a client library's own retries."""


@pytest.fixture
def valkey(lasting_valkey: Valkey) -> Valkey:
    """Return the store of the site that these tests share."""
    return lasting_valkey


@pytest.fixture
def site(settled: Site) -> Site:
    """Return that site."""
    return settled


def test_no_worker_shows_the_world_before_a_write(site: Site, deal: Deal, bob: User) -> None:
    path, token = f"/api/reviews/deal/{deal.id}", token_for(bob)
    posted = site.ask("/api/reviews", token=token, send={"deal_id": deal.id, "rating": 5, "body": "0"}).json()

    for round_number in range(1, ROUNDS):
        changed = site.ask(
            f"/api/reviews/{posted['id']}", token=token, send={"body": str(round_number)}, method="PATCH"
        )
        with ThreadPoolExecutor(8) as readers:
            seen = list(readers.map(lambda _: site.ask(path), range(8)))

        assert changed.status == 200
        assert {answer.json()["items"][0]["body"] for answer in seen} == {str(round_number)}


def test_a_killed_store_is_not_noticed_but_in_the_headers(site: Site, deal: Deal, valkey: Valkey) -> None:
    path = f"/api/reviews/deal/{deal.id}"
    before = [site.ask(path).headers["X-Cache"] for _ in range(2)]

    valkey.kill()
    during = [site.ask(path) for _ in range(ROUNDS)]
    valkey.start()
    after = [site.ask(path) for _ in range(ROUNDS)]

    assert before == ["MISS", "HIT"]
    assert {answer.status for answer in during + after} == {200}
    assert {answer.headers["X-Cache"] for answer in during} == {"BYPASS"}
    assert len({answer.body for answer in during + after}) == 1
    assert max(answer.seconds for answer in during) < BOUND_S


def test_a_policy_that_one_worker_changes_is_soon_in_force_in_the_other(site: Site, deal: Deal, ada: User) -> None:
    path, token = f"/api/deals/{deal.id}", token_for(ada)
    wish = {"endpoint": "/deals/<int:deal_id>", "enabled": False}

    def is_off_everywhere() -> bool:
        return _seen(site, path) == {"BYPASS"}

    def is_on_everywhere() -> bool:
        return "BYPASS" not in _seen(site, path)

    changed = site.ask("/api/cache/policies", token=token, send=wish, method="PATCH")

    assert changed.status == 200
    assert eventually(is_off_everywhere)

    site.ask("/api/cache/policies", token=token, send=wish | {"enabled": None}, method="PATCH")
    assert eventually(is_on_everywhere)


def _seen(site: Site, path: str) -> set[str]:
    with ThreadPoolExecutor(8) as readers:
        return set(readers.map(lambda _: site.ask(path).headers["X-Cache"], range(40)))


def test_hits_come_again_by_themselves(site: Site, deal: Deal, valkey: Valkey) -> None:
    path = f"/api/reviews/deal/{deal.id}"
    valkey.kill()
    site.ask(path)
    valkey.start()

    results = (site.ask(path).headers["X-Cache"] for _ in range(10_000))

    assert "HIT" in results


def test_what_all_workers_answered_is_known_after_they_ended_and_is_counted_once(site: Site, deal: Deal) -> None:
    before = _counted_by_those_who_ended(site)

    statuses = {site.ask(f"/api/deals/{deal.id}").status for _ in range(ROUNDS)}

    assert statuses == {200}
    assert _counted_by_those_who_ended(site) - before == Counter(requests=ROUNDS, looked_up=ROUNDS)


def _counted_by_those_who_ended(site: Site) -> Counter[str]:
    """Return what is known of the deal's page once all workers have been replaced."""
    site.stop()
    site.start()
    window = site.ask("/metrics/cache").json()["windows"]["5m"]
    known = window["endpoints"].get("/deals/<int:deal_id>", {})
    return Counter(requests=known.get("requests", 0), looked_up=known.get("hits", 0) + known.get("misses", 0))
