"""Running the kitchen display on a terminal: what is checked before, and how it ends."""

from __future__ import annotations

import asyncio
import os
import sys
from dataclasses import replace
from pathlib import Path

from kds_tui.app import KitchenApp
from kds_tui.config import ConfigError, Loaded, Problem
from kds_tui.config.loading import learned_keys_file, looks_file
from kds_tui.config.looks_file import LooksFile
from kds_tui.config.settings import Settings
from kds_tui.services.folder_lock import CannotStart
from kds_tui.services.logfile import open_log
from kds_tui.ui.key_table import KeyLayers, KeymapError, KeyTable, key_table
from kds_tui.ui.themes import THEMES
from voice_tui import exit_codes
from voice_tui.say import say
from voice_tui.terminal import refuse_terminal, run_guarded


def key_layers(settings: Settings) -> KeyLayers:
    """Gather what the settings say about keys.

    Args:
        settings: all of them.

    Returns:
        Config, bars and what was learned.
    """
    bars = settings.bump_bar
    return KeyLayers(settings.keys, bars.profiles, bars.learned, bars.second_from_column)


def check_screen_settings(
    settings: Settings, source: str, learned_file: Path | None = None
) -> KeyTable:
    """Check what only the screen can check: the names of keys, actions and themes.

    Args:
        settings: all of them.
        source: where they come from, for the message.
        learned_file: where keys that are learned are kept; None where nothing is kept.

    Returns:
        The keys of the board.

    Raises:
        ConfigError: something is wrong; it names each key.
    """
    problems: list[Problem] = []
    names = [theme.name for theme in THEMES]
    if settings.display.theme not in names:
        wrong = f"there is no theme {settings.display.theme!r}; there are {', '.join(names)}"
        problems.append(Problem(source, "display.theme", wrong))
    keys = KeyTable([])
    try:
        keys = key_table(replace(key_layers(settings), file=learned_file))
    except KeymapError as error:
        problems += [Problem(source, key, reason) for key, reason in error.problems]
    if problems:
        raise ConfigError(problems)
    return keys


def run_display(loaded: Loaded) -> int:
    """Run the kitchen display on this terminal.

    Args:
        loaded: the settings.

    Returns:
        The exit code.

    Raises:
        ConfigError: a setting cannot be used.
    """
    refused = refuse_terminal(os.environ, sys.stdin, sys.stdout)
    if refused is not None:
        say(refused, err=True)
        return exit_codes.FAILED
    settings = loaded.settings
    source = f"file {loaded.file}" if loaded.file else "settings"
    keys = check_screen_settings(settings, source, learned_keys_file())
    from kds_tui.services.credentials import TokenFile, token_path

    with open_log(settings.log) as log:
        app = KitchenApp(settings, keys, TokenFile(token_path(settings.server.token_file)))
        app.desk.sources = loaded.sources
        app.looks.file = LooksFile(looks_file(), loaded.sources)
        try:
            app.terminal.claim()  # before the screen is taken
        except CannotStart as error:
            say(str(error), err=True)
            return exit_codes.FAILED
        code = run_guarded(app, lambda: asyncio.run(app.run_to_end()), log.path)
        if app.refusal:
            say(app.refusal, err=True)
        return code
