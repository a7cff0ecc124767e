"""The catalogue as the models have it, so that there is one source of both."""

import sqlalchemy
from sqlalchemy import TextClause, text

from dealradar.indexes.catalogue import CATALOGUE
from dealradar.indexes.index import Index


def of(table: str) -> tuple[sqlalchemy.Index, ...]:
    """Return the indexes of *table*, for its model's ``__table_args__``."""
    return tuple(_declared(index) for index in CATALOGUE if index.table == table)


def _declared(index: Index) -> sqlalchemy.Index:
    return sqlalchemy.Index(
        index.name,
        *(_term(key) for key in index.keys),
        postgresql_using=index.method,
        postgresql_where=text(index.where) if index.where else None,
        postgresql_include=list(index.include),
        postgresql_ops=dict.fromkeys(index.keys, index.opclass) if index.opclass else {},
    )


def _term(key: str) -> str | TextClause:
    return text(key) if key.startswith("(") else key
