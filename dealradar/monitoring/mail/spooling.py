"""Mails while the database is away: a file each, in the folder ``spool``, which this machine passes on by itself.

Once the database is back they are brought into its table, sent or not, and go on from there.
"""

import fcntl
import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, Self

import structlog
from flask import current_app

from dealradar.config import Settings
from dealradar.invalidation import bookkeeping
from dealradar.monitoring.mail import carriers, private_files, queueing, recipients
from dealradar.monitoring.mail.letters import Letter
from dealradar.monitoring.mail.mails import Progress, State, after
from dealradar.monitoring.mail.measures import MAILS
from dealradar.monitoring.mail.notices import Notice

FOLDER: Final = "spool"
_LOCK: Final = ".lock"
log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Spooled:
    """A mail in a file, and how far it has come."""

    letter: Letter
    progress: Progress
    queued_at: datetime

    @classmethod
    def read(cls, path: Path) -> Self:
        """Return what the file holds.

        Raises:
            OSError: It can't be read.
            ValueError: No mail was written there by us.
        """
        try:
            told = json.loads(path.read_bytes())
            letter = Letter(**told["letter"] | {"content": b64decode(told["letter"]["content"])})
            return cls(letter, _progress(told["progress"]), datetime.fromisoformat(told["queued_at"]))
        except (KeyError, TypeError) as error:
            raise ValueError(f"is not a spooled mail: {error!r}") from error

    def write(self, folder: Path) -> None:
        """Write it to its file in *folder*.

        Raises:
            OSError: It can't be written.
        """
        content = b64encode(self.letter.content).decode()
        told = asdict(self) | {"letter": asdict(self.letter) | {"content": content}}
        private_files.write(folder / self.name, json.dumps(told, default=datetime.isoformat).encode())

    @property
    def name(self) -> str:
        """The file's name: the same for the same mail."""
        return f"{hashlib.sha256(self.letter.message_id.encode()).hexdigest()[:32]}.json"


def spool(notices: Sequence[Notice], *, now: datetime) -> int:
    """Write one mail about *notices*, at least one, to a file for each recipient known here; return how many.

    What this machine has spooled before is left as it is.

    Raises:
        OSError: It can't be written.
    """
    settings: Settings = current_app.extensions["settings"]
    folder = settings.mail_dir / FOLDER
    letters = queueing.letters_to(recipients.remembered(settings), notices, now=now)
    fresh = [Spooled(letter, Progress(due_at=now), now) for letter in letters]
    missing = [mail for mail in fresh if not (folder / mail.name).exists()]
    for mail in missing:
        mail.write(folder)
    return len(missing)


def deliver_spooled_mails() -> None:
    """Pass on what is spooled and due by the clock; never asks the database, which may not even say no.

    Raises:
        OSError: The folder can't be written to.
    """
    deliver(now=datetime.now(UTC))


def deliver(*, now: datetime) -> None:
    """Pass on what is spooled and due, unless another process of this machine does.

    Raises:
        OSError: The folder can't be written to.
    """
    settings: Settings = current_app.extensions["settings"]
    with _held(settings.mail_dir / FOLDER) as paths, carriers.carrier(settings) as carrier:
        for path, mail in _read(paths):
            if mail.progress.state is not State.QUEUED or mail.progress.due_at > now:
                continue
            outcome = carrier.carry(mail.letter)
            MAILS.labels(outcome.fate).inc()
            progress = after(mail.progress, outcome, queued_at=mail.queued_at, now=now)
            replace(mail, progress=progress).write(path.parent)


def adopt(mail_dir: Path) -> None:
    """Bring what is spooled into the table, unless another process of this machine does, or none is.

    Raises:
        SQLAlchemyError: The database can't be asked; it stays spooled.
    """
    with _held(mail_dir / FOLDER) as paths:
        for path, mail in _read(paths):
            with bookkeeping():
                queueing.keep(mail.letter, mail.progress, queued_at=mail.queued_at)
            path.unlink()


@contextmanager
def _held(folder: Path) -> Iterator[Sequence[Path]]:
    """Give the block the spooled files, which nobody else on this machine touches meanwhile; none, if somebody does."""
    paths = sorted(folder.glob("*.json"))
    if not paths:
        yield ()
        return
    with (folder / _LOCK).open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield ()
            return
        yield [path for path in paths if path.exists()]


def _read(paths: Sequence[Path]) -> Iterator[tuple[Path, Spooled]]:
    for path in paths:
        try:
            mail = Spooled.read(path)
        except ValueError as error:
            log.warning("spooled_mail_unreadable", path=str(path), error=str(error))
            path.rename(path.with_suffix(".unreadable"))
            continue
        yield path, mail


def _progress(told: dict[str, Any]) -> Progress:
    times = ("due_at", "first_failed_at", "ended_at")
    parsed = {name: told[name] and datetime.fromisoformat(told[name]) for name in times}
    return Progress(**told | parsed | {"state": State(told["state"])})
