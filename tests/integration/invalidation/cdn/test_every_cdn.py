"""What holds of each CDN, whatever its interface."""

import pytest

from dealradar.invalidation.cdn.waits import REFUSED_WAIT_S
from dealradar.invalidation.kinds import Kind
from dealradar.invalidation.targets import Batch, TargetUnavailableError
from tests.integration.invalidation.cdn.conftest import TOKEN, Cdn
from tests.servers.origin import Page
from tests.servers.vendor import Failure

DEAL_1 = Batch(Kind.STRICT, ("deal:1",))


@pytest.mark.parametrize("kind", list(Kind))
def test_what_depends_on_a_tag_is_gone_and_the_rest_is_there(cdn: Cdn, kind: Kind) -> None:
    cdn.keep("/api/deals/1", "deal:1", "path:/")
    cdn.keep("/api/deals/2", "deal:2", "path:/")

    cdn.target.deliver(Batch(kind, ("deal:1",)))

    assert cdn.kept == {"/api/deals/2"}


def test_what_had_too_many_tags_to_name_is_gone_with_any_of_them(cdn: Cdn) -> None:
    cdn.keep("/many", *(f"review:{number}" for number in range(1_000)), "path:/")

    cdn.target.deliver(Batch(Kind.STRICT, ("review:0",)))

    assert cdn.kept == set()


@pytest.mark.parametrize("tag", ["path:/merchants/a,b", "path:/merchants/A", "prices@deal:1", "path:/merchants/%C3%A4"])
def test_no_sign_of_a_tag_keeps_it_from_being_purged(cdn: Cdn, tag: str) -> None:
    cdn.keep("/odd", tag, "path:/")

    cdn.target.deliver(Batch(Kind.STRICT, (tag,)))

    assert cdn.kept == set()


def test_everything_is_also_what_came_without_keys(cdn: Cdn) -> None:
    cdn.stand_in.edge.keep("/static/site.css")

    cdn.target.deliver(Batch(Kind.HARD, ("deal:1", "path:/")))

    assert cdn.kept == set()


def test_as_many_tags_as_one_delivery_may_have_take_one_call(cdn: Cdn) -> None:
    tags = tuple(f"review:{number}" for number in range(cdn.target.batch_tags))
    for tag in tags:
        cdn.keep(f"/{tag}", tag)

    cdn.target.deliver(Batch(Kind.STRICT, tags))

    assert (cdn.kept, len(cdn.stand_in.api.taken)) == (set(), 1)


def test_what_was_purged_and_kept_again_is_purged_again(cdn: Cdn) -> None:
    cdn.target.deliver(DEAL_1)
    cdn.keep("/api/deals/1", "deal:1")

    cdn.target.deliver(DEAL_1)

    assert cdn.kept == set()


@pytest.mark.parametrize("failure", [*Failure, Page(b"", 500), Page(b"<h1>", 503), Page(b"", 302, {"Location": "/"})])
def test_after_any_failure_it_is_purged_when_tried_again(cdn: Cdn, failure: Failure | Page) -> None:
    cdn.keep("/api/deals/1", "deal:1")
    cdn.stand_in.api.failures.append(failure)

    with pytest.raises(TargetUnavailableError):
        cdn.target.deliver(DEAL_1)
    cdn.target.deliver(DEAL_1)

    assert cdn.kept == set()


def test_nobody_there_is_a_failure_like_any_other(cdn: Cdn) -> None:
    cdn.stand_in.api.server_close()

    with pytest.raises(TargetUnavailableError):
        cdn.target.deliver(DEAL_1)


@pytest.mark.parametrize("status", [429, 503])
def test_it_is_left_alone_for_as_long_as_it_says(cdn: Cdn, status: int) -> None:
    cdn.stand_in.api.failures.append(Page(b"", status, {"Retry-After": "7"}))

    with pytest.raises(TargetUnavailableError, match=str(status)) as refusal:
        cdn.target.deliver(DEAL_1)

    assert refusal.value.retry_after_s == 7


@pytest.mark.parametrize("cdn", ["at_fastly", "at_cloudflare"], indirect=True)
@pytest.mark.parametrize("body", [b"", b"<h1>Welcome</h1>", b"[]", b"{}"])
def test_a_good_status_alone_is_no_purge(cdn: Cdn, body: bytes) -> None:
    cdn.stand_in.api.failures.append(Page(body))

    with pytest.raises(TargetUnavailableError):
        cdn.target.deliver(DEAL_1)


@pytest.mark.parametrize(
    ("cdn", "said"),
    [
        ("at_fastly", "FASTLY_API_TOKEN is refused: 401"),
        ("at_cloudflare", "CLOUDFLARE_API_TOKEN is refused: 403"),
        ("at_cloudfront", "CLOUDFRONT_DISTRIBUTION_ID or its AWS credentials is refused: SignatureDoesNotMatch"),
    ],
    indirect=["cdn"],
)
def test_a_wrong_token_is_named_by_its_variable_and_not_tried_every_second(cdn: Cdn, said: str) -> None:
    cdn.keep("/api/deals/1", "deal:1")

    with pytest.raises(TargetUnavailableError, match=said) as refusal:
        cdn.with_wrong_token().deliver(DEAL_1)

    assert refusal.value.retry_after_s == REFUSED_WAIT_S
    assert cdn.kept == {"/api/deals/1"}


@pytest.mark.parametrize(
    ("cdn", "said"),
    [
        ("at_fastly", "FASTLY_SERVICE_ID names nothing there: 404"),
        ("at_cloudflare", "CLOUDFLARE_ZONE_ID names nothing there: 404"),
        ("at_cloudfront", "CLOUDFRONT_DISTRIBUTION_ID or its AWS credentials is refused: NoSuchDistribution"),
    ],
    indirect=["cdn"],
)
def test_a_wrong_id_is_named_by_its_variable_and_not_tried_every_second(cdn: Cdn, said: str) -> None:
    with pytest.raises(TargetUnavailableError, match=said) as refusal:
        cdn.with_wrong_id().deliver(DEAL_1)

    assert refusal.value.retry_after_s == REFUSED_WAIT_S


@pytest.mark.parametrize("cdn", ["at_fastly", "at_cloudflare"], indirect=True)
def test_a_fault_that_repeats_the_token_is_told_without_it(cdn: Cdn) -> None:
    cdn.stand_in.api.failures.append(Page(f"odd field: {TOKEN}".encode(), 400))

    with pytest.raises(TargetUnavailableError, match=r"odd field: \*\*\*") as refusal:
        cdn.target.deliver(DEAL_1)

    assert TOKEN not in str(refusal.value)
