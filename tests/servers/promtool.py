"""Prometheus' own judge of what it is to read, which Debian's package ``prometheus`` has."""

import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

PATIENCE_S = 60


def missing() -> str | None:
    """Return what there would have to be, None if there is."""
    return None if shutil.which("promtool") else "promtool isn't installed; Debian's package prometheus has it"


def complaints(*command: str | Path, told: bytes = b"") -> Sequence[str]:
    """Return what promtool's *command* has against what it is *told*, line by line; nothing if all is well.

    Whatever it says counts where it reads metrics: what it merely advises doesn't make it fail.
    """
    done = subprocess.run(  # noqa: S603  the tests' own words
        ["promtool", *command],  # noqa: S607  as it is installed
        input=told,
        capture_output=True,
        timeout=PATIENCE_S,
        check=False,
    )
    said = (done.stdout + done.stderr).decode().splitlines()
    return said if done.returncode or command[:2] == ("check", "metrics") else []
