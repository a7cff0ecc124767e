"""Validators of a representation (RFC 9110 §8.8)."""

import hashlib


def etag_of(body: bytes) -> str:
    """Return the opaque part of the strong entity tag of *body*, without its quotes."""
    return hashlib.blake2b(body, digest_size=12).hexdigest()
