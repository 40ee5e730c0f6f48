"""Addresses of servers in the settings: whether anybody can be reached there at all.

The libraries find out only when they connect, and each raises something else.
"""

from __future__ import annotations

from urllib.parse import urlsplit


def host_and_port_checked(url: str) -> str:
    """Check host and port of an address.

    Args:
        url: any, or empty.

    Returns:
        It.

    Raises:
        ValueError: a port that is no number or too large, a host name that no name server takes.
    """
    parts = urlsplit(url)
    try:
        _ = parts.port
    except ValueError:
        raise ValueError("should have a port from 1 to 65535") from None
    try:
        (parts.hostname or "").encode("idna")
    except UnicodeError:
        raise ValueError("should have a host name such as hub.local, or an address") from None
    return url
