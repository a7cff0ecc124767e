"""`scripts/dev import`: bring real input in, on the running servers."""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from scripts.clone import HERE
from scripts.flask_command import become
from scripts.refused import RefusedError

_COMMANDS: Final = {"reviews": "import-reviews"}


def main(arguments: Sequence[str]) -> int:
    """Import what the first argument names; the rest is for the application's command."""
    if not arguments or arguments[0] not in _COMMANDS:
        kinds = ", ".join(_COMMANDS)
        raise RefusedError(f"say what is imported ({kinds}): scripts/dev import reviews FILE.csv [options]")
    become(HERE, _COMMANDS[arguments[0]], *map(_absolute, arguments[1:]))


def _absolute(argument: str) -> str:
    """Return a file's whole path, because the command runs in another folder; anything else as it is."""
    path = Path(argument)
    return str(path.resolve()) if path.is_file() else argument
