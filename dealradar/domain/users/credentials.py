"""Secrets that are shown once and kept as their SHA-256: 256 random bits need no slow hash."""

import hashlib
import re
import secrets
from typing import Final

TOKEN: Final = "dr"  # noqa: S105  the kind of a secret, not one
API_KEY: Final = "dk"
_RANDOM_BYTES: Final = 32
_SHAPE: Final = re.compile(r"(?:dr|dk)_[A-Za-z0-9_-]{43}")


def make(kind: str) -> str:
    """Return a new secret, told by its *kind* to people and to scanners of leaked code."""
    return f"{kind}_{secrets.token_urlsafe(_RANDOM_BYTES)}"


def hash_of(secret: str) -> bytes:
    """Return what is kept of *secret*."""
    return hashlib.sha256(secret.encode()).digest()


def is_plausible(secret: str, kind: str) -> bool:
    """Return whether *secret* has the shape of one of ours, so that it is worth asking the database."""
    return secret.startswith(f"{kind}_") and _SHAPE.fullmatch(secret) is not None
