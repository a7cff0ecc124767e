import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from argon2 import PasswordHasher

from dealradar.domain.errors import BusyError
from dealradar.domain.users import Passwords

CHEAP = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)


def _cheap(*, max_concurrent: int = 1, max_wait_s: float = 0.0) -> Passwords:
    return Passwords(max_concurrent=max_concurrent, max_wait_s=max_wait_s, hasher=CHEAP)


def test_a_password_is_known_by_what_was_kept_of_it() -> None:
    kept = _cheap().hash("correct horse")

    assert "correct" not in kept
    assert _cheap().is_right("correct horse", kept)
    assert not _cheap().is_right("wrong horse", kept)


def test_where_nothing_is_kept_no_password_is_right() -> None:
    assert not _cheap().is_right("", None)


def test_an_unknown_login_costs_as_much_as_a_known_one() -> None:
    slow = Passwords(max_concurrent=1, hasher=PasswordHasher(time_cost=40, memory_cost=1_024, parallelism=1))
    kept = slow.hash("correct horse")
    spent_s = []

    for known in (kept, None):
        started_s = time.process_time()
        slow.is_right("wrong horse", known)
        spent_s.append(time.process_time() - started_s)

    assert spent_s[1] > spent_s[0] / 2


def test_what_was_kept_with_other_parameters_is_outdated() -> None:
    kept = _cheap().hash("correct horse")

    assert not _cheap().is_outdated(kept)
    assert Passwords(max_concurrent=1).is_outdated(kept)


def test_who_finds_all_places_taken_is_sent_away() -> None:
    passwords = _cheap(max_concurrent=2)

    with passwords.place(), passwords.place(), pytest.raises(BusyError):
        passwords.hash("correct horse")

    assert passwords.hash("correct horse")


def test_who_waits_gets_the_place_that_becomes_free() -> None:
    passwords = _cheap(max_wait_s=10)

    with ThreadPoolExecutor() as pool:
        with passwords.place():
            waiting = pool.submit(passwords.hash, "correct horse")
            with pytest.raises(TimeoutError):
                waiting.result(timeout=0.05)

        assert waiting.result(timeout=10)
