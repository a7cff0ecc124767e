"""The response fields that tell clients how much they have left (draft-ietf-httpapi-ratelimit-headers-10)."""

from collections.abc import Mapping, Sequence
from math import ceil
from typing import NamedTuple


class Usage(NamedTuple):
    """One limit, as far as the present request has used it up.

    *name* has no character that a quoted string would have to escape; *resets_at_s* is in seconds since 1970.
    """

    name: str
    quota: int
    window_s: int
    remaining: int
    resets_at_s: float

    def resets_in_s(self, now_s: float) -> int:
        """Return the whole seconds until the next window, at least 1: sooner than that there is no use in asking."""
        return max(1, ceil(self.resets_at_s - now_s))


def of(usages: Sequence[Usage], *, now_s: float) -> Mapping[str, str]:
    """Return the fields for *usages*; those with X- speak of the limit that is used up first."""
    if not usages:
        return {}
    tightest = min(usages, key=lambda usage: (usage.remaining, -usage.resets_at_s))
    return {
        "RateLimit-Policy": ", ".join(f'"{usage.name}";q={usage.quota};w={usage.window_s}' for usage in usages),
        "RateLimit": ", ".join(f'"{use.name}";r={use.remaining};t={use.resets_in_s(now_s)}' for use in usages),
        "X-RateLimit-Limit": str(tightest.quota),
        "X-RateLimit-Remaining": str(tightest.remaining),
        "X-RateLimit-Reset": str(ceil(tightest.resets_at_s)),
    }


def lines_of(usages: Sequence[Usage], *, now_s: float) -> bytes:
    """Return the fields for *usages*, of which there is one at least, as they go over the wire, each with its CRLF."""
    if len(usages) > 1:
        return "".join(f"{name}: {value}\r\n" for name, value in of(usages, now_s=now_s).items()).encode()
    (usage,) = usages  # of anybody's request: worded at a quarter of the price
    resets_at_s = ceil(usage.resets_at_s)
    return (
        f'RateLimit-Policy: "{usage.name}";q={usage.quota};w={usage.window_s}\r\n'
        f'RateLimit: "{usage.name}";r={usage.remaining};t={usage.resets_in_s(now_s)}\r\n'
        f"X-RateLimit-Limit: {usage.quota}\r\n"
        f"X-RateLimit-Remaining: {usage.remaining}\r\n"
        f"X-RateLimit-Reset: {resets_at_s}\r\n"
    ).encode()
