"""`kds-tui enrol`: what is compared, what is kept, and that nothing is told before."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
from asyncio.subprocess import PIPE, STDOUT
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kds_tui.cli import main
from kds_tui.config import load
from kds_tui.config.loading import enrolment_file
from kds_tui.hub.certificate import make_certificate, server_context
from kds_tui.hub.server import HubServer
from kds_tui.hub.settings import HubSettings
from kds_tui.services.credentials import read_token
from kds_tui.services.pinning import pin_file
from tests.service.impostor import Impostor, impostor
from tests.service.test_pinning import signed
from voice_tui.pinning import in_groups


@pytest.fixture
def machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A terminal where nobody set anything."""
    for name in list(os.environ):
        if name.startswith(("KDS_", "XDG_")):
            monkeypatch.delenv(name)
    folder = tmp_path / "start"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(folder)
    return folder


@pytest.fixture
async def hub(tmp_path: Path, machine: Path) -> AsyncIterator[HubServer]:
    async with HubServer(HubSettings(port=0, data_dir=tmp_path / "hub", tls=True)) as hub:
        yield hub


@pytest.fixture
async def stranger(tmp_path: Path, machine: Path) -> AsyncIterator[Impostor]:
    certificate = make_certificate(HubSettings(data_dir=tmp_path / "stranger"))
    async with impostor(server_context(certificate)) as stranger:
        yield stranger


async def kds(*arguments: str, typed: str = "", **environment: str) -> Result:
    runner = CliRunner(env=environment)
    return await asyncio.to_thread(runner.invoke, main, arguments, input=typed)


def fingerprint(hub: HubServer) -> str:
    assert hub.certificate is not None
    return hub.certificate.fingerprint


def kept() -> list[str]:
    """What lies in the state folder but for logs."""
    state = enrolment_file().parent
    files = [path for path in state.rglob("*") if path.is_file() and "log" not in path.parts]
    return sorted(str(path.relative_to(state)) for path in files)


async def test_after_comparing_and_the_pin_run_needs_no_option(hub: HubServer) -> None:
    done = await kds("enrol", hub.url, typed=f"y\n{hub.first_run_pin}\n")
    assert done.exit_code == 0, done.output
    for line in in_groups(fingerprint(hub)):
        assert line in done.output
    assert "Signed in as manager" in done.output
    assert done.output.endswith(f"belongs to {hub.url} now. Start it with: kds-tui run\n")
    assert str(hub.first_run_pin) not in done.output

    loaded = load(None, {})
    assert loaded.settings.server.url == hub.url
    assert loaded.sources["server.url"] == f"enrolment {enrolment_file()}"
    pin = pin_file(loaded.settings.server.pins_dir, hub.url)
    assert hub.certificate is not None
    assert pin.read_bytes() == hub.certificate.file.read_bytes()
    for file in (pin, enrolment_file(), loaded.settings.server.token_file):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert read_token(loaded.settings.server.token_file).role == "manager"
    # And from now on it is known.
    checks = (await kds("doctor")).output
    assert "ok    sign-in" in checks, checks
    again = await kds("enrol", hub.url, typed=f"{hub.first_run_pin}\n")
    assert again.exit_code == 0
    assert "the certificate that was compared before" in again.output


@pytest.mark.parametrize("answer", ["n\n", "\n", ""])
async def test_without_a_yes_nothing_is_kept_or_told(stranger: Impostor, answer: str) -> None:
    done = await kds("enrol", stranger.url, typed=answer, KDS_PIN="271828")
    assert done.exit_code == 1
    assert kept() == []
    assert stranger.handshakes == 2
    assert bytes(stranger.heard) == b""


