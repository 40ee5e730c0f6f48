"""A proxy that does not work is named, its password is not, and its pages are not the server's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest

from kds_tui.config.sections import LinkSettings
from kds_tui.core.board_check import BoardCheck
from kds_tui.services.backend import Backend
from kds_tui.services.backend_errors import BackendError, BadAnswer
from kds_tui.services.credentials import FixedToken
from kds_tui.services.link_connection import LinkConnection
from kds_tui.services.link_setup import LinkSetup
from tests.service.hub_kitchen import PATIENCE
from voice_tui.pinning import ServerTrust
from voice_tui.services.http import NoAnswer, Request, ask, new_session

PASSWORD = "s3cretpw"


@asynccontextmanager
async def proxy_that_answers(status: int) -> AsyncIterator[str]:
    """A proxy that lets nobody through; gives its address, with name and password."""
    page = b"<html>no</html>"

    async def refuse(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        head = f"HTTP/1.1 {status} No\r\nContent-Type: text/html\r\nConnection: close\r\n"
        writer.write(f"{head}Content-Length: {len(page)}\r\n\r\n".encode() + page)
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(refuse, "127.0.0.1", 0)
    async with server:
        yield f"http://joe:{PASSWORD}@127.0.0.1:{server.sockets[0].getsockname()[1]}"


@pytest.mark.parametrize("url", ["http://hub.example:3001", "https://hub.example:3001"])
@pytest.mark.parametrize("status", [407, 503])
async def test_a_request_that_a_proxy_turns_away_names_it(url: str, status: int) -> None:
    async with proxy_that_answers(status) as proxy:
        place = proxy.rpartition("@")[2]
        async with Backend(url, FixedToken("t"), proxy=proxy) as backend:
            with pytest.raises(BackendError, match=f"proxy {place} .*{status}") as caught:
                await backend.get_order("o1")
    assert PASSWORD not in str(caught.value)


async def test_a_proxys_page_is_not_the_servers_no() -> None:
    """403 of the server is a lock-out, and the end of a bump; that of a proxy is neither."""
    async with (
        proxy_that_answers(403) as proxy,
        Backend("http://hub.example:3001", FixedToken("t"), proxy=proxy) as backend,
    ):
        with pytest.raises(BadAnswer, match="proxy"):
            await backend.login("4711")


@pytest.mark.parametrize(
    "broken",
    [
        f"http://joe:{PASSWORD}@127.0.0.1:1/path",
        f"http://joe:{PASSWORD}@127.0.0.1:99999",
        f"http://joe:{PASSWORD}@127.0.0.1:1",
        f"joe:{PASSWORD}@127.0.0.1:1",
    ],
    ids=["path", "port", "nobody there", "no scheme"],
)
@pytest.mark.parametrize("part", ["link", "requests"])
async def test_a_proxy_that_cannot_be_used_is_told_without_its_password(
    broken: str, part: str
) -> None:
    url = "http://hub.example:3001"
    told = await _link(url, broken) if part == "link" else await _requests(url, broken)
    assert "proxy 127.0.0.1:" in told
    assert PASSWORD not in told


async def test_voice_tells_nobody_the_password_of_a_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    url = "https://voice.example/v1/realtime"
    async with proxy_that_answers(407) as proxy, new_session() as http:
        monkeypatch.setenv("https_proxy", proxy)
        with pytest.raises(NoAnswer, match="407") as caught:
            await ask(http, Request("GET", url), PATIENCE, ServerTrust(url, None))
    assert PASSWORD not in str(caught.value)


async def _link(url: str, proxy: str) -> str:
    token = FixedToken("t")
    setup = LinkSetup(url, LinkSettings(), token, _NoOrders(), proxy=proxy)
    connection = LinkConnection(setup, "t", None, BoardCheck(), lambda event: None)
    return (await connection.run()).reason


async def _requests(url: str, proxy: str) -> str:
    async with Backend(url, FixedToken("t"), proxy=proxy) as backend:
        with pytest.raises(BackendError) as caught:
            await backend.get_order("o1")
    return str(caught.value)


class _NoOrders:
    async def list_orders(self, on_page: Callable[[], None]) -> tuple[()]:
        return ()

    async def list_cancelled(self) -> tuple[()]:
        return ()
