"""Request ids without a call to the kernel for each."""

import uuid
from itertools import count


class RequestIds:
    """Ids of 32 hexadecimal digits: 20 random ones that the process keeps, and a number."""

    def __init__(self) -> None:
        self._prefix = uuid.uuid4().hex[:20]
        self._numbers = count()

    def fresh(self) -> str:
        """Return one that was given to no other request."""
        return f"{self._prefix}{next(self._numbers):012x}"
