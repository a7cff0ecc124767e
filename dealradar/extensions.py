"""The libraries' objects that belong to the program as a whole; ``app.py`` ties them to an application."""

from typing import Final

from celery import Celery
from flask_caching import Cache
from flask_migrate import Migrate
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import MetaData
from sqlalchemy.orm import DeclarativeBase

NAMING_CONVENTION: Final = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
    "pk": "pk_%(table_name)s",
}


class Base(DeclarativeBase):
    """What every model inherits; its metadata is the one that migrations compare the database with."""

    metadata = MetaData(naming_convention=NAMING_CONVENTION)


db: Final = SQLAlchemy(metadata=Base.metadata, disable_autonaming=True)
migrate: Final = Migrate()
cache: Final = Cache()
celery: Final = Celery("dealradar")
