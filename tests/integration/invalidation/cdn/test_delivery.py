"""From the commit to what the edge of each CDN keeps, through the outbox."""

from collections.abc import Callable
from typing import Any

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from structlog.testing import capture_logs

from dealradar.extensions import db
from dealradar.invalidation import sweep, tell
from tests.edges import let_pass, owe, owed
from tests.integration.invalidation.cdn.conftest import ID, TOKEN, Cdn
from tests.servers.origin import Page

pytestmark = pytest.mark.usefixtures("_community")


@pytest.fixture
def told(cdn: Cdn, variant: Callable[..., None]) -> Cdn:
    """Return a CDN that the application is told of by its settings."""
    url = cdn.stand_in.api.url
    of_cdn: dict[str, dict[str, Any]] = {
        "fastly": {"fastly_api_url": url, "fastly_service_id": ID, "fastly_api_token": SecretStr(TOKEN)},
        "cloudflare": {
            "cloudflare_api_url": f"{url}/client/v4",
            "cloudflare_zone_id": ID,
            "cloudflare_api_token": SecretStr(TOKEN),
        },
        "cloudfront": {"cloudfront_distribution_id": ID},
    }
    variant(**of_cdn[cdn.target.name])
    return cdn


def _work(cdn: Cdn) -> int:
    """Do what the workers do each second; return how many tags the CDN was told of."""
    sweep()
    return tell(cdn.target.name)


def test_what_a_write_made_stale_is_gone_and_gone_again_two_seconds_later(told: Cdn) -> None:
    told.keep("/api/deals/1", "deal:1", "path:/")
    told.keep("/api/deals/2", "deal:2", "path:/")

    owe("deal:1", is_stored=False)
    first = _work(told)
    after_first = told.kept
    told.keep("/api/deals/1", "deal:1", "path:/")  # a fetch that was under way
    let_pass(2)
    second = _work(told)

    assert (first, after_first) == (1, {"/api/deals/2"})
    assert (second, told.kept, owed()) == (1, {"/api/deals/2"}, [])


def test_what_was_written_often_is_told_once(told: Cdn) -> None:
    for _ in range(5):
        owe("deal:1", "deals", is_stored=False)

    tags = _work(told)

    assert tags == 10
    assert len(told.stand_in.api.taken) == 1


def test_more_than_a_delivery_takes_is_told_delivery_by_delivery(told: Cdn) -> None:
    count = 2 * told.target.batch_tags + 1
    for number in range(count):
        told.keep(f"/api/reviews/{number}", f"review:{number}")
    owe(*(f"review:{number}" for number in range(count)), is_stored=False)

    while told.kept and _work(told):
        pass

    assert told.kept == set()


def test_what_it_refuses_stays_owed_until_it_takes_it(told: Cdn) -> None:
    told.keep("/api/deals/1", "deal:1")
    told.stand_in.api.failures.append(Page(b"", 503, {"Retry-After": "1800"}))
    owe("deal:1", is_stored=False)

    refused = _work(told)
    let_pass(1_700)
    too_soon = _work(told)
    kept = told.kept
    let_pass(100)
    taken = _work(told)

    assert (refused, too_soon, kept) == (0, 0, {"/api/deals/1"})
    assert (taken, told.kept) == (1, set())


def test_neither_a_log_line_nor_the_database_holds_the_token(told: Cdn) -> None:
    told.stand_in.api.failures.append(Page(f"odd: {TOKEN}".encode(), 403))
    owe("deal:1", is_stored=False)

    with capture_logs() as logged:
        _work(told)

    (reason,) = [line["reason"] for line in logged if line["event"] == "target_unavailable"]
    assert "is refused" in reason
    assert db.session.scalar(text("SELECT last_error FROM cache_targets WHERE last_error <> ''")) == reason
    assert TOKEN not in str(logged)
