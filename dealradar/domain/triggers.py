"""Triggers that the code declares: the database is made to have exactly those, after every migration (ADR 0006)."""

from collections.abc import Collection
from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from sqlalchemy import Connection, text

PREFIX: Final = "dealradar_"
"""What the names of our triggers begin with; all else in the database is left alone."""

OLD: Final = "old_rows"
NEW: Final = "new_rows"


class Event(IntEnum):
    """What sets off a trigger; the value is its bit in PostgreSQL's ``pg_trigger.tgtype``."""

    INSERT = 4
    DELETE = 8
    UPDATE = 16
    TRUNCATE = 32


_REFERENCING: Final = {
    Event.INSERT: f"REFERENCING NEW TABLE AS {NEW}",
    Event.UPDATE: f"REFERENCING OLD TABLE AS {OLD} NEW TABLE AS {NEW}",
    Event.DELETE: f"REFERENCING OLD TABLE AS {OLD}",
    Event.TRUNCATE: "",
}

_INSTALLED: Final = text(r"""
    SELECT proname, coalesce(relname, ''), coalesce(tgtype, 0), prosrc, coalesce(tgenabled = 'O', false)
      FROM pg_proc
      LEFT JOIN pg_trigger ON tgfoid = pg_proc.oid AND NOT tgisinternal
      LEFT JOIN pg_class ON pg_class.oid = tgrelid
     WHERE pronamespace = current_schema()::regnamespace AND starts_with(proname, :prefix)
""")

_LOCK: Final = text("SELECT pg_advisory_xact_lock(hashtext('dealradar.triggers'))")


@dataclass(frozen=True)
class Trigger:
    """A function that runs once after each statement that has done *event* to *table*, however many rows it touched.

    Attributes:
        name: Of both the trigger and its function; begins with `PREFIX`.
        body: The statements of the function, in PL/pgSQL. They find the rows in ``new_rows`` as they came to be
            (INSERT, UPDATE) and in ``old_rows`` as they were before (UPDATE, DELETE).
        first: A statement that is executed when the trigger comes where it wasn't, before anybody else may write to
            the table again: it makes up for all that was written without the trigger.
    """

    name: str
    table: str
    event: Event
    body: str
    first: str = ""

    @property
    def source(self) -> str:
        """Return the function's text, as the database keeps it."""
        return f"BEGIN\n{self.body}\nRETURN NULL;\nEND"


@dataclass(frozen=True)
class Installed:
    """A function of ours that the database has, and what sets it off; *table* is empty where nothing does."""

    name: str
    table: str
    event: int
    source: str
    is_enabled: bool = True

    @classmethod
    def like(cls, trigger: Trigger) -> "Installed":
        """Return what the database has where *trigger* is installed."""
        return cls(trigger.name, trigger.table, int(trigger.event), trigger.source)


def installed(connection: Connection) -> frozenset[Installed]:
    """Return the triggers of ours that the database has."""
    return frozenset(Installed(*row) for row in connection.execute(_INSTALLED, {"prefix": PREFIX}))


def install(connection: Connection, triggers: Collection[Trigger]) -> None:
    """Make the database have exactly *triggers* of ours; the caller commits.

    Where nothing has changed, that is one question. A function whose text has changed is replaced without keeping
    readers out.
    """
    connection.execute(_LOCK)  # or two who migrate at once would replace the same function
    wanted = {Installed.like(trigger): trigger for trigger in triggers}
    present = installed(connection)
    dropped = {one.name for one in present if not _may_stay(one, wanted)}
    for name in dropped:
        connection.exec_driver_sql(f"DROP FUNCTION {name}() CASCADE")
    for image, trigger in wanted.items():
        if image not in present or trigger.name in dropped:
            _create(connection, trigger)
    worked = {one.name for one in present if one.is_enabled} - dropped
    for first in dict.fromkeys(trigger.first for trigger in triggers if trigger.first and trigger.name not in worked):
        connection.exec_driver_sql(first)


def _may_stay(present: Installed, wanted: Collection[Installed]) -> bool:
    """Return whether *present* is wanted as it is, or with another text."""
    return any((one.name, one.table, one.event) == (present.name, present.table, present.event) for one in wanted)


def _create(connection: Connection, trigger: Trigger) -> None:
    # Its search path is fixed, so that it finds our tables whatever the session's that wrote.
    connection.exec_driver_sql(
        f"CREATE OR REPLACE FUNCTION {trigger.name}() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT"
        f" AS $function${trigger.source}$function$"
    )
    connection.exec_driver_sql(
        f"CREATE OR REPLACE TRIGGER {trigger.name} AFTER {trigger.event.name} ON {trigger.table}"
        f" {_REFERENCING[trigger.event]} FOR EACH STATEMENT EXECUTE FUNCTION {trigger.name}()"
    )
