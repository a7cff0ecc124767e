"""A site of the test's own, or of its module's: gunicorn, a Valkey that may be killed, and a small community."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from dealradar.cache.redis_store import RedisStore
from dealradar.config import Settings
from dealradar.domain.deals.models import Deal
from dealradar.domain.users.models import User
from dealradar.invalidation.triggers import EVERYTHING
from tests.factories.deals import make_deal
from tests.factories.reviews import make_review
from tests.journeys.waiting import eventually
from tests.servers.site import Site, told
from tests.servers.valkey import Valkey


@pytest.fixture
def valkey(tmp_path: Path) -> Iterator[Valkey]:
    """Return the site's cache store."""
    valkey = Valkey(tmp_path)
    valkey.start()
    yield valkey
    valkey.kill()


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Valkey]:
    """Return a broker of the site's own."""
    broker = Valkey(tmp_path)
    broker.start()
    yield broker
    broker.kill()


@pytest.fixture
def deal(app: Flask, alice: User) -> Deal:  # noqa: ARG001  its context
    """Return alice's deal, which she reviewed herself."""
    deal = make_deal(alice)
    make_review(deal, alice)
    return deal


@pytest.fixture
def environment(settings: Settings, valkey: Valkey) -> dict[str, str]:
    """Return what the processes of the site are told."""
    return told(settings, valkey)


@pytest.fixture
def site(app: Flask, environment: dict[str, str], tmp_path: Path) -> Iterator[Site]:  # noqa: ARG001  migrated
    """Return the running site, on the tests' database."""
    site = Site(environment, tmp_path / "web.log")
    site.start()
    yield site
    site.stop()


@pytest.fixture(scope="module")
def lasting_valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Valkey]:
    """Return the cache store of a site that a module's tests share; who kills it starts it again."""
    valkey = Valkey(tmp_path_factory.mktemp("valkey"))
    valkey.start()
    yield valkey
    valkey.kill()


@pytest.fixture(scope="module")
def lasting_environment(settings: Settings, lasting_valkey: Valkey) -> dict[str, str]:
    """Return what the processes of that site are told."""
    return told(settings, lasting_valkey)


@pytest.fixture(scope="module")
def lasting_site(
    _migrated: Flask, lasting_environment: dict[str, str], tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Site]:
    """Return that site: it takes seconds to start. Use `settled` for it as one test finds it."""
    site = Site(lasting_environment, tmp_path_factory.mktemp("site") / "web.log")
    site.start()
    yield site
    site.stop()


@pytest.fixture
def settled(app: Flask, lasting_site: Site, lasting_valkey: Valkey) -> Site:  # noqa: ARG001  its empty database
    """Return the shared site, which believes its store and has stored nothing of what was there before this test."""
    store = RedisStore(lasting_valkey.url)
    store.bump([EVERYTHING])
    store.close()
    assert eventually(lambda: _is_well(lasting_site))
    return lasting_site


def _is_well(site: Site) -> bool:
    return all(site.ask("/api/categories").headers["X-Cache"] != "BYPASS" for _ in range(8))
