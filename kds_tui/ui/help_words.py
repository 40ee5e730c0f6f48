"""What help says: every key in groups, the keys of the bump bars, the signs on a card.

Pure functions: what the keys do in, lines out, as many columns beside each other as there is room
for.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations, pairwise
from typing import Final

from rich.cells import cell_len

from kds_tui.ui.card_lines import truncate, wrap
from kds_tui.ui.key_profiles import Profile
from kds_tui.ui.key_table import LEARNED, KeyTable
from kds_tui.ui.keymap import ACTIONS, NUMBERED, SLOT_KEYS, KeyAction

LABEL: Final = 13
"""Columns of the keys, the space after them included."""

GAP: Final = 3
"""Columns between two columns of text."""

MIN_COLUMN: Final = 34
"""Narrowest column of text: most actions fit on one line of it, keys included, or on two."""

MOST_COLUMNS: Final = 3

MOVES: Final = ("board.left", "board.down", "board.up", "board.right")
"""Actions that help shows in one line."""

NO_LONE_MODIFIER: Final = (
    "This terminal does not tell a lone Ctrl: {legend} does not arrive. Use one with the kitty"
    " keyboard protocol (kitty, foot, Ghostty), not inside tmux or screen; or reprogram the bar"
    " and learn its keys."
)

_GROUPS: Final = {
    "Tickets": (),
    "Moving about": (
        *MOVES,
        "board.page_previous",
        "board.page_next",
        "board.page_around",
        "board.item_next",
        "board.item_previous",
        "board.tidy",
        "board.clear",
    ),
    "What is shown": (
        "board.search",
        "board.filters",
        "board.sort",
        "board.take_over",
        "board.give_back",
        "view.",
    ),
    "This display": ("voice.", "sound.", "app."),
}
"""Title of a group -> ids of its actions, or how they begin; the first has what no other names."""

_SIGNS: Final = (
    ("OK SOON LATE", "on time, due soon, over time"),
    ("- +", "without, extra"),
    ("! ~ »", "allergy, how done, note"),
)


@dataclass(frozen=True, slots=True)
class Part:
    """Lines that belong together."""

    title: str
    rows: Sequence[tuple[str, str]]
    """Keys and what they do."""


def help_parts(keys: KeyTable) -> list[Part]:
    """Say what the keys do.

    Args:
        keys: all of them.

    Returns:
        The bars first, then the groups of actions, then the signs on a card.
    """
    parts = [
        Part(f"Bar {bar.name}", list(_bar_rows(bar, keys, second=place > 0)))
        for place, bar in enumerate(keys.bars)
        if bar.keys
    ]
    for title in _GROUPS:
        rows = [
            row
            for action in ACTIONS
            if not action.id.startswith(NUMBERED) and _group(action.id) == title
            for row in _rows(action, keys)
        ]
        if title == "Tickets":
            rows += _slot_rows(keys)
        parts.append(Part(title, rows))
    parts.append(Part("On a card", _SIGNS))
    return [part for part in parts if part.rows]


def lone_modifier_words(keys: KeyTable, *, tells_lone_modifiers: bool) -> str:
    """Say that a key of the bar cannot arrive.

    Args:
        keys: all of them, with the bars.
        tells_lone_modifiers: whether the terminal tells a modifier that is pressed alone.

    Returns:
        A sentence or two; empty when nothing is amiss.
    """
    if tells_lone_modifiers or not keys.needs_lone_modifier:
        return ""
    lone = [key for bar in keys.bars for key in bar.keys if key.sends.endswith("_alone")]
    acting = [key for key in lone if keys.at(key.sends) is not None]
    return NO_LONE_MODIFIER.format(legend=acting[0].legend) if acting else ""


def matching(parts: Sequence[Part], wanted: str) -> list[Part]:
    """Leave what contains a word.

    Args:
        parts: of the help.
        wanted: typed by the cook; capitals do not count.

    Returns:
        The parts with the rows that contain it; parts without any are left out.
    """
    words = wanted.casefold().split()
    found = [
        Part(
            part.title,
            [
                row
                for row in part.rows
                if all(word in f"{part.title} {row[0]} {row[1]}".casefold() for word in words)
            ],
        )
        for part in parts
    ]
    return [part for part in found if part.rows]


Line = list[tuple[str, str]]
"""A line as pieces of text, each with its style."""


def lay_out(parts: Sequence[Part], width: int) -> list[Line]:
    """Put the parts on lines, in as many columns as there is room for, as evenly as they let.

    Args:
        parts: in the order in which they are to be read.
        width: columns that there are.

    Returns:
        The lines, none wider than `width`.
    """
    most = min(MOST_COLUMNS, len(parts), (width + GAP) // (MIN_COLUMN + GAP))
    count = max(1, most)
    column = (width - GAP * (count - 1)) // count
    blocks = [_lines(part, column) for part in parts]
    columns = _share_out(blocks, count)
    lines: list[Line] = []
    for row in range(max(map(len, columns), default=0)):
        line: Line = []
        for place, texts in enumerate(columns):
            there = texts[row] if row < len(texts) else []
            line += there
            if place < count - 1:
                used = sum(cell_len(text) for text, _ in there)
                line.append((" " * (column + GAP - used), ""))
        lines.append(line)
    return lines


def _share_out(blocks: Sequence[Sequence[Line]], count: int) -> list[list[Line]]:
    """Share blocks out to columns, in their order, the highest column as low as can be."""
    best: list[list[Line]] = [[]]
    for cuts in combinations(range(1, len(blocks)), count - 1):
        edges = (0, *cuts, len(blocks))
        columns = [_stacked(blocks[begin:end]) for begin, end in pairwise(edges)]
        if best == [[]] or max(map(len, columns)) < max(map(len, best)):
            best = columns
    return best


def _stacked(blocks: Sequence[Sequence[Line]]) -> list[Line]:
    lines: list[Line] = []
    for block in blocks:
        lines += [[], *block] if lines else block
    return lines


def _lines(part: Part, width: int) -> list[Line]:
    lines: list[Line] = [[(truncate(part.title, width), "bold")]]
    for label, words in part.rows:
        wrapped = wrap(words, max(2, width - LABEL))
        lines.append([(f"{_padded(label)}", "bold $kds-caution"), (wrapped[0], "")])
        lines += [[(" " * LABEL, ""), (rest, "")] for rest in wrapped[1:]]
    return lines


def _padded(label: str) -> str:
    short = truncate(label, LABEL - 1)
    return short + " " * (LABEL - cell_len(short))


def _group(action_id: str) -> str:
    for title, names in _GROUPS.items():
        if any(
            action_id == name or (name[-1] == "." and action_id.startswith(name)) for name in names
        ):
            return title
    return next(iter(_GROUPS))


def _rows(action: KeyAction, keys: KeyTable) -> Iterator[tuple[str, str]]:
    if action.id == MOVES[0]:
        # Those of a bar stand under its own title.
        named = [[each.words for each in keys.of(name) if not each.legend] for name in MOVES]
        if len({len(words) for words in named}) == 1:
            together = [" ".join(words) for words in zip(*named, strict=True)]
        else:  # a bar took some of them
            together = [_fitting([each for words in named for each in words])]
        for number, words in enumerate(together):
            yield words, "the same" if number else "Select the next ticket that way"
    elif action.id not in MOVES:
        words = dict.fromkeys(each.words for each in keys.of(action.id))
        if words:
            yield _fitting(list(words)), action.words


def _fitting(words: Sequence[str]) -> str:
    """Give as many keys as there is room for, at least one."""
    count = len(words)
    while count > 1 and cell_len(" ".join(words[:count])) > LABEL - 1:
        count -= 1
    return " ".join(words[:count])


def _slot_rows(keys: KeyTable) -> Iterator[tuple[str, str]]:
    if keys.of("board.digit_1"):
        yield "1-99 Enter", "Bump the ticket in that slot"
    if any(each.key == "f1" for each in keys.of("board.slot_1")):
        yield f"F1-F{SLOT_KEYS}", "Bump that slot at once"
    yield "mouse", "Click selects a card, its foot bumps it"


def _bar_rows(bar: Profile, keys: KeyTable, *, second: bool) -> Iterator[tuple[str, str]]:
    slots = [key for key in bar.keys if key.action.startswith("board.slot_")]
    if slots and all(key.sends for key in slots):
        where = " of the right half" if second else ""
        yield f"{slots[0].legend}-{slots[-1].legend}", f"Bump that slot{where}"
    for key in bar.keys:
        if not key.sends:
            learned = [each for each in keys.of(key.action) if each.source == LEARNED]
            words = learned[0].action.words if learned else "not learned yet"
            yield key.legend, words
        elif key not in slots:
            found = keys.at(key.sends)
            yield key.legend, found.action.words if found is not None else "nothing"
