"""Which key does what, from four layers, and where two of them disagree.

The layers, the weakest first: the default keys, the keys of the bump bars, the keys that were
learned, `[keys]` of the config. A bar and what was learned add keys to an action. `[keys]` gives an
action exactly the keys named there. All of them take keys from the actions that have them by
default: a release with a new action must not stop a display whose key it happens to want.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from textual.binding import Binding, InvalidBinding

from kds_tui.ui.key_profiles import PROFILES, BarKey, Profile
from kds_tui.ui.keymap import ACTIONS, KeyAction, key_words
from voice_tui.terminal import KEYPAD

DEFAULT: Final = "default"
LEARNED: Final = "learned"
SETTINGS: Final = "[keys]"

SECOND_BAR: Final = "board.right_slot_"
"""How the ids of the second bar's slots begin: they count from the right half of the screen."""

_TWINS: Final = dict(KEYPAD.values())
"""Own name of a key of the numeric pad -> name of the key that types the same."""

_ACTIONS: Final = {action.id: action for action in ACTIONS}


class KeymapError(ValueError):
    """The config's keys cannot be used.

    Args:
        problems: for each one the key of the config and what is wrong with it.
    """

    def __init__(self, problems: Sequence[tuple[str, str]]) -> None:
        super().__init__("; ".join(f"{key}: {reason}" for key, reason in problems))
        self.problems = tuple(problems)


@dataclass(frozen=True, slots=True)
class BoundKey:
    """A key that does something."""

    key: str
    """In Textual's names."""

    action: KeyAction
    source: str
    """`default`, the name of a profile, `learned` or `[keys]`."""

    legend: str = ""
    """What a bar has printed on it."""

    @property
    def words(self) -> str:
        """The key as it is printed: on the bar, else on a keyboard."""
        return self.legend or key_words(self.key)

    @property
    def owner(self) -> str:
        """What it does and by whose word, for a message."""
        printed = f"{self.legend} of " if self.legend else ""
        said = "" if self.source in (DEFAULT, SETTINGS) else f" ({printed}{self.source})"
        return f"{self.action.id}{said}"


@dataclass(frozen=True, slots=True)
class KeyLayers:
    """What a table is made from, beside the default keys."""

    keys: Mapping[str, str] = field(default_factory=dict[str, str])
    """Action id to keys with commas between, of `[keys]`."""

    profiles: Sequence[str] = ()
    """Names of the bars, of `[bump_bar]`; the slots of the second one are on the right."""

    learned: Mapping[str, str] = field(default_factory=dict[str, str])
    """Action id to keys with commas between, as learn mode wrote them."""

    second_from_column: int = 0
    """Column from which the slots of the second bar count; 0: the right half."""

    file: Path | None = None
    """Where keys that are learned are kept; None where nothing is kept."""


class KeyTable:
    """Every key that does something.

    Args:
        bound: the keys, in the order of the actions.
        bars: the profiles that are in use.
        layers: what it was made from.
    """

    def __init__(
        self,
        bound: Sequence[BoundKey],
        bars: Sequence[Profile] = (),
        layers: KeyLayers | None = None,
    ) -> None:
        self.bound = tuple(bound)
        self.bars = tuple(bars)
        self.layers = layers or KeyLayers()
        self._by_key = {each.key: each for each in bound}

    def with_learned(self, learned: Mapping[str, str]) -> KeyTable:
        """Make the table that this one becomes when other keys were learned.

        Args:
            learned: action id to keys with commas between.

        Returns:
            Another table.

        Raises:
            KeymapError: one key for two actions.
        """
        return key_table(replace(self.layers, learned=dict(learned)))

    def bindings(self) -> list[Binding]:
        """Make Textual's bindings of them."""
        return [
            Binding(each.key, each.action.action, each.action.words, show=False, id=each.action.id)
            for each in self.bound
        ]

    def of(self, action_id: str) -> list[BoundKey]:
        """Find the keys of an action.

        Args:
            action_id: as in `ACTIONS`.

        Returns:
            Its keys; first those of a bar, since there they are printed.
        """
        return [each for each in self.bound if each.action.id == action_id]

    def closing(self, own: str = "") -> list[str]:
        """Tell which keys close a dialog, beside Esc: a bump bar has none.

        Args:
            own: the id of the action that opens the dialog.

        Returns:
            Their names: those that clear, those of the menu by which a bar came there, and its own.
        """
        ids = (own, "board.clear", "app.palette")
        return [each.key for each in self.bound if each.action.id in ids]

    def at(self, *keys: str) -> BoundKey | None:
        """Find what a key does.

        Args:
            keys: its names, the most telling one first; empty ones are passed over.
        """
        return next((self._by_key[key] for key in keys if key in self._by_key), None)

    def taken_from(self, action: KeyAction) -> list[BoundKey]:
        """Tell what the default keys of an action do that it does not have any more.

        Args:
            action: any.

        Returns:
            Those of its default keys that another action has.
        """
        keys = _split(action, action.keys, DEFAULT) if action.keys else []
        now = [self.at(each.key) for each in keys]
        return [each for each in now if each is not None and each.action != action]

    @property
    def needs_lone_modifier(self) -> bool:
        """Whether a bar has a key that most terminals do not tell."""
        return any(bar.sends_lone_modifier for bar in self.bars)


