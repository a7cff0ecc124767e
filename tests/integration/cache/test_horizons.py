"""How far a replica must have come is noted until anything is invalidated, and never from before a write."""

from collections.abc import Callable
from itertools import count
from typing import Final

import pytest
import redis

from dealradar.cache import RedisStore, Stale, bumps, horizons
from dealradar.cache.connections import Command, Reply
from dealradar.cache.keys import HORIZON_KEY
from dealradar.cache.wire import Wire
from tests.integration.cache.conftest import PATIENT

KINDS: Final = ("hard", "strict", "soft")
DEALS: Final = tuple(f"deal:{number}" for number in range(1_500))


@pytest.fixture
def ask() -> Callable[[], str]:
    """Return a primary whose log is longer each time it is asked."""
    positions = count(1)
    return lambda: f"0/{next(positions)}"


class Recording(Wire):
    """Sends nothing and keeps what it was to send."""

    def __init__(self) -> None:
        self.sent: list[Command] = []

    def exchange(self, commands: list[Command]) -> list[Reply]:  # type: ignore[override]  # lists are all it is given
        self.sent += commands
        return [[1, 2_000] if command[0] == "EVAL" else b"OK" for command in commands]


def test_it_is_asked_for_once(store: RedisStore, ask: Callable[[], str]) -> None:
    assert [horizons.read(store.reads, ask) for _ in range(3)] == ["0/1"] * 3


@pytest.mark.parametrize(
    "stale",
    [Stale(hard=("deal:1",)), Stale(strict=("deal:1",)), Stale(soft=("deal:1",))],
    ids=["hard", "strict", "soft"],
)
def test_it_is_asked_for_again_once_anything_was_invalidated(
    store: RedisStore, ask: Callable[[], str], stale: Stale
) -> None:
    horizons.read(store.reads, ask)

    store.invalidate(stale)

    assert horizons.read(store.reads, ask) == "0/2"


@pytest.mark.parametrize("stale", [Stale(hard=DEALS), Stale(strict=DEALS), Stale(soft=DEALS)], ids=KINDS)
def test_the_note_is_gone_before_any_version_is_new(stale: Stale) -> None:
    wire = Recording()

    bumps.bump(wire, stale)

    assert wire.sent[0] == ("DEL", HORIZON_KEY)
    assert len(wire.sent) > 1_500


def test_what_was_asked_for_before_an_invalidation_is_not_noted(store: RedisStore, ask: Callable[[], str]) -> None:
    def overtaken() -> str:
        position = ask()
        store.bump(["deal:1"])
        return position

    used = horizons.read(store.reads, overtaken)

    assert (used, horizons.read(store.reads, ask)) == ("0/1", "0/2")


def test_nor_is_it_where_another_reader_has_begun_to_ask_meanwhile(
    store: RedisStore, ask: Callable[[], str], server: redis.Redis
) -> None:
    def overtaken() -> str:
        position = ask()
        store.bump(["deal:1"])
        server.set(HORIZON_KEY, "?another")
        return position

    horizons.read(store.reads, overtaken)

    assert server.get(HORIZON_KEY) == b"?another"


def test_who_finds_that_another_one_asks_asks_as_well_and_notes_nothing(
    store: RedisStore, ask: Callable[[], str], server: redis.Redis
) -> None:
    server.set(HORIZON_KEY, "?another")

    assert [horizons.read(store.reads, ask) for _ in range(2)] == ["0/1", "0/2"]
    assert server.get(HORIZON_KEY) == b"?another"


def test_a_claim_and_a_note_run_out(store: RedisStore, ask: Callable[[], str], server: redis.Redis) -> None:
    ages = []

    def asked() -> str:
        ages.append(server.ttl(HORIZON_KEY))
        return ask()

    horizons.read(store.reads, asked)

    assert 0 < ages[0] <= horizons.CLAIM_TTL_S < server.ttl(HORIZON_KEY) <= horizons.TTL_S


def test_an_old_copy_of_a_store_brings_no_old_note_with_it(redis_url: str, server: redis.Redis) -> None:
    server.set(HORIZON_KEY, "0/1")
    store = RedisStore(redis_url, PATIENT, missed=lambda **_: ())

    store.reads.breaker.allows()

    assert store.reads.breaker.circuit.last_error is None
    assert not server.exists(HORIZON_KEY)
    store.close()