async def test_unattended_by_fingerprint(hub: HubServer) -> None:
    written = f"SHA256:{fingerprint(hub).upper()}"
    colons = ":".join(written[at : at + 2] for at in range(7, len(written), 2))
    for options, environment in (
        (("--fingerprint", written), {}),
        (("--fingerprint", colons), {}),
        ((), {"KDS_FINGERPRINT": " ".join(in_groups(fingerprint(hub)))}),
    ):
        pin = {"KDS_PIN": str(hub.first_run_pin)}
        done = await kds("enrol", hub.url, *options, **environment, **pin)
        assert done.exit_code == 0, done.output
    assert kept() == ["enrolled.toml", f"pins/127.0.0.1_{hub.url.rpartition(':')[2]}.pem", "token"]


async def test_another_fingerprint_is_told_nothing(hub: HubServer, stranger: Impostor) -> None:
    options = ("--fingerprint", fingerprint(hub))
    done = await kds("enrol", stranger.url, *options, KDS_PIN="271828")
    assert done.exit_code == 1
    assert "shows another certificate than the expected one" in done.output
    part = await kds("enrol", stranger.url, "--fingerprint", fingerprint(hub)[:8])
    assert part.exit_code == 1
    assert "all of them are needed" in part.output
    assert kept() == []
    assert bytes(stranger.heard) == b""


async def test_what_speaks_no_tls_or_nothing_is_told_apart(hub: HubServer, tmp_path: Path) -> None:
    no_tls = await kds("enrol", hub.url.replace("https", "http"))
    assert "kds-tui hub --tls" in no_tls.output
    async with HubServer(HubSettings(port=0, data_dir=tmp_path / "plain")) as plain:
        deaf = await kds("enrol", plain.url.removeprefix("http://"))
        assert "does not speak TLS" in deaf.output
        gone = plain.url.replace("http", "https")
    nobody = await kds("enrol", gone)
    assert f"No answer from {gone}" in nobody.output
    assert {done.exit_code for done in (no_tls, deaf, nobody)} == {1}
    assert (await kds("enrol", "https://user:secret@hub")).exit_code == 2


async def test_a_hub_with_a_new_certificate_is_compared_again(
    hub: HubServer, tmp_path: Path
) -> None:
    pin = {"KDS_PIN": str(hub.first_run_pin)}
    assert (await kds("enrol", hub.url, typed="y\n", **pin)).exit_code == 0
    port = int(hub.url.rpartition(":")[2])
    await hub.stop()
    settings = HubSettings(port=port, data_dir=tmp_path / "hub", tls=True)
    shown = await kds("hub", "certificate", "--new", "--data-dir", str(settings.data_dir))
    assert "kds-tui enrol" in shown.output
    async with HubServer(settings) as renewed:
        assert in_groups(fingerprint(renewed))[0] in shown.output
        refused = await kds("login", **pin)
        assert refused.exit_code == 1
        assert f"Compare again with: kds-tui enrol {hub.url}" in refused.output
        done = await kds("enrol", hub.url, typed="y\n", **pin)
        assert "has shown another certificate until now" in done.output
        assert done.exit_code == 0
        assert (await kds("login", **pin)).exit_code == 0


async def test_where_a_public_authority_vouches_there_is_nothing_to_compare(
    tmp_path: Path, machine: Path, hub: HubServer
) -> None:
    authority, key, files = signed(tmp_path, "authority")
    _, _, leaf = signed(tmp_path, "leaf", (authority, key))
    settings = HubSettings(
        port=0,
        data_dir=tmp_path / "proxied",
        tls=True,
        certificate=leaf.file,
        certificate_key=leaf.key_file,
    )
    async with HubServer(settings) as vouched_for:
        address = vouched_for.url.replace("127.0.0.1", "localhost")
        trusting = {"SSL_CERT_FILE": str(files.file), "KDS_PIN": str(vouched_for.first_run_pin)}
        stale = pin_file(load(None, {}).settings.server.pins_dir, address)
        stale.parent.mkdir(parents=True)
        assert hub.certificate is not None
        stale.write_bytes(hub.certificate.file.read_bytes())
        # In a process of its own: aiohttp reads the authorities when it is imported.
        command = (sys.executable, "-m", "kds_tui", "enrol", address)
        process = await asyncio.create_subprocess_exec(
            *command, env={**os.environ, **trusting}, stdout=PIPE, stderr=STDOUT
        )
        told, _ = await process.communicate()
        assert process.returncode == 0, told
        assert b"there is nothing to compare" in told
        assert not stale.exists(), "a pin would end with the authority's certificate"


