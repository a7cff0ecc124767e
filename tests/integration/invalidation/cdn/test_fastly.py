import pytest

from dealradar.invalidation.kinds import Kind
from dealradar.invalidation.targets import Batch, TargetUnavailableError
from tests.integration.invalidation.cdn.conftest import Cdn
from tests.servers.fastly import MAX_KEYS, FastlyEdge
from tests.servers.vendor import answer

ALL = Batch(Kind.HARD, ("path:/",))


def test_a_call_is_filled(at_fastly: Cdn) -> None:
    assert at_fastly.target.batch_tags == MAX_KEYS - 1


@pytest.mark.parametrize("kind", list(Kind))
def test_nothing_is_purged_softly(service: FastlyEdge, at_fastly: Cdn, kind: Kind) -> None:
    at_fastly.target.deliver(Batch(kind, ("deal:1",)))

    assert service.softly == []


def test_a_limit_on_purges_of_everything_is_waited_for(service: FastlyEdge, at_fastly: Cdn) -> None:
    service.purges_left = 0

    with pytest.raises(TargetUnavailableError, match="429") as refusal:
        at_fastly.target.deliver(ALL)

    assert refusal.value.retry_after_s == 3_600


def test_everything_is_purged_only_if_it_says_so(service: FastlyEdge, at_fastly: Cdn) -> None:
    service.api.failures.append(answer(200, {"status": "later"}))

    with pytest.raises(TargetUnavailableError, match="later"):
        at_fastly.target.deliver(ALL)


def test_a_key_that_it_does_not_name_was_not_purged(service: FastlyEdge, at_fastly: Cdn) -> None:
    service.api.failures.append(answer(200, {"deal:1": "108-1391560174-0"}))

    with pytest.raises(TargetUnavailableError, match="1 of 2 keys"):
        at_fastly.target.deliver(Batch(Kind.STRICT, ("deal:1",)))
