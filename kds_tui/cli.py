"""The command line of kds-tui. Everything heavy is imported inside the commands, so that `--help`
and `--version` answer at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from kds_tui import __version__
from voice_tui import exit_codes
from voice_tui.say import Refusal, say

if TYPE_CHECKING:
    from kds_tui.config import Loaded
    from kds_tui.config.sections import LogSettings

PROGRAM = "kds-tui"

FRAMES_PER_SECOND = "120"
"""Most frames a second. An event right after a tick waits for the next one: with Textual's own 60
the slowest of a hundred events took 13 ms to the terminal, with 120 4 ms (benchmarks.program)."""


class _WrongSettings(Refusal):
    """Settings that can not be used: the reasons, one a line, and no traceback."""

    exit_code = exit_codes.USAGE

    def format_message(self) -> str:
        """Set several reasons apart from the word "Error:" that click puts before them."""
        told = super().format_message()
        return told if "\n" not in told else f"wrong settings\n{told}"


@contextmanager
def _settings_errors_told() -> Iterator[None]:
    """Turn wrong settings, found at loading or later at the start, into exit code 2."""
    from kds_tui.config import ConfigError

    try:
        yield
    except ConfigError as error:
        raise _WrongSettings(str(error)) from error


def _load(config_path: Path | None, options: Mapping[str, object]) -> Loaded:
    """Load the settings; an option that was not given (None) overrides nothing."""
    from kds_tui.config import load

    return load(config_path, {key: value for key, value in options.items() if value is not None})


class _DefaultCommandGroup(click.Group):
    """A group in which `kds-tui --station grill` means `kds-tui run --station grill`."""

    def __init__(self, *arguments: Any, default: str = "run", **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.default = default

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Put the default command before options that are not the group's own."""
        own = {name for parameter in self.get_params(ctx) for name in parameter.opts}
        if not args or (args[0].startswith("-") and args[0] not in own):
            args = [self.default, *args]
        return super().parse_args(ctx, args)


_config_option = click.option(
    "--config",
    "config_path",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Settings file. Without it: ./config.toml, then the platform's settings folder.",
)
_url_option = click.option(
    "--url", metavar="URL", help="Order server, such as http://192.168.1.20:3001 [server.url]."
)

_data_dir_option = click.option(
    "--data-dir", metavar="DIR", help="Folder of the hub's database [hub.data_dir]."
)

_PRECEDENCE = """An option wins over the environment variable (KDS_...), that over the settings
file, that over the default. The setting of an option stands in [brackets]."""


@click.group(
    cls=_DefaultCommandGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=f"""\b
Examples:
  kds-tui demo                         a busy kitchen, nothing else needed
  kds-tui login && kds-tui             sign in once, then show the orders
  kds-tui --station grill              only what the grill cooks
  kds-tui doctor                       what does not work, and what to do
  kds-tui config example > config.toml

\b
Exit codes:
  {exit_codes.OK}  it did what was asked
  {exit_codes.FAILED}  it did not succeed
  {exit_codes.USAGE}  a wrong option or setting
""",
)
@click.version_option(__version__, prog_name=PROGRAM)
def main() -> None:
    """Show the live orders of a restaurant's kitchen in the terminal.

    Without a command it runs the display (`kds-tui run`).
    """
    os.environ.setdefault("TEXTUAL_FPS", FRAMES_PER_SECOND)  # Textual reads it when imported


@main.command(epilog=_PRECEDENCE)
@_config_option
@_url_option
@click.option("--station", metavar="NAME", help="Show one station's items [display.station].")
@click.option("--theme", metavar="NAME", help="Colour theme [display.theme].")
@click.option("--restaurant-id", metavar="UUID", help="The restaurant [server.restaurant_id].")
@click.pass_context
def run(
    ctx: click.Context,
    config_path: Path | None,
    url: str | None,
    station: str | None,
    theme: str | None,
    restaurant_id: str | None,
) -> None:
    """Run the kitchen display (the default command).

    Press ? in the display for its keys, q to leave.
    """
    with _settings_errors_told():
        loaded = _load(
            config_path,
            {
                "server.url": url,
                "server.restaurant_id": restaurant_id,
                "display.station": station,
                "display.theme": theme,
            },
        )
        from kds_tui.display import run_display

        ctx.exit(run_display(loaded))


