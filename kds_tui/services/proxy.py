"""Which proxy leads to a server: none on this machine and in private networks."""

from __future__ import annotations

from ipaddress import ip_address
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass


def proxy_for(url: str, setting: str) -> str | None:
    """Find the way to a server.

    A kitchen's hub stands in the same room: a proxy set for browsing must not be asked for it.

    Args:
        url: the server's address, http, https, ws or wss.
        setting: `auto` (direct for this machine and private addresses, else the environment's
            proxy), `none`, or the address of a proxy.

    Returns:
        The address of the proxy, or None to connect directly.
    """
    if setting == "none":
        return None
    if setting != "auto":
        return setting
    parts = urlsplit(url)
    host = parts.hostname or ""
    if _is_near(host) or proxy_bypass(host):
        return None
    scheme = {"ws": "http", "wss": "https"}.get(parts.scheme, parts.scheme)
    return getproxies().get(scheme)


def named(proxy: str | None) -> str:
    """Name a proxy in a sentence about what did not work: an address without name and password.

    Args:
        proxy: its address, None for a direct connection.

    Returns:
        Words that follow the server's address; empty for a direct connection.
    """
    if proxy is None:
        return ""
    # By hand: it may be no address at all, and must not be told with its password.
    place = proxy.rpartition("@")[2].rpartition("//")[2].rstrip("/")
    return f" through the proxy {place} ([server] proxy)"


def _is_near(host: str) -> bool:
    try:
        address = ip_address(host)
    except ValueError:
        return host == "localhost" or host.endswith((".localhost", ".local"))
    return address.is_private or address.is_loopback or address.is_link_local
