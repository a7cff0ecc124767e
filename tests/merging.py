"""A merger that ends with its test."""

from typing import Any

from dealradar.invalidation.merging import Merger


class Mortal(Merger):
    """Does nothing more once its test is over, lest what that had put off befall the next one's store."""

    is_over = False

    def _take(self, *due: Any) -> None:
        if not self.is_over:
            super()._take(*due)
