"""A site of the test's own: gunicorn, a Valkey that may be killed, and a small community."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from dealradar.config import Settings
from dealradar.domain.deals.models import Deal
from dealradar.domain.users.models import User
from tests.factories.deals import make_deal
from tests.factories.reviews import make_review
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
