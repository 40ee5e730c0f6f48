"""Every action of the board, with its id, its keys and the words that help shows.

The ids are what `[keys]` in the config names; they stay as they are from release to release.
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from textual.binding import Binding, InvalidBinding

SLOT_KEYS: Final = 12
"""How many slots have a key of their own, F1 to F12; the others are reached by their number."""


@dataclass(frozen=True, slots=True)
class KeyAction:
    """An action that keys can be bound to."""

    id: str
    keys: str
    """Separated by commas, in Textual's names or as the character itself."""

    action: str
    words: str


ACTIONS: Final = (
    KeyAction("board.bump", "space,enter", "bump", "Bump the selected ticket"),
    KeyAction("board.recall", "r", "recall", "Bring the last bumped ticket back"),
    KeyAction("board.left", "left,h", "move('LEFT')", "Select the ticket to the left"),
    KeyAction("board.right", "right,l", "move('RIGHT')", "Select the ticket to the right"),
    KeyAction("board.up", "up,k", "move('UP')", "Select the ticket above"),
    KeyAction("board.down", "down,j", "move('DOWN')", "Select the ticket below"),
    KeyAction("board.page_previous", "left_square_bracket,pageup", "turn(-1)", "Previous page"),
    KeyAction("board.page_next", "right_square_bracket,pagedown", "turn(1)", "Next page"),
    KeyAction("board.tidy", "o", "tidy", "Put the oldest tickets first again"),
    KeyAction("board.clear", "escape", "clear", "Forget the typed number and the selection"),
    KeyAction("voice.talk", "t", "talk", "Talk: begin an order, or end it"),
    KeyAction("app.reconnect", "ctrl+r", "reconnect", "Connect again now"),
    KeyAction("app.diagnostics", "ctrl+d", "diagnostics", "Show diagnostics: link, clock, program"),
    KeyAction("app.help", "question_mark", "help", "Show the keys"),
    KeyAction("app.palette", "ctrl+p", "palette", "Search all commands"),
    KeyAction("app.quit", "q,ctrl+q,ctrl+c", "quit", "Quit"),
    *(
        KeyAction(f"board.slot_{slot}", f"f{slot}", f"bump_slot({slot})", f"Bump slot {slot}")
        for slot in range(1, SLOT_KEYS + 1)
    ),
    *(
        KeyAction(f"board.digit_{digit}", str(digit), f"digit({digit})", f"Type a {digit}")
        for digit in range(10)
    ),
)
"""All actions, in the order in which help shows them."""


class KeymapError(ValueError):
    """The config's keys cannot be used.

    Args:
        problems: for each one the key of the config and what is wrong with it.
    """

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{key}: {reason}" for key, reason in problems))
        self.problems = tuple(problems)


def bindings(keymap: Mapping[str, str]) -> list[Binding]:
    """Bind the actions to their keys.

    Args:
        keymap: action id to keys, as the config has them; the others keep their defaults.

    Returns:
        A binding for each key.

    Raises:
        KeymapError: an id that there is not, or one key for two actions.
    """
    problems: list[tuple[str, str]] = []
    known = {action.id for action in ACTIONS}
    for action_id in keymap:
        if action_id not in known:
            nearest = difflib.get_close_matches(action_id, known, n=1)
            hint = f"; did you mean {nearest[0]}?" if nearest else ""
            problems.append((f"keys.{action_id}", f"there is no such action{hint}"))
    bound: list[Binding] = []
    owners: dict[str, str] = {}
    for action in ACTIONS:
        keys = keymap.get(action.id, action.keys)
        try:
            made = list(
                Binding.make_bindings(
                    [Binding(keys, action.action, action.words, show=False, id=action.id)]
                )
            )
        except InvalidBinding as error:
            problems.append((f"keys.{action.id}", f"{keys!r} cannot be used: {error}"))
            continue
        for binding in made:
            owner = owners.setdefault(binding.key, action.id)
            if owner != action.id:
                wrong = f"{binding.key!r} is the key of {owner} already; give one another key"
                problems.append((f"keys.{action.id}", wrong))
        bound.extend(made)
    if problems:
        raise KeymapError(problems)
    return bound


_KEY_WORDS: Final = {
    "space": "Space",
    "enter": "Enter",
    "escape": "Esc",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "question_mark": "?",
    "pageup": "PgUp",
    "pagedown": "PgDn",
}


def key_words(key: str) -> str:
    """Name a key as it is printed on a keyboard.

    Args:
        key: Textual's name for it.

    Returns:
        For example `Space`, `^p` or `F3`.
    """
    if key.startswith("ctrl+"):
        return f"^{key_words(key.removeprefix('ctrl+'))}"
    if key in _KEY_WORDS:
        return _KEY_WORDS[key]
    return key.upper() if key[:1] == "f" and key[1:].isdigit() else key
