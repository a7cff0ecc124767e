"""The site with its worker and beat: what nobody invalidated is invalidated, whatever was down."""

from collections.abc import Iterator
from typing import Final

import pytest
import redis
from sqlalchemy import text

from dealradar.config import Settings
from dealradar.domain.deals.models import Deal
from dealradar.domain.users.models import User
from dealradar.extensions import db
from dealradar.httpcache.control import jobs
from dealradar.httpcache.control.jobs import Kind, State, Wanted
from dealradar.invalidation import transaction
from tests.factories.people import token_for
from tests.journeys.waiting import eventually
from tests.servers.site import Site, told
from tests.servers.valkey import Valkey
from tests.servers.workers import Workers

SWITCH_OFF: Final = """
    INSERT INTO cache_policies (endpoint, is_enabled, changed_by) VALUES ('/deals/<int:deal_id>', false, 'psql')
"""
REPRICE: Final = "UPDATE deals SET price_cents = price_cents + 1"


@pytest.fixture(scope="module")
def broker(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    """Return the broker of the site that these tests share."""
    broker = Valkey(tmp_path_factory.mktemp("broker"))
    broker.start()
    yield broker
    broker.kill()


@pytest.fixture(scope="module")
def lasting_environment(settings: Settings, lasting_valkey: Valkey, broker: Valkey) -> dict[str, str]:
    """Return what all its processes are told."""
    return told(settings, lasting_valkey) | {"CELERY_BROKER_URL": broker.url, "WEB_CONCURRENCY": "1"}


@pytest.fixture(scope="module")
def _workers(lasting_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Have worker and beat run."""
    workers = Workers(lasting_environment, tmp_path_factory.mktemp("workers"))
    workers.start()
    yield
    workers.stop()


@pytest.fixture(autouse=True)
def _begun(settled: Site, deal: Deal, _workers: None) -> None:  # noqa: ARG001  it and the deal are there
    """Have worker and beat be seen to work."""
    assert eventually(_nothing_is_owed)


@pytest.fixture
def valkey(lasting_valkey: Valkey) -> Valkey:
    """Return the store."""
    return lasting_valkey


@pytest.fixture
def site(settled: Site) -> Site:
    """Return the site."""
    return settled


def _nothing_is_owed() -> bool:
    count = db.session.execute(text("SELECT count(*) FROM cache_outbox WHERE delivered_at IS NULL")).scalar_one()
    db.session.rollback()
    return bool(count == 0)


def _version(valkey: Valkey, tag: str) -> object:
    with redis.Redis.from_url(valkey.url) as client:
        return client.get(f"dealradarus:v1:tag:{tag}")


def _state(job_id: int) -> State:
    state = jobs.get(job_id).state
    db.session.rollback()
    return state


def _write_as_psql_would(statement: str) -> None:
    db.session.execute(text(statement))
    db.session.commit()


def test_what_is_written_behind_the_sites_back_shows(site: Site, deal: Deal) -> None:
    path = f"/api/deals/{deal.id}"
    before = [site.ask(path) for _ in range(2)]

    _write_as_psql_would(REPRICE)

    assert [answer.headers["X-Cache"] for answer in before] == ["MISS", "HIT"]
    assert eventually(lambda: site.ask(path).json()["price_cents"] == before[0].json()["price_cents"] + 1)


def test_what_the_site_has_invalidated_the_worker_notes_and_doesnt_invalidate_again(
    site: Site, deal: Deal, bob: User, valkey: Valkey
) -> None:
    token = token_for(bob)

    def is_invalidated_once(value: int) -> bool:
        site.ask(f"/api/deals/{deal.id}/vote", token=token, send={"value": value})
        invalidated = _version(valkey, f"deal:{deal.id}")
        return eventually(_nothing_is_owed) and _version(valkey, f"deal:{deal.id}") == invalidated is not None

    # On a busy machine the sweep may be first for once, which does no harm.
    assert any(is_invalidated_once(value) for value in (1, -1, 1, -1, 1))


def test_what_the_site_could_not_invalidate_while_the_store_was_dead_is_when_it_is_back(
    site: Site, deal: Deal, bob: User, valkey: Valkey
) -> None:
    valkey.kill()
    voted = site.ask(f"/api/deals/{deal.id}/vote", token=token_for(bob), send={"value": 1})
    was_owed = not _nothing_is_owed()

    valkey.start()

    assert (voted.status, was_owed) == (200, True)
    assert eventually(_nothing_is_owed)
    assert _version(valkey, f"deal:{deal.id}") is not None


def test_a_worker_warms_nothing_of_what_is_switched_off(deal: Deal) -> None:
    def is_left_alone() -> bool:
        with transaction():
            job_id = jobs.file(Wanted(Kind.WARM, paths=(f"/deals/{deal.id}",)), by="operator").id
        assert eventually(lambda: _state(job_id) is State.DONE)
        return jobs.get(job_id).progress.failed == 1

    _write_as_psql_would(SWITCH_OFF)

    assert eventually(is_left_alone)


def test_workers_come_back_when_their_broker_does(broker: Valkey, valkey: Valkey) -> None:
    broker.kill()
    _write_as_psql_would("INSERT INTO merchants (slug, name) VALUES ('acme', 'Acme')")

    broker.start()

    assert eventually(_nothing_is_owed)
    assert _version(valkey, "merchants") is not None
