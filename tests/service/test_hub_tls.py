"""The hub over TLS: a certificate of its own, kept; everything on its port goes through it."""

from __future__ import annotations

import asyncio
import ssl
import stat
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from socket import gethostname

import aiohttp
import pytest
from aiohttp import ClientError, ClientSession
from websockets.asyncio.client import connect

from kds_tui.config.sections import ServerSettings
from kds_tui.hub.certificate import certificate_of, make_certificate, server_context
from kds_tui.hub.console import ADDRESS_FILE, console
from kds_tui.hub.errors import HubError
from kds_tui.hub.frames import websocket_frame
from kds_tui.hub.server import HubServer, _greeting
from kds_tui.hub.settings import HubSettings
from kds_tui.services.credentials import Token, store_token
from kds_tui.services.doctor import examine
from kds_tui.services.pinning import pin_file
from tests.service.hub_kitchen import PATIENCE, eventually
from voice_tui import listening as listening_module
from voice_tui.pinning import certificates_in, fingerprint_of, in_groups, pinned_context
from voice_tui.private_files import store_private


@pytest.fixture
def settings(tmp_path: Path) -> HubSettings:
    return HubSettings(port=0, data_dir=tmp_path / "hub", tls=True)


def pin(hub: HubServer) -> ssl.SSLContext:
    assert hub.certificate is not None
    return pinned_context(hub.certificate.file.read_text())


@asynccontextmanager
async def browser(hub: HubServer) -> AsyncIterator[ClientSession]:
    headers = {"Authorization": f"Bearer {await hub.issue_token('kitchen')}"}
    connector = aiohttp.TCPConnector(ssl=pin(hub))
    async with ClientSession(headers=headers, connector=connector) as session:
        yield session


async def test_rest_and_websocket_go_through_it(settings: HubSettings) -> None:
    async with HubServer(settings) as hub, browser(hub) as session:
        assert hub.url.startswith("https://127.0.0.1:")
        async with session.get(f"{hub.url}/api/v1/menu") as answer:
            assert answer.status == 200
        async with session.ws_connect(hub.url) as socket:
            assert (await socket.receive_json(timeout=20))["type"] == "connected"