@main.command()
@click.option("--headless", is_flag=True, help="Draw off screen, report at the end.")
@click.option(
    "--seconds", type=click.FloatRange(min=0, min_open=True), help="End after so many seconds."
)
@click.option(
    "--speed",
    type=click.FloatRange(min=0, min_open=True, max=100),
    default=1.0,
    show_default=True,
    help="How many times faster orders come in.",
)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="The same seed gives the same orders."
)
@click.option(
    "--autopilot/--no-autopilot",
    default=True,
    show_default=True,
    help="Whether simulated cooks bump orders too.",
)
@click.option(
    "--screenshot",
    metavar="PATH",
    type=click.Path(path_type=Path, dir_okay=False),
    help="Write the last screen to this file, as SVG.",
)
@click.pass_context
def demo(
    ctx: click.Context,
    headless: bool,
    seconds: float | None,
    speed: float,
    seed: int,
    autopilot: bool,
    screenshot: Path | None,
) -> None:
    """Show a live, busy kitchen on this machine.

    A hub on a free port of this machine, a simulated point of sale that orders through its public
    interface, and the display on a websocket. It reads no settings file and leaves nothing behind.

    Without a terminal, or where CI is set, it runs headless.
    """
    from kds_tui.demo import run_demo

    no_terminal = not (sys.stdin.isatty() and sys.stdout.isatty()) or bool(os.environ.get("CI"))
    with _settings_errors_told():
        ctx.exit(
            run_demo(
                headless=headless or no_terminal,
                seconds=seconds,
                speed=speed,
                seed=seed,
                autopilot=autopilot,
                screenshot=screenshot,
            )
        )


def _log_beside(log: LogSettings, name: str) -> LogSettings:
    """Give a command a log of its own: two processes that rotate one file would lose lines."""
    return log.model_copy(update={"file": log.file.with_stem(f"{log.file.stem}-{name}")})


@main.group(cls=_DefaultCommandGroup)
def hub() -> None:
    """Run the order server that comes along, for a kitchen with no backend.

    Without a command it runs the hub; its options are shown by `kds-tui hub run --help`. The other
    commands are for the machine of the hub, whether it runs or not.
    """


@hub.command("run", epilog=_PRECEDENCE)
@_config_option
@click.option("--host", metavar="ADDRESS", help="Address to listen on [hub.host].")
@click.option("--port", type=int, help="Port to listen on; 0 takes a free one [hub.port].")
@_data_dir_option
@click.option("--menu", metavar="FILE", help="The restaurant's own menu, TOML [hub.menu].")
@click.option(
    "--tls/--no-tls", default=None, help="Speak https, with a certificate of its own [hub.tls]."
)
@click.option("--voice", is_flag=True, help="Serve push-to-talk too, offline, on the same port.")
@click.pass_context
def run_the_hub(
    ctx: click.Context,
    config_path: Path | None,
    host: str | None,
    port: int | None,
    data_dir: str | None,
    menu: str | None,
    tls: bool | None,
    voice: bool,
) -> None:
    """Run the hub (the default command).

    The first start makes a restaurant and prints its PIN once: note it, then `kds-tui login`.
    """
    with _settings_errors_told():
        loaded = _load(
            config_path,
            {
                "hub.host": host,
                "hub.port": port,
                "hub.data_dir": data_dir,
                "hub.menu": menu,
                "hub.tls": tls,
            },
        )
        from kds_tui.hub.server import run_hub
        from kds_tui.services.logfile import open_log

        settings = loaded.settings
        mount = None
        if voice:
            try:
                from kds_tui.voice.gateway import mount_voice
            except ImportError as error:
                needed = f"--voice needs more packages ({error.name}): pip install 'kds-tui[voice]'"
                raise Refusal(needed) from error
            mount = mount_voice(settings.gateway)
        with open_log(_log_beside(settings.log, "hub")):
            ctx.exit(run_hub(settings.hub, mount))


@hub.group(cls=_DefaultCommandGroup, default="list")
def tokens() -> None:
    """Show who is signed in (the default), and sign terminals out."""


@tokens.command("list", epilog=_PRECEDENCE)
@_config_option
@_data_dir_option
def list_tokens(config_path: Path | None, data_dir: str | None) -> None:
    """List the tokens that are out: which terminal, from where, last used, until when."""
    with _hub_in_hand(config_path, data_dir) as folder:
        from kds_tui.hub import owner

        say(owner.tokens_table(folder))


