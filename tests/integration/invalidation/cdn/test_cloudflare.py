import pytest

from dealradar.invalidation.cdn.cloudflare import MAX_CALLS, TAGS_A_CALL
from dealradar.invalidation.kinds import Kind
from dealradar.invalidation.targets import Batch, TargetUnavailableError
from tests.integration.invalidation.cdn.conftest import Cdn
from tests.servers.cloudflare import BUCKET, SECONDS_A_TOKEN, CloudflareEdge
from tests.servers.vendor import answer

DEAL_1 = Batch(Kind.STRICT, ("deal:1",))


def _reviews(count: int) -> tuple[str, ...]:
    return tuple(f"review:{number}" for number in range(count))


@pytest.mark.parametrize(("count", "calls"), [(TAGS_A_CALL, 1), (TAGS_A_CALL + 1, 2), (MAX_CALLS * TAGS_A_CALL, 3)])
def test_tags_go_as_many_in_a_call_as_it_takes(
    zone: CloudflareEdge, at_cloudflare: Cdn, count: int, calls: int
) -> None:
    at_cloudflare.keep("/other", "deal:1")
    for tag in _reviews(count):
        at_cloudflare.keep(f"/{tag}", tag)

    at_cloudflare.target.deliver(Batch(Kind.STRICT, _reviews(count)))

    assert at_cloudflare.kept == {"/other"}
    assert zone.api.taken == [200] * calls


def test_more_tags_are_everything(zone: CloudflareEdge, at_cloudflare: Cdn) -> None:
    at_cloudflare.keep("/other", "deal:1")

    at_cloudflare.target.deliver(Batch(Kind.STRICT, _reviews(MAX_CALLS * TAGS_A_CALL + 1)))

    assert (at_cloudflare.kept, zone.api.taken) == (set(), [200])


def test_an_empty_bucket_is_left_to_fill_for_as_long_as_it_says(zone: CloudflareEdge, at_cloudflare: Cdn) -> None:
    for _ in range(BUCKET):
        at_cloudflare.target.deliver(DEAL_1)
    at_cloudflare.keep("/api/deals/1", "deal:1")

    with pytest.raises(TargetUnavailableError, match="429") as refusal:
        at_cloudflare.target.deliver(DEAL_1)
    zone.tokens = 1
    at_cloudflare.target.deliver(DEAL_1)

    assert refusal.value.retry_after_s == SECONDS_A_TOKEN
    assert at_cloudflare.kept == set()


def test_what_it_calls_no_success_is_none(zone: CloudflareEdge, at_cloudflare: Cdn) -> None:
    zone.api.failures.append(answer(200, {"success": False, "errors": [{"code": 1_000, "message": "odd"}]}))

    with pytest.raises(TargetUnavailableError, match="without success"):
        at_cloudflare.target.deliver(DEAL_1)
