"""The command line of kds-tui. Everything heavy is imported inside the commands, so that `--help`
and `--version` answer at once.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kds_tui import __version__
from kds_tui.command_line import (
    PRECEDENCE,
    DefaultCommandGroup,
    config_option,
    given_pin,
    load_settings,
    log_beside,
    settings_errors_told,
    url_option,
)
from kds_tui.doctor_command import doctor
from kds_tui.hub_commands import hub
from kds_tui.keys_commands import keys
from kds_tui.shell_commands import COMMANDS
from kds_tui.sound_commands import sound
from voice_tui import exit_codes
from voice_tui.allocator import use_few_arenas
from voice_tui.private_files import no_core_dumps
from voice_tui.say import Refusal, say

if TYPE_CHECKING:
    from kds_tui.config.sections import ServerSettings

PROGRAM = "kds-tui"

FRAMES_PER_SECOND = "120"
"""Most frames a second. An event right after a tick waits for the next one: with Textual's own 60
the slowest of a hundred events took 13 ms to the terminal, with 120 4 ms (benchmarks.program)."""


@click.group(
    cls=DefaultCommandGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog=f"""\b
Examples:
  kds-tui demo                         a busy kitchen, nothing else needed
  kds-tui login && kds-tui             sign in once, then show the orders
  kds-tui enrol https://hub:3001       the same with TLS: compare, sign in, done
  kds-tui --station grill              only what the grill cooks
  kds-tui --view expo                  the pass: what is cooked, what is ready
  kds-tui bump 412                     done, without a display
  kds-tui 86 salmon                    sold out, on all screens and tills
  kds-tui watch                        what happens, a JSON line each
  kds-tui doctor                       what does not work, and what to do
  kds-tui sound test                   hear what the display will sound like
  kds-tui config example > config.toml

\b
Exit codes:
  {exit_codes.OK}  it did what was asked
  {exit_codes.FAILED}  it did not succeed
  {exit_codes.USAGE}  a wrong option or setting
  {exit_codes.HANG_UP}, 130, 143  ended by SIGHUP (or the terminal is gone), SIGINT, SIGTERM;
     a server that a signal ends says 0
""",
)
@click.version_option(__version__, prog_name=PROGRAM)
def main() -> None:
    """Show the live orders of a restaurant's kitchen in the terminal.

    Without a command it runs the display (`kds-tui run`).
    """
    os.environ.setdefault("TEXTUAL_FPS", FRAMES_PER_SECOND)  # Textual reads it when imported
    no_core_dumps()
    use_few_arenas()


main.add_command(hub)
main.add_command(keys)
main.add_command(sound)
main.add_command(doctor)
for _command in COMMANDS:
    main.add_command(_command)


@main.command(epilog=PRECEDENCE)
@config_option
@url_option
@click.option("--station", metavar="NAME", help="Show one station's items [display.station].")
@click.option(
    "--view", metavar="NAME", help="Begin with kitchen, expo, tables, scheduled [display.view]."
)
@click.option("--theme", metavar="NAME", help="Colour theme [display.theme].")
@click.option("--restaurant-id", metavar="UUID", help="The restaurant [server.restaurant_id].")
@click.pass_context
def run(
    ctx: click.Context,
    config_path: Path | None,
    url: str | None,
    station: str | None,
    view: str | None,
    theme: str | None,
    restaurant_id: str | None,
) -> None:
    """Run the kitchen display (the default command).

    Press ? in the display for its keys, q to leave.
    """
    with settings_errors_told():
        loaded = load_settings(
            config_path,
            {
                "server.url": url,
                "server.restaurant_id": restaurant_id,
                "display.station": station,
                "display.view": view,
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
    with settings_errors_told():
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


@main.command(epilog=PRECEDENCE)
@config_option
@url_option
def login(config_path: Path | None, url: str | None) -> None:
    """Sign this display in with the restaurant's PIN and keep the token.

    The PIN is asked for without showing it, or taken from the environment variable KDS_PIN or
    systemd's credential kds-pin. The token is kept in a file that only you can read
    [server.token_file].
    """
    with settings_errors_told():
        settings = load_settings(config_path, {"server.url": url}).settings
        from kds_tui.services.backend_errors import BackendError
        from kds_tui.services.logfile import open_log

        # Open before anything is asked: a line without a log would be written to the terminal.
        log = open_log(log_beside(settings.log, "login"))
    with log:
        try:
            say(_signed_in(settings.server))
        except BackendError as error:
            raise Refusal(str(error)) from error


def _signed_in(server: ServerSettings, *, anew: bool = False) -> str:
    """Sign in with the PIN that was given to this process, or ask for it."""
    from kds_tui.services.login import login_with_pin

    pin = given_pin() or click.prompt("PIN", hide_input=True)
    return login_with_pin(server, pin, anew=anew)


@main.command(epilog=PRECEDENCE)
@click.argument("url")
@click.option(
    "--fingerprint",
    metavar="SHA256",
    envvar="KDS_FINGERPRINT",
    help="Expect this certificate instead of asking; or set KDS_FINGERPRINT.",
)
@config_option
def enrol(url: str, fingerprint: str | None, config_path: Path | None) -> None:
    """Trust the hub at URL, once you have compared its certificate, and sign in.

    It shows the fingerprint of the hub's certificate: compare it with the one on the hub's own
    screen (`kds-tui hub certificate`). From then on this terminal takes exactly that certificate,
    and `kds-tui run` needs no option. Run it again when the hub has a new one.
    """
    with settings_errors_told():
        from kds_tui.services.enrolment import EnrolmentError, server_address

        try:
            address = server_address(url)
        except EnrolmentError as error:
            raise Refusal(str(error)) from error
        settings = load_settings(config_path, {"server.url": address}).settings
        from kds_tui.services.logfile import open_log

        log = open_log(log_beside(settings.log, "login"))
    with log:
        from kds_tui.enrol import enrol_terminal

        enrol_terminal(settings.server, fingerprint, lambda: _signed_in(settings.server, anew=True))
    with settings_errors_told():
        found = load_settings(config_path, {})
    if found.settings.server.url != settings.server.url:
        say(
            f"But [server] url is {found.settings.server.url} here"
            f" ({found.sources['server.url']}), and that wins: change it there."
        )


@main.group()
def config() -> None:
    """Show, write and check the settings."""


@config.command(epilog=PRECEDENCE)
@config_option
def show(config_path: Path | None) -> None:
    """Show every setting, its value now and where that comes from."""
    with settings_errors_told():
        loaded = load_settings(config_path, {})
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

    with settings_errors_told():
        loaded = load_file(file)
    given = sum(source != DEFAULT_SOURCE for source in loaded.sources.values())
    say(f"{file}: ok, {given} setting{'' if given == 1 else 's'} given")
