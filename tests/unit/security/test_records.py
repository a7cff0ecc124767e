from datetime import UTC, datetime
from hashlib import sha256
from typing import Final

import pytest

from dealradar.domain.users import Actor, Role
from dealradar.security import records
from dealradar.security.callers import Caller
from dealradar.security.records import TTL_S, Credential, Kind

NOW_S: Final = 1_000_000.0
SECRET: Final = b"a secret"
TOKEN: Final = Credential(Kind.TOKEN, sha256(b"dr_one").digest())
API_KEY: Final = Credential(Kind.API_KEY, sha256(b"dk_one").digest())
PERSON: Final = Caller(actor=Actor(7, Role.MODERATOR), token_id=3)
MACHINE: Final = Caller(scopes=frozenset({"cache:read", "metrics:read"}), key_id=5)
RECORD: Final = records.write(PERSON, TOKEN, until_s=NOW_S + TTL_S, secret=SECRET)


@pytest.mark.parametrize(("caller", "credential"), [(PERSON, TOKEN), (MACHINE, API_KEY)])
def test_a_record_says_who_shows_the_credential(caller: Caller, credential: Credential) -> None:
    record = records.write(caller, credential, until_s=NOW_S + TTL_S, secret=SECRET)

    assert records.read(record, credential, now_s=NOW_S, secret=SECRET) == caller


def test_a_record_says_nothing_from_its_end_on() -> None:
    assert records.read(RECORD, TOKEN, now_s=NOW_S + TTL_S - 0.001, secret=SECRET) == PERSON
    assert records.read(RECORD, TOKEN, now_s=NOW_S + TTL_S, secret=SECRET) is None


@pytest.mark.parametrize(
    "foreign",
    [
        Credential(Kind.TOKEN, sha256(b"dr_two").digest()),
        Credential(Kind.API_KEY, TOKEN.digest),
    ],
)
def test_a_record_of_another_credential_says_nothing(foreign: Credential) -> None:
    assert records.read(RECORD, foreign, now_s=NOW_S, secret=SECRET) is None


def test_a_record_that_was_sealed_with_another_secret_says_nothing() -> None:
    assert records.read(RECORD, TOKEN, now_s=NOW_S, secret=b"another") is None


@pytest.mark.parametrize(
    "forged",
    [
        RECORD.replace(b'"moderator"', b'"admin"'),
        RECORD[:-1],
        RECORD[32:],
        RECORD + b" ",
        b"\0" * 32 + RECORD[32:],
        b"",
    ],
)
def test_a_record_that_was_tampered_with_says_nothing(forged: bytes) -> None:
    assert forged != RECORD

    assert records.read(forged, TOKEN, now_s=NOW_S, secret=SECRET) is None


def test_a_record_ends_with_its_credential() -> None:
    def ends(expires_at_s: float | None) -> float:
        expires_at = None if expires_at_s is None else datetime.fromtimestamp(expires_at_s, UTC)
        return records.ends_at_s(expires_at, now_s=NOW_S)

    assert ends(None) == NOW_S + TTL_S
    assert ends(NOW_S + 3_600) == NOW_S + TTL_S
    assert ends(NOW_S + 5) == NOW_S + 5


def test_the_place_of_a_record_cannot_be_told_from_the_digest() -> None:
    key = TOKEN.key(SECRET)

    assert key.startswith("dealradarus:v1:identity:")
    assert TOKEN.digest.hex() not in key
    assert key not in {TOKEN.key(b"another"), API_KEY.key(SECRET), Credential(Kind.API_KEY, TOKEN.digest).key(SECRET)}


def test_a_record_depends_on_the_credential_and_on_what_everything_depends_on() -> None:
    assert TOKEN.tags == ("path:/", f"token:{TOKEN.digest.hex()}")
    assert API_KEY.tags == ("path:/", f"api-key:{API_KEY.digest.hex()}")
