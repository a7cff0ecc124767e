"""Which processes of ours there are, on all hosts, and when each was last seen to be alive."""

import os
import socket
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from flask import Flask, current_app
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import Insert, insert

from dealradar.extensions import db
from dealradar.invalidation import bookkeeping
from dealradar.monitoring import tallies
from dealradar.monitoring.models import ProcessRow
from dealradar.rounds import Kind

KEPT: Final = timedelta(hours=1)
"""How long one that died is shown."""

BEAT: Final = UUID(int=1)
"""There is one beat; that the task it asks for is done shows that it, the broker and a worker are alive."""

_EXTENSION: Final = "process"


@dataclass(frozen=True)
class Identity:
    """Which process it is that runs here."""

    id: UUID
    kind: Kind
    host: str
    pid: int


@dataclass(frozen=True)
class Process:
    """A process, and when it was last seen; of beat it isn't known where it runs."""

    id: UUID
    kind: Kind
    host: str | None
    pid: int | None
    started_at: datetime
    seen_at: datetime


def connect(app: Flask, kind: Kind) -> None:
    """Let this process, which serves or works with *app*, be a new one of *kind*."""
    app.extensions[_EXTENSION] = Identity(uuid.uuid4(), kind, socket.gethostname(), os.getpid())


def current() -> Identity:
    """Return this process."""
    identity: Identity = current_app.extensions[_EXTENSION]
    return identity


def be_seen() -> None:
    """Say that this process is alive, and set its tallies' clock by the database's.

    Raises:
        SQLAlchemyError: The database is away.
    """
    me = current()
    row = {"id": me.id, "kind": me.kind, "host": me.host, "pid": me.pid}
    with bookkeeping():
        now_s = db.session.scalars(_seen(row).returning(func.extract("epoch", func.clock_timestamp()))).one()
    tallies.current().set_clock(float(now_s))


def see_beat() -> None:
    """Note that beat asked for this to be noted; the caller commits."""
    db.session.execute(_seen({"id": BEAT, "kind": Kind.BEAT}))


def leave() -> None:
    """Say that this process ends in good order; the caller commits."""
    db.session.execute(delete(ProcessRow).where(ProcessRow.id == current().id))


def forget(*, now: datetime) -> int:
    """Delete those that died `KEPT` ago; return how many. The caller commits."""
    gone = delete(ProcessRow).where(ProcessRow.seen_at < now - KEPT, ProcessRow.id != BEAT).returning(ProcessRow.id)
    return len(db.session.scalars(gone, execution_options={"synchronize_session": False}).all())


def read_processes() -> tuple[Process, ...]:
    """Return those that live, and those that died within an hour; the caller ends the transaction."""
    rows = db.session.execute(select(ProcessRow.__table__).order_by(ProcessRow.kind, ProcessRow.started_at))
    return tuple(Process(**dict(row._mapping) | {"kind": Kind(row.kind)}) for row in rows)  # noqa: SLF001  its public name


def _seen(row: dict[str, object]) -> Insert:
    return insert(ProcessRow).values(row).on_conflict_do_update(index_elements=["id"], set_={"seen_at": func.now()})
