"""`scripts/dev test` on a toy test."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

import psutil
import pytest

from tests.integration.toy_clone import REPOSITORY, until

Start = Callable[[str], subprocess.Popen[bytes]]

QUICK = """\
import os, psycopg, redis

def test_servers_answer():
    psycopg.connect(os.environ["DATABASE_URL"].replace("+psycopg", "")).close()
    redis.Redis.from_url(os.environ["REDIS_URL"]).ping()
    redis.Redis.from_url(os.environ["CELERY_BROKER_URL"]).ping()
"""
SLOW = """\
import time
from pathlib import Path

def test_goes_on_for_ever():
    Path(__file__).with_name("began").touch()
    time.sleep(600)
"""


@pytest.fixture
def home() -> Iterator[Path]:
    with TemporaryDirectory(prefix="toy-") as folder:
        Path(folder).chmod(0o755)
        (Path(folder) / "pytest.ini").write_text("[pytest]\n")
        (Path(folder) / "temporary").mkdir()
        yield Path(folder)


@pytest.fixture
def start(home: Path) -> Iterator[Start]:
    runs: list[subprocess.Popen[bytes]] = []
    settings = {
        "TMPDIR": str(home / "temporary"),
        "DATABASE_URL": "postgresql://nobody@127.0.0.1:1/none",
        "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",
    }

    def one(text: str) -> subprocess.Popen[bytes]:
        (home / "test_toy.py").write_text(text)
        plugins = ("-p", "xdist.plugin", "-n0", "-p", "no:cacheprovider")
        toy = (*plugins, "-c", str(home / "pytest.ini"), str(home / "test_toy.py"))
        runs.append(
            subprocess.Popen(  # noqa: S603 - our own program
                (sys.executable, str(REPOSITORY / "scripts" / "dev"), "test", *toy),
                env={**os.environ, **settings},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        )
        return runs[-1]

    yield one
    for run in runs:
        run.kill()
        run.wait()


def left(home: Path) -> list[object]:
    """Return what is left of a run: files and processes."""
    lines = [(p.pid, p.info["cmdline"]) for p in psutil.process_iter(["cmdline"])]
    return [*(home / "temporary").iterdir(), *(line for line in lines if str(home) in str(line[1]))]


def test_the_tests_get_servers_of_their_own_that_are_gone_afterwards(home: Path, start: Start) -> None:
    run = start(QUICK)

    assert run.wait() == 0
    assert left(home) == []


def test_a_failed_test_fails_the_run(home: Path, start: Start) -> None:
    run = start("def test_sums(): assert 1 + 1 == 3")

    assert run.wait() == 1
    assert left(home) == []


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_is_cut_short_leaves_nothing(home: Path, start: Start, number: signal.Signals) -> None:
    run = start(SLOW)
    until((home / "began").exists, "the toy test runs")

    run.send_signal(number)
    run.wait()

    until(lambda: not left(home), "nothing is left")
