"""What kinds of goods there are."""

from dealradar.domain.categories.queries import REF, branch, tree
from dealradar.domain.categories.shapes import CategoryOut, CategoryRef

__all__ = ["REF", "CategoryOut", "CategoryRef", "branch", "tree"]
