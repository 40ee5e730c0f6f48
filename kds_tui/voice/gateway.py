"""The voice gateway on the hub's port: one address for orders and for speech."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Self

from aiohttp import web

from kds_tui.hub.server import HubServer
from voice_tui.core.menu import Menu
from voice_tui.gateway.offline import offline_gateway
from voice_tui.gateway.server import Gateway
from voice_tui.gateway.settings import GatewaySettings
from voice_tui.services.orders import OrderError, RestOrderDesk


def mount_voice(settings: GatewaySettings) -> Callable[[HubServer], HubVoice]:
    """Have a hub serve voice too.

    Args:
        settings: limits, deadlines, engine.

    Returns:
        What `HubServer` and `run_hub` take as `mount`.
    """
    return partial(HubVoice, settings=settings)


class HubVoice:
    """A gateway that takes its menu from the hub on which it is mounted.

    Args:
        hub: not started yet.
        settings: limits, deadlines, engine; `host` and `port` are the hub's.
    """

    def __init__(self, hub: HubServer, settings: GatewaySettings) -> None:
        self._hub = hub
        self._menu = _HubMenu(hub)
        own = settings.model_copy(update={"restaurant_id": hub.restaurant_id})
        self._gateway: Gateway = offline_gateway(own, self._menu, hub.knows)

    def routes(self) -> list[web.RouteDef]:
        """Tell what the hub is to serve for it."""
        return self._gateway.routes()

    async def start(self) -> None:
        """Begin; the hub listens already."""
        await self._menu.__aenter__()
        await self._gateway.start()

    async def stop(self) -> None:
        """End all sessions, tasks and timers."""
        await self._gateway.stop()
        await self._menu.__aexit__(None, None, None)


class _HubMenu:
    """The hub's live menu, asked for as any client asks."""

    def __init__(self, hub: HubServer) -> None:
        self._hub = hub
        self._desk: RestOrderDesk | None = None

    async def __aenter__(self) -> Self:
        shown = self._hub.certificate
        desk = RestOrderDesk(
            self._hub.url,
            self._hub.restaurant_id,
            lambda: self._hub.issue_token("kitchen"),
            shown.file if shown is not None else None,
        )
        self._desk = await desk.__aenter__()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._desk is not None:
            await self._desk.__aexit__(kind, error, trace)

    async def menu(self) -> Menu:
        """Ask for the menu.

        Raises:
            OrderError: it cannot be had.
        """
        if self._desk is None:
            raise OrderError("The hub does not listen yet.")
        return await self._desk.menu()
