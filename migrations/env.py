"""How Alembic reaches the database: through the application's own engine, online only."""

from alembic import context
from sqlalchemy import Connection

from dealradar.domain import (
    counters,
    registry,  # noqa: F401  the models fill the metadata
    tallies,
    triggers,
)
from dealradar.extensions import Base, db
from dealradar.httpcache.control import models as _control  # noqa: F401  likewise
from dealradar.invalidation import models as _outbox  # noqa: F401  likewise
from dealradar.invalidation import triggers as invalidation
from dealradar.monitoring import models as _readings  # noqa: F401  likewise
from dealradar.monitoring import sampling as _sampling  # noqa: F401  likewise
from dealradar.monitoring.alerts import models as _alerts  # noqa: F401  likewise
from dealradar.monitoring.mail import models as _mail  # noqa: F401  likewise

LOCK_TIMEOUT = "5s"
"""A migration that waits longer for a lock gives up rather than stop the site's queries behind it."""

TRIGGERS = (*counters.triggers(), *tallies.triggers(), *invalidation.triggers())
"""What the database has while its tables are those of the newest migration; at any other, it has none (ADR 0006)."""


def migrate(connection: Connection) -> None:
    connection.exec_driver_sql(f"SET lock_timeout = '{LOCK_TIMEOUT}'")
    connection.exec_driver_sql("SET statement_timeout = 0")
    connection.commit()
    context.configure(
        connection=connection,
        target_metadata=Base.metadata,
        transaction_per_migration=True,
        compare_type=True,
        compare_server_default=False,
    )
    with context.begin_transaction():
        context.run_migrations()
    if "destination_rev" in context.get_context().opts:  # an upgrade or a downgrade, not a mere look
        install_triggers(connection)


def install_triggers(connection: Connection) -> None:
    is_newest = set(context.get_context().get_current_heads()) == set(context.script.get_heads())
    triggers.install(connection, TRIGGERS if is_newest else ())
    connection.commit()


with db.engine.connect() as connection:
    migrate(connection)
