"""The rollback as operators do it, in its short form, on the real site under load."""

import subprocess
import sys

from scripts.clone import HERE


def test_the_cache_is_switched_off_and_on_again_and_nobody_notices() -> None:
    command = (sys.executable, str(HERE.root / "scripts" / "dev"), "drill", "rollback", "--short")

    done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - our own program

    assert done.stdout.rstrip().endswith("nobody noticed"), done.stdout + done.stderr
    assert done.returncode == 0
