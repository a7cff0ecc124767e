"""The drills: the rollback as operators do it, in its short form, and all that is told by mail, on the real site."""

import os
import subprocess
import sys

import pytest

from scripts.clone import HERE

pytestmark = pytest.mark.skipif("LONG_TESTS" not in os.environ, reason="takes minutes; LONG_TESTS=1 has it run")


def drill(*arguments: str) -> "subprocess.CompletedProcess[str]":
    command = (sys.executable, str(HERE.root / "scripts" / "dev"), "drill", *arguments)
    return subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own program


def test_the_cache_is_switched_off_and_on_again_and_nobody_notices() -> None:
    done = drill("rollback", "--short")

    assert done.stdout.rstrip().endswith("nobody noticed"), done.stdout + done.stderr
    assert done.returncode == 0


def test_whatever_breaks_is_told_by_mail_and_so_is_that_it_is_well_again() -> None:
    done = drill("alerts")

    assert "NO MAIL" not in done.stdout, done.stdout + done.stderr
    assert done.returncode == 0
