"""Every action of the board, with its id, its keys and the words that help shows.

The ids are what `[keys]` in the config names; they stay as they are from release to release.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from voice_tui.terminal import ALONE

SLOT_KEYS: Final = 12
"""How many slots have a key of their own, F1 to F12; the others are reached by their number."""

RIGHT_SLOTS: Final = 10
"""How many slots of the right half have an action of their own: a second bump bar has ten keys."""


NUMBERED: Final = ("board.digit_", "board.slot_", "board.right_slot_")
"""How the ids of actions begin that are many of a kind: neither help nor palette list each."""


@dataclass(frozen=True, slots=True)
class KeyAction:
    """An action that keys can be bound to."""

    id: str
    keys: str
    """Separated by commas, in Textual's names or as the character itself; empty for none."""

    action: str
    words: str


VIEWS: Final = (
    ("kitchen", "Show the kitchen's tickets"),
    ("expo", "Show the pass: what is cooked, and what is ready"),
    ("tables", "Show the tables"),
    ("scheduled", "Show scheduled orders"),
)
"""The views, in the sequence in which tab goes through them, and what the palette says of each."""

ACTIONS: Final = (
    KeyAction("board.bump", "space,enter", "bump", "Bump the selected ticket"),
    KeyAction("board.bump_item", "x", "bump_item", "Mark the chosen item done, or not"),
    KeyAction("board.item_next", "i", "item(1)", "Choose the next item"),
    KeyAction("board.item_previous", "I", "item(-1)", "Choose the previous item"),
    KeyAction("board.bump_table", "T", "bump_table", "Bump all tickets of the selected table"),
    KeyAction("board.recall", "r", "recall", "Undo the last bump, or bring its ticket back"),
    KeyAction("board.start", "s", "start", "Start to cook the selected ticket"),
    KeyAction("board.rush", "!", "rush", "Rush: to the front on all screens, or back"),
    KeyAction("board.hold", "w", "hold", "Hold the ticket, or a course of it"),
    KeyAction("board.fire", "f", "fire", "Fire what is held, or a scheduled order"),
    KeyAction("board.pick_up", "p", "pick_up", "Picked up by a runner"),
    KeyAction("board.serve", "v", "serve", "Served: guests have it"),
    KeyAction("board.acknowledge", "a", "acknowledge", "Take notice of the selected ticket"),
    KeyAction(
        "board.acknowledge_all", "A", "acknowledge_all", "Take notice of all that is new or changed"
    ),
    KeyAction("board.recall_list", "R", "recall_list", "Search the shift's tickets to recall one"),
    KeyAction("board.endings", "e", "endings", "See what did not count"),
    KeyAction("board.stock", "m", "stock", "Show the menu: put items out of stock (86), or back"),
    KeyAction("board.left", "left,h", "move('LEFT')", "Select the ticket to the left"),
    KeyAction("board.right", "right,l", "move('RIGHT')", "Select the ticket to the right"),
    KeyAction("board.up", "up,k", "move('UP')", "Select the ticket above"),
    KeyAction("board.down", "down,j", "move('DOWN')", "Select the ticket below"),
    KeyAction("board.page_previous", "left_square_bracket,pageup", "turn(-1)", "Previous page"),
    KeyAction("board.page_next", "right_square_bracket,pagedown", "turn(1)", "Next page"),
    KeyAction("board.page_around", "", "turn_around", "Next page; after the last one the first"),
    KeyAction("board.tidy", "o", "tidy", "Put the oldest tickets first again"),
    KeyAction("board.clear", "escape", "clear", "Forget the typed number and the selection"),
    KeyAction("board.search", "slash", "search", "Search the tickets"),
    KeyAction("board.filters", "c", "filters", "Choose which tickets are shown"),
    KeyAction("board.sort", "y", "sort", "Sort by urgency, age, number or table"),
    KeyAction("board.take_over", "n", "take_over", "Take over the next station"),
    KeyAction("board.give_back", "N", "give_back", "Give a station back that was taken over"),
    KeyAction("view.next", "tab", "view(1)", "Next view"),
    KeyAction("view.previous", "shift+tab", "view(-1)", "Previous view"),
    KeyAction("view.focus", "z", "enlarge", "Show the selected ticket in large letters"),
    KeyAction("view.all_day", "d", "all_day", "All-day counts: by item, by modifiers too, off"),
    *(KeyAction(f"view.{name}", "", f"show('{name}')", words) for name, words in VIEWS),
    KeyAction("voice.talk", "t", "talk", "Talk: begin an order, or end it"),
    KeyAction("sound.mute", "b", "mute", "No sounds for some minutes, or sounds again"),
    KeyAction("sound.test", "ctrl+t", "test_sounds", "Hear every sound, with its name"),
    KeyAction("app.looks", "ctrl+o", "looks", "Pick colours and size of the cards"),
    KeyAction("app.reconnect", "ctrl+r", "reconnect", "Connect again now"),
    KeyAction("app.diagnostics", "ctrl+d", "diagnostics", "Show diagnostics: link, clock, program"),
    KeyAction("app.learn", "ctrl+k", "learn", "Learn the keys of a bump bar"),
    KeyAction("app.help", "question_mark", "help", "Show the keys"),
    KeyAction("app.palette", "ctrl+p", "palette", "Search all commands"),
    KeyAction("app.quit", "q,ctrl+q,ctrl+c", "quit", "Quit"),
    *(
        KeyAction(f"board.slot_{slot}", f"f{slot}", f"bump_slot({slot})", f"Bump slot {slot}")
        for slot in range(1, SLOT_KEYS + 1)
    ),
    *(
        KeyAction(
            f"board.right_slot_{slot}",
            "",
            f"bump_slot_right({slot})",
            f"Bump slot {slot} of the right half",
        )
        for slot in range(1, RIGHT_SLOTS + 1)
    ),
    *(
        KeyAction(f"board.digit_{digit}", str(digit), f"digit({digit})", f"Type a {digit}")
        for digit in range(10)
    ),
)
"""All actions, in the order in which help shows them."""


