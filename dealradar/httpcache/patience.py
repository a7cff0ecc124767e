"""Connections to a database that may hang: its own timeouts need it to run."""

import math
from typing import Any, Final, TypeVar

from psycopg import Connection, OperationalError
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus
from sqlalchemy import Engine, event

Result = TypeVar("Result")
_LOOKS_EVERY_S: Final = 0.1


class PatientConnection(Connection[Any]):
    """A connection that is given up and closed when the server has let it wait for *patience_s*."""

    patience_s: float = math.inf

    def wait(self, gen: PQGen[Result], interval: float = _LOOKS_EVERY_S, timeout: float | None = None) -> Result:
        """Return what *gen* does, as the base class has it.

        Raises:
            OperationalError: The server hasn't answered in time; the connection is closed.
        """
        try:
            return super().wait(gen, interval, timeout=self.patience_s if timeout is None else timeout)
        except OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:  # the answer may still come, to nobody
                self.close()
            raise


def bound(engine: Engine, *, patience_s: float) -> None:
    """Let nobody wait at *engine* for longer than *patience_s* for one answer."""

    def connect(_dialect: object, _record: object, arguments: Any, options: Any) -> PatientConnection:  # noqa: ANN401  the driver's
        connection = PatientConnection.connect(*arguments, **options)
        connection.patience_s = patience_s
        return connection

    event.listen(engine, "do_connect", connect)
