"""A server that has a process to itself, from the first signal handler to the exit code."""

from __future__ import annotations

import asyncio
import faulthandler
import logging
import os
import signal
import time
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager
from typing import Final

from voice_tui import exit_codes
from voice_tui.leaving import leave_in_time
from voice_tui.say import say
from voice_tui.service_manager import ProofOfLife, ServiceManager
from voice_tui.serving.no_room import NoRoom
from voice_tui.signal_watch import SignalWatch

_log = logging.getLogger("voice_tui.serving")

_STDERR: Final = 2


def run_server(
    name: str,
    server: AbstractAsyncContextManager[object],
    greet: Callable[[], str],
    proof: ProofOfLife,
    expected: type[Exception],
) -> int:
    """Serve until SIGTERM, SIGINT or SIGHUP; a second signal, or 8 s, ends it by force.

    A service manager is told when it serves, that it lives, and when it stops.

    Args:
        name: of the program, for the person and the log.
        server: serves while it is entered.
        greet: called once it serves; its words go to standard output, the first line to the
            service manager.
        proof: does what a living server can do.
        expected: what entering it raises when it cannot start: told in its own words.

    Returns:
        An exit code: 0 after a clean end, 1 when it could not start or failed.
    """
    faulthandler.enable(file=_STDERR)  # systemd's watchdog sends SIGABRT: where was it?
    run = _Run(name, server, greet, proof)
    with SignalWatch(run.ask, _force) as watch:
        try:
            asyncio.run(run.until_told())
        except expected as error:
            say(f"{name}: {error}", err=True)
            return exit_codes.FAILED
        except Exception as error:  # noqa: BLE001 - the outermost boundary: logged, told, code 1
            _log.critical("%s crashed", name, exc_info=True)
            say(f"{name}: ended by an error ({type(error).__name__}), see its log", err=True)
            return exit_codes.FAILED
    took = time.monotonic() - (watch.ending_since or time.monotonic())
    _log.info("%s ended, which took %.2f s", name, took)
    say(f"{name} stopped")
    leave_in_time(exit_codes.OK)
    return exit_codes.OK


class _Run:
    """The time between start and end of a server."""

    def __init__(
        self,
        name: str,
        server: AbstractAsyncContextManager[object],
        greet: Callable[[], str],
        proof: ProofOfLife,
    ) -> None:
        self._name = name
        self._server = server
        self._greet = greet
        self._proof = proof
        self._loop: asyncio.AbstractEventLoop | None = None
        self._told = asyncio.Event()

    def ask(self, number: int) -> bool:
        """Ask it to end, from a thread; False when it has not begun or is over."""
        if self._loop is None or self._loop.is_closed():
            return False
        _log.info("ending: %s", signal.Signals(number).name)
        self._loop.call_soon_threadsafe(self._told.set)
        return True

    async def until_told(self) -> None:
        """Serve until told to end."""
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(NoRoom())
        manager = ServiceManager()
        async with self._server:
            greeting = self._greet()
            say(greeting)
            manager.ready(greeting.partition("\n")[0])
            async with asyncio.TaskGroup() as tasks:
                alive = tasks.create_task(manager.prove_alive(self._proof), name="proof of life")
                await self._told.wait()
                alive.cancel()
            manager.stopping(f"{self._name} stops")


def _force(number: int) -> None:
    # By hand: whoever hangs may hold the lock of the log.
    os.write(_STDERR, b"ended by force; this is where it was:\n")
    faulthandler.dump_traceback(file=_STDERR, all_threads=True)
    os._exit(128 + number if number else exit_codes.FAILED)
