"""The pin: exactly one certificate is trusted, and no other one is told anything."""

from __future__ import annotations

import asyncio
import os
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

from kds_tui.config.sections import LinkSettings, ServerSettings
from kds_tui.core.link import LinkState
from kds_tui.core.order import Order
from kds_tui.hub.certificate import HubCertificate, make_certificate, server_context
from kds_tui.hub.server import HubServer
from kds_tui.hub.settings import HubSettings
from kds_tui.services.backend import Backend
from kds_tui.services.backend_errors import Unreachable, Untrusted
from kds_tui.services.credentials import FixedToken
from kds_tui.services.link_setup import LinkSetup
from kds_tui.services.pinning import pin_file, trust_of
from kds_tui.services.websocket import STATUS, WebSocketService
from tests.service.display_probe import Tokens, eventually
from tests.service.impostor import impostor
from voice_tui.config import DialectName, VoiceSettings
from voice_tui.core.client_requests import SessionConfig
from voice_tui.pinning import PinError, ServerTrust, certificates_in, pinned_context
from voice_tui.private_files import store_private
from voice_tui.services.connect_errors import TokenError
from voice_tui.services.orders import OrderError, RestOrderDesk
from voice_tui.services.signalling import Signalling

CANARY = "eyJhbGciOiJub25lIn0.eyJjYW5hcnkiOjF9.c2lnbmF0dXJl"


class NoOrders:
    async def list_orders(self, on_page: Callable[[], None]) -> tuple[Order, ...]:
        return ()

    async def list_cancelled(self) -> tuple[Order, ...]:
        return ()


@pytest.fixture
def ours(tmp_path: Path) -> HubCertificate:
    return make_certificate(HubSettings(data_dir=tmp_path / "hub"))


@pytest.fixture
def theirs(tmp_path: Path) -> HubCertificate:
    """A certificate for the same names, with another key."""
    return make_certificate(HubSettings(data_dir=tmp_path / "impostor"))


def settings_for(url: str, folder: Path, pinned: HubCertificate) -> ServerSettings:
    """A terminal that was enrolled."""
    settings = ServerSettings(url=url, pins_dir=folder / "pins")
    store_private(pin_file(settings.pins_dir, url), pinned.file.read_bytes())
    return settings


async def shake_hands(context: ssl.SSLContext, port: int, name: str = "hub") -> None:
    _, writer = await asyncio.open_connection("127.0.0.1", port, ssl=context, server_hostname=name)
    writer.close()
    await writer.wait_closed()


async def test_the_pinned_certificate_is_taken_under_any_name(ours: HubCertificate) -> None:
    async with impostor(server_context(ours)) as server:
        await shake_hands(pinned_context(ours.file.read_text()), server.port, "another.name")


async def test_another_certificate_for_the_same_name_is_not(
    ours: HubCertificate, theirs: HubCertificate
) -> None:
    assert set(ours.names) == set(theirs.names)
    async with impostor(server_context(theirs)) as server:
        with pytest.raises(ssl.SSLCertVerificationError):
            await shake_hands(pinned_context(ours.file.read_text()), server.port, "localhost")


async def test_the_next_certificate_is_taken_as_well(
    ours: HubCertificate, theirs: HubCertificate
) -> None:
    both = pinned_context(ours.file.read_text() + theirs.file.read_text())
    for shown in (ours, theirs):
        async with impostor(server_context(shown)) as server:
            await shake_hands(both, server.port)


def signed(
    folder: Path,
    name: str,
    signer: tuple[x509.Certificate, ec.EllipticCurvePrivateKey] | None = None,
    ends: timedelta = timedelta(days=1),
) -> tuple[x509.Certificate, ec.EllipticCurvePrivateKey, HubCertificate]:
    """Make a certificate as an authority does, or the authority's own."""
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(signer[0].subject if signer else subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=30))
        .not_valid_after(now + ends)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), False)
        .add_extension(x509.BasicConstraints(ca=signer is None, path_length=None), True)
        .sign(signer[1] if signer else key, hashes.SHA256())
    )
    file, key_file = folder / f"{name}.pem", folder / f"{name}-key.pem"
    file.write_bytes(made.public_bytes(Encoding.PEM))
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    store_private(key_file, secret)
    return made, key, HubCertificate(file, key_file, "", (), now)


