"""Have what was answered before Flask told by the clock, since a server that we don't know has no turns of its own."""

from typing import Final, Protocol

from flask import current_app

FRONT: Final = "fastlane_front"
"""Where an application keeps what answers before it, if anything does."""


class Front(Protocol):
    """What answers before an application, and counts that."""

    def tell(self) -> None:
        """Tell what was answered, once a second at most."""

    def close(self) -> None:
        """Tell what is left to be told."""


def tell_hits() -> None:
    """Tell what was answered before the current application."""
    front: Front | None = current_app.extensions.get(FRONT)
    if front is not None:
        front.tell()


def tell_last_hits() -> None:
    """Tell what is left to be told of that."""
    front: Front | None = current_app.extensions.get(FRONT)
    if front is not None:
        front.close()
