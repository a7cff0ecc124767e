import pytest

from dealradar.domain import users
from dealradar.domain.errors import ForbiddenError, NotFoundError, UnauthenticatedError
from dealradar.domain.users import Actor, Role, Standing
from dealradar.domain.users.models import User
from dealradar.invalidation import transaction
from dealradar.security.authentication import authenticate
from tests.factories.people import token_for

VERDICTS = (users.warn, users.ban, users.unban)


def _as(user: User) -> Actor:
    return Actor(user.id, Role(user.role))


def test_a_ban_revokes_every_token_and_unbanning_brings_none_back(alice: User, bob: User, mona: User) -> None:
    secrets, spared = [token_for(alice), token_for(alice)], token_for(bob)

    with transaction():
        banned = users.ban(alice.id, by=_as(mona))
    with transaction():
        forgiven = users.unban(alice.id, by=_as(mona))

    assert (banned.standing, forgiven.standing) == (Standing.BANNED, Standing.WARNED)
    assert authenticate(f"Bearer {spared}", None).actor
    for secret in secrets:
        with pytest.raises(UnauthenticatedError):
            authenticate(f"Bearer {secret}", None)


def test_a_warning_does_not_lift_a_ban_and_only_a_ban_is_lifted(alice: User, bob: User, mona: User) -> None:
    with transaction():
        users.ban(alice.id, by=_as(mona))

        assert users.warn(alice.id, by=_as(mona)).standing is Standing.BANNED
        assert users.warn(bob.id, by=_as(mona)).standing is Standing.WARNED
        assert users.unban(bob.id, by=_as(mona)).standing is Standing.WARNED


@pytest.mark.parametrize("verdict", VERDICTS)
def test_only_somebody_of_a_higher_role_may_judge(alice: User, mona: User, ada: User, verdict: object) -> None:
    assert callable(verdict)
    for judge, judged in ((alice, alice), (mona, mona), (mona, ada), (ada, ada)):
        with pytest.raises(ForbiddenError):
            verdict(judged.id, by=_as(judge))

    assert verdict(mona.id, by=_as(ada)).id == mona.id


@pytest.mark.parametrize("verdict", VERDICTS)
def test_nobody_can_not_be_judged(ada: User, verdict: object) -> None:
    assert callable(verdict)
    with pytest.raises(NotFoundError):
        verdict(4_711, by=_as(ada))