async def test_what_a_pinned_authority_signed_is_not_the_pin(tmp_path: Path) -> None:
    authority, key, files = signed(tmp_path, "authority")
    _, _, leaf = signed(tmp_path, "leaf", (authority, key))
    async with impostor(server_context(leaf)) as server:
        with pytest.raises(ssl.SSLCertVerificationError, match="not the pinned certificate"):
            await shake_hands(pinned_context(files.file.read_text()), server.port)
        # But a certificate that somebody signed can be pinned itself.
        await shake_hands(pinned_context(leaf.file.read_text()), server.port)


async def test_a_date_that_passes_does_not_close_the_kitchen(tmp_path: Path) -> None:
    _, _, old = signed(tmp_path, "old", ends=timedelta(days=-1))
    async with impostor(server_context(old)) as server:
        await shake_hands(pinned_context(old.file.read_text()), server.port)


@asynccontextmanager
async def link_to(
    settings: ServerSettings, released: None
) -> AsyncIterator[tuple[WebSocketService, list[LinkState]]]:
    setup = LinkSetup(
        settings.url, LinkSettings(), FixedToken(CANARY), NoOrders(), trust=trust_of(settings)
    )
    service = WebSocketService.instance(setup)
    states: list[LinkState] = []
    service.subscribe(STATUS, lambda status: states.append(status.state))
    yield service, states
    await service.close()


async def test_no_byte_of_the_token_reaches_an_impostor(
    tmp_path: Path, ours: HubCertificate, theirs: HubCertificate, released_link: None
) -> None:
    async with impostor(server_context(theirs)) as server:
        settings = settings_for(server.url, tmp_path, ours)
        pin = pin_file(settings.pins_dir, server.url)

        async with Backend(server.url, FixedToken(CANARY), trust=trust_of(settings)) as backend:
            with pytest.raises(Untrusted, match="another certificate than the one compared here"):
                await backend.capabilities()
            with pytest.raises(Untrusted):
                await backend.login("4711")

        async with link_to(settings, released_link) as (service, _):
            assert (await service.connect()).state is LinkState.FAILED
            assert service.status.untrusted
            assert f"kds-tui enrol {server.url}" in service.status.reason

        async def token() -> str:
            return CANARY

        async with RestOrderDesk(server.url, "", token, pin) as desk:
            with pytest.raises(OrderError, match="another certificate"):
                await desk.menu()
        voice = VoiceSettings(
            dialect=DialectName.GATEWAY,
            url=server.url,
            backend_url=server.url,
            backend_certificate=pin,
        )
        async with Signalling(voice, SessionConfig(""), token) as signalling:
            with pytest.raises(TokenError, match="another certificate"):
                await signalling.credential()

        assert server.handshakes == 5
        assert bytes(server.heard) == b""

        # What this would look like if it were not so.
        believer = ServerTrust(server.url, theirs.file)
        async with Backend(server.url, FixedToken(CANARY), trust=believer) as backend:
            asking = asyncio.create_task(backend.list_orders(lambda: None))
            await eventually(lambda: CANARY.encode() in server.heard)
            asking.cancel()


async def test_a_server_that_nobody_enrolled_needs_an_authority(
    tmp_path: Path, theirs: HubCertificate, released_link: None
) -> None:
    async with impostor(server_context(theirs)) as server:
        settings = ServerSettings(url=server.url, pins_dir=tmp_path / "pins")
        async with Backend(server.url, FixedToken(CANARY), trust=trust_of(settings)) as backend:
            with pytest.raises(Untrusted, match="nobody here vouches for"):
                await backend.capabilities()
        async with link_to(settings, released_link) as (service, _):
            status = await service.connect()
            assert (status.state, status.untrusted) == (LinkState.FAILED, True)
            assert "nobody here vouches for" in status.reason
        assert bytes(server.heard) == b""


async def test_enrolling_anew_elsewhere_helps_a_display_that_runs(
    tmp_path: Path, released_link: None
) -> None:
    hub_settings = HubSettings(port=0, data_dir=tmp_path / "hub", tls=True)
    async with HubServer(hub_settings) as hub:
        assert hub.certificate is not None
        first = hub.certificate.file.read_bytes()
        tokens = Tokens(await hub.issue_token("kitchen"))
        port = int(hub.url.rpartition(":")[2])
        settings = settings_for(hub.url, tmp_path, hub.certificate)
        setup = LinkSetup(hub.url, LinkSettings(), tokens, NoOrders(), trust=trust_of(settings))
        service = WebSocketService.instance(setup)
        assert (await service.connect()).state is LinkState.LIVE
    again = hub_settings.model_copy(update={"port": port})
    make_certificate(again)
    async with HubServer(again) as hub:
        assert hub.certificate is not None
        assert hub.certificate.file.read_bytes() != first
        tokens.current = await hub.issue_token("kitchen")
        await eventually(lambda: service.status.state is LinkState.FAILED)
        store_private(pin_file(settings.pins_dir, settings.url), hub.certificate.file.read_bytes())
        service.reconnect_now()
        await eventually(lambda: service.status.state is LinkState.LIVE)
        assert not service.status.untrusted
        await service.close()


