"""The command line of voice-tui. Everything heavy is imported inside the commands, so that `--help`
and `--version` answer at once.
"""

from __future__ import annotations

import asyncio
import os
import sys
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, TypeVar

import click

from voice_tui import exit_codes
from voice_tui.allocator import use_few_arenas
from voice_tui.private_files import no_core_dumps
from voice_tui.say import Refusal, say

if TYPE_CHECKING:
    from voice_tui.config import VoiceSettings
    from voice_tui.gateway.settings import GatewaySettings

PROGRAM = "voice-tui"
KEY = "OPENAI_API_KEY"
TOKEN = "VOICE_TUI_TOKEN"

Command = TypeVar("Command", bound=Callable[..., Any])

_certificate_option = click.option(
    "--certificate",
    metavar="FILE",
    help="Certificate of the order server, PEM, where no public authority vouches for it.",
)


def _server_options(command: Command) -> Command:
    """Add the options that say which servers and which microphone."""
    for option in reversed(
        (
            click.option("--url", help="Voice server, such as http://127.0.0.1:3002."),
            click.option(
                "--dialect",
                default="gateway",
                show_default=True,
                type=click.Choice(("gateway", "openai", "restaurant-os", "localai", "speaches")),
                help=f"Kind of voice server. openai takes its key from {KEY}.",
            ),
            click.option(
                "--backend",
                metavar="URL",
                default="http://127.0.0.1:3001",
                show_default=True,
                help=f"Order server. Its token is taken from {TOKEN}.",
            ),
            _certificate_option,
            click.option("--restaurant-id", metavar="UUID", help="The restaurant."),
            click.option("--device", metavar="NAME", help="Microphone: its name or a part of it."),
        )
    ):
        command = option(command)
    return command


def _voice_settings(
    url: str | None,
    dialect: str,
    backend: str,
    restaurant_id: str | None,
    device: str | None,
    certificate: str | None,
) -> VoiceSettings:
    """Make the settings of the options and the environment.

    Raises:
        click.UsageError: one of them cannot be used.
    """
    from pydantic import ValidationError

    from voice_tui.config import VoiceSettings

    given = {
        "url": url,
        "dialect": dialect,
        "backend_url": backend,
        "backend_certificate": certificate,
        "restaurant_id": restaurant_id,
        "device": device,
        "token": _secret(TOKEN, "kds-token"),
        "key": _secret(KEY, "openai-api-key") if dialect == "openai" else None,
    }
    try:
        return VoiceSettings.model_validate(
            {name: value for name, value in given.items() if value is not None}
        )
    except ValidationError as error:
        raise click.UsageError(_reasons(error.errors(include_input=False))) from None


def _secret(variable: str, credential: str) -> str:
    """Find a secret in the environment or among systemd's credentials.

    Raises:
        Refusal: the credential cannot be used.
    """
    from voice_tui.private_files import FileRefused, secret_given

    try:
        return secret_given(variable, credential)
    except FileRefused as error:
        raise Refusal(str(error)) from error


def _gateway_settings(**given: object) -> GatewaySettings:
    """Make the gateway's settings.

    Raises:
        click.UsageError: one of them cannot be used.
    """
    from pydantic import ValidationError

    from voice_tui.gateway.settings import GatewaySettings

    try:
        return GatewaySettings.model_validate(given)
    except ValidationError as error:
        raise click.UsageError(_reasons(error.errors(include_input=False))) from None


def _reasons(errors: Any) -> str:
    return "; ".join(
        f"{'.'.join(map(str, each['loc']))}: {each['msg'].removeprefix('Value error, ')}"
        for each in errors
    )


@contextmanager
def _needs_voice_packages() -> Generator[None]:
    """Turn a package that is not installed into a sentence."""
    try:
        yield
    except ModuleNotFoundError as error:
        raise Refusal(
            f"The Python package {error.name} is missing: pip install 'kds-tui[voice]'"
        ) from error


@click.group(
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=f"""\b
Examples:
  voice-tui run --offline              no key, no cloud; the hub runs on this machine
  voice-tui run --dialect openai       with a key in {KEY}
  voice-tui gateway --backend http://192.168.1.20:3001

\b
Exit codes:
  {exit_codes.OK}  it did what was asked
  {exit_codes.FAILED}  it did not succeed
  {exit_codes.USAGE}  a wrong option
  {exit_codes.HANG_UP}, 130, 143  ended by SIGHUP (or the terminal is gone), SIGINT, SIGTERM;
     a server that a signal ends says 0
""",
)
@click.version_option(package_name="kds-tui", prog_name=PROGRAM)
def main() -> None:
    """Take orders by voice: push to talk."""
    no_core_dumps()
    use_few_arenas()


@main.command()
@_server_options
@click.option("--offline", is_flag=True, help="Start its own gateway: nothing leaves the machine.")
@click.pass_context
def run(ctx: click.Context, offline: bool, **options: str) -> None:
    """Take orders on a screen of its own."""
    from voice_tui.terminal import refuse_terminal

    settings = _voice_settings(**options)
    if offline and (options["url"] or options["dialect"] != "gateway"):
        raise click.UsageError("--offline starts its own gateway: give no --url and no --dialect.")
    refused = refuse_terminal(os.environ, sys.stdin, sys.stdout)
    if refused is not None:
        say(refused, err=True)
        ctx.exit(exit_codes.FAILED)
    with _needs_voice_packages():
        from voice_tui.standalone import run_standalone
    ctx.exit(run_standalone(settings, offline=offline))


@main.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=3002, show_default=True, help="TCP port; 0 takes a free one.")
@click.option(
    "--backend",
    metavar="URL",
    default="http://127.0.0.1:3001",
    show_default=True,
    help=f"Where the menu comes from. Its token is taken from {TOKEN}.",
)
@_certificate_option
@click.option(
    "--engine",
    default="both",
    show_default=True,
    type=click.Choice(("both", "moonshine", "pocketsphinx", "whisper")),
    help="Speech recogniser.",
)
@click.option("--whisper-model", metavar="FOLDER", default="", help="A faster-whisper model.")
@click.pass_context
def gateway(ctx: click.Context, backend: str, certificate: str | None, **options: object) -> None:
    """Serve voice offline, until it is told to stop."""
    chosen = _gateway_settings(**options)
    settings = _voice_settings(None, "gateway", backend, None, None, certificate)
    with _needs_voice_packages():
        from voice_tui.standalone import serve_gateway
    ctx.exit(serve_gateway(settings, chosen))


@main.command()
@click.pass_context
def devices(ctx: click.Context) -> None:
    """List the microphones that can be chosen with --device."""
    from voice_tui.doctor import check_microphone

    finding = check_microphone()
    say(finding.text)
    ctx.exit(exit_codes.OK if finding.usable else exit_codes.FAILED)


@main.command()
@_server_options
@click.pass_context
def doctor(ctx: click.Context, **options: str) -> None:
    """Check library, microphone, level, token, connection and round trip; one line each.

    Exit code 0 when all of it works, 1 otherwise.
    """
    settings = _voice_settings(**options)
    with _needs_voice_packages():
        from voice_tui.standalone import run_examination
    ctx.exit(asyncio.run(run_examination(settings)))
