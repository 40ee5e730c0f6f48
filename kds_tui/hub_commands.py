"""`kds-tui hub`: the order server, and what its owner does on its machine.

Everything heavy is imported inside the commands, so that `--help` answers at once.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from kds_tui.command_line import (
    PRECEDENCE,
    DefaultCommandGroup,
    config_option,
    data_dir_option,
    given_pin,
    load_settings,
    log_beside,
    settings_errors_told,
)
from voice_tui.say import Refusal, say


@click.group(cls=DefaultCommandGroup)
def hub() -> None:
    """Run the order server that comes along, for a kitchen with no backend.

    Without a command it runs the hub; its options are shown by `kds-tui hub run --help`. The other
    commands are for the machine of the hub, whether it runs or not.
    """


@hub.command("run", epilog=PRECEDENCE)
@config_option
@click.option("--host", metavar="ADDRESS", help="Address to listen on [hub.host].")
@click.option("--port", type=int, help="Port to listen on; 0 takes a free one [hub.port].")
@data_dir_option
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
    with settings_errors_told():
        loaded = load_settings(
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
        with open_log(log_beside(settings.log, "hub")):
            ctx.exit(run_hub(settings.hub, mount))


@hub.group(cls=DefaultCommandGroup, default="list")
def tokens() -> None:
    """Show who is signed in (the default), and sign terminals out."""


@tokens.command("list", epilog=PRECEDENCE)
@config_option
@data_dir_option
def list_tokens(config_path: Path | None, data_dir: str | None) -> None:
    """List the tokens that are out: which terminal, from where, last used, until when."""
    with _hub_in_hand(config_path, data_dir) as folder:
        from kds_tui.hub import owner

        say(owner.tokens_table(folder))


@tokens.command()
@click.argument("token_id", metavar="ID|all")
@config_option
@data_dir_option
def revoke(token_id: str, config_path: Path | None, data_dir: str | None) -> None:
    """Sign a terminal out, or all of them: at once, wherever it is."""
    with _hub_in_hand(config_path, data_dir) as folder:
        from kds_tui.hub import owner

        say(owner.revoke(folder, token_id))


@hub.command(epilog=PRECEDENCE)
@config_option
@data_dir_option
@click.option("--new", is_flag=True, help="Make a new one: each terminal has to be enrolled again.")
@click.option(
    "--name",
    "names",
    metavar="HOST",
    multiple=True,
    help="With --new: a host name or address by which browsers reach the hub; may be repeated.",
)
def certificate(
    config_path: Path | None, data_dir: str | None, new: bool, names: tuple[str, ...]
) -> None:
    """Show the hub's certificate: the fingerprint to compare when a terminal is enrolled."""
    if names and not new:
        raise click.UsageError("--name is for a new certificate: add --new.")
    with settings_errors_told():
        settings = load_settings(config_path, {"hub.data_dir": data_dir}).settings.hub
    from kds_tui.hub import owner
    from kds_tui.hub.errors import HubError

    try:
        say(owner.new_certificate(settings, names) if new else owner.certificate(settings))
    except HubError as error:
        raise Refusal(str(error)) from error


@hub.command(epilog=PRECEDENCE)
@config_option
@data_dir_option
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

        chosen = given_pin() or click.prompt("New PIN", hide_input=True, confirmation_prompt=True)
        if sign_out is None:  # asked before anything is done: without an answer nothing is
            sign_out = click.confirm("Sign all terminals out, so that each needs the new PIN?")
        say(owner.set_pin(folder, chosen))
        if sign_out:
            say(owner.revoke(folder, owner.ALL))


@contextmanager
def _hub_in_hand(config_path: Path | None, data_dir: str | None) -> Iterator[Path]:
    """Find the hub's folder, and tell what goes wrong with it in a sentence."""
    with settings_errors_told():
        settings = load_settings(config_path, {"hub.data_dir": data_dir}).settings
    from kds_tui.hub.errors import HubError

    try:
        yield settings.hub.data_dir
    except HubError as error:
        raise Refusal(str(error)) from error
