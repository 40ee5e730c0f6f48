"""Learning a bump bar: what is asked for, what was pressed for it, and what becomes of that.

No widget: presses in, steps and sentences out.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final

from textual.binding import Binding

from kds_tui.ui.key_profiles import SLOTS
from kds_tui.ui.key_table import LEARNED, SECOND_BAR, SETTINGS, BoundKey, KeyTable
from kds_tui.ui.keymap import ACTIONS, KeyAction, key_words
from voice_tui.terminal import ALONE

SKIPS: Final = "board.bump"
"""The action whose key, once it is known, says at another step that the bar has no such key."""

HELD: Final = ("voice.talk",)
"""Actions for which a key is held: of a modifier its press counts, not its coming up."""

_ASKED: Final = (
    SKIPS,
    "board.bump_item",
    "board.start",
    "board.recall",
    *(f"board.slot_{slot}" for slot in range(1, SLOTS + 1)),
    "board.left",
    "board.right",
    "board.up",
    "board.down",
    "board.page_next",
    "board.page_previous",
    "board.item_next",
    "board.hold",
    "board.fire",
    "board.rush",
    "board.acknowledge",
    "board.recall_list",
    "view.all_day",
    "view.next",
    "board.clear",
    "app.help",
    "voice.talk",
)
"""What is asked for a bar that no profile describes; what does not exist is left out."""

_ACTIONS: Final = {action.id: action for action in ACTIONS}


class Outcome(Enum):
    """What became of a step."""

    OPEN = "open"
    LEARNED = "learned"
    SAME = "as before"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Step:
    """An action that a key is asked for."""

    action: KeyAction
    legend: str
    """What is printed on the key; empty where no profile says so."""

    @property
    def name(self) -> str:
        """What the cook is asked to press."""
        return self.legend or self.action.words


@dataclass(frozen=True, slots=True)
class Heard:
    """What the last press was, and what became of it."""

    key: str
    """The key in words."""

    arrived: str
    """What the terminal sent, readable."""

    told: str
    """What became of it, in a sentence."""

    good: bool


class Lesson:
    """Walks through the actions.

    Args:
        keys: what the keys do now; its bars say what is asked for.
        learned: what was learned before: action id to keys with commas between.
    """

    def __init__(self, keys: KeyTable, learned: Mapping[str, str]) -> None:
        self._keys = keys
        self._before = dict(learned)
        self._ignored = ""
        self.new: dict[str, str] = {}
        """Action id -> key, as far as this lesson has learned it."""

        asked = list(_steps(keys))
        self.steps: Sequence[Step] = [step for step in asked if not self._is_fixed(step)]
        self.fixed = len(asked) - len(self.steps)
        """How many actions have their keys from `[keys]`, so that nothing can be learned."""

        self.outcomes = [Outcome.OPEN for _ in self.steps]
        self.at = 0
        """The step that is asked for; the number of steps when there is none left."""

        self.heard: Heard | None = None

    @property
    def step(self) -> Step | None:
        """What is asked for; None at the end."""
        return self.steps[self.at] if self.at < len(self.steps) else None

    @property
    def is_over(self) -> bool:
        """Whether everything was asked for."""
        return self.at >= len(self.steps)

    @property
    def learned(self) -> dict[str, str]:
        """What is known with this lesson: action id to keys with commas between."""
        taken = set(self.new.values())
        kept: dict[str, str] = {}
        for action_id, keys in self._before.items():
            left = [key for key in _names(keys) if key not in taken]
            if action_id not in self.new and left:
                kept[action_id] = ",".join(left)
        return {**kept, **self.new}

    @property
    def has_news(self) -> bool:
        """Whether there is something to be saved."""
        return self.learned != self._before

    def keys_of(self, step: Step) -> str:
        """Tell which keys a step's action has, in words."""
        if step.action.id in self.new:
            return key_words(self.new[step.action.id])
        taken = set(self.new.values())
        left = [each for each in self._keys.of(step.action.id) if each.key not in taken]
        return ", ".join(dict.fromkeys(key_words(each.key) for each in left))

    def means_bump(self, key: str, keypad: str = "") -> bool:
        """Tell whether a key bumps, by what is known now.

        Args:
            key: its name.
            keypad: its own name on the numeric pad, if it has one.
        """
        if SKIPS in self.new:
            return self.new[SKIPS] in (key, keypad)
        found = self._keys.at(keypad, key)
        return found is not None and found.action.id == SKIPS and found.key not in self.new.values()

    def press(self, key: str, keypad: str = "", arrived: str = "") -> None:
        """Take a key for the step that is asked for.

        Args:
            key: its name.
            keypad: its own name on the numeric pad, if it has one.
            arrived: what the terminal sent.
        """
        step = self.step
        if step is None or key == self._ignored:
            return
        name = keypad or key
        held = step.action.id in HELD
        if _is_modifier(key):
            if not held:  # whether it is alone is told when it comes up
                return
            self._ignored = key + ALONE
        sent = readable(arrived)
        owner = self._owner(name, key)
        words = key_words(name)
        if owner == step.action.id:
            fresh = step.action.id in self.new
            self._hear(words, sent, "that is its key", good=True)
            self._end_step(Outcome.LEARNED if fresh else Outcome.SAME)
        elif name in self.new.values():
            self._press_again(words, sent, owner)
        elif (bound := self._keys.at(keypad, key)) is not None and bound.source == SETTINGS:
            said = f"[keys] in your config gives it to: {bound.action.words}. Press another."
            self._hear(words, sent, said, good=False)
        else:
            self.new[step.action.id] = name
            self._hear(words, sent, f"learned for {step.name}{self._lost(bound)}", good=True)
            self._end_step(Outcome.LEARNED)

    def skip(self) -> None:
        """Leave the step that is asked for as it is, and go on."""
        if not self.is_over:
            self.heard = None
            self._end_step(Outcome.SKIPPED)

    def back(self) -> None:
        """Ask for the step before once more, and forget what was learned for it."""
        if self.at:
            self.at -= 1
            self.heard = None
            self.outcomes[self.at] = Outcome.OPEN
            self.new.pop(self.steps[self.at].action.id, None)

    def _owner(self, name: str, key: str) -> str:
        """Find whose key it is by now."""
        for action_id, learned in self.new.items():
            if learned == name:
                return action_id
        found = self._keys.at(name, key)
        return found.action.id if found is not None else ""

    def _press_again(self, words: str, sent: str, owner: str) -> None:
        if owner == SKIPS:
            self._hear(words, sent, f"that bumps: skipped {self._name()}", good=True)
            self._end_step(Outcome.SKIPPED)
        else:
            taken = _ACTIONS[owner].words
            self._hear(words, sent, f"that is the key for: {taken}. Press another.", good=False)

    def _name(self) -> str:
        return self.step.name if self.step is not None else ""

    def _lost(self, bound: BoundKey | None) -> str:
        """Say what the key did until now, and whether that is left without any."""
        if bound is None:
            return ""
        others = [
            each
            for each in self._keys.of(bound.action.id)
            if each.key != bound.key and each.key not in self.new.values()
        ]
        orphan = "" if others or bound.action.id in self.new else ", which has no key now"
        by = f" ({bound.source})" if bound.source == LEARNED else ""
        return f"; until now: {bound.action.words}{by}{orphan}"

    def _hear(self, words: str, sent: str, told: str, *, good: bool) -> None:
        self.heard = Heard(words, sent, told, good)

    def _end_step(self, outcome: Outcome) -> None:
        self.outcomes[self.at] = outcome
        self.at += 1

    def _is_fixed(self, step: Step) -> bool:
        return any(each.source == SETTINGS for each in self._keys.of(step.action.id))


