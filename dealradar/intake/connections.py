"""How many connections a process holds: idle ones cost it a buffer each, and a descriptor."""

import resource
from typing import Final

WANTED: Final = 10_000
SPARE: Final = 500
"""Descriptors for everything else: files, and the servers behind."""
LEAST: Final = 100


def allowed() -> int:
    """Return how many connections a process may hold; raise the limit of descriptors for that, as far as one may.

    A limit that is inherited is often 1,024, which a few hundred browsers use up.
    """
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = WANTED + SPARE
    if soft != resource.RLIM_INFINITY and soft < wanted:
        soft = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return WANTED if soft == resource.RLIM_INFINITY else max(LEAST, min(WANTED, soft - SPARE))
