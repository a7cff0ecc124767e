"""How far a copy of the database must have come, for what is read from it to be no older than the versions say.

Noted until anything is invalidated, and then asked for anew by who reads next: so whoever writes need not know where
the log of the database ends, and a note that is lost costs one question (ADR 0056).
"""

import re
from collections.abc import Callable
from typing import Final

from dealradar.cache import versions
from dealradar.cache.connections import Command
from dealradar.cache.keys import HORIZON_KEY
from dealradar.cache.wire import Wire

TTL_S: Final = 60
CLAIM_TTL_S: Final = 2
"""So long others ask for themselves, and note nothing, when who was to note it has died."""

_POSITION: Final = re.compile(rb"[0-9A-F]{1,8}/[0-9A-F]{1,8}")
_CLAIM_MARK: Final = "?"

_NOTE: Final = """
if redis.call('GET', KEYS[1]) == ARGV[1] then redis.call('SET', KEYS[1], ARGV[2], 'EX', ARGV[3]) end
"""


def dropping() -> Command:
    """Return the command to send before any version is changed: what is noted comes from before that write."""
    return ("DEL", HORIZON_KEY)


def read(wire: Wire, ask: Callable[[], str]) -> str:
    """Return a position of the write-ahead log that is not before any write invalidated by now, such as ``0/1A2B3C``.

    Call it **after** the versions were read. What nobody has noted yet is *ask*ed for, which is to return where the log
    of the primary ends; whatever that raises passes through. It is noted for others only if nothing was invalidated
    since before it was asked for, which a claim in the note's place tells.

    Raises:
        StoreUnavailableError: The store can't be asked.
    """
    claim = _CLAIM_MARK + versions.fresh()
    _, noted = wire.exchange([("SET", HORIZON_KEY, claim, "NX", "EX", CLAIM_TTL_S), ("GET", HORIZON_KEY)])
    if isinstance(noted, bytes) and _POSITION.fullmatch(noted):
        return noted.decode()
    position = ask()
    if noted == claim.encode():
        wire.exchange([("EVAL", _NOTE, 1, HORIZON_KEY, claim, position, TTL_S)])
    return position