@tokens.command()
@click.argument("token_id", metavar="ID|all")
@_config_option
@_data_dir_option
def revoke(token_id: str, config_path: Path | None, data_dir: str | None) -> None:
    """Sign a terminal out, or all of them: at once, wherever it is."""
    with _hub_in_hand(config_path, data_dir) as folder:
        from kds_tui.hub import owner

        say(owner.revoke(folder, token_id))


@hub.command(epilog=_PRECEDENCE)
@_config_option
@_data_dir_option
@click.option(
    "--sign-out/--keep-signed-in",
    default=None,
    help="Whether to revoke all tokens too; asked when neither is given.",
)
def pin(config_path: Path | None, data_dir: str | None, sign_out: bool | None) -> None:
    """Set a new PIN, typed twice without showing it, or taken from KDS_PIN.

    Terminals that are signed in stay so until their tokens run out, unless they are signed out.
    """
    with _hub_in_hand(config_path, data_dir) as folder:
        from kds_tui.hub import owner

        chosen = os.environ.get("KDS_PIN") or click.prompt(
            "New PIN", hide_input=True, confirmation_prompt=True
        )
        say(owner.set_pin(folder, chosen))
        if sign_out is None:
            sign_out = click.confirm("Sign all terminals out, so that each needs the new PIN?")
        if sign_out:
            say(owner.revoke(folder, owner.ALL))


@contextmanager
def _hub_in_hand(config_path: Path | None, data_dir: str | None) -> Iterator[Path]:
    """Find the hub's folder, and tell what goes wrong with it in a sentence."""
    with _settings_errors_told():
        settings = _load(config_path, {"hub.data_dir": data_dir}).settings
    from kds_tui.hub.errors import HubError

    try:
        yield settings.hub.data_dir
    except HubError as error:
        raise Refusal(str(error)) from error


@main.command(epilog=_PRECEDENCE)
@_config_option
@_url_option
def login(config_path: Path | None, url: str | None) -> None:
    """Sign this display in with the restaurant's PIN and keep the token.

    The PIN is asked for without showing it, or taken from the environment variable KDS_PIN. The
    token is kept in a file that only you can read [server.token_file].
    """
    with _settings_errors_told():
        settings = _load(config_path, {"server.url": url}).settings
        from kds_tui.services.backend_errors import BackendError
        from kds_tui.services.logfile import open_log
        from kds_tui.services.login import login_with_pin

        # Open before anything is asked: a line without a log would be written to the terminal.
        log = open_log(_log_beside(settings.log, "login"))
    with log:
        pin = os.environ.get("KDS_PIN") or click.prompt("PIN", hide_input=True)
        try:
            say(login_with_pin(settings.server, pin))
        except BackendError as error:
            raise Refusal(str(error)) from error


@main.command(epilog=_PRECEDENCE)
@_config_option
@_url_option
@click.pass_context
def doctor(ctx: click.Context, config_path: Path | None, url: str | None) -> None:
    """Check token, server, sign-in and clock, and tell what the hub holds; one line each.

    Exit code 0 when all of it works, 1 otherwise.
    """
    import asyncio

    with _settings_errors_told():
        settings = _load(config_path, {"server.url": url}).settings
        from kds_tui.services.doctor import examine
        from kds_tui.services.logfile import open_log

        log = open_log(_log_beside(settings.log, "doctor"))

    async def tell_all() -> bool:
        good = True
        async for check in examine(settings.server):
            say(check.line)
            good = good and check.good
        return good

    with log:
        ctx.exit(exit_codes.OK if asyncio.run(tell_all()) else exit_codes.FAILED)


@main.group()
def config() -> None:
    """Show, write and check the settings."""


@config.command(epilog=_PRECEDENCE)
@_config_option
def show(config_path: Path | None) -> None:
    """Show every setting, its value now and where that comes from."""
    with _settings_errors_told():
        loaded = _load(config_path, {})
    from kds_tui.config.table import render_table

    say(render_table(loaded))


@config.command()
def example() -> None:
    """Print a settings file with every setting, its meaning and its default.

    \b
    kds-tui config example > config.toml
    """
    from kds_tui.config.example import render_example

    click.echo(render_example(), nl=False)


@config.command()
@click.argument("file", type=click.Path(path_type=Path))
def check(file: Path) -> None:
    """Check a settings FILE, alone: without environment variables or other files."""
    from kds_tui.config.loading import DEFAULT_SOURCE, load_file

    with _settings_errors_told():
        loaded = load_file(file)
    given = sum(source != DEFAULT_SOURCE for source in loaded.sources.values())
    say(f"{file}: ok, {given} setting{'' if given == 1 else 's'} given")
