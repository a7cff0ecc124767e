"""Nobody is ever given the answer to somebody else's question."""

import contextlib
import subprocess
import sys
import time
from collections.abc import Sequence
from threading import Thread
from typing import Any, Final

import pytest
from redis.connection import Connection

from dealradar.cache import Down, Hit, Limits, RedisStore, Trouble, entry_key, prefixes
from dealradar.cache.connections import CleanConnection
from tests.integration.cache.conftest import PATIENT
from tests.integration.cache.reading import body_of, fill
from tests.servers.proxy import Proxy
from tests.servers.valkey import Valkey

ENDPOINT: Final = "/me/bookmarks"
TAGS: Final = prefixes(ENDPOINT)
ALICES: Final = entry_key(ENDPOINT, {}, "a" * 32)
BOBS: Final = entry_key(ENDPOINT, {}, "b" * 32)


@pytest.fixture
def hasty(proxy: Proxy, store: RedisStore) -> RedisStore:
    """Return a store behind the proxy, with a short timeout and one connection, where alice and bob have entries."""
    fill(store, b"alice's", key=ALICES, tags=TAGS)
    fill(store, b"bob's", key=BOBS, tags=TAGS)
    return RedisStore(proxy.url, Limits(timeout_s=0.2, max_connections=1))


def test_a_reply_that_came_too_late_is_not_the_next_readers(proxy: Proxy, hasty: RedisStore) -> None:
    assert body_of(hasty, BOBS, TAGS) == b"bob's"
    proxy.hold()
    too_late = hasty.lookup(ALICES, TAGS)
    proxy.release()

    bobs = [body_of(hasty, BOBS, TAGS) for _ in range(20)]
    hasty.close()

    assert too_late == Down(Trouble.TIMEOUT)
    assert bobs == [b"bob's"] * 20


class WorkerTimeoutError(BaseException):
    """What a signal handler raises, wherever the thread happens to be."""


def interrupted(*_: object, **__: object) -> Any:
    raise WorkerTimeoutError


@pytest.mark.parametrize(
    ("of", "step"),
    [
        *((Connection, step) for step in ("on_connect_check_health", "send_command", "send_packed_command")),
        *((Connection, "read_response"), (CleanConnection, "converse"), (CleanConnection, "receive")),
    ],
)
@pytest.mark.parametrize("connected", [False, True])
def test_a_reader_who_was_interrupted_leaves_no_connection_out_of_step(
    valkey: Valkey, monkeypatch: pytest.MonkeyPatch, of: type, step: str, *, connected: bool
) -> None:
    others = RedisStore(valkey.url, PATIENT)  # another deployment, in database 0 of the same server
    fill(others, b"another's", key=BOBS, tags=TAGS)
    ours = RedisStore(valkey.url.removesuffix("/0") + "/1", PATIENT)
    fill(ours, b"alice's", key=ALICES, tags=TAGS)
    fill(ours, b"bob's", key=BOBS, tags=TAGS)
    if not connected:
        ours.close()

    with monkeypatch.context() as patched:
        patched.setattr(of, step, interrupted)
        with contextlib.suppress(WorkerTimeoutError):
            ours.lookup(ALICES, TAGS)
    bobs = [body_of(ours, BOBS, TAGS) for _ in range(5)]
    ours.close()
    others.close()

    assert bobs == [b"bob's"] * 5


def test_a_reader_who_was_interrupted_while_waiting_leaves_no_reply_to_the_next(
    proxy: Proxy, store: RedisStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store, b"alice's", key=ALICES, tags=TAGS)
    fill(store, b"bob's", key=BOBS, tags=TAGS)
    shared = RedisStore(proxy.url, PATIENT)
    shared.ping()
    proxy.hold()
    with monkeypatch.context() as patched:
        patched.setattr(CleanConnection, "receive", interrupted)
        with pytest.raises(WorkerTimeoutError):
            shared.lookup(ALICES, TAGS)

    bobs: list[bytes | None] = []
    reading = Thread(target=lambda: bobs.append(body_of(shared, BOBS, TAGS)))
    rounds_before = proxy.rounds
    reading.start()
    while proxy.rounds == rounds_before:
        time.sleep(0.001)
    proxy.release()
    reading.join()
    shared.close()

    assert bobs == [b"bob's"]


def test_threads_that_share_a_store_each_get_their_own(store: RedisStore) -> None:
    keys = [entry_key(ENDPOINT, {}, f"{number:032x}") for number in range(8)]
    for key in keys:
        fill(store, key.encode(), key=key, tags=TAGS)
    foreign: list[object] = []

    def read(mine: str, times: int = 100) -> None:
        answers = [store.lookup(mine, TAGS) for _ in range(times)]
        foreign.extend(a for a in answers if not isinstance(a, Hit) or a.entry.body != mine.encode())

    _in_threads([Thread(target=read, args=(key,)) for key in keys])

    assert not foreign


FORKED: Final = """
import os, sys
from dealradar.cache import Hit, Limits, RedisStore
url, parents, childs, *tags = sys.argv[1:]
store = RedisStore(url, Limits(timeout_s=2.0))
assert isinstance(store.lookup(parents, tags), Hit)  # the connection that the child inherits
child = os.fork()
mine = parents if child else childs
bodies = {store.lookup(mine, tags).entry.body for _ in range(200)}
assert bodies == {mine.encode()}, bodies
sys.exit(os.waitpid(child, 0)[1] if child else 0)
"""


def test_a_forked_worker_does_not_read_its_parents_replies(store: RedisStore, redis_url: str) -> None:
    for key in (ALICES, BOBS):
        fill(store, key.encode(), key=key, tags=TAGS)

    ran = subprocess.run(  # noqa: S603  our own interpreter
        [sys.executable, "-c", FORKED, redis_url, ALICES, BOBS, *TAGS], capture_output=True, check=False, timeout=30
    )

    assert (ran.returncode, ran.stderr) == (0, b"")


def _in_threads(threads: Sequence[Thread]) -> None:
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
