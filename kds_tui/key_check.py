"""Whether the keys of the bump bars can arrive, for `kds-tui doctor` and `kds-tui keys`."""

from __future__ import annotations

import sys

from kds_tui.config.settings import Settings
from kds_tui.display import key_layers
from kds_tui.ui.help_words import lone_modifier_words
from kds_tui.ui.key_table import KeymapError, KeyTable, key_table
from voice_tui.check import Check
from voice_tui.terminal.key_question import ask_key_protocol


def check_keys(settings: Settings) -> list[Check]:
    """Check the keys, and that this terminal tells those of the bars.

    Args:
        settings: all of them.

    Returns:
        A finding; none where there is no bar.
    """
    try:
        keys = key_table(key_layers(settings))
    except KeymapError as error:
        return [Check("keys", False, str(error))]
    names = [bar.name for bar in keys.bars if bar.keys]
    if not names and not keys.layers.learned:
        return []
    bars = " and ".join(names) or "learned keys"
    if not keys.needs_lone_modifier:
        return [Check("keys", True, f"{bars}: every terminal tells them")]
    words = terminal_words(keys)
    if words is None:
        return [
            Check("keys", True, f"{bars}: run this on the display's own terminal to check them")
        ]
    return [Check("keys", not words, words or f"{bars}: this terminal tells a lone Ctrl")]


def terminal_words(keys: KeyTable) -> str | None:
    """Ask the terminal that this runs on, and say what of the bars cannot arrive there.

    Args:
        keys: with the bars.

    Returns:
        Words; empty when everything arrives, None when this does not run on a terminal.
    """
    if not keys.needs_lone_modifier:
        return ""
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    try:
        protocol = ask_key_protocol(sys.stdin.fileno())
    except OSError:
        return None
    return lone_modifier_words(keys, tells_lone_modifiers=protocol.tells_lone_modifiers)
