"""`scripts/dev shell`: Python with the application loaded, on the running servers."""

from collections.abc import Sequence

from scripts.clone import HERE
from scripts.flask_command import become


def main(arguments: Sequence[str]) -> int:
    """Open the prompt."""
    become(HERE, "shell", *arguments)
