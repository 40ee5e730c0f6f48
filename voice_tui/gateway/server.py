"""The gateway as a whole: mounted on the hub's port, or alone as `voice-tui gateway`."""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack, suppress
from typing import Final, Self

from aiohttp import web
from aiohttp.typedefs import Middleware

from voice_tui.core.request_error import RequestError
from voice_tui.core.session_object import JsonObject
from voice_tui.gateway.access import Authorise
from voice_tui.gateway.dialogue import InterpreterSource
from voice_tui.gateway.faults import Faults
from voice_tui.gateway.kitchen import Kitchen, MenuSource
from voice_tui.gateway.order_taker import OrderTaker
from voice_tui.gateway.recognisers.port import Recogniser
from voice_tui.gateway.requests import MAX_BODY
from voice_tui.gateway.routes import VoiceRoutes
from voice_tui.gateway.session import VoiceSession
from voice_tui.gateway.sessions import Sessions
from voice_tui.gateway.settings import GatewaySettings
from voice_tui.gateway.tokens import TokenStore
from voice_tui.listening import CannotListen, listening
from voice_tui.serving.bad_requests import BadRequests
from voice_tui.serving.clients import address_of, client_of
from voice_tui.serving.idle import KEEP_ALIVE, IdleWatch
from voice_tui.serving.process import run_server
from voice_tui.serving.request_limiter import RequestLimiter

logger = logging.getLogger("voice_tui.gateway")

SHUTDOWN_DEADLINE: Final = 0.5
"""Seconds that requests under way get at the end."""


class GatewayError(Exception):
    """The gateway cannot start; the text says why."""


class Gateway:
    """Everything but the port: add `routes` to an application, then `start`, in the end `stop`.

    Several may run in a process. It installs no signal handlers and holds no global state.

    Args:
        settings: limits and deadlines; `host` and `port` are for `GatewayServer`.
        recogniser: turns sound into text.
        menu: what can be ordered.
        interpreter: begins the understanding of one conversation.
        authorise: knows the tokens of clients on other machines; None lets in none of them.
        faults: ways to misbehave, for tests of clients.
    """

    def __init__(
        self,
        settings: GatewaySettings,
        recogniser: Recogniser,
        menu: MenuSource,
        interpreter: InterpreterSource = OrderTaker,
        authorise: Authorise | None = None,
        faults: Faults | None = None,
    ) -> None:
        self._settings = settings
        self._interpreter = interpreter
        self._faults = faults
        self._kitchen = Kitchen(menu, recogniser, settings.max_sessions + 1)
        self._tokens = TokenStore(settings.token_lifetime, time.monotonic)
        self._sessions = Sessions(settings, self._make_session)
        self._rest = VoiceRoutes(settings, self._kitchen, self._tokens, self._sessions, authorise)

    @property
    def session_count(self) -> int:
        """How many conversations are going on."""
        return len(self._sessions)

    def routes(self) -> list[web.RouteDef]:
        """Return what to add to an application."""
        return self._rest.routes()

    async def start(self) -> None:
        """Begin to look at the menu, to make the recogniser ready and to sweep."""
        self._kitchen.start()
        self._sessions.start()

    async def stop(self) -> None:
        """End all sessions, tasks and timers."""
        await self._sessions.close()
        await self._kitchen.close()

    def _make_session(self, session: JsonObject) -> VoiceSession:
        interpreter = self._interpreter(lambda: self._kitchen.menu)
        return VoiceSession(self._settings, session, self._kitchen, interpreter, self._faults)


class GatewayServer:
    """A gateway with a port of its own.

    Use it as an async context manager, or call `start` and `stop`.

    Args:
        settings: where to listen.
        gateway: what answers.
    """

    def __init__(self, settings: GatewaySettings, gateway: Gateway) -> None:
        self._settings = settings
        self._gateway = gateway
        self._exits = AsyncExitStack()
        self.url = ""
        """`http://127.0.0.1:PORT`, once started."""

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    async def start(self) -> None:
        """Listen.

        Raises:
            GatewayError: the port is taken, or the address is not this machine's.
        """
        try:
            await self._gateway.start()
            self._exits.push_async_callback(self._gateway.stop)
            await self._listen()
        except BaseException:
            await self._exits.aclose()
            raise

    async def stop(self) -> None:
        """End everything."""
        await self._exits.aclose()

    async def prove_alive(self) -> str:
        """Answer whoever watches whether the gateway is alive.

        Returns:
            A line of status.
        """
        return f"{self.url}, {self._gateway.session_count} conversations"

    async def _listen(self) -> None:
        idle, bad_requests = IdleWatch(), BadRequests()
        app = web.Application(
            client_max_size=MAX_BODY,
            middlewares=[
                idle.middleware(),
                bad_requests.middleware(),
                _limited(RequestLimiter()),
            ],
        )
        app.add_routes(self._gateway.routes())
        runner = web.AppRunner(
            app,
            access_log=None,
            shutdown_timeout=SHUTDOWN_DEADLINE,
            keepalive_timeout=KEEP_ALIVE,
            logger=bad_requests,
        )
        await runner.setup()
        self._exits.push_async_callback(runner.cleanup)
        server = runner.server
        assert server is not None, "set up above"
        watch = asyncio.create_task(idle.look_after(server), name="gateway-idle")
        self._exits.push_async_callback(_end, watch)
        host, port = self._settings.host, self._settings.port
        try:
            self.url = await self._exits.enter_async_context(listening(runner, host, port))
        except CannotListen as error:
            raise GatewayError(str(error)) from error
        logger.info("listening on %s", self.url)


def _limited(limiter: RequestLimiter) -> Middleware:
    @web.middleware
    async def limited(
        request: web.Request, handler: Callable[[web.Request], Awaitable[web.StreamResponse]]
    ) -> web.StreamResponse:
        wait = math.ceil(limiter.wait(client_of(address_of(request)), time.monotonic()))
        if wait:
            error = RequestError("rate_limit_exceeded", f"Too many requests: wait {wait} s.")
            headers = {"Retry-After": str(wait)}
            return web.json_response({"error": error.as_json()}, status=429, headers=headers)
        return await handler(request)

    return limited


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def run_gateway(server: GatewayServer) -> int:
    """Run a gateway alone until SIGTERM, SIGINT or SIGHUP.

    Args:
        server: not started yet.

    Returns:
        An exit code: 0 after a clean end, 1 when it could not start or failed.
    """
    return run_server(
        "voice-tui gateway",
        server,
        lambda: f"voice gateway on {server.url}",
        server.prove_alive,
        GatewayError,
    )
