"""Which of the library's errors mean that the database can't be asked just now."""

from typing import Final

from sqlalchemy.exc import DBAPIError, InterfaceError, OperationalError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

ERRORS: Final = (DBAPIError, PoolTimeoutError)
"""Those to look at: what a statement may end with other than its result."""


def is_outage(error: Exception) -> bool:
    """Return whether *error* says that the database is away or too slow, rather than that a statement is wrong."""
    if isinstance(error, DBAPIError):
        return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
    return isinstance(error, PoolTimeoutError)
