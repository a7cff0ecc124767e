"""The rollback as operators do it, in its short form, on the real site under load."""

import os
import subprocess
import sys

import pytest

from scripts.clone import HERE


@pytest.mark.skipif("LONG_TESTS" not in os.environ, reason="takes a minute; LONG_TESTS=1 has it run")
def test_the_cache_is_switched_off_and_on_again_and_nobody_notices() -> None:
    command = (sys.executable, str(HERE.root / "scripts" / "dev"), "drill", "rollback", "--short")

    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own program

    assert done.stdout.rstrip().endswith("nobody noticed"), done.stdout + done.stderr
    assert done.returncode == 0
