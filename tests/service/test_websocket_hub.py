"""The link against the hub itself: its websocket, its journal, and the orders listed over REST."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import urlsplit

import pytest

from kds_tui.config.sections import LinkSettings
from kds_tui.core.frames import MenuChanged, OrderUpserted
from kds_tui.core.link import LinkState
from kds_tui.services.backend import Backend
from kds_tui.services.credentials import FixedToken
from kds_tui.services.link_setup import LinkSetup
from kds_tui.services.websocket import FEED
from tests.chaos.fault_proxy import FaultProxy
from tests.service.display_probe import DisplayProbe, eventually
from tests.service.hub_kitchen import kitchen

QUICK = LinkSettings(backoff_initial=0.01, backoff_cap=0.05)


@pytest.mark.usefixtures("released_link")
async def test_orders_come_once_over_a_line_that_breaks(tmp_path: Path) -> None:
    async with (
        kitchen(tmp_path) as hub,
        FaultProxy.before(urlsplit(hub.hub.url).port or 0) as proxy,
        Backend(proxy.url, FixedToken(hub.token)) as backend,
    ):
        waiting = await hub.order()
        setup = LinkSetup(proxy.url, QUICK, FixedToken(hub.token), backend)
        display = DisplayProbe(setup)
        assert (await display.service.connect(deadline=20)).state is LinkState.LIVE
        assert display.order_ids == {waiting["id"]}
        placed: list[str] = []
        for _ in range(10):
            placed.append((await hub.order())["id"])
            proxy.reset()
            placed.append((await hub.order())["id"])
            await eventually(lambda: display.state is not LinkState.LIVE)
            await display.service.connect()
        await eventually(lambda: display.order_ids == {waiting["id"], *placed})
        assert {display.times_told(order_id) for order_id in placed} == {1}
        report = display.service.get_status()
        assert (report["snapshots"], report["bad_frames"], report["server_errors"]) == (1, 0, 0)
        await display.service.close()


@pytest.mark.usefixtures("released_link")
async def test_a_token_that_is_not_the_hubs_fails_for_a_person_to_see(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as hub, Backend(hub.hub.url, FixedToken("no")) as backend:
        display = DisplayProbe(LinkSetup(hub.hub.url, QUICK, FixedToken("no"), backend))
        answer = await display.service.connect(deadline=20)
        assert answer.state is LinkState.FAILED
        assert "does not accept this display" in answer.reason


@pytest.mark.usefixtures("released_link")
async def test_a_display_whose_token_is_revoked_asks_for_a_person(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as hub:
        async with Backend(hub.hub.url, FixedToken("")) as stranger:
            token = (await stranger.login(hub.hub.first_run_pin or "")).reveal()
        async with Backend(hub.hub.url, FixedToken(token)) as backend:
            display = DisplayProbe(LinkSetup(hub.hub.url, QUICK, FixedToken(token), backend))
            assert (await display.service.connect(deadline=20)).state is LinkState.LIVE
            assert (await hub.ask("DELETE", "/auth/tokens"))[1] == {"revoked": 1}
            await eventually(lambda: display.state is LinkState.FAILED)
            await display.service.close()


@pytest.mark.usefixtures("released_link")
async def test_news_of_the_menu_come_down_in_their_place(tmp_path: Path) -> None:
    async with kitchen(tmp_path) as hub, Backend(hub.hub.url, FixedToken(hub.token)) as backend:
        display = DisplayProbe(LinkSetup(hub.hub.url, QUICK, FixedToken(hub.token), backend))
        assert (await display.service.connect(deadline=20)).state is LinkState.LIVE
        heard: list[object] = []
        display.service.subscribe(FEED, heard.append)
        path = "/menu/items/burger/availability"
        assert (await hub.ask("PUT", path, {"available": False}))[0] == 200
        placed = await hub.order()
        await eventually(lambda: placed["id"] in display.order_ids)
        assert [type(event) for event in heard] == [MenuChanged, OrderUpserted]
        report = display.service.get_status()
        assert (report["gaps"], report["snapshots"]) == (0, 1)
        await display.service.close()
