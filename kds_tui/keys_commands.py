"""`kds-tui keys`: what the keys do, which bump bars are known, and learning another one.

Everything heavy is imported inside the commands, so that `--help` answers at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from kds_tui.command_line import (
    PRECEDENCE,
    config_option,
    load_settings,
    log_beside,
    settings_errors_told,
)
from voice_tui.say import Refusal, say

if TYPE_CHECKING:
    from kds_tui.config import Loaded
    from kds_tui.ui.key_table import KeyTable

profiles_option = click.option(
    "--profile",
    "profiles",
    metavar="NAME",
    multiple=True,
    help="The bump bar, once or twice [bump_bar.profiles].",
)


@click.group()
def keys() -> None:
    """Show what the keys do, and learn those of a bump bar.

    \b
    kds-tui keys profiles                 the bars that are known
    kds-tui keys show --profile kb1700-b  what its keys would do
    kds-tui keys learn                    press each key of your bar once
    """


@keys.command(epilog=PRECEDENCE)
@config_option
@profiles_option
def show(config_path: Path | None, profiles: tuple[str, ...]) -> None:
    """Show every action, its keys, and where they come from.

    The sources: default, the name of a bump bar, learned, or [keys] of the settings. On the
    display's own terminal it also says whether all keys of the bar can arrive.
    """
    with settings_errors_told():
        _, table = _load(config_path, profiles)
    from kds_tui.key_check import terminal_words
    from kds_tui.ui.keymap import ACTIONS

    rows = [("ACTION", "KEYS", "SOURCE", "WHAT IT DOES")]
    for action in ACTIONS:
        found = table.of(action.id)
        for source in dict.fromkeys(each.source for each in found):
            of_it = [each for each in found if each.source == source]
            printed = [f'"{legend}"' for legend in dict.fromkeys(each.legend for each in of_it)]
            names = ", ".join(each.key for each in of_it)
            legend = f" {' '.join(printed)}" if of_it[0].legend else ""
            rows.append((action.id, names, f"{source}{legend}", action.words))
        if not found:
            takers = (f"{each.key} is {each.owner} now" for each in table.taken_from(action))
            rows.append((action.id, "", ", ".join(takers), action.words))
    say(_columns(rows))
    if words := terminal_words(table):
        say(f"\n{words}")


@keys.command("profiles")
@click.argument("name", required=False)
def list_profiles(name: str | None) -> None:
    """List the bump bars that are known, or what each key of the one called NAME sends and does."""
    from kds_tui.ui.key_profiles import PROFILES
    from kds_tui.ui.keymap import ACTIONS

    if name is None:
        for profile in PROFILES.values():
            say(f"{profile.name:<10}  {profile.about}")
        return
    if name not in PROFILES:
        raise Refusal(f"there is no profile {name!r}; there are {', '.join(PROFILES)}")
    words = {action.id: action.words for action in ACTIONS}
    profile = PROFILES[name]
    say(f"{profile.name}: {profile.about}\n")
    rows = [("PRINTED", "SENDS", "WHAT IT DOES")]
    for key in profile.keys:
        rows.append((key.legend, key.sends or "?", words.get(key.action, "nothing")))
    say(_columns(rows))


@keys.command(epilog=PRECEDENCE)
@config_option
@profiles_option
@click.pass_context
def learn(ctx: click.Context, config_path: Path | None, profiles: tuple[str, ...]) -> None:
    """Learn the keys of a bump bar: each is pressed once. The display's ctrl+k does the same.

    They are kept in keys.toml in the settings folder, and count less than the settings file.
    """
    import os
    import sys

    from voice_tui.terminal.refusal import refuse_terminal

    with settings_errors_told():
        loaded, table = _load(config_path, profiles)
    refused = refuse_terminal(os.environ, sys.stdin, sys.stdout)
    if refused is not None:
        raise Refusal(refused)
    from kds_tui.config.learned_keys import LearnedKeysError, keep_learned
    from kds_tui.config.loading import learned_keys_file
    from kds_tui.learning import run_lesson
    from kds_tui.services.logfile import open_log

    settings = loaded.settings
    with open_log(log_beside(settings.log, "keys")) as log:
        code, learned = run_lesson(table, settings.display.theme, log.path)
        if code:
            ctx.exit(code)
        if learned is None:
            say("Nothing was learned, nothing is changed.")
            return
        try:
            keep_learned(learned_keys_file(), learned)
        except LearnedKeysError as error:
            raise Refusal(str(error)) from error
    say(f"{_count(learned)} kept in {learned_keys_file()}")
    if profiles and tuple(profiles) != settings.bump_bar.profiles:
        names = ", ".join(f'"{name}"' for name in profiles)
        say(f"Name the bar in your settings too: [bump_bar] profiles = [{names}]")


@keys.command()
def forget() -> None:
    """Forget the keys that were learned; a copy is kept beside the file, as keys.toml.bak."""
    from kds_tui.config.learned_keys import LearnedKeysError, keep_learned
    from kds_tui.config.loading import learned_keys_file

    file = learned_keys_file()
    if not file.exists():
        say("No keys were learned.")
        return
    try:
        keep_learned(file, {})
    except LearnedKeysError as error:
        raise Refusal(str(error)) from error
    say(f"The learned keys are forgotten. A copy is in {file}.bak")


def _load(config_path: Path | None, profiles: Sequence[str]) -> tuple[Loaded, KeyTable]:
    from dataclasses import replace

    from kds_tui.display import check_screen_settings, key_layers
    from kds_tui.ui.key_table import KeymapError, key_table

    loaded = load_settings(config_path, {})
    table = check_screen_settings(loaded.settings, _source(loaded))
    if profiles:
        try:
            table = key_table(replace(key_layers(loaded.settings), profiles=tuple(profiles)))
        except KeymapError as error:
            raise Refusal(str(error)) from error
    return loaded, table


def _source(loaded: Loaded) -> str:
    return f"file {loaded.file}" if loaded.file else "settings"


def _count(learned: Iterable[str]) -> str:
    count = len(list(learned))
    return f"{count} key{'s are' if count != 1 else ' is'}"


def _columns(rows: Sequence[tuple[str, ...]]) -> str:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(f"{cell:{width}}" for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
