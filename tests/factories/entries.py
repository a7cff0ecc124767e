"""Entries that are like any other, apart from what a test says about them."""

import time
from typing import Any

from dealradar.cache import Entry


def entry(**told: Any) -> Entry:
    """Return a small JSON response of now, with the fields that were *told*."""
    usual: dict[str, Any] = {
        "status": 200,
        "media_type": "application/json",
        "body": b'{"items": []}',
        "versions": (("deal:123", "3fQ_x9-aKq0Z"),),
        "stored_at_s": time.time(),
        "ttl_s": 180.0,
    }
    return Entry(**{**usual, **told})
