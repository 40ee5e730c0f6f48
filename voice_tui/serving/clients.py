"""Who a client is, for everything that is counted or limited: one end user, not one address."""

from __future__ import annotations

import ipaddress
from typing import Final

THIS_MACHINE: Final = "this machine"
"""All programs beside the hub, and all terminals behind a proxy on its machine."""


def client_of(address: str | None) -> str:
    """Name the client behind an address.

    Args:
        address: of its end of the connection; None when there is none any more.

    Returns:
        The address, or its first 64 bits when it is IPv6: those are one household's, and anybody
        there has 2^64 addresses to come from.
    """
    try:
        parsed = ipaddress.ip_address((address or "").partition("%")[0])
    except ValueError:
        return "unknown"
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is None:
            if parsed.is_loopback:
                return THIS_MACHINE
            return str(ipaddress.ip_network((parsed, 64), strict=False))
        parsed = parsed.ipv4_mapped
    return THIS_MACHINE if parsed.is_loopback else str(parsed)
