"""`kds-tui sound`: hears the sounds and lists the devices, without a display.

Everything heavy is imported inside the commands, so that `--help` answers at once.
"""

from __future__ import annotations

from pathlib import Path

import click

from kds_tui.command_line import PRECEDENCE, config_option, load_settings, settings_errors_told
from voice_tui.say import Refusal, say

device_option = click.option(
    "--device", metavar="NAME", help="Sound device, or a part of its name [sound.device]."
)


@click.group()
def sound() -> None:
    """Hear the sounds of the display, and list the devices that can play them."""


@sound.command(epilog=PRECEDENCE)
@click.argument("events", metavar="[EVENT]...", nargs=-1)
@config_option
@device_option
@click.option("--volume", type=float, metavar="0..1", help="How loud [sound.volume].")
def test(
    events: tuple[str, ...], config_path: Path | None, device: str | None, volume: float | None
) -> None:
    """Play each sound once, or those of the events named, with the name shown.

    Events: new, changed, cancelled, late, ready, link_lost, recalled. Where there is no sound
    device it says why, and strikes the terminal's bell as the display would.
    """
    import asyncio

    from kds_tui.core.alerts import Alert

    with settings_errors_told():
        options = {"sound.device": device, "sound.volume": volume}
        settings = load_settings(config_path, options).settings.sound
    try:
        wanted = [Alert(event) for event in events] or list(Alert)
    except ValueError as error:
        raise click.BadParameter(f"{error}; there are {', '.join(Alert)}") from None

    async def play_all() -> None:
        from kds_tui.services.sound import STROKE_GAP, STROKES
        from kds_tui.services.sound_output import PlayerProcess, SoundFailed

        player, failed = PlayerProcess(settings.device), ""
        try:
            for alert in wanted:
                silent = ", silent on the display" if alert in settings.silent_events else ""
                say(f"{alert.value}{silent}")
                if not failed:
                    try:
                        await player.play(alert, settings.volume)
                    except SoundFailed as error:
                        failed = str(error)
                        say(f"{failed} The terminal's bell:", err=True)
                if failed:
                    for _ in range(STROKES[alert]):
                        click.echo("\a", nl=False)
                        await asyncio.sleep(STROKE_GAP)
                await asyncio.sleep(0.8)
        finally:
            await player.close()
        if failed:
            raise Refusal("nothing but the terminal's bell was struck")

    asyncio.run(play_all())


@sound.command()
def devices() -> None:
    """List the devices that can play, for `[sound] device`."""
    import asyncio

    async def list_devices() -> tuple[str, ...]:
        from kds_tui.services.sound_output import PlayerProcess, SoundFailed

        player = PlayerProcess()
        try:
            return await player.devices()
        except SoundFailed as error:
            raise Refusal(str(error)) from error
        finally:
            await player.close()

    found = asyncio.run(list_devices())
    if not found:
        raise Refusal(
            "There is no sound device that plays: the display strikes the terminal's bell. Plug a"
            " speaker in, and check that this user may use it (on Linux: group audio)."
        )
    say("\n".join(found))
