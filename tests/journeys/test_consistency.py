"""A short run of the consistency check on the real site, and the proof that it can fail."""

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scripts.clone import HERE


def check(folder: Path, *arguments: str, **told: str) -> tuple[int, Any]:
    result = folder / "result.json"
    command = (sys.executable, str(HERE.root / "scripts" / "dev"), "check-consistency", *arguments)
    done = subprocess.run(  # noqa: S603 - our own program
        (*command, "--json", str(result)), env={**os.environ, **told}, capture_output=True, text=True, check=False
    )
    assert result.exists(), done.stdout + done.stderr
    return done.returncode, json.loads(result.read_text())


def test_a_busy_site_that_is_harmed_keeps_every_promise(tmp_path: Path) -> None:
    """The store is flushed, goes and comes back with an old copy, and processes die between a commit and its answer."""
    faults = ("flush-redis", "kill-web", "restart-redis")
    status, result = check(tmp_path, "--seconds", "16", "--fault", ",".join(faults), "--clients", "4")

    assert {name: found for name, found in result["violations"].items() if found} == {}
    assert status == 0
    assert result["x_cache"]["HIT"] > 0
    assert all(result["faults"][fault] > 0 for fault in faults)
    assert result["writes"]["http"] > 0
    assert result["writes"]["unanswered"] > 0


def test_the_check_finds_out_that_an_old_copy_of_the_store_is_read_and_that_several_compute_the_same(
    tmp_path: Path,
) -> None:
    status, result = check(
        tmp_path, "--seconds", "7", "--fault", "restart-redis", "--clients", "4", "--without", "replay,lease"
    )

    assert status == 1
    # The store may come back so late in the run that what is old is mostly seen in the final comparison.
    assert result["violations"]["stale reads"] + result["violations"]["lost invalidations"]
    assert result["violations"]["recomputed by several at once"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param((), {"CACHE_BUST_ON_WRITE": "false"}, id="writes invalidate nothing"),
        pytest.param(("--without", "version-check"), {}, id="versions aren't compared"),
        pytest.param(("--without", "outbox"), {}, id="nothing is owed to the cache"),
    ],
)
def test_the_check_finds_out_that_old_answers_are_served(
    tmp_path: Path, arguments: tuple[str, ...], told: dict[str, str]
) -> None:
    status, result = check(tmp_path, "--seconds", "3", "--fault", "none", "--clients", "4", *arguments, **told)

    assert status == 1
    assert result["violations"]["stale reads"]
    assert result["violations"]["lost invalidations"]
