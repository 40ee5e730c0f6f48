"""The doctor against a real hub: what it finds in order, and what it finds wrong."""

from __future__ import annotations

import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from kds_tui.config.sections import LinkSettings, ServerSettings
from kds_tui.core.board_check import BoardCheck
from kds_tui.services.backend import Backend
from kds_tui.services.backend_errors import BadAnswer
from kds_tui.services.credentials import FixedToken, Token, store_token
from kds_tui.services.doctor import examine
from kds_tui.services.link_connection import LinkConnection
from kds_tui.services.link_setup import LinkSetup
from tests.service.hub_kitchen import kitchen
from voice_tui.check import Check


async def found(settings: ServerSettings, wall: float = 0.0) -> dict[str, Check]:
    checks = [check async for check in examine(settings, lambda: time.time() + wall)]
    return {check.name: check for check in checks}


async def test_all_is_well_with_a_hub(tmp_path: Path) -> None:
    async with kitchen(tmp_path / "hub") as hub:
        store_token(tmp_path / "token", Token(hub.token))
        server = ServerSettings(url=hub.hub.url, token_file=tmp_path / "token")
        checks = await found(server)
        assert list(checks) == ["token", "server", "sign-in", "clock", "hub"]
        assert [check.line for check in checks.values() if not check.good] == []
        assert "manager" in checks["token"].text
        assert "resume" in checks["server"].text
        assert "(limit 1 GB)" in checks["hub"].text
        assert hub.token not in "".join(check.text for check in checks.values())


async def test_what_is_wrong_is_said_with_what_to_do(tmp_path: Path) -> None:
    async with kitchen(tmp_path / "hub") as hub:
        server = ServerSettings(url=hub.hub.url, token_file=tmp_path / "token")
        checks = await found(server)
        assert not checks["token"].good
        assert "kds-tui login" in checks["token"].text
        assert checks["server"].good
        assert not checks["sign-in"].good

        store_token(tmp_path / "token", Token("a.b.c"))
        checks = await found(server)
        assert checks["token"].good
        assert not checks["sign-in"].good
        assert "Run: kds-tui login" in checks["sign-in"].text


async def test_a_clock_that_is_wrong_is_found(tmp_path: Path) -> None:
    async with kitchen(tmp_path / "hub") as hub:
        store_token(tmp_path / "token", Token(hub.token))
        server = ServerSettings(url=hub.hub.url, token_file=tmp_path / "token")
        ahead = (await found(server, wall=3600))["clock"]
        assert not ahead.good
        assert "3600 s ahead of" in ahead.text
        behind = (await found(server, wall=-3600))["clock"]
        assert "3600 s behind" in behind.text


async def test_a_token_runs_out_by_the_servers_clock(tmp_path: Path) -> None:
    """A machine that woke up in another year is not told to sign in: that would help nothing."""
    async with kitchen(tmp_path / "hub") as hub:
        store_token(tmp_path / "token", Token(hub.token))
        server = ServerSettings(url=hub.hub.url, token_file=tmp_path / "token")
        checks = await found(server, wall=30 * 86_400)
    assert [name for name, check in checks.items() if not check.good] == ["clock"]
    assert "12.0 hours" in checks["token"].text


async def test_nobody_there(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # and nobody listens
        url = f"http://127.0.0.1:{taken.getsockname()[1]}"
        checks = await found(ServerSettings(url=url, token_file=tmp_path / "token"))
    assert not checks["server"].good
    assert url in checks["server"].text
    assert "not checked" in checks["hub"].text


async def test_an_address_with_a_path_too_much_is_told(tmp_path: Path) -> None:
    async with kitchen(tmp_path / "hub") as hub:
        server = ServerSettings(url=f"{hub.hub.url}/api", token_file=tmp_path / "token")
        assert "check [server] url" in (await found(server))["server"].text
        async with Backend(server.url, FixedToken("t")) as backend:
            for restaurant in ("", hub.hub.restaurant_id):
                with pytest.raises(BadAnswer, match=r"check \[server\] url"):
                    await backend.login("4711", restaurant)


async def test_https_to_a_hub_without_tls_is_told(tmp_path: Path) -> None:
    async with kitchen(tmp_path / "hub") as hub:
        url = hub.hub.url.replace("http:", "https:")
        server = ServerSettings(url=url, token_file=tmp_path / "token")
        assert "speaks no TLS (http://" in (await found(server))["server"].text
        setup = LinkSetup(url, LinkSettings(), FixedToken("t"), _NoOrders())
        connection = LinkConnection(setup, "t", None, BoardCheck(), lambda event: None)
        reason = (await connection.run()).reason
    assert "speaks no TLS (http://" in reason
    assert "permitted" not in reason, "OpenSSL's numbers are not the system's"


class _NoOrders:
    async def list_orders(self, on_page: Callable[[], None]) -> tuple[()]:
        return ()