_KEY_WORDS: Final = {
    "space": "Space",
    "enter": "Enter",
    "escape": "Esc",
    "tab": "Tab",
    "backspace": "Backspace",
    "delete": "Del",
    "insert": "Ins",
    "home": "Home",
    "end": "End",
    "left": "←",
    "right": "→",
    "up": "↑",
    "down": "↓",
    "pageup": "PgUp",
    "pagedown": "PgDn",
    "left_square_bracket": "[",
    "right_square_bracket": "]",
    "question_mark": "?",
    "exclamation_mark": "!",
    "slash": "/",
    "minus": "-",
    "plus": "+",
    "asterisk": "*",
    "full_stop": ".",
    "comma": ",",
    "equals_sign": "=",
    "subtract": "pad -",
    "add": "pad +",
    "multiply": "pad *",
    "divide": "pad /",
    "decimal": "pad .",
    "equal": "pad =",
    "separator": "pad ,",
    "kp_enter": "pad Enter",
    "left_control": "left Ctrl",
    "right_control": "right Ctrl",
}


def key_words(key: str) -> str:
    """Name a key as it is printed on a keyboard.

    Args:
        key: Textual's name for it, or one of `voice_tui.terminal.KEYPAD`.

    Returns:
        For example `Space`, `^p`, `F3` or `pad 7`.
    """
    if key.startswith("ctrl+"):
        return f"^{key_words(key.removeprefix('ctrl+'))}"
    if key.startswith("shift+"):
        return f"Shift+{key_words(key.removeprefix('shift+'))}"
    if key.endswith(ALONE):
        return f"{key_words(key.removesuffix(ALONE))} alone"
    if key in _KEY_WORDS:
        return _KEY_WORDS[key]
    if key.startswith("kp_"):
        return f"pad {key.removeprefix('kp_')}"
    if key[:1] == "f" and key[1:].isdigit():
        return key.upper()
    return key.replace("_", " ")
