"""Counting in this process's memory, by many threads at once."""

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
from limits.storage import MemoryStorage

from dealradar.ratelimit.own_counters import OwnCounters

THREADS = 8


@pytest.fixture
def _hasty() -> Iterator[None]:
    """Have threads take turns as often as may be."""
    usual_s = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(usual_s)


def expired() -> threading.Timer:
    """Return a timer that is over, as it is most of the time."""
    timer = threading.Timer(0.0, lambda: None)
    timer.start()
    timer.join()
    return timer


def count_at_once(storage: MemoryStorage, key: str) -> list[int]:
    """Return what each of some threads has counted, all begun at the same moment."""
    storage.timer = expired()
    gate = threading.Barrier(THREADS)

    def count(_: int) -> int:
        gate.wait()
        return storage.incr(key, 60)

    with ThreadPoolExecutor(THREADS) as threads:
        return sorted(threads.map(count, range(THREADS)))


@pytest.mark.usefixtures("_hasty")
def test_those_who_count_at_once_are_all_counted_and_none_fails() -> None:
    storage = OwnCounters()

    counts = [count_at_once(storage, f"key {number}") for number in range(300)]

    assert counts == [[*range(1, THREADS + 1)]] * len(counts)
