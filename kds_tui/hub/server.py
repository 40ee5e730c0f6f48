"""The hub as a whole: put together, started, stopped; alone as `kds-tui hub`, or embedded."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import sqlite3
import time
from collections.abc import Callable, Coroutine
from contextlib import AsyncExitStack, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Protocol, Self
from urllib.parse import urlsplit

from aiohttp import web

from kds_tui.core.clock import format_time
from kds_tui.hub import frames
from kds_tui.hub.answers import Handler, failures, guard
from kds_tui.hub.auth import Role, TokenMint
from kds_tui.hub.certificate import HubCertificate, certificate_of, server_context
from kds_tui.hub.closing import close_forgotten
from kds_tui.hub.console import leave_address, remove_address
from kds_tui.hub.cors import cors
from kds_tui.hub.errors import HubError, JournalUnavailable, disk_trouble
from kds_tui.hub.fanout import Fanout
from kds_tui.hub.gate import Gate
from kds_tui.hub.identity import Restaurant, load_or_make, pin_told
from kds_tui.hub.journal import Journal
from kds_tui.hub.ledger import Event
from kds_tui.hub.limiter import AttemptLimiter
from kds_tui.hub.menu import load_menu
from kds_tui.hub.names import OwnNames, is_loopback
from kds_tui.hub.open_files import allow_many
from kds_tui.hub.openapi import DescriptionRoutes
from kds_tui.hub.order_desk import OrderDesk
from kds_tui.hub.order_lines import Till
from kds_tui.hub.rest_auth import AuthRoutes
from kds_tui.hub.rest_commands import CommandRoutes
from kds_tui.hub.rest_health import HealthRoutes
from kds_tui.hub.rest_lines import LineRoutes
from kds_tui.hub.rest_menu import MenuRoutes
from kds_tui.hub.rest_metrics import MetricsRoutes
from kds_tui.hub.rest_orders import OrderRoutes
from kds_tui.hub.self_check import check_digest, digest_of
from kds_tui.hub.settings import HubSettings
from kds_tui.hub.system_log import is_system_log
from kds_tui.hub.tally import HubTally
from kds_tui.hub.tokens import TokenRegister
from kds_tui.hub.websocket import MAX_CONNECTIONS, WebsocketDoor
from kds_tui.process_figures import process_figures
from voice_tui.listening import CannotListen, listening
from voice_tui.pinning import in_groups
from voice_tui.service_manager import NotAlive
from voice_tui.serving.bad_requests import BadRequests
from voice_tui.serving.idle import KEEP_ALIVE, IdleWatch
from voice_tui.serving.process import run_server
from voice_tui.serving.request_limiter import RequestLimiter

if TYPE_CHECKING:
    from kds_tui.hub.metrics import HubFigures

logger = logging.getLogger("kds_tui.hub")

USUAL_URL: Final = "http://127.0.0.1:3001"
"""Where displays look for their server, unless told otherwise."""

HOUSEKEEPING_INTERVAL: Final = 3600.0
"""Seconds between two rounds of forgetting."""

TOKEN_INTERVAL: Final = 30.0
"""Seconds between two looks for tokens that have run out and for those that were used."""

_STDOUT: Final = 1
"""Its file descriptor."""

KEEP_EVENTS: Final = 5000
"""Events kept for displays that resume; they are replayed 200 at most."""

KEEP_ANSWERS: Final = 7 * 86_400.0
"""Seconds for which a request may be sent again: the longest that a terminal may be offline."""

SHUTDOWN_DEADLINE: Final = 0.5
"""Seconds that requests under way get at the end."""


class Mounted(Protocol):
    """Something more that a hub serves on its port, such as voice."""

    def routes(self) -> list[web.RouteDef]:
        """Tell which path is served by which method."""
        ...

    async def start(self) -> None:
        """Begin; the hub listens already."""
        ...

    async def stop(self) -> None:
        """End; the hub has stopped listening."""
        ...


class HubServer:
    """One hub: several may run in a process, each with its own folder and port.

    It installs no signal handlers and holds no global state. Use it as an async context manager,
    or call `start` and `stop`.

    Args:
        settings: where to listen, where to keep the data, the limits.
        mount: makes what else is served, once the restaurant is known.
    """

    def __init__(
        self, settings: HubSettings, mount: Callable[[HubServer], Mounted] | None = None
    ) -> None:
        self._settings = settings
        self._mount = mount
        self._gate: Gate | None = None
        self._exits = AsyncExitStack()
        self._restaurant: Restaurant | None = None
        self._tokens: TokenRegister | None = None
        self.fanout = Fanout(0)
        """All authenticated clients."""

        self.tally = HubTally()
        """What it counts."""

        self.limiter = AttemptLimiter()
        """Who tried PINs lately."""

        self.requests = RequestLimiter()
        """Who asked lately, and how much."""

        self._idle = IdleWatch()
        self._bad_requests = BadRequests()
        self.app: web.Application | None = None
        """What is served, once started."""

        self.journal = Journal(settings.data_dir, self._publish)
        """The hub's database."""

        self.url = ""
        """`http://127.0.0.1:PORT`, or https, once started."""

        self.certificate: HubCertificate | None = None
        """What it shows, once started; None without TLS."""

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def restaurant_id(self) -> str:
        """The restaurant's UUID, once started."""
        return self._known_restaurant().id

    @property
    def restaurant_name(self) -> str:
        """The restaurant's name, once started."""
        return self._known_restaurant().name

    @property
    def first_run_pin(self) -> str | None:
        """The PIN, in the run that made the restaurant; None ever after: only its hash is kept."""
        return self._known_restaurant().first_pin

    def knows(self, request: web.Request) -> bool:
        """Tell whether a request carries a token of this restaurant.

        Args:
            request: to whatever is served on the hub's port.
        """
        return self._gate is not None and self._gate.recognise(request) is not None

    async def issue_token(self, role: Role = "manager") -> str:
        """Issue a token without a PIN, for one who runs the hub in its own process.

        Args:
            role: what it may do; a `kitchen` token cannot place orders.

        Returns:
            A token as a PIN login gives it.
        """
        if self._tokens is None:
            raise HubError("the hub is not running")
        return self._tokens.issue_inside(role, time.time())

    async def start(self) -> None:
        """Open the database and listen.

        Raises:
            HubError: the port is taken, the menu is wrong, or the folder cannot be used.
        """
        try:
            await self._start()
        except BaseException as error:
            await self._exits.aclose()
            folder = self._settings.data_dir
            if isinstance(error, JournalUnavailable):
                raise HubError(f"{folder}: the database cannot be used: {error}") from error
            if isinstance(error, OSError):
                raise HubError(disk_trouble(error, folder)) from error
            raise

    async def stop(self) -> None:
        """Close every socket with 1001, finish what waits, and close the database."""
        await self._exits.aclose()

    async def housekeep(self) -> None:
        """Close what nobody closed, forget what nobody can need, and check the digest; done every
        hour by itself."""
        self.limiter.forget(time.monotonic())
        now = time.time()
        if after := self._settings.close_ready_hours * 3600:
            closed = await self.journal.run(lambda ledger: close_forgotten(ledger, now, after))
            if closed:
                logger.info("%d orders closed that stood ready for %g h", closed, after / 3600)
        pruned = await self.journal.run(
            lambda ledger: ledger.prune(
                keep_events=KEEP_EVENTS, answers_before=now - KEEP_ANSWERS, tokens_before=now
            )
        )
        agreed = await check_digest(self.journal, self.fanout)
        self.tally.digests_mended += not agreed
        logger.info(
            "housekeeping: %d rows pruned, digest %s", pruned, "right" if agreed else "mended"
        )

    async def prove_alive(self) -> str:
        """Commit something, for whoever watches whether the hub is alive.

        Returns:
            A line of status.

        Raises:
            NotAlive: the journal does not answer, or fails for another reason than a full disk.
        """
        status = f"{self.url}, {len(self.fanout.clients)} clients, event {self.fanout.head}"
        now = format_time(time.time())
        try:
            await self.journal.run(lambda ledger: ledger.keep_fact("alive_at", now))
        except JournalUnavailable as error:
            if not _disk_is_full(error):
                raise NotAlive(f"the journal does not commit: {error}") from error
            # A start needs the disk too: as it is, the displays have at least their boards.
            logger.error("the disk is full: no order can be taken")
            return f"the disk is full: no order can be taken; {status}"
        return status

    def _known_restaurant(self) -> Restaurant:
        if self._restaurant is None:
            raise HubError("the hub is not running")
        return self._restaurant

    def _publish(self, event: Event) -> None:
        self.tally.events += 1
        self.fanout.publish(event)

    async def _start(self) -> None:
        menu = load_menu(self._settings.menu)
        await self.journal.open()
        self._exits.push_async_callback(self.journal.close)
        self.fanout.head = self.journal.head
        self.fanout.open_orders = await self.journal.run(digest_of)
        name, digits = self._settings.restaurant_name, self._settings.pin_digits
        restaurant = await self.journal.run(lambda ledger: load_or_make(ledger, name, digits))
        mint = TokenMint(restaurant.secret, restaurant.id, self._settings.token_hours * 3600)
        self._restaurant = restaurant
        self._tokens = tokens = TokenRegister(mint, self.journal)
        await tokens.load()
        self._gate = gate = Gate(restaurant, tokens)
        door = WebsocketDoor(self._settings, restaurant, self.journal, self.fanout, tokens)
        tokens.on_revoked = door.end_token
        tax_rate = self._settings.tax_rate
        names = OwnNames(self._settings.host, self._settings.allowed_hosts)
        self.app = app = web.Application(
            client_max_size=self._settings.max_body,
            middlewares=[
                cors(self._settings.allowed_origins, names),
                failures,
                self._idle.middleware(),
                self._bad_requests.middleware(),
                guard(gate, self.requests),
            ],
        )
        started_at = format_time(time.time())
        desk = OrderDesk(self.journal, self.tally)
        for part in (
            OrderRoutes(restaurant, menu, tax_rate, desk, gate),
            CommandRoutes(desk, gate),
            LineRoutes(Till(menu, tax_rate), desk, gate),
            AuthRoutes(restaurant, self.journal, tokens, gate, self.limiter, door.token_ids),
            MenuRoutes(restaurant, menu, tax_rate, started_at, desk, gate),
            HealthRoutes(self.journal, self.fanout, door, self._figures),
            MetricsRoutes(lambda: self._metrics(door)),
            DescriptionRoutes(),
        ):
            app.add_routes(part.routes())
        mounted = self._mount(self) if self._mount is not None else None
        if mounted is not None:
            app.add_routes(mounted.routes())
            gate.guarded_elsewhere = frozenset(route.path for route in mounted.routes())
            self._exits.push_async_callback(mounted.stop)
        app.router.add_get("/{anything:.*}", _websocket_only(door.handle))

        async def end_all(_: web.Application) -> None:
            door.end_all()

        app.on_shutdown.append(end_all)
        await self._listen(app)
        folder = self._settings.data_dir
        self._exits.callback(remove_address, folder)
        leave_address(folder, self.url, tokens.issue_to_console(time.time()), self.certificate)
        if mounted is not None:
            await mounted.start()
        self._own(self._heartbeats(), "hub-heartbeats")
        self._own(self._housekeeping(), "hub-housekeeping")
        self._own(_write_down(tokens), "hub-tokens")
        if restaurant.first_pin is not None:
            await self.journal.run(pin_told)  # the greeting is all that is left to do

    async def _listen(self, app: web.Application) -> None:
        host, port = self._settings.host, self._settings.port
        runner = web.AppRunner(
            app,
            access_log=None,
            shutdown_timeout=SHUTDOWN_DEADLINE,
            keepalive_timeout=KEEP_ALIVE,
            logger=self._bad_requests,
        )
        await runner.setup()
        self._exits.push_async_callback(runner.cleanup)
        tls = None
        if self._settings.tls:
            self.certificate = await asyncio.to_thread(certificate_of, self._settings)
            tls = await asyncio.to_thread(server_context, self.certificate)
        try:
            listens = listening(runner, host, port, tls)
            self.url = await self._exits.enter_async_context(listens)
        except CannotListen as error:
            raise HubError(str(error)) from error
        server = runner.server
        assert server is not None, "set up above"
        self._own(self._idle.look_after(server), "hub-idle")
        logger.info("listening on %s", self.url)

    def _figures(self) -> dict[str, object]:
        """Tell what the guards hold, and what they turned away."""
        return {
            "limiter": {"clients": len(self.limiter), "blocked": self.limiter.blocked},
            "requests": {"clients": len(self.requests), "refused": self.requests.refused},
            "bad_requests": self._bad_requests.count,
            "idle_cut": self._idle.cut,
        }

    def _metrics(self, door: WebsocketDoor) -> HubFigures:
        from kds_tui.hub.metrics import HubFigures

        fanout = self.fanout
        return HubFigures(
            tally=self.tally,
            held=process_figures(),
            attempted=door.attempted,
            admitted=door.admitted,
            cut=door.cut,
            connections=len(door.connections),
            clients=len(fanout.clients),
            queued=fanout.queued,
            deepest=max((client.queue.qsize() for client in fanout.clients), default=0),
            pending=self.journal.pending,
            open_orders=fanout.open_orders.told().open_count,
            bad_frames=door.bad_frames,
            requests_refused=self.requests.refused,
        )

    def _own(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(_ended)

        async def end() -> None:
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

        self._exits.push_async_callback(end)

    async def _heartbeats(self) -> None:
        while True:
            await asyncio.sleep(self._settings.heartbeat_interval)
            now = format_time(time.time())
            head, board = self.fanout.head, self.fanout.open_orders.told()
            self.fanout.heartbeat(frames.heartbeat(self.journal.epoch, head, board, now))

    async def _housekeeping(self) -> None:
        while True:
            try:
                await self.housekeep()
            except JournalUnavailable as error:
                logger.error("housekeeping failed, next try in an hour: %s", error)
            await asyncio.sleep(HOUSEKEEPING_INTERVAL)


async def _write_down(tokens: TokenRegister) -> None:
    while True:
        await asyncio.sleep(TOKEN_INTERVAL)
        try:
            await tokens.write_down(time.time())
        except JournalUnavailable as error:
            logger.error("when tokens were used is not written down: %s", error)


def _ended(task: asyncio.Task[None]) -> None:
    if not task.cancelled() and (error := task.exception()) is not None:
        logger.critical("%s ended: start the hub again", task.get_name(), exc_info=error)


def _disk_is_full(error: JournalUnavailable) -> bool:
    # Not every error of sqlite3 has a code: those of the module itself have none.
    return getattr(error.__cause__, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL


def _websocket_only(handle: Handler) -> Handler:
    async def upgrade(request: web.Request) -> web.StreamResponse:
        if request.headers.get("Upgrade", "").casefold() != "websocket":
            raise web.HTTPNotFound
        return await handle(request)

    return upgrade


def run_hub(settings: HubSettings, mount: Callable[[HubServer], Mounted] | None = None) -> int:
    """Run a hub alone until SIGTERM, SIGINT or SIGHUP.

    Args:
        settings: where to listen, where to keep the data, the limits.
        mount: makes what else is served.

    Returns:
        An exit code: 0 after a clean end, 1 when it could not start or failed.
    """
    limit = allow_many()
    if limit < MAX_CONNECTIONS * 2:
        logger.warning("only %d open files are allowed: fewer terminals can connect", limit)
    hub = HubServer(settings, mount)
    greet = partial(_greeting, hub, settings)
    return run_server("kds-tui hub", hub, greet, hub.prove_alive, HubError)


def _greeting(hub: HubServer, settings: HubSettings) -> str:
    lines = [
        f"{hub.restaurant_name}: hub on {hub.url}",
        f"  restaurant id  {hub.restaurant_id}   (for other Restaurant OS clients)",
        f"  data           {settings.data_dir}",
    ]
    if hub.certificate is not None:
        first, second = in_groups(hub.certificate.fingerprint)
        lines.append(f"  certificate    {first}   (SHA-256: compare it at each display)")
        lines.append(f"                 {second}")
    if hub.first_run_pin is not None:
        shown = f"{hub.first_run_pin}   (shown this once: write it down)"
        if is_system_log(_STDOUT, os.environ):
            shown = "not shown, since this goes into the system's log: kds-tui hub pin sets one"
        lines.append(f"  PIN            {shown}")
    near = is_loopback(settings.host)
    reached = urlsplit(hub.url)
    url = hub.url
    if not near and (hub.certificate is not None or is_loopback(reached.hostname or "")):
        # Every address of this machine is listened on: the displays are elsewhere.
        url = f"{reached.scheme}://{socket.gethostname().casefold()}:{reached.port}"
    if hub.certificate is not None:
        lines.append(f"connect a display:  kds-tui enrol {url}   and then   kds-tui run")
        return "\n".join(lines)
    if not near:
        lines.append(
            "  warning: this address can be reached from other machines, and the hub speaks plain"
            " HTTP: everybody in this network can read PINs and orders. Add --tls."
        )
    # Without an option both commands go to the hub's usual address on this machine.
    here = f" --url {url}" if url != USUAL_URL else ""
    lines.append(f"connect a display:  kds-tui login{here}   and then   kds-tui run{here}")
    return "\n".join(lines)
