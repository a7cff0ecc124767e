"""The application's own commands, on the servers that run."""

import os
import sys
from typing import NoReturn

from scripts import find, servers, settings
from scripts.clone import Clone


def command(*arguments: str) -> tuple[str, ...]:
    """Return the command line of one of the application's commands."""
    return (sys.executable, "-m", "flask", "--app", "wsgi", *arguments)


def become(clone: Clone, *arguments: str) -> NoReturn:
    """Go on as one of the application's commands, on the servers of this clone.

    Raises:
        RefusedError: A server is neither running nor named.
    """
    urls = {kind.variable: find.url(clone, kind.variable) for kind in servers.KINDS}
    environment = settings.environment(settings.read(clone), urls, clone=clone)
    os.chdir(clone.root)
    os.execve(sys.executable, command(*arguments), environment)  # noqa: S606 - no shell is wanted
