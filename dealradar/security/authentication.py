"""Turn the credentials of a request into who calls; what is shown must be good, or the request is refused."""

from datetime import UTC, datetime
from functools import partial
from typing import Final

from dealradar.domain.errors import UnauthenticatedError
from dealradar.domain.users import credentials, proofs
from dealradar.security.callers import ANYBODY, Caller
from dealradar.security.recognition import Proven, ask, recognise
from dealradar.security.records import Credential, Kind

SCHEME: Final = "bearer"
REFUSALS: Final = {
    Kind.TOKEN: "This token is unknown, expired or revoked; log in again.",
    Kind.API_KEY: "This API key is unknown, expired or revoked.",
}


def authenticate(
    authorization: str | None, api_key: str | None, *, now: datetime | None = None, is_by_record: bool = False
) -> Caller:
    """Return who shows these headers (``Authorization`` and ``X-API-Key``); anybody, where there are none.

    Costs one statement, on a connection that is given back before it returns; none *is_by_record*, where the store
    knows the credential, which is as sure as what it answers otherwise.

    Raises:
        UnauthenticatedError: Credentials are shown that are not good; nobody is silently taken for anonymous.
    """
    credential = shown(authorization, api_key)
    if credential is None:
        return ANYBODY
    now = now or datetime.now(UTC)
    prove = partial(_prove, now=now)
    caller = recognise(credential, prove, now=now) if is_by_record else ask(credential, prove)
    if caller is None:
        raise UnauthenticatedError(REFUSALS[credential.kind])
    return caller


def shown(authorization: str | None, api_key: str | None) -> Credential | None:
    """Return the credential in these headers, None where there are none; whether it is good isn't known.

    Raises:
        UnauthenticatedError: It can't be.
    """
    if authorization is None and api_key is None:
        return None
    if authorization is not None and api_key is not None:
        raise UnauthenticatedError("Send either Authorization or X-API-Key, not both.")
    return _machines(str(api_key)) if authorization is None else _persons(authorization)


def _persons(authorization: str) -> Credential:
    scheme, _, secret = authorization.partition(" ")
    if scheme.lower() != SCHEME:
        raise UnauthenticatedError("The only scheme is Bearer; send Authorization: Bearer <token>.")
    secret = secret.strip()
    if not credentials.is_plausible(secret, credentials.TOKEN):
        raise UnauthenticatedError(REFUSALS[Kind.TOKEN])
    return Credential(Kind.TOKEN, credentials.hash_of(secret))


def _machines(secret: str) -> Credential:
    if not credentials.is_plausible(secret, credentials.API_KEY):
        raise UnauthenticatedError(REFUSALS[Kind.API_KEY])
    return Credential(Kind.API_KEY, credentials.hash_of(secret))


def _prove(credential: Credential, *, now: datetime) -> Proven | None:
    if credential.kind is Kind.TOKEN:
        token = proofs.of_token(credential.digest, now=now)
        return Proven(Caller(actor=token.actor, token_id=token.token_id), token.expires_at) if token else None
    key = proofs.of_api_key(credential.digest, now=now)
    return Proven(Caller(scopes=key.scopes, key_id=key.key_id), key.expires_at) if key else None
