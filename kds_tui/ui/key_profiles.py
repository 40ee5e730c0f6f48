"""Bump bars: which key each of their keys sends, what is printed on it, and what it does here.

Logic Controls' (Bematech's) KB1700 and KB9000 are what most kitchens have, under many names. All
legend sheets of the KB1700 leave the same 17 codes; order and codes are those of KDS Premium's
`KDSBumpBarKeyFunc.java`. On sheet B the key with a printed 1 sends 0, and that with a 10 sends 9.
Bars are reprogrammed in the field: what one really sends is learned on the display.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

PLAIN: Final = "pc"
"""The profile of a plain keyboard: the default keys, and nothing else."""

CUSTOM: Final = "custom"
"""The profile of a bar that nobody described: its keys are those that were learned."""

SLOTS: Final = 10
"""Slot keys of a bar."""


@dataclass(frozen=True, slots=True)
class BarKey:
    """One key of a bar."""

    sends: str
    """Name of the key that it sends; empty where that is not known and has to be learned."""

    legend: str
    """What is printed on it."""

    action: str
    """Id of what it does."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A kind of bump bar."""

    name: str
    about: str
    """Which bar it is, in words."""

    keys: Sequence[BarKey] = ()

    @property
    def sends_lone_modifier(self) -> bool:
        """Whether one of its keys is a modifier alone, which most terminals do not tell."""
        return any(key.sends.endswith("_alone") for key in self.keys)


_CODES: Final = (
    "left_control_alone",
    "subtract",
    "down",
    "left",
    "right",
    "space",
    "enter",
)
"""What the keys of a KB1700 send that are not numbers, in the order of the sheets below."""

_Sheet = tuple[tuple[str, str], ...]

_SHEETS: Final[dict[str, tuple[str, _Sheet]]] = {
    "a": (
        "legends are those of a keyboard",
        (
            ("Ctrl", "board.bump"),
            ("-", "board.recall"),
            ("Down", "board.down"),
            ("Left", "board.left"),
            ("Right", "board.right"),
            ("Space", "board.page_around"),
            ("Enter", "board.bump"),
        ),
    ),
    "b": (
        "as Clover and Prism deliver it: BUMP RECALL SUM PAGE UP DOWN REDRAW, 1 to 10",
        (
            ("BUMP", "board.bump"),
            ("RECALL", "board.recall"),
            ("SUM", "view.all_day"),
            ("PAGE", "board.page_around"),
            ("UP", "board.up"),
            ("DOWN", "board.down"),
            ("REDRAW", "board.tidy"),
        ),
    ),
    "c": (
        "with BUMP ITEM and BUMP TICKET; some send Enter for BUMP TICKET: learn it there",
        (
            ("BUMP ITEM", "board.bump_item"),
            ("Left", "board.left"),
            ("Right", "board.right"),
            ("Up", "board.up"),
            ("Down", "board.down"),
            ("BUMP TICKET", "board.bump"),
            ("Menu", "app.palette"),
        ),
    ),
    "d": (
        "as Arryved delivers it: BUMP RECALL Scroll Mode Home Summary",
        (
            ("BUMP", "board.bump"),
            ("RECALL", "board.recall"),
            ("Scroll", "board.page_around"),
            ("Mode", "view.next"),
            ("Home", "board.tidy"),
            ("Summary", "view.all_day"),
            ("Enter", "board.bump"),
        ),
    ),
    "e": (
        "with View, Park, Zoom and Reset; its Language key moves down: it has no other for that",
        (
            ("View", "view.next"),
            ("Park", "board.hold"),
            ("Language", "board.down"),
            ("Zoom", "view.focus"),
            ("Recall", "board.recall"),
            ("Bump", "board.bump"),
            ("Right", "board.right"),
        ),
    ),
    "g": (
        "with BUMP ITEM, Park/Serve and In progress",
        (
            ("BUMP ITEM", "board.bump_item"),
            ("Recall", "board.recall"),
            ("Summary", "view.all_day"),
            ("Park/Serve", "board.hold"),
            ("In progress", "board.start"),
            ("Menu", "app.palette"),
            ("Enter", "board.bump"),
        ),
    ),
}
"""Letter of a legend sheet -> which bar it is, and of each key its legend and what it does."""


def _numbers(letter: str) -> Sequence[BarKey]:
    """Give the number keys of a sheet: most print what they send."""
    if letter == "b":
        return [BarKey(str(n - 1), str(n), f"board.slot_{n}") for n in range(1, SLOTS + 1)]
    if letter == "e":
        slots = [BarKey(str(n), str(n), f"board.slot_{n}") for n in range(1, 9)]
        return [*slots, BarKey("9", "Left", "board.left"), BarKey("0", "Reset", "board.clear")]
    last = "0/10" if letter == "d" else "0"
    slots = [BarKey(str(n), str(n), f"board.slot_{n}") for n in range(1, SLOTS)]
    return [*slots, BarKey("0", last, f"board.slot_{SLOTS}")]


def _kb1700(letter: str) -> Profile:
    about, sheet = _SHEETS[letter]
    keys = [
        BarKey(code, legend, action) for code, (legend, action) in zip(_CODES, sheet, strict=True)
    ]
    about = f"Logic Controls KB1700 or KB9000, legend sheet {letter.upper()}: {about}"
    return Profile(f"kb1700-{letter}", about, (*keys, *_numbers(letter)))


_NUMPAD: Final = Profile(
    "numpad",
    "a numeric pad: numbers are slots, Enter bumps, - recalls, / starts, . takes notice, + and *"
    " turn the page",
    (
        *(BarKey(f"kp_{n}", str(n), f"board.slot_{n}") for n in range(1, SLOTS)),
        BarKey("kp_0", "0", f"board.slot_{SLOTS}"),
        BarKey("kp_enter", "Enter", "board.bump"),
        BarKey("subtract", "-", "board.recall"),
        BarKey("add", "+", "board.page_next"),
        BarKey("multiply", "*", "board.page_previous"),
        BarKey("divide", "/", "board.start"),
        BarKey("decimal", ".", "board.acknowledge"),
        BarKey("backspace", "Backspace", "board.clear"),
    ),
)

_TOAST: Final = Profile(
    "toast",
    "a bar with Toast's legends; what it sends is not known: learn it. With [bump] select_first"
    " the same number twice bumps, as there",
    (
        *(BarKey("", str(n), f"board.slot_{n}") for n in range(1, SLOTS + 1)),
        BarKey("", "PAGE LEFT", "board.page_previous"),
        BarKey("", "PAGE RIGHT", "board.page_next"),
        BarKey("", "UP", "board.up"),
        BarKey("", "DOWN", "board.down"),
        BarKey("", "ENTER", "board.bump"),
        BarKey("", "MENU", "app.palette"),
        BarKey("", "VIEW", "view.next"),
        BarKey("", "FULFILL", "board.bump"),
        BarKey("", "RECALL LAST", "board.recall"),
    ),
)

PROFILES: Final = {
    profile.name: profile
    for profile in (
        Profile(PLAIN, "a plain keyboard: the keys that help lists, no bar"),
        *(_kb1700(letter) for letter in _SHEETS),
        _NUMPAD,
        _TOAST,
        Profile(CUSTOM, "a bar of your own: all of its keys are learned"),
    )
}
"""Every profile by its name, as `[bump_bar] profiles` has it."""