def key_table(layers: KeyLayers | None = None) -> KeyTable:
    """Put the layers together.

    Args:
        layers: beside the default keys.

    Returns:
        The table.

    Raises:
        KeymapError: an id or profile that there is not, or one key for two actions; all of them.
    """
    layers = layers or KeyLayers()
    given = _Joined(layers)
    bound = list(given.bound())
    if given.problems:
        raise KeymapError(given.problems)
    return KeyTable(bound, given.bars, layers)


class _Joined:
    def __init__(self, layers: KeyLayers) -> None:
        self.problems: list[tuple[str, str]] = []
        self._keys = self._read(layers.keys, "keys", SETTINGS)
        self._learned = self._read(layers.learned, "bump_bar.learned", LEARNED)
        self._refuse_doubles()
        self.bars = list(self._profiles(layers.profiles))
        self._on_bars = self._join_bars()

    def bound(self) -> Iterator[BoundKey]:
        """Give every key, action by action."""
        owners: dict[str, BoundKey] = {}
        for action in ACTIONS:
            for found in self._of(action):
                owner = owners.setdefault(found.key, found)
                if owner.action != action:
                    reason = f"{found.key!r} is the key of {owner.owner} already"
                    said = "" if found.source in (DEFAULT, SETTINGS) else f" for {found.owner}"
                    self.problems.append(
                        (f"keys.{action.id}", f"{reason}{said}; give one another key")
                    )
                elif owner is found:
                    yield found

    def _of(self, action: KeyAction) -> list[BoundKey]:
        if action.id in self._keys:
            return self._keys[action.id]
        learned = self._learned.get(action.id, [])
        taken = {each.key for found in self._learned.values() for each in found}
        bars = [
            each
            for each in self._on_bars.values()
            if each.action == action and each.key not in taken
        ]
        taken |= self._on_bars.keys()
        taken |= {each.key for found in self._keys.values() for each in found}
        keys = _split(action, action.keys, DEFAULT) if action.keys else []
        default = [each for each in keys if each.key not in taken]
        return [*learned, *bars, *default]

    def _read(
        self, table: Mapping[str, str], section: str, source: str
    ) -> dict[str, list[BoundKey]]:
        found: dict[str, list[BoundKey]] = {}
        for action_id, keys in table.items():
            name = f"{section}.{action_id}"
            if action_id not in _ACTIONS:
                nearest = difflib.get_close_matches(action_id, _ACTIONS, n=1)
                hint = f"; did you mean {nearest[0]}?" if nearest else ""
                self.problems.append((name, f"there is no such action{hint}"))
                continue
            try:
                found[action_id] = _split(_ACTIONS[action_id], keys, source)
            except InvalidBinding as error:
                self.problems.append((name, f"{keys!r} cannot be used: {error}"))
        return found

    def _refuse_doubles(self) -> None:
        owners: dict[str, str] = {}
        for action_id, keys in self._learned.items():
            for each in keys:
                owner = owners.setdefault(each.key, action_id)
                if owner != action_id:
                    wrong = f"{each.key!r} was learned for {owner} already; learn one of them anew"
                    self.problems.append((f"bump_bar.learned.{action_id}", wrong))

    def _profiles(self, names: Sequence[str]) -> Iterator[Profile]:
        for name in names:
            if name in PROFILES:
                yield PROFILES[name]
            else:
                wrong = f"there is no profile {name!r}; there are {', '.join(PROFILES)}"
                self.problems.append(("bump_bar.profiles", wrong))

    def _join_bars(self) -> dict[str, BoundKey]:
        """Lay the bars beside each other, and refuse two that send the same for different things.

        A key of the numeric pad counts under the name of its twin too, since most terminals do not
        tell them apart; not where another bar sends that.
        """
        joined: dict[str, BoundKey] = {}
        twins: dict[str, BoundKey] = {}
        clashes: list[tuple[BoundKey, BoundKey]] = []
        for place, bar in enumerate(self.bars):
            for key in bar.keys:
                action = _ACTIONS.get(_action_id(key, place))
                if not key.sends or action is None:
                    continue
                found = BoundKey(key.sends, action, bar.name, key.legend)
                owner = joined.setdefault(key.sends, found)
                if owner.action != action:
                    clashes.append((owner, found))
                elif key.sends in _TWINS:
                    twin = _TWINS[key.sends]
                    twins.setdefault(twin, BoundKey(twin, action, bar.name, key.legend))
        if clashes:
            one, other = clashes[0]
            more = f", and so with {len(clashes) - 1} more keys" if clashes[1:] else ""
            wrong = (
                f"{one.key!r} is {one.owner} and {other.owner}{more}: a terminal does not tell"
                " which bar a key comes from; take bars that send different keys"
            )
            self.problems.append(("bump_bar.profiles", wrong))
        return {**twins, **joined}


def _action_id(key: BarKey, place: int) -> str:
    """Tell what a bar's key does: the slots of the second bar are those on the right."""
    return key.action.replace("board.slot_", SECOND_BAR) if place else key.action


def _split(action: KeyAction, keys: str, source: str) -> list[BoundKey]:
    made = Binding.make_bindings([Binding(keys, action.action, action.words, id=action.id)])
    return [BoundKey(binding.key, action, source) for binding in made]
