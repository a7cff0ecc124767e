"""What a part of the running whole is, and how one is read from the Procfile."""

import os
import pwd
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import IntEnum
from pathlib import Path
from signal import SIGQUIT, SIGTERM, Signals
from typing import Any, Final

_LINE: Final = re.compile(r"^([A-Za-z0-9_-]+):\s*(.+)$")


class Stage(IntEnum):
    """When a part starts; they stop the other way round."""

    SERVER = 0
    APP = 1


@dataclass(frozen=True)
class Account:
    """Whom a part runs as, where that isn't us."""

    uid: int
    gid: int

    @classmethod
    def unprivileged(cls) -> "Account | None":
        """Return nobody's if we are root; None, that is our own, if we aren't."""
        if os.geteuid() != 0:
            return None
        nobody = pwd.getpwnam("nobody")
        return cls(nobody.pw_uid, nobody.pw_gid)

    @staticmethod
    def popen_options(account: "Account | None") -> dict[str, Any]:
        """Return what makes `subprocess` start a program as *account*; nothing for None."""
        return {} if account is None else {"user": account.uid, "group": account.gid, "extra_groups": []}


@dataclass(frozen=True)
class Part:
    """A process to run: with what, as whom, and which signals stop it, one after the other.

    Lines of its output that contain *hushed* aren't shown.
    """

    name: str
    command: tuple[str, ...]
    cwd: Path
    environment: Mapping[str, str] = field(repr=False)
    stage: Stage = Stage.APP
    signals: tuple[Signals, ...] = (SIGTERM, SIGQUIT)
    account: Account | None = None
    hushed: str | None = None


@dataclass(frozen=True)
class Server:
    """A private server: its part, the URL by which the application finds it, and how it is seen to answer."""

    part: Part
    url: str = field(repr=False)
    answers: Callable[[str], bool]


def from_procfile(text: str, *, cwd: Path, environment: Mapping[str, str]) -> tuple[Part, ...]:
    """Return the parts of a Procfile, in its order, each a line for the shell."""
    matches = (_LINE.match(line) for line in text.splitlines())
    return tuple(
        Part(match[1], ("/bin/sh", "-c", match[2]), cwd=cwd, environment=environment) for match in matches if match
    )