async def test_a_pin_counts_for_its_server_only(tmp_path: Path, ours: HubCertificate) -> None:
    trust = ServerTrust("https://hub:3001", ours.file)
    assert isinstance(await trust.context_for("wss://HUB:3001/x"), ssl.SSLContext)
    assert isinstance(await trust.context_for("https://hub:3001"), ssl.SSLContext)
    for other in ("https://hub", "https://hub:3002", "https://api.openai.com", "http://hub:3001"):
        assert await trust.context_for(other) is True
    assert await ServerTrust("https://hub", tmp_path / "none").context_for("https://hub") is True


async def test_a_pin_that_others_could_have_written_is_refused(
    tmp_path: Path, ours: HubCertificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    trust = ServerTrust("https://hub", ours.file)
    ours.file.chmod(0o666)
    with pytest.raises(PinError, match=f"Run: chmod go-w {ours.file}"):
        await trust.context_for("https://hub")
    ours.file.chmod(0o644)
    monkeypatch.setattr(os, "geteuid", lambda: ours.file.stat().st_uid + 1)
    if ours.file.stat().st_uid != 0:  # the administrator's is as good
        with pytest.raises(PinError, match="another user"):
            await trust.context_for("https://hub")


@pytest.mark.parametrize(
    "content", [b"", b"words", b"\xff", b"-----BEGIN CERTIFICATE-----\nAAAA", b"x" * 100_000,
                b"-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"]
)  # fmt: skip
async def test_a_broken_pin_is_told_and_never_falls_back(tmp_path: Path, content: bytes) -> None:
    pin = tmp_path / "hub_443.pem"
    pin.write_bytes(content)
    with pytest.raises(PinError, match=r"holds no certificate\. Run: kds-tui enrol https://hub"):
        await ServerTrust("https://hub", pin).context_for("https://hub")


def test_each_server_has_a_file_of_its_own(tmp_path: Path) -> None:
    urls = ("https://hub", "https://hub:3001", "https://[::1]:3001", "https://../..:1", "wss://a.b")
    files = [pin_file(tmp_path, url) for url in urls]
    assert [file.name for file in files] == [
        "hub_443.pem", "hub_3001.pem", "--1_3001.pem", ".._443.pem", "a.b_443.pem",
    ]  # fmt: skip
    assert all(file.parent == tmp_path for file in files)
    assert pin_file(tmp_path, "https://HUB:443/") == files[0]


def test_certificates_are_found_between_other_things(
    ours: HubCertificate, theirs: HubCertificate
) -> None:
    text = f"# first\n{ours.file.read_text()}\nthen\n{theirs.file.read_text()}"
    assert len(certificates_in(text)) == 2


def test_the_setup_of_two_links_to_one_server_is_still_told_apart(tmp_path: Path) -> None:
    settings = ServerSettings(url="https://hub", pins_dir=tmp_path)
    lister, tokens = NoOrders(), FixedToken("")
    one = LinkSetup("https://hub", LinkSettings(), tokens, lister, trust=trust_of(settings))
    assert one == replace(one)


async def test_plain_http_to_a_hub_with_tls_is_told_what_to_do(
    tmp_path: Path, released_link: None
) -> None:
    async with HubServer(HubSettings(port=0, data_dir=tmp_path / "hub", tls=True)) as hub:
        url = hub.url.replace("https", "http")
        settings = ServerSettings(url=url, pins_dir=tmp_path / "pins")
        async with Backend(url, FixedToken(CANARY), trust=trust_of(settings)) as backend:
            with pytest.raises(Unreachable, match=f"kds-tui enrol {hub.url}"):
                await backend.capabilities()
        async with link_to(settings, released_link) as (service, _):
            connecting = asyncio.create_task(service.connect())
            await eventually(lambda: f"kds-tui enrol {hub.url}" in service.status.reason)
            connecting.cancel()
