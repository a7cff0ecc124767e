"""The short road answers what the ordinary road has shown it, word for word, and nothing that doesn't hold any more."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network

import pytest
import redis
from flask.testing import FlaskClient

from dealradar.cache import Stale
from dealradar.domain import reviews
from dealradar.domain.deals.models import Deal
from dealradar.domain.reviews import ReviewDraft
from dealradar.domain.users import Actor, Role
from dealradar.domain.users.models import User
from dealradar.fastlane.lane import Lane
from dealradar.fastlane.meanings import Meanings
from dealradar.httpcache import overrides, stores
from dealradar.httpcache.overrides import Override
from dealradar.invalidation import transaction
from tests.applications import Make
from tests.integration.fastlane.lanes import OWN, TIMED, ask, head_of, lane_of, learn

As = Callable[[User], FlaskClient]
PATHS = (
    *("/api/categories", "/api/merchants?limit=5", "/api/deals", "/api/deals?sort=new&limit=2", "/api/deals/1"),
    *("/api/deals/1/prices", "/api/reviews/deal/1", "/api/reviews/deal/1?limit=3", "/api/reviews/1", "/api/users/1"),
    *("/api/reviews/user/1", "/api/comments/deal/1", "/api/comments/review/1", "/api/comments/user/1"),
)


def test_what_nobody_has_stored_is_left_to_the_ordinary_road(lane: Lane, deal: Deal) -> None:
    assert ask(lane, f"/api/deals/{deal.id}") is None


def test_a_target_that_was_never_seen_needs_no_ordinary_road(client: FlaskClient, lane: Lane, deal: Deal) -> None:
    path = f"/api/deals/{deal.id}"
    learn(client, path)

    answer = ask(lane, f"{path}?makes=no-difference")

    assert answer is not None
    assert answer.headers["X-Cache"] == "HIT"


@pytest.mark.parametrize("path", ["/api/deals/{}", "/deals/{}", "/", "/deals/{}/prices"])
def test_a_target_is_understood_in_the_servers_loop_which_has_no_context(
    client: FlaskClient, lane: Lane, deal: Deal, path: str
) -> None:
    target = path.format(deal.id)
    for _ in range(2):
        shown = client.get(target).headers.get("X-Cache")

    with ThreadPoolExecutor(1) as loop:
        answer = loop.submit(ask, lane, target).result(20)

    assert (answer is not None) == (shown == "HIT")


def test_a_fault_of_ours_is_left_to_the_ordinary_road(lane: Lane, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Meanings, "_lesson", lambda *_: 1 // 0)

    assert ask(lane, "/api/categories") is None


@pytest.mark.usefixtures("deal")
@pytest.mark.parametrize(
    "target",
    [
        *("/api/deals?limit=0", "/api/deals?sort=new&sort=top", "/api/deals/01", "/api/nothing", "/api/reports", "/me"),
        *("/api/deals/%31", "/api/deals?limit=2#top", "/metrics", "/health", "/api/me/bookmarks"),
    ],
)
def test_what_is_refused_or_not_for_everybody_is_not_even_asked_for(lane: Lane, target: str) -> None:
    assert lane.consider(head_of(target), "127.0.0.1") is None


@pytest.mark.usefixtures("deal")
@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("accepted", ["br", "gzip;q=0.5, br;q=0.1", "identity", "*;q=0"])
@pytest.mark.parametrize("path", PATHS)
def test_it_answers_as_the_ordinary_road_does(
    client: FlaskClient, lane: Lane, path: str, accepted: str, method: str
) -> None:
    learn(client, path)
    ordinary = client.open(path, method=method, headers={"Accept-Encoding": accepted})

    answer = ask(lane, path, method=method, Accept_Encoding=accepted)

    assert answer is not None
    assert answer.status == ordinary.status
    assert answer.body == ordinary.data
    assert answer.headers.keys() - {"Date", "Server", "Connection"} == set(ordinary.headers.keys())
    for name, value in ordinary.headers.items():
        if name not in OWN | TIMED:
            assert answer.headers[name] == value, name


@pytest.mark.usefixtures("deal")
@pytest.mark.parametrize("accepted", ["br", "identity"])
@pytest.mark.parametrize("told", ["{}", 'W/{}, "other"', '"other"', "*", '"other", {}', "nonsense"])
def test_it_answers_a_condition_as_the_ordinary_road_does(
    client: FlaskClient, lane: Lane, told: str, accepted: str
) -> None:
    path = "/api/reviews/deal/1"
    learn(client, path)
    tag = client.get(path, headers={"Accept-Encoding": accepted}).headers["ETag"]
    condition = told.format(tag)
    ordinary = client.get(path, headers={"Accept-Encoding": accepted, "If-None-Match": condition})

    answer = ask(lane, path, Accept_Encoding=accepted, If_None_Match=condition)

    assert answer is not None
    assert (answer.status, answer.body) == (ordinary.status, ordinary.data)
    assert answer.headers.keys() - {"Date", "Server", "Connection"} == set(ordinary.headers.keys())


def test_a_committed_write_is_seen_by_the_very_next_request(
    client: FlaskClient, lane: Lane, deal: Deal, bob: User
) -> None:
    path = f"/api/reviews/deal/{deal.id}"
    learn(client, path)
    before = ask(lane, path)

    with transaction():
        reviews.publish(
            ReviewDraft(deal_id=deal.id, rating=1, body="Came broken, sent it back."),
            by=Actor(bob.id, Role(bob.role)),
        )
    during = ask(lane, path)
    learn(client, path)
    after = ask(lane, path)

    assert before is not None
    assert during is None
    assert after is not None
    assert b"Came broken" in after.body


@pytest.mark.parametrize("harm", ["flushdb", "delete"])
def test_what_the_store_has_no_more_is_not_served(
    client: FlaskClient, lane: Lane, deal: Deal, harm: str, redis_url: str
) -> None:
    path = f"/api/deals/{deal.id}"
    learn(client, path)
    assert ask(lane, path) is not None

    with redis.Redis.from_url(redis_url) as store:
        if harm == "flushdb":
            store.flushdb()
        else:
            store.delete(*store.keys(f"*:/deals/{deal.id}:*"))

    assert ask(lane, path) is None


def test_what_was_stored_anew_is_served_anew(client: FlaskClient, lane: Lane, deal: Deal) -> None:
    path = f"/api/deals/{deal.id}"
    learn(client, path)
    assert ask(lane, path) is not None
    stores.current().invalidate(Stale(strict=(f"deal:{deal.id}",)))
    learn(client, path)

    left_to_it, answered = ask(lane, path), ask(lane, path)

    assert left_to_it is None or left_to_it.headers["Age"] == "0"
    assert answered is not None


def test_what_is_not_for_everybody_is_left_to_the_ordinary_road(lane: Lane, mona: User, as_: As) -> None:
    moderator = as_(mona)
    for _ in range(2):
        assert moderator.get("/api/reports").status_code == 200

    assert ask(lane, "/api/reports") is None
    assert ask(lane, "/api/reports", Authorization=moderator.environ_base["HTTP_AUTHORIZATION"]) is None


def test_what_is_not_there_is_left_to_the_ordinary_road(client: FlaskClient, lane: Lane) -> None:
    for _ in range(2):
        assert client.get("/api/deals/999").status_code == 404

    assert ask(lane, "/api/deals/999") is None


def test_an_endpoint_that_is_switched_off_is_left_to_the_ordinary_road(
    client: FlaskClient, lane: Lane, deal: Deal
) -> None:
    path = f"/api/deals/{deal.id}"
    learn(client, path)
    assert ask(lane, path) is not None
    in_force = overrides.current()

    in_force.put({"/deals/<int:deal_id>": Override(is_enabled=False)})
    off = ask(lane, path)
    in_force.put({})

    assert off is None
    learn(client, path)
    assert ask(lane, path) is not None


def test_an_entry_that_is_due_for_a_refresh_is_left_to_the_ordinary_road(make: Make, deal: Deal) -> None:
    app = make(cache_default_ttl_s=1, cache_soft_ttl_percent=10)
    path = f"/api/deals/{deal.id}"
    learn(app.test_client(), path)
    lane = lane_of(app)

    outcomes = {ask(lane, path) is None for _ in range(2_000)}

    assert True in outcomes


def test_both_roads_count_at_the_same_counters_and_nobody_twice(make: Make, deal: Deal) -> None:
    app = make(rate_limit_max_requests=5, rate_limit_window_ms=600_000)
    client, path = app.test_client(), f"/api/deals/{deal.id}"
    learn(client, path)
    lane = lane_of(app)

    left = []
    for _ in range(2):
        answer = ask(lane, path)
        assert answer is not None
        left += [answer.headers["X-RateLimit-Remaining"], client.get(path).headers["X-RateLimit-Remaining"]]
    refused = lane.answer([lane.consider(head_of(path), "127.0.0.1")])  # type: ignore[list-item]
    with lane.counted(refused[0].counted):
        ordinary = client.get(path)
    again = client.get(path)

    assert left == ["3", "2", "1", "0"]
    assert refused[0].data is None
    assert ordinary.status_code == again.status_code == 429
    (tally,) = refused[0].counted.values()
    assert tally.count == 6


def test_requests_of_one_moment_each_have_their_own_place_in_the_count(make: Make, deal: Deal) -> None:
    app = make(rate_limit_max_requests=4, rate_limit_window_ms=600_000)
    path = f"/api/deals/{deal.id}"
    learn(app.test_client(), path)
    lane = lane_of(app)
    asking = lane.consider(head_of(path), "127.0.0.1")
    another = lane.consider(head_of(path), "192.0.2.9")
    assert asking is not None
    assert another is not None

    outcomes = lane.answer([asking, another, asking, asking, asking])

    left = [outcome.data and outcome.data.split(b"X-RateLimit-Remaining: ")[1][:1] for outcome in outcomes]
    assert left == [b"2", b"3", b"1", b"0", None]


def test_a_client_behind_a_trusted_proxy_is_counted_as_itself(make: Make, deal: Deal) -> None:
    app = make(rate_limit_max_requests=9, trusted_proxies=(ip_network("127.0.0.0/8"),))
    path = f"/api/deals/{deal.id}"
    learn(app.test_client(), path)
    lane = lane_of(app)

    first, second = (ask(lane, path, X_Forwarded_For=address) for address in ("192.0.2.1", "192.0.2.2"))

    assert first is not None
    assert second is not None
    assert first.headers["X-RateLimit-Remaining"] == second.headers["X-RateLimit-Remaining"] == "8"


def test_without_a_cache_there_is_no_lane(make: Make) -> None:
    assert make(cache_enabled=False).extensions["fastlane"] is None
