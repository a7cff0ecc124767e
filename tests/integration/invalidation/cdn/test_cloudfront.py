import pytest

from dealradar.invalidation.cdn.cloudfront import MAX_TAGS
from dealradar.invalidation.cdn.waits import REFUSED_WAIT_S
from dealradar.invalidation.kinds import Kind
from dealradar.invalidation.targets import Batch, TargetUnavailableError
from tests.integration.invalidation.cdn.conftest import Cdn
from tests.servers.cloudfront import MAX_ITEMS, MAX_WILDCARDS, CloudFrontEdge

DEAL_1 = Batch(Kind.STRICT, ("deal:1",))


def _reviews(count: int) -> Batch:
    return Batch(Kind.STRICT, tuple(f"review:{number}" for number in range(count)))


def test_so_many_tags_are_named(distribution: CloudFrontEdge, at_cloudfront: Cdn) -> None:
    at_cloudfront.keep("/other", "deal:1")

    at_cloudfront.target.deliver(_reviews(MAX_TAGS))

    assert (distribution.items_in_progress, distribution.wildcards_in_progress) == (MAX_TAGS + 1, 0)
    assert at_cloudfront.kept == {"/other"}


def test_more_tags_are_everything(distribution: CloudFrontEdge, at_cloudfront: Cdn) -> None:
    at_cloudfront.keep("/other", "deal:1")

    at_cloudfront.target.deliver(_reviews(MAX_TAGS + 1))

    assert (distribution.items_in_progress, distribution.wildcards_in_progress) == (0, 1)
    assert at_cloudfront.kept == set()


def test_while_too_much_is_in_progress_everything_goes_rather_than_stays_stale(
    distribution: CloudFrontEdge, at_cloudfront: Cdn
) -> None:
    distribution.items_in_progress = MAX_ITEMS
    at_cloudfront.keep("/api/deals/1", "deal:1")

    at_cloudfront.target.deliver(DEAL_1)

    assert (at_cloudfront.kept, distribution.api.taken) == (set(), [400, 201])


@pytest.mark.parametrize("tag", ["deal:1", "path:/"])
def test_when_that_is_too_much_as_well_it_stays_owed(
    distribution: CloudFrontEdge, at_cloudfront: Cdn, tag: str
) -> None:
    distribution.items_in_progress, distribution.wildcards_in_progress = MAX_ITEMS, MAX_WILDCARDS
    at_cloudfront.keep("/api/deals/1", "deal:1")

    with pytest.raises(TargetUnavailableError, match="TooManyInvalidationsInProgress"):
        at_cloudfront.target.deliver(Batch(Kind.STRICT, (tag,)))
    distribution.complete()
    at_cloudfront.target.deliver(Batch(Kind.STRICT, (tag,)))

    assert at_cloudfront.kept == set()


def test_without_credentials_anywhere_that_is_said(
    distribution: CloudFrontEdge, at_cloudfront: Cdn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    monkeypatch.delenv("AWS_SECRET_ACCESS_KEY")

    with pytest.raises(TargetUnavailableError, match="no AWS credentials found") as refusal:
        at_cloudfront.target.deliver(DEAL_1)

    assert refusal.value.retry_after_s == REFUSED_WAIT_S
    assert distribution.api.taken == []


def test_temporary_credentials_are_sent_with_their_token(
    distribution: CloudFrontEdge, at_cloudfront: Cdn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_SESSION_TOKEN", "of-a-role")
    distribution.session_token = "of-a-role"

    at_cloudfront.target.deliver(DEAL_1)

    assert distribution.api.taken == [201]
