"""A site with a streaming replica, and ears on both servers."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
import redis
from flask import Flask
from flask_migrate import upgrade
from sqlalchemy import event
from sqlalchemy.engine import make_url

from dealradar.app import create_app
from dealradar.config import Settings
from dealradar.domain.reviews.models import Review
from dealradar.extensions import REPLICA, db
from dealradar.httpcache import stores
from tests.conftest import Visitor
from tests.emptying import EMPTY
from tests.ending import end
from tests.integration.httpcache.recomputing import until
from tests.servers.proxy import Proxy
from tests.servers.streaming import Pair, pair


@dataclass
class Ears:
    """What was sent to the two servers since it was last asked."""

    primary: list[str] = field(default_factory=list)
    replica: list[str] = field(default_factory=list)

    def heard(self) -> tuple[list[str], list[str]]:
        """Return and forget it: what was read from tables at the primary, and at the replica."""
        both = tuple([said for said in heard if "FROM" in said] for heard in (self.primary, self.replica))
        self.primary.clear()
        self.replica.clear()
        return both[0], both[1]


@pytest.fixture(scope="module")
def servers() -> Iterator[Pair]:
    with pair() as running:
        yield running


@pytest.fixture(scope="module")
def way(servers: Pair) -> Iterator[Proxy]:
    """Return what stands between the site and the replica."""
    with Proxy(servers.replica.server.url).running() as proxy:
        yield proxy


@pytest.fixture(scope="module")
def site(settings: Settings, servers: Pair, way: Proxy) -> Iterator[Flask]:
    """Return a site with a replica; its store is never too slow, and its servers of databases soon are."""
    changes = {
        "database_url": servers.primary.server.url,
        "database_replica_url": make_url(servers.replica.server.url)
        .set(port=way.server_address[1])
        .render_as_string(hide_password=False),
        "database_statement_timeout_ms": 2_000,
        "cache_timeout_ms": 2_000,
    }
    app = create_app(settings.model_copy(update=changes))
    app.test_client_class = Visitor
    with app.app_context():
        upgrade()
    yield app
    end(app)


@pytest.fixture
def app(site: Flask, servers: Pair, redis_url: str, _merger: None, _isolation: None) -> Iterator[Flask]:
    """Return the site on empty servers, its replica caught up, its context pushed."""
    with redis.Redis.from_url(redis_url) as store:
        store.flushdb()
    with site.app_context():
        db.session.execute(EMPTY)
        db.session.commit()
        stores.await_first_recovery()
        until(lambda: site.test_client().get("/api/categories").headers["X-Cache"] != "BYPASS")
        servers.catch_up()
        yield site
        db.session.remove()
    servers.catch_up()


@pytest.fixture
def path(review: Review, servers: Pair) -> str:
    """Return the path of a review that the replica knows."""
    servers.catch_up()
    return f"/api/reviews/{review.id}"


@pytest.fixture
def ears(app: Flask) -> Iterator[Ears]:
    """Return what the two servers hear from here on."""
    ears = Ears()
    with app.app_context():
        engines = ((db.engine, ears.primary), (db.engines[REPLICA], ears.replica))
    hearing = [(engine, _hearing(heard)) for engine, heard in engines]
    for engine, hear in hearing:
        event.listen(engine, "before_cursor_execute", hear)
    yield ears
    for engine, hear in hearing:
        event.remove(engine, "before_cursor_execute", hear)


def _hearing(heard: list[str]) -> Callable[..., None]:
    def hear(*said: object) -> None:
        heard.append(str(said[2]))

    return hear
