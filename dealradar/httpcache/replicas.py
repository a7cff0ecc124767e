"""Reads what is to be cached at a streaming replica, provided that it has what the versions know of (ADR 0056).

Whatever is doubtful is read at the primary: a replica that is behind, promoted, away or slow, and any question that
got no answer.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

import structlog
from sqlalchemy import text

from dealradar.cache import Circuit, StoreUnavailableError
from dealradar.cache.breaker import Breaker, Patience
from dealradar.config import Settings
from dealradar.domain import outages
from dealradar.domain.reading import reading_at
from dealradar.extensions import REPLICA, db
from dealradar.httpcache import stores
from dealradar.httpcache.measures import REPLICA_FILLS
from dealradar.httpcache.patience import bound
from dealradar.httpcache.recompute import Compute, Computed

PATIENCE: Final = Patience(failures=1, open_s=1.0, open_max_s=30.0)
"""One failure is enough: who meets it has to wait for the primary as well, and nobody depends on the replica."""

# Not what is flushed: with synchronous_commit off, a commit is seen before it is.
_END_OF_LOG: Final = text("SELECT CAST(pg_current_wal_insert_lsn() AS text)")

# One that was promoted goes on telling the last position that it has replayed.
_HAS_COME: Final = text("SELECT pg_is_in_recovery() AND pg_last_wal_replay_lsn() >= CAST(:horizon AS pg_lsn)")

log = structlog.get_logger(__name__)


class Outcome(StrEnum):
    """Where a fill was read: at the replica, or why it wasn't."""

    REPLICA = "replica"
    BEHIND = "behind"
    """It hasn't replayed some write that was invalidated, or it is no replica."""
    FAILED = "failed"
    RESTING = "resting"
    """It failed a moment ago."""
    UNKNOWN = "unknown"
    """How far it must have come couldn't be found out."""
    BUSY = "busy"
    """The session has a transaction at the primary already."""


@dataclass(frozen=True)
class Replica:
    """The replica of the current application."""

    breaker: Breaker

    def read(self, compute: Compute) -> Computed:
        """Return what *compute* does, reading at the replica where that is no older than the versions.

        To be called after these were read. *compute* must only read, and is called again where the replica fails it.
        """
        outcome, computed = self._try(compute)
        REPLICA_FILLS.labels(outcome).inc()
        return compute() if computed is None else computed

    def _try(self, compute: Compute) -> tuple[Outcome, Computed | None]:
        if db.session().in_transaction():
            return Outcome.BUSY, None
        if not self.breaker.allows():
            return Outcome.RESTING, None
        try:
            horizon = stores.horizon(_end_of_log)
        except (StoreUnavailableError, *outages.ERRORS):
            return Outcome.UNKNOWN, None
        try:
            outcome, computed = _read(compute, horizon)
        except outages.ERRORS as error:
            self.breaker.failed(f"{type(error).__name__}: {error}")
            return Outcome.FAILED, None
        self.breaker.succeeded()
        return outcome, computed


def of(settings: Settings) -> Replica:
    """Return the replica of the current application, which has one.

    Nobody waits for it for longer than a statement may take, though it hang.
    """
    bound(db.engines[REPLICA], patience_s=settings.database_statement_timeout_ms / 1_000)
    return Replica(Breaker(PATIENCE, on_change=_tell))


def _read(compute: Compute, horizon: str) -> tuple[Outcome, Computed | None]:
    with reading_at(db.engines[REPLICA]):
        if not db.session.scalar(_HAS_COME, {"horizon": horizon}):
            return Outcome.BEHIND, None
        return Outcome.REPLICA, compute()


def _end_of_log() -> str:
    with db.engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        return str(connection.scalar(_END_OF_LOG))


def _tell(circuit: Circuit) -> None:
    log.warning("replica_breaker", phase=circuit.phase, error=circuit.last_error)
