"""What a service manager such as systemd is told: ready, alive, stopping, and a line of status.

One datagram each to the socket of the environment variable NOTIFY_SOCKET, see sd_notify(3). Without
that variable nothing is told, and nothing else changes.
"""

from __future__ import annotations

import asyncio
import logging
import os
import socket
from collections.abc import Awaitable, Callable, Mapping
from typing import Final

MOST_LAG_S: Final = 2.0
"""Seconds by which the event loop may be late and still counts as alive."""

_PROOFS: Final = 4
"""How often a proof of life is tried within the time after which the manager acts: a slow disk or
one late turn of the event loop is no death."""

_LOOK_EVERY_S: Final = 1.0
"""How often the event loop is looked at when nobody asks for proofs."""

_log = logging.getLogger("voice_tui.service_manager")

ProofOfLife = Callable[[], Awaitable[str]]
"""Does what a living server can do, and returns a line of status; raises `NotAlive`."""


class NotAlive(Exception):
    """The server does not do what it is there for; the text says what."""


class ServiceManager:
    """The process's service manager, if it has one.

    Args:
        environ: the process environment.
    """

    def __init__(self, environ: Mapping[str, str] | None = None) -> None:
        environ = os.environ if environ is None else environ
        self._address = _address(environ.get("NOTIFY_SOCKET", ""))
        self.watchdog_s = _watchdog_s(environ) if self._address else 0.0
        """Seconds of silence after which it takes this process for dead; 0 when it does not."""

    def ready(self, status: str) -> None:
        """Tell that it is served from now on.

        Args:
            status: a line for `systemctl status`.
        """
        self._tell("READY=1", _status(status))

    def stopping(self, status: str) -> None:
        """Tell that it ends.

        Args:
            status: a line for `systemctl status`.
        """
        self._tell("STOPPING=1", _status(status))

    async def prove_alive(self, proof: ProofOfLife) -> None:
        """Tell that the process is alive, again and again, for as long as it is.

        Without a manager that asks for it, it only looks whether the event loop stood still, and
        has the log tell for how long.

        Args:
            proof: asked before each time. What it does not answer in time is not told, and the
                manager starts the process again.
        """
        loop, pause = asyncio.get_running_loop(), self.watchdog_s / _PROOFS or _LOOK_EVERY_S
        while True:
            due = loop.time() + pause
            await asyncio.sleep(pause)
            lag = loop.time() - due
            if lag > MOST_LAG_S:
                _log.error("the event loop stood still for %.1f s", lag)
                continue
            if not self.watchdog_s:
                continue
            try:
                async with asyncio.timeout(pause):
                    status = await proof()
            except (NotAlive, TimeoutError) as error:
                reason = str(error) or f"no answer in {pause:g} s"
                _log.error("no proof of life: %s", reason)
                self._tell(_status(f"in trouble: {reason}"))
            else:
                self._tell("WATCHDOG=1", _status(status))

    def _tell(self, *words: str) -> None:
        if not self._address:
            return
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_NONBLOCK) as own:
                own.sendto("\n".join(words).encode(), self._address)
        except OSError as error:  # it is not worth an end, and silence has its own consequence
            _log.warning("the service manager takes nothing: %s", error)


def _address(given: str) -> str:
    if given.startswith("@"):  # in the abstract namespace of Linux
        return "\0" + given[1:]
    if given.startswith("/"):
        return given
    if given:
        _log.warning("NOTIFY_SOCKET %r is not understood", given)
    return ""


def _watchdog_s(environ: Mapping[str, str]) -> float:
    if environ.get("WATCHDOG_PID", str(os.getpid())) != str(os.getpid()):
        return 0.0  # meant for the process that started this one
    try:
        return max(0, int(environ.get("WATCHDOG_USEC", "0"))) / 1_000_000
    except ValueError:
        _log.warning("WATCHDOG_USEC %r is no number", environ["WATCHDOG_USEC"])
        return 0.0


def _status(words: str) -> str:
    return "STATUS=" + " ".join(words.split())
