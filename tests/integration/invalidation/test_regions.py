"""Another region's store, a real one: what is written here is stale there."""

import time
from collections.abc import Callable, Iterator

import pytest
import redis
from sqlalchemy import text
from sqlalchemy.exc import InternalError

from dealradar.extensions import db
from dealradar.invalidation import current, sweep, tell
from dealradar.invalidation.kinds import Kind
from dealradar.invalidation.regions import Region
from dealradar.invalidation.targets import Batch, TargetUnavailableError
from tests.applications import Make
from tests.edges import let_pass, owe, owed
from tests.journeys.waiting import eventually
from tests.servers.valkey import Valkey

pytestmark = pytest.mark.usefixtures("_community")

PATH = "/api/deals/1"


def _write(title: str) -> None:
    """Change what is at `PATH`, as psql would, a second ago."""
    db.session.execute(text("UPDATE deals SET title = :title WHERE id = 1"), {"title": title})
    db.session.execute(text("UPDATE cache_outbox SET created_at = now() - interval '1 s'"))
    db.session.commit()


def _name() -> str:
    (_, there, _) = current()
    return there.name


def _tell_when_it_may_be() -> int:
    let_pass(60.0)
    return tell(_name())


def test_what_is_written_here_is_shown_there(variant: Callable[..., None], make: Make, valkey: Valkey) -> None:
    variant(region_redis_urls=(valkey.url,))
    there = make(redis_url=valkey.url).test_client()
    results = [there.get(PATH).headers["X-Cache"] for _ in range(2)]

    _write("New")
    sweep()
    count = tell(_name())
    shown = there.get(PATH)

    assert (results, count > 0) == (["MISS", "HIT"], True)
    assert (shown.headers["X-Cache"], shown.get_json()["title"]) == ("MISS", "New")


def test_what_was_computed_there_from_a_database_that_lags_is_gone_two_seconds_later(
    variant: Callable[..., None], make: Make, valkey: Valkey
) -> None:
    variant(region_redis_urls=(valkey.url,))
    there = make(redis_url=valkey.url).test_client()
    _write("New")
    sweep()
    tell(_name())
    computed = [there.get(PATH).headers["X-Cache"] for _ in range(2)]

    let_pass(2.1)
    tell(_name())

    assert computed == ["MISS", "HIT"]
    assert there.get(PATH).headers["X-Cache"] == "MISS"
    assert owed() == []


@pytest.fixture
def _read_only(_community: None) -> Iterator[None]:
    """Have the database refuse writes on connections that are made from now on, as a replica does."""
    alter = f'ALTER DATABASE "{db.engine.url.database}" SET default_transaction_read_only ='
    db.session.execute(text(f"{alter} on"))
    db.session.commit()
    yield
    db.session.execute(text(f"{alter} off"))
    db.session.commit()


@pytest.mark.usefixtures("_read_only")
def test_a_database_that_takes_no_writes_is_enough_there(make: Make, valkey: Valkey) -> None:
    there = make(redis_url=valkey.url)

    results = [there.test_client().get(PATH) for _ in range(2)]

    assert [(answer.status_code, answer.headers["X-Cache"]) for answer in results] == [(200, "MISS"), (200, "HIT")]
    with there.app_context(), pytest.raises(InternalError, match="read-only transaction"):
        db.session.execute(text("UPDATE deals SET title = 'New'"))


def test_a_takedown_leaves_its_mark_there(valkey: Valkey) -> None:
    before_s = time.time()

    Region(valkey.url).deliver(Batch(Kind.HARD, ("deal:1",)))
    Region(valkey.url).deliver(Batch(Kind.STRICT, ("deal:2",)))

    with redis.Redis.from_url(valkey.url) as there:
        marks = there.get("dealradarus:v1:hard:deal:1"), there.get("dealradarus:v1:hard:deal:2")
        versions = there.get("dealradarus:v1:tag:deal:1"), there.get("dealradarus:v1:tag:deal:2")
    assert (float(marks[0] or 0) >= before_s - 0.001, marks[1]) == (True, None)
    assert None not in versions


def test_a_region_that_was_killed_is_told_when_it_is_back(variant: Callable[..., None], valkey: Valkey) -> None:
    variant(region_redis_urls=(valkey.url,))
    valkey.kill()
    owe("deal:1")

    while_away, owed_then = tell(_name()), owed()
    valkey.start()
    is_told = eventually(lambda: _tell_when_it_may_be() > 0)

    assert (while_away, owed_then, is_told) == (0, ["deal:1"], True)
    with redis.Redis.from_url(valkey.url) as there:
        assert there.get("dealradarus:v1:tag:deal:1") is not None


def test_a_region_that_hangs_is_given_up_and_said_so(valkey: Valkey) -> None:
    region = Region(valkey.url)
    valkey.pause()

    with pytest.raises(TargetUnavailableError, match="timeout"):
        region.deliver(Batch(Kind.STRICT, ("deal:1",)))

    valkey.resume()


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("rediss://user:hunter2@redis.example:6379/1", "redis redis.example:6379/1"),
        ("unix:///run/redis.sock?password=hunter2", "redis /run/redis.sock"),
    ],
)
def test_a_region_is_called_by_its_address_and_never_by_its_password(url: str, name: str) -> None:
    assert Region(url).name == name
