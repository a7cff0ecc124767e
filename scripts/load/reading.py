"""Reads the vitals of a site every few seconds."""

import time
from collections.abc import Sequence
from threading import Event, Thread
from typing import Any, Final

import psutil
import redis

from scripts import postgres
from scripts.bench.site import Site
from scripts.load.vitals import Vitals

_COUNTS: Final = """
    SELECT (SELECT count(*) FROM pg_stat_activity WHERE datname = 'dealradar' AND backend_type = 'client backend'),
           (SELECT count(*) FROM cache_outbox WHERE delivered_at IS NULL)
"""


class Reader:
    """Has read *readings* of *site*, in a thread, while it is entered."""

    def __init__(self, site: Site, *, every_s: float) -> None:
        self.readings: list[Vitals] = []
        self._site, self._every_s = site, every_s
        self._is_over = Event()
        self._thread = Thread(target=self._run, daemon=True)

    def __enter__(self) -> Sequence[Vitals]:
        self._began_s = time.monotonic()
        self._thread.start()
        return self.readings

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def _run(self) -> None:
        url = self._site.servers["REDIS_URL"].url
        with postgres.connect(self._site.servers["DATABASE_URL"].url) as database, redis.Redis.from_url(url) as store:
            while not self._is_over.wait(self._every_s):
                row: Any = database.execute(_COUNTS).fetchone()
                self.readings.append(self._read(store, connections=row[0] - 1, owed=row[1]))

    def _read(self, store: redis.Redis, *, connections: int, owed: int) -> Vitals:
        memory: Any = store.info("memory")
        usage = {process.pid: _usage(process) for process in self._site.processes()}
        web = {process.pid for process in self._site.workers()}
        return Vitals(
            time.monotonic() - self._began_s,
            web_bytes=sum(memory_bytes for pid, (memory_bytes, _) in usage.items() if pid in web),
            background_bytes=sum(memory_bytes for pid, (memory_bytes, _) in usage.items() if pid not in web),
            descriptors=sum(descriptors for _, descriptors in usage.values()),
            database_connections=connections,
            store_keys=int(store.dbsize()),
            store_bytes=int(memory["used_memory"]),
            owed_rows=owed,
        )


def _usage(process: psutil.Process) -> tuple[int, int]:
    """Return bytes of memory and file descriptors, none of a process that has just ended."""
    try:
        return process.memory_info().rss, process.num_fds()
    except psutil.Error:
        return 0, 0