def readable(arrived: str) -> str:
    """Write down what a terminal sent, so that it can be read to somebody on the phone.

    Args:
        arrived: may hold control characters.

    Returns:
        For example `ESC [57442;5u`; `^M` for Enter.
    """
    shown = "".join(
        "ESC " if char == "\x1b" else char if char.isprintable() else f"^{chr(ord(char) ^ 64)}"
        for char in arrived[:40]
    )
    return shown.replace("^\x3f", "^?") if shown != " " else "Space"


def _steps(keys: KeyTable) -> Iterator[Step]:
    found: dict[str, Step] = {}
    for place, bar in enumerate(keys.bars):
        for key in bar.keys:
            action_id = key.action.replace("board.slot_", SECOND_BAR) if place else key.action
            if action_id in _ACTIONS:
                found.setdefault(action_id, Step(_ACTIONS[action_id], key.legend))
    if not found:
        found = {name: Step(_ACTIONS[name], "") for name in _ASKED if name in _ACTIONS}
    first = found.pop(SKIPS, None)
    if first is not None:
        yield first
    yield from found.values()


def _names(keys: str) -> list[str]:
    return [each.key for each in Binding.make_bindings([Binding(keys, "")])]


def _is_modifier(key: str) -> bool:
    side, _, name = key.partition("_")
    return side in ("left", "right") and name in (
        "shift",
        "control",
        "alt",
        "super",
        "hyper",
        "meta",
    )
