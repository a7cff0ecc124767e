"""Which indexes the database has beside its keys and unique constraints, and building them while the site is busy."""

from dealradar.indexes.catalogue import CATALOGUE
from dealradar.indexes.declaring import of
from dealradar.indexes.index import Index

__all__ = ["CATALOGUE", "Index", "of"]