async def test_a_settings_file_is_never_changed_and_wins(hub: HubServer, machine: Path) -> None:
    file = machine / "config.toml"
    file.write_text('[server]\nurl = "http://other:3001"\n')
    done = await kds("enrol", hub.url, typed="y\n", KDS_PIN=str(hub.first_run_pin))
    assert done.exit_code == 0
    assert f"But [server] url is http://other:3001 here (file {file})" in done.output
    assert file.read_text() == '[server]\nurl = "http://other:3001"\n'


async def test_a_wrong_pin_leaves_the_hub_trusted(hub: HubServer) -> None:
    done = await kds("enrol", hub.url, typed="y\n", KDS_PIN="000000")
    assert done.exit_code == 1
    assert "The hub is trusted now, but this terminal is not signed in" in done.output
    assert "kds-tui login" in done.output
    assert (await kds("login", KDS_PIN=str(hub.first_run_pin))).exit_code == 0


async def test_credentials_of_systemd_are_taken(hub: HubServer, tmp_path: Path) -> None:
    folder = tmp_path / "credentials"
    folder.mkdir()
    (folder / "kds-pin").write_text(f"{hub.first_run_pin}\n")
    (folder / "kds-pin").chmod(0o440)  # as systemd leaves it, with an access list
    given = {"CREDENTIALS_DIRECTORY": str(folder), "KDS_FINGERPRINT": fingerprint(hub)}
    done = await kds("enrol", hub.url, **given)
    assert done.exit_code == 0, done.output
    assert "Signed in as manager" in done.output
    (folder / "kds-token").write_text("token")
    (folder / "kds-token").chmod(0o400)
    done = await kds("enrol", hub.url, **given)
    assert done.exit_code == 0
    assert "Signed in" not in done.output
    (folder / "kds-pin").chmod(0o444)
    done = await kds("login", **given)
    assert done.exit_code == 1
    assert "can be read or changed by other users" in done.output


@pytest.mark.parametrize(
    ("content", "mode", "told"),
    [
        ('[server]\nurl = "https://evil"\n', 0o666, "can be changed by other users. Run: chmod"),
        ("[server", 0o600, "is damaged"),
        ('[server]\nurl = "ftp://x"\n', 0o600, "should be an address such as"),
    ],
)
async def test_an_enrolment_that_cannot_be_used_ends_with_2(
    machine: Path, content: str, mode: int, told: str
) -> None:
    file = enrolment_file()
    file.parent.mkdir(parents=True)
    file.write_text(content)
    file.chmod(mode)
    done = await kds("config", "show")
    assert done.exit_code == 2
    assert told in done.output
    assert f"enrolment {file}" in done.output


async def test_the_hubs_command_shows_what_to_compare(hub: HubServer, tmp_path: Path) -> None:
    shown = await kds("hub", "certificate", "--data-dir", str(tmp_path / "hub"))
    for line in in_groups(fingerprint(hub)):
        assert line in shown.output
    assert "localhost" in shown.output
    assert (await kds("hub", "certificate", "--name", "hub")).exit_code == 2
    given = {
        "KDS_HUB__CERTIFICATE": str(tmp_path / "hub" / "certificate.pem"),
        "KDS_HUB__CERTIFICATE_KEY": str(tmp_path / "hub" / "certificate-key.pem"),
    }
    refused = await kds("hub", "certificate", "--new", **given)
    assert refused.exit_code == 1
    assert "is not made here" in refused.output
