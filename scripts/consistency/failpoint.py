"""Dying at the worst moment: between the commit of a write and telling the cache of it."""

import os
import signal
from functools import partial
from pathlib import Path
from typing import Final

from flask import has_request_context, request
from sqlalchemy import event
from sqlalchemy.orm import Session

FOLDER: Final = "CONSISTENCY_FOLDER"
"""The variable by which the site's processes know where they are told to die, and note what they do."""

_NAME: Final = "dies-after-commit"
_OF_WRITERS: Final = "PATCH"


def arm(folder: Path) -> None:
    """Let one process of the site that uses *folder* die as soon as it has committed a client's write."""
    (folder / _NAME).touch()


def is_armed(folder: Path) -> bool:
    """Return whether nobody has died of it yet."""
    return (folder / _NAME).exists()


def disarm(folder: Path) -> None:
    """Take it back.

    Raises:
        FileNotFoundError: Somebody has died of it.
    """
    (folder / _NAME).unlink()


def watch(folder: Path) -> None:
    """Have this process look after each commit of a client's write whether it is to die."""
    event.listen(Session, "after_commit", partial(_die_if_armed, folder))


def _die_if_armed(folder: Path, _session: Session) -> None:
    if not has_request_context() or request.method != _OF_WRITERS:
        return
    try:
        disarm(folder)  # only one process can
    except FileNotFoundError:
        return
    os.kill(os.getpid(), signal.SIGKILL)
