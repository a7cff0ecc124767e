"""Validators of a representation (RFC 9110 §8.8)."""

import hashlib

from dealradar.httpcache.codings import Coding


def etag_of(body: bytes) -> str:
    """Return the opaque part of the strong entity tag of *body*, without its quotes."""
    return hashlib.blake2b(body, digest_size=12).hexdigest()


def in_coding(etag: str, coding: Coding) -> str:
    """Return the tag of the representation in *coding*, where the plain one has *etag*: the bytes differ (§8.8.3.3)."""
    return etag if coding is Coding.IDENTITY else f"{etag}-{coding}"


def in_each_coding(etag: str) -> tuple[str, ...]:
    """Return the tags under which a client may know what has *etag*."""
    return tuple(in_coding(etag, coding) for coding in Coding)
