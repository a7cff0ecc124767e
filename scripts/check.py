"""`scripts/dev check`: everything that a change has to pass, the tests last."""

import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from scripts.clone import HERE, SOURCES
from scripts.refused import RefusedError


@dataclass(frozen=True)
class Step:
    """One check: a program that fails if something is wrong."""

    name: str
    command: tuple[str, ...]
    shows_output: bool = False


STEPS: Final = (
    Step("format", (sys.executable, "-m", "ruff", "format", "--check", *SOURCES)),
    Step("lint", (sys.executable, "-m", "ruff", "check", *SOURCES)),
    Step("types", (sys.executable, "-m", "mypy")),
    Step("imports", (str(HERE.python.parent / "lint-imports"),)),
    Step("requirements", (sys.executable, "-m", "scripts.requirements")),
    Step("tests", (sys.executable, str(HERE.root / "scripts" / "dev"), "test"), shows_output=True),
)


def main(arguments: Sequence[str]) -> int:
    """Do all steps, also after one that failed; return 1 if one did."""
    if arguments:
        raise RefusedError("takes no arguments; scripts/dev test takes pytest's")
    failed = [step.name for step in STEPS if not _passes(step)]
    print(f"failed: {', '.join(failed)}" if failed else "all good")
    return int(bool(failed))


def _passes(step: Step) -> bool:
    print(f"{step.name} ...", end="\n" if step.shows_output else " ", flush=True)
    began_s = time.monotonic()
    output = None if step.shows_output else subprocess.PIPE
    done = subprocess.run(
        step.command, cwd=HERE.root, stdout=output, stderr=output and subprocess.STDOUT, text=True, check=False
    )
    passes = done.returncode == 0
    lead = f"{step.name}: " if step.shows_output else ""
    print(f"{lead}{'ok' if passes else 'FAILED'}, {time.monotonic() - began_s:.1f} s", flush=True)
    if not passes and done.stdout:
        print(done.stdout)
    return passes
