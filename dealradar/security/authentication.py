"""Turn the credentials of a request into who calls; what is shown must be good, or the request is refused."""

from datetime import UTC, datetime
from typing import Final

from dealradar.domain.errors import UnauthenticatedError
from dealradar.domain.users import proofs
from dealradar.security.callers import ANYBODY, Caller

SCHEME: Final = "bearer"


def authenticate(authorization: str | None, api_key: str | None, *, now: datetime | None = None) -> Caller:
    """Return who shows these headers (``Authorization`` and ``X-API-Key``); anybody, where there are none.

    Costs one statement, on a connection that is given back before it returns.

    Raises:
        UnauthenticatedError: Credentials are shown that are not good; nobody is silently taken for anonymous.
    """
    now = now or datetime.now(UTC)
    if authorization is None and api_key is None:
        return ANYBODY
    if authorization is not None and api_key is not None:
        raise UnauthenticatedError("Send either Authorization or X-API-Key, not both.")
    if authorization is not None:
        return _person(authorization, now)
    return _machine(str(api_key), now)


def _person(authorization: str, now: datetime) -> Caller:
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() != SCHEME:
        raise UnauthenticatedError("The only scheme is Bearer; send Authorization: Bearer <token>.")
    proof = proofs.of_token(secret.strip(), now=now)
    if proof is None:
        raise UnauthenticatedError("This token is unknown, expired or revoked; log in again.")
    return Caller(actor=proof.actor, token_id=proof.token_id)


def _machine(secret: str, now: datetime) -> Caller:
    proof = proofs.of_api_key(secret, now=now)
    if proof is None:
        raise UnauthenticatedError("This API key is unknown, expired or revoked.")
    return Caller(scopes=proof.scopes, key_id=proof.key_id)
