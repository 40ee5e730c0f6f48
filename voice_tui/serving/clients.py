"""Who a client is, for everything that is counted or limited: one end user, not one address."""

from __future__ import annotations

import ipaddress
from typing import Final

from aiohttp import web

THIS_MACHINE: Final = "this machine"
"""All programs beside the hub, and all terminals behind a proxy on its machine that does not say
for whom it asks."""

_UNKNOWN: Final = "unknown"


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
        return _UNKNOWN
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is None:
            if parsed.is_loopback:
                return THIS_MACHINE
            return str(ipaddress.ip_network((parsed, 64), strict=False))
        parsed = parsed.ipv4_mapped
    return THIS_MACHINE if parsed.is_loopback else str(parsed)


def address_of(request: web.Request) -> str | None:
    """Tell from where a request comes: through a proxy on this machine, from where it says.

    Such a proxy writes the address at the end of `X-Forwarded-For`; what stands before, anybody may
    have written. A header that comes from another machine says nothing.

    Args:
        request: any.

    Returns:
        An address for `client_of`; None when the connection is gone.
    """
    if client_of(request.remote) != THIS_MACHINE:
        return request.remote
    last = request.headers.getall("X-Forwarded-For", [""])[-1].rpartition(",")[2]
    told = last.partition("%")[0].strip()
    return request.remote if client_of(told) == _UNKNOWN else told
