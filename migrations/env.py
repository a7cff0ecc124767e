"""How Alembic reaches the database: through the application's own engine, online only."""

from alembic import context
from sqlalchemy import Connection

from dealradar.domain import registry  # noqa: F401  the models fill the metadata
from dealradar.extensions import Base, db
from dealradar.invalidation import models as _outbox  # noqa: F401  likewise

LOCK_TIMEOUT = "5s"
"""A migration that waits longer for a lock gives up rather than stop the site's queries behind it."""


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


with db.engine.connect() as connection:
    migrate(connection)
