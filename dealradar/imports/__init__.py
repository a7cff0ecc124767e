"""Reviews from elsewhere: a CSV file's rows become deals, categories, people and reviews (ADR 0008)."""

from dealradar.imports.columns import MEANINGS, Layout, layout_of
from dealradar.imports.errors import UnreadableError
from dealradar.imports.intake import Batch, Tally, take_in
from dealradar.imports.names import dataset_of
from dealradar.imports.rows import RowFault
from dealradar.imports.sources import Source, opened

__all__ = [
    "MEANINGS",
    "Batch",
    "Layout",
    "RowFault",
    "Source",
    "Tally",
    "UnreadableError",
    "dataset_of",
    "layout_of",
    "opened",
    "take_in",
]
