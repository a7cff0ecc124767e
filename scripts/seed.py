"""`scripts/dev seed`: a demo community on the running servers."""

from collections.abc import Sequence

from scripts.clone import HERE
from scripts.flask_command import become


def main(arguments: Sequence[str]) -> int:
    """Make the community that the arguments ask for."""
    become(HERE, "seed", *arguments)
