"""The names of things in the store; whatever goes into one is checked here first."""

import hmac
import re
from collections.abc import Mapping
from functools import lru_cache
from hashlib import blake2b
from typing import Final
from urllib.parse import quote, urlencode

NAMESPACE: Final = "dealradarus:v1:"
HORIZON_KEY: Final = f"{NAMESPACE}horizon"
MAX_ENDPOINT_CHARS: Final = 200
MAX_NAME_CHARS: Final = 250

# What RFC 3986 (section 3.3) allows in a path, less "*", which is a glob, and ":", which parts our keys. Neither
# braces nor brackets are in it, so that nobody chooses a hash slot of Redis Cluster or widens a SCAN.
_PATH_CHARS: Final = r"A-Za-z0-9._~%!$&'()+,;=@\-"
_ENDPOINT: Final = re.compile(rf"/|(?:/[{_PATH_CHARS}]+)+")
_NAME: Final = re.compile(rf"[{_PATH_CHARS}/:]+")
_USER_HASH: Final = re.compile(r"[0-9a-f]{32}")
_HASH_BYTES: Final = 16


class InvalidKeyError(KeyError):
    """Something that was to become part of a key may not; says what and what would be allowed."""

    def __str__(self) -> str:
        return str(self.args[0])


def entry_key(endpoint: str, params: Mapping[str, str | int], user_hash: str | None = None) -> str:
    """Return the key of the entry for *endpoint*, the path below ``/api`` with its ids.

    *params* are the declared, validated parameters without those at their default; their order doesn't matter.
    *user_hash* (see `user_hash`) names whom the response was made for, and is absent from a shared one.

    Raises:
        InvalidKeyError: A part isn't fit for a key.
    """
    key = f"{NAMESPACE}{_checked_endpoint(endpoint)}:{_params_hash(params)}"
    if user_hash is None:
        return key
    return f"{key}:auth:{_checked_hash(user_hash)}"


def user_hash(secret: bytes, identity: str) -> str:
    """Return what stands for *identity* in a key: 32 hexadecimal digits that only *secret* could make.

    Raises:
        InvalidKeyError: Either is empty.
    """
    if not secret or not identity:
        raise InvalidKeyError("A user hash needs a secret and an identity; neither may be empty.")
    # The label keeps these digests apart from whatever else the same secret signs.
    return hmac.digest(secret, b"cache-user:" + identity.encode(), "sha256").hex()[: 2 * _HASH_BYTES]


@lru_cache(maxsize=8_192)
def version_key(tag: str) -> str:
    """Return the key that holds the version of *tag*; no entry has such a key, since endpoints begin with a slash.

    Raises:
        InvalidKeyError: The tag isn't fit for a key.
    """
    return f"{NAMESPACE}tag:{_checked_name(tag, 'tag')}"


def hard_key(tag: str) -> str:
    """Return the key that holds when *tag* was last invalidated hard, in Unix time as text.

    Raises:
        InvalidKeyError: The tag isn't fit for a key.
    """
    return f"{NAMESPACE}hard:{_checked_name(tag, 'tag')}"


def gate_key(tag: str) -> str:
    """Return the key that is there for as long as *tag*, a soft one, may not be invalidated again.

    Raises:
        InvalidKeyError: The tag isn't fit for a key.
    """
    return f"{NAMESPACE}merge:{_checked_name(tag, 'tag')}"


def writer_key(user_hash: str) -> str:
    """Return the key that is there for as long as whom *user_hash* names reads past the store.

    Raises:
        InvalidKeyError: It isn't a user hash.
    """
    return f"{NAMESPACE}writer:{_checked_hash(user_hash)}"


def value_key(name: str) -> str:
    """Return the key of an ordinary cached value, apart from entries and versions.

    Raises:
        InvalidKeyError: The name isn't fit for a key.
    """
    return f"{NAMESPACE}value:{_checked_name(name, 'cache key')}"


def identity_key(user_hash: str) -> str:
    """Return the key of what is known of who shows the credential that *user_hash* stands for.

    No search for entries finds it, since theirs begin with a slash.

    Raises:
        InvalidKeyError: It isn't a user hash.
    """
    return f"{NAMESPACE}identity:{_checked_hash(user_hash)}"


def lease_key(key: str) -> str:
    """Return the key that says who recomputes the entry at *key*."""
    return f"{NAMESPACE}lease:{key.removeprefix(NAMESPACE)}"


def bell_key(key: str) -> str:
    """Return the key of the stream that wakes who waits for the entry at *key*."""
    return f"{NAMESPACE}bell:{key.removeprefix(NAMESPACE)}"


@lru_cache(maxsize=8_192)
def prefixes(endpoint: str) -> tuple[str, ...]:
    """Return the tags of *endpoint* and of each path above it, the root first.

    Every entry depends on them, so that a whole subtree can be invalidated at the price of one tag.

    Raises:
        InvalidKeyError: The endpoint isn't fit for a key.
    """
    segments = [segment for segment in _checked_endpoint(endpoint).split("/") if segment]
    return ("path:/", *("path:/" + "/".join(segments[: depth + 1]) for depth in range(len(segments))))


def _checked_endpoint(endpoint: str) -> str:
    if len(endpoint) > MAX_ENDPOINT_CHARS:
        raise InvalidKeyError(f"An endpoint may have {MAX_ENDPOINT_CHARS} characters, not {len(endpoint)}.")
    if not _ENDPOINT.fullmatch(endpoint):
        raise InvalidKeyError(
            f"{endpoint!r} can't be an endpoint: it must begin with a slash, have no empty segment, and hold only "
            "printable ASCII without spaces, colons and the characters of globs."
        )
    return endpoint


def _checked_hash(user_hash: str) -> str:
    if not _USER_HASH.fullmatch(user_hash):
        raise InvalidKeyError("A user hash must be 32 hexadecimal digits, as user_hash() makes them.")
    return user_hash


def _checked_name(name: str, what: str) -> str:
    if not 0 < len(name) <= MAX_NAME_CHARS:
        raise InvalidKeyError(f"A {what} must have 1 to {MAX_NAME_CHARS} characters, not {len(name)}.")
    if not _NAME.fullmatch(name):
        raise InvalidKeyError(
            f"{name!r} can't be a {what}: it may hold only printable ASCII without spaces and the characters of globs."
        )
    return name


def _params_hash(params: Mapping[str, str | int]) -> str:
    try:
        canonical = urlencode(sorted(params.items()), safe="", quote_via=quote).encode()
    except UnicodeEncodeError as error:
        raise InvalidKeyError("A parameter can't be encoded as UTF-8; a lone surrogate is no character.") from error
    return blake2b(canonical, digest_size=_HASH_BYTES).hexdigest()