async def test_who_connects_and_never_shakes_hands_is_cut(
    settings: HubSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nobody counts such a connection: a few thousand, and no display gets in any more."""
    monkeypatch.setattr(listening_module, "HANDSHAKE_DEADLINE", 0.3)
    async with HubServer(settings) as hub:
        port = int(hub.url.rpartition(":")[2])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        async with asyncio.timeout(PATIENCE):
            assert await reader.read() == b""
        writer.close()


async def test_cookies_that_came_by_tls_never_go_without_it(settings: HubSettings) -> None:
    async with HubServer(settings) as hub, browser(hub) as session:
        login = f"{hub.url}/api/v1/auth/pin-login"
        async with session.post(login, json={"pin": hub.first_run_pin}) as answer:
            assert answer.status == 200
            assert [one["secure"] for one in answer.cookies.values()] == [True, True]


async def test_it_speaks_the_newest_tls_and_no_plain_http(settings: HubSettings) -> None:
    assert server_context(certificate_of(settings)).minimum_version is ssl.TLSVersion.TLSv1_2
    async with HubServer(settings) as hub:
        port = int(hub.url.rpartition(":")[2])
        _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=pin(hub))
        assert writer.get_extra_info("ssl_object").version() == "TLSv1.3"
        writer.close()
        await writer.wait_closed()
        async with ClientSession() as session:
            with pytest.raises(ClientError):
                await session.get(f"http://127.0.0.1:{port}/api/v1/health")


async def test_a_frozen_client_does_not_hold_up_the_end(settings: HubSettings) -> None:
    hub = HubServer(settings)
    await hub.start()
    port = int(hub.url.rpartition(":")[2])
    # One that never begins TLS, and one that never answers again.
    _, silent = await asyncio.open_connection("127.0.0.1", port)
    reader, frozen = await asyncio.open_connection("127.0.0.1", port, ssl=pin(hub))
    frozen.write(b"GET /api/v1/health HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert (await reader.readline()).startswith(b"HTTP/1.1 200")
    frozen.transport.pause_reading()  # type: ignore[attr-defined] - a transport for both ways
    async with asyncio.timeout(20):  # the keepalive of a TLS connection alone would be 30 s
        await hub.stop()
    silent.close()
    frozen.transport.abort()


async def test_the_owners_commands_and_the_doctor_go_through_it(
    settings: HubSettings, tmp_path: Path
) -> None:
    async with HubServer(settings) as hub:
        async with console(settings.data_dir) as owner:
            assert await owner.tokens() == []
        assert hub.certificate is not None
        server = ServerSettings(
            url=hub.url, pins_dir=tmp_path / "pins", token_file=tmp_path / "token"
        )
        store_token(server.token_file, Token(await hub.issue_token("kitchen")))
        store_private(pin_file(server.pins_dir, hub.url), hub.certificate.file.read_bytes())
        checks = {check.name: check.good async for check in examine(server)}
        assert (checks["server"], checks["sign-in"]) == (True, True)


async def test_a_certificate_that_was_made_while_the_hub_ran_is_told(
    settings: HubSettings,
) -> None:
    async with HubServer(settings):
        make_certificate(settings)
        async with console(settings.data_dir) as owner:
            with pytest.raises(HubError, match="Restart the hub"):
                await owner.tokens()


async def test_the_owners_commands_do_not_read_a_word_that_others_could(
    settings: HubSettings,
) -> None:
    async with HubServer(settings):
        word = settings.data_dir / ADDRESS_FILE
        assert stat.S_IMODE(word.stat().st_mode) == 0o600
        word.chmod(0o644)
        with pytest.raises(HubError, match=f"Run: chmod 600 {word}"):
            async with console(settings.data_dir):
                pass


def test_the_certificate_is_made_once_and_its_key_is_private(settings: HubSettings) -> None:
    first = certificate_of(settings)
    assert certificate_of(settings) == first
    assert stat.S_IMODE(first.key_file.stat().st_mode) == 0o600
    assert b"PRIVATE" not in first.file.read_bytes()
    (der,) = certificates_in(first.file.read_text())
    assert fingerprint_of(der) == first.fingerprint
    assert first.ends - datetime.now(UTC) > timedelta(days=3650)
    assert make_certificate(settings).fingerprint != first.fingerprint
    assert certificate_of(settings) != first


def test_it_is_made_out_to_this_machine_and_to_what_one_asks_for(tmp_path: Path) -> None:
    settings = HubSettings(data_dir=tmp_path, host="192.168.1.20")
    names = make_certificate(settings, ["hub.example"]).names
    assert {"hub.example", "localhost", "127.0.0.1", "::1", "192.168.1.20"} <= set(names)
    with pytest.raises(HubError, match="cannot stand in a certificate"):
        make_certificate(settings, ["küche"])


@pytest.mark.parametrize("mode", [0o640, 0o644, 0o660])
def test_a_key_that_others_can_read_is_refused(settings: HubSettings, mode: int) -> None:
    key = certificate_of(settings).key_file
    key.chmod(mode)
    with pytest.raises(HubError, match=f"Run: chmod 600 {key}"):
        certificate_of(settings)


def test_a_given_certificate_is_shown_instead(settings: HubSettings, tmp_path: Path) -> None:
    other = certificate_of(HubSettings(data_dir=tmp_path / "other"))
    given = settings.model_copy(
        update={"certificate": other.file, "certificate_key": other.key_file}
    )
    assert certificate_of(given) == other
    assert not settings.data_dir.exists()
    with pytest.raises(ValueError, match="given together"):
        HubSettings(certificate=other.file)


def test_what_does_not_belong_together_or_is_broken_is_told(
    settings: HubSettings, tmp_path: Path
) -> None:
    own = certificate_of(settings)
    other = certificate_of(HubSettings(data_dir=tmp_path / "other"))
    own.key_file.write_bytes(other.key_file.read_bytes())
    with pytest.raises(HubError, match=r"cannot be used together .KEY_VALUES_MISMATCH"):
        server_context(certificate_of(settings))
    own.file.write_text("nothing")
    with pytest.raises(HubError, match="holds no certificate"):
        certificate_of(settings)
    own.key_file.unlink()
    with pytest.raises(HubError, match="cannot be read"):
        certificate_of(settings)


def test_a_given_certificate_is_not_to_be_made_anew(settings: HubSettings, tmp_path: Path) -> None:
    """The command for it would only say that it does not make this one."""
    own, other = (certificate_of(HubSettings(data_dir=tmp_path / name)) for name in ("a", "b"))
    for file, key in ((own.file, other.key_file), (tmp_path / "none.pem", own.key_file)):
        given = settings.model_copy(update={"certificate": file, "certificate_key": key})
        with pytest.raises(HubError) as told:
            server_context(certificate_of(given))
        assert "--new" not in str(told.value)
    with pytest.raises(HubError, match="kds-tui hub certificate --new"):
        server_context(replace(own, key_file=other.key_file))


async def test_the_greeting_shows_what_to_compare(settings: HubSettings) -> None:
    async with HubServer(settings) as hub:
        assert hub.certificate is not None
        greeting = _greeting(hub, settings)
        for line in in_groups(hub.certificate.fingerprint):
            assert line in greeting
        assert f"kds-tui enrol {hub.url} " in greeting
        open_to_all = settings.model_copy(update={"host": "0.0.0.0"})
        assert "plain HTTP" not in _greeting(hub, open_to_all)
    async with HubServer(settings.model_copy(update={"tls": False})) as hub:
        assert hub.certificate is None
        greeting = _greeting(hub, open_to_all)
        assert "plain HTTP" in greeting
        # For other machines: none finds the hub at 127.0.0.1.
        port = hub.url.rpartition(":")[2]
        assert f"kds-tui login --url http://{gethostname().casefold()}:{port} " in greeting
        assert f"kds-tui login --url {hub.url} " in _greeting(hub, settings)


async def test_a_client_that_was_cut_off_is_written_nothing(settings: HubSettings) -> None:
    """asyncio's transport of TLS cannot tell what waits in it once it was closed twice."""
    async with HubServer(settings) as hub:
        url = hub.url.replace("https", "wss")
        async with connect(url, ssl=pin(hub)) as socket:
            token = await hub.issue_token("kitchen")
            await socket.send(f'{{"type": "auth", "token": "{token}"}}')
            await eventually(lambda: hub.fanout.clients)
            (client,) = hub.fanout.clients
            write = client.direct
            assert write is not None
            assert write(websocket_frame(b"{}"))
            socket.transport.abort()
            await eventually(lambda: not hub.fanout.clients)
            assert not write(websocket_frame(b"{}"))
            assert not client.send_now(websocket_frame(b"{}"))
