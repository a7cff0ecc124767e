"""What kinds of goods there are."""

from dealradar.domain.categories.importing import Branch, bring_in
from dealradar.domain.categories.queries import REF, branch, tree
from dealradar.domain.categories.shapes import CategoryOut, CategoryRef

__all__ = [
    "REF",
    "Branch",
    "CategoryOut",
    "CategoryRef",
    "branch",
    "bring_in",
    "tree",
]
