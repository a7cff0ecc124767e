"""What stands for somebody in the name of a counter."""

import hashlib
from ipaddress import IPv6Address, ip_address
from typing import Final

IPV6_PREFIX_BITS: Final = 64
NOWHERE: Final = "local"


def of_address(address: str | None) -> str:
    """Return what requests from *address* are counted under; None is a socket that has none.

    Whoever has one IPv6 address has the whole /64 that it is in (RFC 6177), and would never use up a quota by address.
    """
    try:
        parsed = ip_address(address or "")
    except ValueError:
        return NOWHERE
    if not isinstance(parsed, IPv6Address):
        return str(parsed)
    if parsed.ipv4_mapped is not None:
        return str(parsed.ipv4_mapped)
    bits = IPV6_PREFIX_BITS
    return f"{IPv6Address(int(parsed) >> bits << bits)}/{bits}"


def of_login(login: str) -> str:
    """Return what tries to log in as *login* are counted under: nothing that tells the name or address in Redis."""
    return hashlib.blake2b(login.strip().lower().encode("utf-8", "replace"), digest_size=16).hexdigest()
