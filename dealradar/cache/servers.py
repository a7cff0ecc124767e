"""Which server answers: one that restarted, or took over from another, may not know what was invalidated lately."""

import re
from collections.abc import Callable
from typing import Final

from dealradar.cache.keys import NAMESPACE

WHO_IS_IT: Final = ("INFO", "server")
KEY: Final = f"{NAMESPACE}server"
"""Where the run id of the server is noted once all that it may have missed was made up for.

A copy of the data carries the former server's, and so betrays itself.
"""

TTL_S: Final = 2 * 86_400
"""How long that is noted, twice what an entry can live."""

UNKNOWN: Final = "unknown"
_RUN_ID: Final = re.compile(rb"^run_id:([0-9a-f]+)", re.MULTILINE)


class Acquaintance:
    """The server that was met last, by its run id; *on_change* hears that it is another than before."""

    def __init__(self, on_change: Callable[[str], None]) -> None:
        self.run_id: str | None = None
        self._on_change = on_change

    def met(self, run_id: str) -> None:
        """Take note of the server that a new connection leads to."""
        before, self.run_id = self.run_id, run_id
        if before not in {None, run_id}:
            self._on_change(run_id)


def run_id_in(reply: object) -> str:
    """Return the run id in what a server replied to `WHO_IS_IT`; `UNKNOWN` where it may not tell."""
    found = _RUN_ID.search(reply) if isinstance(reply, bytes) else None
    return found[1].decode() if found else UNKNOWN
