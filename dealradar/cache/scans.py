"""Looking for keys without stopping the server: a few of them at a time, and never KEYS."""

from dataclasses import dataclass
from typing import Final, cast

from dealradar.cache.keys import NAMESPACE
from dealradar.cache.wire import Wire

START: Final = "0"
BATCH_KEYS: Final = 200
"""How many keys one command looks at, all that the server is kept from others by a step."""

_ENTRY: Final = f"{NAMESPACE}/"


@dataclass(frozen=True, slots=True)
class Batch:
    """The keys of entries that one step has found, and the cursor of the next one, which is `START` at the end."""

    keys: tuple[str, ...]
    cursor: str


def step(wire: Wire, pattern: str, cursor: str = START) -> Batch:
    """Return the entries' keys that the glob *pattern*, over what follows `NAMESPACE`, matches among the next keys.

    From `START` to `START`, every key that was there all the time is looked at, some maybe twice. What isn't an entry,
    such as the versions of tags, is never found.

    Raises:
        StoreUnavailableError: The server can't be asked.
    """
    (reply,) = wire.exchange([("SCAN", cursor, "MATCH", NAMESPACE + pattern, "COUNT", BATCH_KEYS)])
    following, found = cast("tuple[bytes, list[bytes]]", reply)
    keys = (key.decode("latin-1") for key in found)
    return Batch(tuple(key for key in keys if key.startswith(_ENTRY)), following.decode())
