"""The doctor against a real hub: what it finds in order, and what it finds wrong."""

from __future__ import annotations

import socket
import time
from pathlib import Path

from kds_tui.config.sections import ServerSettings
from kds_tui.services.credentials import Token, store_token
from kds_tui.services.doctor import examine
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
