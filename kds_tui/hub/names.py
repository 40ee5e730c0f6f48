"""Which names a request may call the hub by.

A page of a foreign site can have its own name resolve to 127.0.0.1 (DNS rebinding). Its requests
then reach a hub that listens on this machine only, as if they came from a page of the hub itself.
What the page cannot do is to send another `Host` than its own name. An address is not a name: it
cannot be made to resolve to something else.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from urllib.parse import urlsplit


class OwnNames:
    """The names of one hub.

    Args:
        bound: the address that it listens on.
        more: names by which a proxy or a name server makes it known.
    """

    def __init__(self, bound: str, more: Iterable[str] = ()) -> None:
        self._local = is_loopback(bound)
        self._names = {"localhost", *(name.casefold() for name in more)}
        if not self._local:
            own = socket.gethostname().casefold()
            self._names |= {bound.casefold(), own, f"{own.partition('.')[0]}.local"}

    def admits(self, host: str) -> bool:
        """Tell whether a request may come in by its `Host` header.

        Where other machines may connect, a name server may call the hub anything, and what a
        browser may do is decided by its `Origin`.
        """
        return not self._local or self.knows(host)

    def knows(self, host: str) -> bool:
        """Tell whether a `Host` header, or the host and port of an origin, is the hub's own."""
        name = _name_in(host)
        if name in self._names:
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            return False
        return address.is_loopback or not self._local


def is_loopback(host: str) -> bool:
    """Tell whether an address can be reached from its own machine only.

    Args:
        host: an address or a name.
    """
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return host.casefold() == "localhost"


def _name_in(host: str) -> str:
    try:
        return (urlsplit(f"//{host}").hostname or "").casefold().rstrip(".")
    except ValueError:
        return ""
