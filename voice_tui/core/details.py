"""For whom the order is: table, seat, name, to go, and what the guest must not eat."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from voice_tui.core import phrases
from voice_tui.core.modifiers import is_ingredient, modifier_named
from voice_tui.core.numbers import is_number, label_at, number_at
from voice_tui.core.phrases import FILLERS
from voice_tui.core.reader import Reader
from voice_tui.core.utterance import singular

_ALLERGEN_WORDS: Final = """
peanut nut tree shellfish dairy gluten egg soy fish sesame wheat milk lactose shrimp crab
lobster mustard celery strawberry seafood almond cashew walnut lupin sulfite
"""
_ALLERGENS: Final = frozenset(
    map(
        singular,
        _ALLERGEN_WORDS.split(),
    )
)


def table(reader: Reader) -> bool:
    """Read "for table five", "patio one"."""
    found = reader.groups(phrases.TABLE)
    if found is None:
        return False
    at = reader.at + len(found.group().split())
    letter = ""
    if (
        at < len(reader.words) - 1
        and len(reader.words[at]) == 1
        and not is_number(reader.words[at])
    ):
        letter = reader.words[at].upper() if number_at(reader.words, at + 1) else ""
        at += 1 if letter else 0
    label = label_at(reader.words, at)
    place = found.group("place")
    if label is None or (place == "bar" and not number_at(reader.words, at)):
        return False
    digits, length = label
    first = number_at(reader.words[: at + 1], at)
    if length == 2 and first and _counts_items(reader, at + 2):
        # "table twenty two burgers": burgers are counted, so the two is theirs.
        digits, length = str(first.value), 1
    name = f"{letter}{digits}" if place in {"table", "tables"} else f"{place.title()} {digits}"
    reader.draft.details = replace(reader.draft.details, table_number=name)
    return reader.take(at + length, f"table {name}", 1.0 if number_at(reader.words, at) else 0.85)


def seat(reader: Reader) -> bool:
    """Read "seat two"."""
    length = reader.match(phrases.SEAT)
    number = number_at(reader.words, reader.at + length, homophones=True) if length else None
    if number is None or not 0 < number.value < 100:
        return False
    reader.draft.take_seat(number.value)
    return reader.take(reader.at + length + number.length, f"seat {number.value}")


def name(reader: Reader) -> bool:
    """Read "under the name Maria", and "for Maria" at the end of an order."""
    length = reader.match(phrases.NAME)
    score = 0.95
    if not length:
        last = reader.at + 2 == len(reader.words)
        if reader.words[reader.at] != "for" or not last or not reader.draft.new_lines:
            return False
        if reader.matcher.suggestions(reader.words[-1]):
            return False
        length, score = 1, 0.85
    start = reader.at + length
    end = start
    while end < min(start + 2, reader.clause_end(reader.at)) and _is_name(reader, end):
        end += 1
    if end == start:
        return False
    guest = reader.heard(start, end).title()
    reader.draft.details = replace(reader.draft.details, customer_name=guest)
    return reader.take(end, f"name {guest}", score)


def order_type(reader: Reader) -> bool:
    """Read "to go" and "for here"."""
    for pattern, kind in ((phrases.TAKEOUT, "takeout"), (phrases.DINE_IN, "dine-in")):
        length = reader.match(pattern)
        if length:
            reader.draft.details = replace(reader.draft.details, order_type=kind)
            return reader.take(reader.at + length, kind)
    return False


def allergy(reader: Reader) -> bool:
    """Read "allergic to peanuts", "a nut allergy".

    What the guest is allergic to is kept in the words that were heard, also when they are no food
    that is known here: a note too many is better than one that is missing.
    """
    length = reader.match(phrases.CELIAC)
    if length:
        return _note(reader, ["gluten (celiac)"], reader.at + length, alone=True)
    length = reader.match(phrases.ALLERGIC)
    if length:
        foods, end = _foods(reader, reader.at + length)
        return bool(foods) and _note(reader, foods, end, alone=True)
    start = reader.at + reader.match(phrases.ALLERGY_LEAD)
    foods, end = _foods(reader, start, known=True)
    length = reader.match(phrases.ALLERGY, end) if foods else 0
    if not length and reader.match(phrases.ALLERGY):
        foods, end = _foods(reader, reader.at + 1, known=True)
        return bool(foods) and _note(reader, foods, end, alone=True)
    return bool(length) and _note(reader, foods, end + length, alone=start != reader.at + 1)


def _note(reader: Reader, foods: list[str], end: int, *, alone: bool) -> bool:
    """Note an allergy: at the item that offers just that, else for the whole order."""
    line = reader.draft.focus
    for food in foods:
        offered = modifier_named(f"Allergy: {food}", line.item) if line else None
        if offered and line:
            line.change(offered.name)
        noted = (*reader.draft.details.allergies, food)
        reader.draft.details = replace(reader.draft.details, allergies=tuple(dict.fromkeys(noted)))
    return reader.take(end, f"allergy: {', '.join(foods)}", 1.0 if alone else 0.95)


def _foods(reader: Reader, at: int, *, known: bool = False) -> tuple[list[str], int]:
    """Read foods joined by "and".

    Args:
        reader: where we are.
        at: where the first one would be.
        known: only foods that are known, for there is no "allergic to" before them.
    """
    foods: list[str] = []
    end = at
    while at < len(reader.words):
        stop = at
        while stop < min(at + 2, reader.clause_end(at)) and _is_food(reader, stop):
            stop += 1
        if stop == at and not foods and not known and reader.words[at] not in FILLERS:
            stop = at + 1
        if stop == at:
            break
        foods.append(reader.heard(at, stop))
        end = at = stop
        if at < len(reader.words) and reader.words[at] in {"and", "or"}:
            at += 1
    return foods, end


def _is_food(reader: Reader, at: int) -> bool:
    word = reader.words[at]
    return singular(word) in _ALLERGENS or is_ingredient(word, reader.matcher.menu)


def _is_name(reader: Reader, at: int) -> bool:
    word = reader.words[at]
    if word in FILLERS or is_number(word) or not word.isalpha() or len(word) < 2:
        return False
    if word in {"table", "seat", "send", "that's", "allergic"} or _is_food(reader, at):
        return False
    found = reader.item_at(at)
    return found is None or found.score < 0.95


def _counts_items(reader: Reader, at: int) -> bool:
    """Tell whether an item in the plural stands at a place with no number of its own."""
    found = reader.item_at(at)
    return found is not None and reader.words[at + found.length - 1].endswith("s")
