"""`scripts/dev fix`: format, and mend what the linter can mend."""

import subprocess
import sys
from collections.abc import Sequence
from typing import Final

from scripts.clone import HERE, SOURCES

_STEPS: Final = (("ruff", "check", "--fix"), ("ruff", "format"))


def main(arguments: Sequence[str]) -> int:
    """Mend the files in the arguments, or all; return 1 if something is left to mend by hand."""
    statuses = [
        subprocess.run([sys.executable, "-m", *step, *(arguments or SOURCES)], cwd=HERE.root, check=False).returncode
        for step in _STEPS
    ]
    return int(any(statuses))
