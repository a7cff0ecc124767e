"""Paths and globs, as operators write them, against the endpoints that are cached."""

import re
from collections.abc import Iterable
from typing import Final

from dealradar.cache import InvalidKeyError, prefixes
from dealradar.cache.keys import version_key
from dealradar.httpcache import policies
from dealradar.httpcache.policies import POLICIES, Policy, Sharing

MAX_PATTERN_CHARS: Final = 250
MAX_STARS: Final = 4
"""A matcher of globs goes back to each star; with many of them, one key takes it seconds."""

_ALLOWED: Final = re.compile(r"[/*][A-Za-z0-9._~%!$&'()+,;=@\-/:*?\[\]^]*")
_SET: Final = re.compile(r"\[\^?[^\[\]]+\]")
_FIRST_GLOB: Final = re.compile(r"[*?\[]")
_ID: Final = re.compile(r"[1-9]\d*")


def check_tag(tag: str) -> str:
    """Return *tag*.

    Raises:
        ValueError: No entry can depend on it.
    """
    try:
        version_key(tag)
    except InvalidKeyError as error:
        raise ValueError(str(error)) from None
    return tag


def check_path(path: str) -> str:
    """Return *path*, the one below ``/api`` of a cached endpoint.

    Raises:
        ValueError: It isn't one.
    """
    policy_of(path)
    return path


def check_public(path: str) -> str:
    """Return *path*, which may have a query, if what it answers is the same for everybody.

    Raises:
        ValueError: It isn't the path of a cached endpoint, or what is cached there is one person's.
    """
    if policy_of(path.partition("?")[0]).sharing is not Sharing.PUBLIC:
        raise ValueError(f"{path!r} answers each caller differently and can't be warmed")
    return path


def check_endpoint(endpoint: str) -> str:
    """Return *endpoint*, the rule below ``/api`` of one that is cached.

    Raises:
        ValueError: It isn't one.
    """
    if policies.find(endpoint) is None:
        known = ", ".join(policy.endpoint for policy in POLICIES)
        raise ValueError(f"must be one of those that are cached: {known}")
    return endpoint


def check_pattern(pattern: str) -> str:
    """Return *pattern*.

    Raises:
        ValueError: It isn't a glob over keys, would cost too much, or matches nothing that is cached.
    """
    tags_of_pattern(pattern)
    return pattern


def policy_of(path: str) -> Policy:
    """Return the policy of the endpoint at *path*.

    Raises:
        ValueError: There is none.
    """
    segments = path.split("/")[1:] if path.startswith("/") else []
    for policy in POLICIES:
        wanted = _segments(policy)
        if len(wanted) == len(segments) and all(map(_admits, wanted, segments)):
            _tag_of(path)
            return policy
    raise ValueError(f"{path!r} is not the path of a cached endpoint; write it as below /api, such as /reviews/deal/1")


def tag_of_path(path: str) -> str:
    """Return the tag that all variants of *path*, and what is below it, depend on."""
    return _tag_of(path)


def tag_of_endpoint(endpoint: str) -> str:
    """Return a tag that all entries of *endpoint*, a rule, depend on: that of its path up to the first id."""
    return _tag_of(endpoint.partition("/<")[0])


def tags_of_pattern(pattern: str) -> tuple[str, ...]:
    """Return tags such that every entry whose key *pattern* matches depends on one of them.

    They stand for the paths that begin as the pattern does up to its first wildcard: some entries more than it
    matches, so that invalidating them is never too little, and needs no look at any key.

    Raises:
        ValueError: See `check_pattern`.
    """
    _check_form(pattern)
    literal = _FIRST_GLOB.split(pattern, maxsplit=1)[0]
    path, colon, _ = literal.partition(":")
    if colon:
        policy_of(path)
        return (_tag_of(path),)
    *whole, begun = path.split("/")[1:] or [""]
    tags = {tag for policy in POLICIES if (tag := _covering(_segments(policy), whole, begun)) is not None}
    if not tags:
        raise ValueError(f"{pattern!r} matches nothing that is cached: no cached path begins with {literal!r}")
    return tuple(sorted(tag for tag in tags if not any(_is_above(other, tag) for other in tags)))


def _check_form(pattern: str) -> None:
    if not 1 <= len(pattern) <= MAX_PATTERN_CHARS:
        raise ValueError(f"a pattern must have 1 to {MAX_PATTERN_CHARS} characters, not {len(pattern)}")
    if not _ALLOWED.fullmatch(pattern) or "[" in (rest := _SET.sub("", pattern)) or "]" in rest:
        raise ValueError(
            f"{pattern!r} must begin with / or *, hold only what paths do and the wildcards * ? [abc] [^abc], "
            "and close its brackets"
        )
    if pattern.count("*") > MAX_STARS:
        raise ValueError(f"a pattern may have {MAX_STARS} stars, not {pattern.count('*')}")
    if not _FIRST_GLOB.search(pattern) and ":" not in pattern:
        raise ValueError(f"{pattern!r} without a wildcard matches no key; give it as a path, or as {pattern}:*")


def _covering(wanted: list[str], whole: Iterable[str], begun: str) -> str | None:
    """Return the tag of what is common to an endpoint and a pattern's beginning, None if they have nothing in common.

    *whole* are the segments that are complete before the first wildcard, *begun* is how the next one begins.
    """
    given = list(whole)
    if len(wanted) <= len(given) or not all(map(_admits, wanted, given)):
        return None
    following = wanted[len(given)]
    if begun and following.startswith("<int:") and not _ID.fullmatch(begun):
        return None
    if begun and not following.startswith("<"):
        return _tag_of("/" + "/".join([*given, following])) if following.startswith(begun) else None
    return _tag_of("/" + "/".join(given))


def _segments(policy: Policy) -> list[str]:
    return policy.endpoint.split("/")[1:]


def _admits(wanted: str, given: str) -> bool:
    if wanted.startswith("<int:"):
        return _ID.fullmatch(given) is not None
    return bool(given) if wanted.startswith("<") else wanted == given


def _tag_of(path: str) -> str:
    try:
        return prefixes(path)[-1]
    except InvalidKeyError as error:
        raise ValueError(str(error)) from None


def _is_above(tag: str, other: str) -> bool:
    return tag != other and other.startswith(tag.rstrip("/") + "/")
