"""Whose request it is, and how it was asked for, as far as the proxies tell that the operator trusts (ADR 0040)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Final

Network = IPv4Network | IPv6Network
Address = IPv4Address | IPv6Address

SCHEMES: Final = frozenset({"http", "https"})
MAX_HOPS: Final = 16
"""More proxies than that stand before nobody, and no client has us read a longer list."""
_SOCKET: Final = IPv4Address("127.0.0.1")
_BRACKETED: Final = re.compile(r"\[([^\]]*)\](?::\d{1,5})?")
_WITH_PORT: Final = re.compile(r"([^:]*):\d{1,5}")
_HOST: Final = re.compile(r"(?:[A-Za-z0-9._-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?")


@dataclass(frozen=True)
class Told:
    """What a request says of where it comes from: X-Forwarded-For, -Proto and -Host, lines joined by commas."""

    addresses: str = ""
    scheme: str = ""
    host: str = ""


@dataclass(frozen=True)
class Origin:
    """Where a request comes from.

    Attributes:
        address: The client's, in its shortest form; "" where there is none, or none that can be relied upon.
        scheme: What the client asked with, None where no trusted proxy says so.
        host: What the client asked, likewise.
    """

    address: str
    scheme: str | None = None
    host: str | None = None


def of(peer: str, told: Told, trusted: Sequence[Network]) -> Origin:
    """Return the origin of a request that *peer* sent; *told* counts only where *peer* is in a *trusted* network.

    The addresses are read from the right, where each proxy adds the one that it was called from, past trusted ones; the
    first other is the client's. What stands left of it the client may have made up. A Unix socket, whose *peer* is "",
    is as trusted as 127.0.0.1.
    """
    address = parse(peer)
    if not _is_trusted(_SOCKET if peer == "" else address, trusted):
        return Origin(str(address or ""))
    scheme, host = _last(told.scheme).lower(), _last(told.host)
    return Origin(
        _walk(address, told.addresses, trusted),
        scheme if scheme in SCHEMES else None,
        host if _HOST.fullmatch(host) else None,
    )


def parse(text: str) -> Address | None:
    """Return the address that *text* is, with or without port and brackets; None where it is none.

    An IPv4 address in the clothes of IPv6 (RFC 4291 §2.5.5.2) is returned as what it is.
    """
    inner = _BRACKETED.fullmatch(text) or _WITH_PORT.fullmatch(text)
    try:
        address = ip_address(inner[1] if inner else text)
    except ValueError:
        return None
    return (address.ipv4_mapped or address) if isinstance(address, IPv6Address) else address


def _walk(peer: Address | None, addresses: str, trusted: Sequence[Network]) -> str:
    """Return the nearest address that isn't a trusted proxy's, or the farthest of theirs if all are."""
    if not addresses.strip():
        return str(peer or "")
    entries = [entry.strip() for entry in addresses.rsplit(",", MAX_HOPS)]
    nearest_first = [parse(entry) for entry in reversed(entries)]
    client = next((address for address in nearest_first if not _is_trusted(address, trusted)), nearest_first[-1])
    return str(client or "")


def _is_trusted(address: Address | None, trusted: Sequence[Network]) -> bool:
    return address is not None and any(address in network for network in trusted)


def _last(values: str) -> str:
    """Return what the nearest proxy said; those before it may have passed on what the client made up."""
    return values.rpartition(",")[2].strip()
