"""The libraries' objects that belong to the program as a whole; ``app.py`` ties them to an application."""

from typing import Any, Final

from celery import Celery
from flask_caching import Cache
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from flask_sqlalchemy.session import Session
from sqlalchemy import Connection, Engine, MetaData
from sqlalchemy.orm import DeclarativeBase

NAMING_CONVENTION: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}

REPLICA: Final = "replica"
"""The bind key of the streaming replica's engine, where there is one."""


class Base(DeclarativeBase):
    """What every model inherits; its metadata is the one that migrations compare the database with."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


class RoutedSession(Session):
    """The session of a context; while ``info[READS_FROM]`` names an engine, it begins its transactions there."""

    READS_FROM: Final = "dealradar_reads_from"

    def get_bind(self, *args: Any, **kwargs: Any) -> Engine | Connection:  # noqa: ANN401  whatever the library asks by
        """Return where the next statement goes, unless the transaction has begun already."""
        chosen: Engine | None = self.info.get(self.READS_FROM)
        return chosen if chosen is not None else super().get_bind(*args, **kwargs)


db: Final = SQLAlchemy(metadata=Base.metadata, disable_autonaming=True, session_options={"class_": RoutedSession})
migrate: Final = Migrate()
cache: Final = Cache()
celery: Final = Celery("dealradar")
