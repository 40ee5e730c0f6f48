"""Orders as people say them, drawn by chance from the hub's menu, each with what it asks for.

The ways of saying are not those of the recogniser's language model: about half of them use words
that are not in it.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from voice_tui.core.menu import Menu, MenuItem
from voice_tui.core.number_words import number_words

PLAIN: Final = "plain"
FREE: Final = "free"
OFF_MENU: Final = "off-menu"

_PLAIN: Final = (
    "{lines}, for table {table}",
    "table {table}, {lines}",
    "{lines}, table {table}, please",
    "{lines}",
    "can I get {lines}",
    "I'll have {lines}, for table {table}",
    "we'd like {lines}, please",
    "could we have {lines}, on table {table}",
)
_FREE: Final = (
    "hey, this is for table {table}, they want {lines}",
    "table {table} is asking for {lines}",
    "let's do {lines}, over at table {table}",
    "so that's gonna be {lines}, and it's table {table}",
    "okay, {lines}, put that on table {table}",
    "my friend wants {lines}, thank you",
    "I think we will go with {lines}",
    "ring in {lines}, for the guests at table {table}",
)
_QUANTITIES: Final = ((1, "a"), (1, "one"), (2, "two"), (2, "a couple of"), (3, "three"),
                      (4, "four"), (5, "five"), (6, "six"))  # fmt: skip
_OFF_MENU: Final = (
    "did you watch the football game last night",
    "I have to pick up my daughter from school at four",
    "the weather is supposed to be terrible this weekend",
    "somebody left their umbrella by the front door again",
    "can you turn the music down a little bit",
    "my car would not start this morning so I took the bus",
    "what time does your shift end on Saturday",
    "the dishwasher is making that strange noise again",
    "she said she would call the landlord tomorrow",
    "where did you put the keys to the storage room",
    "happy birthday to you my dear old friend",
    "the government announced a new policy on housing",
    "please mop the floor near the back entrance",
    "I can not believe how fast this year went by",
    "we should paint the walls a different color",
    "he broke his arm while playing basketball",
)


@dataclass(frozen=True, slots=True)
class Line:
    """What the speaker wants: so many of one item, changed like this."""

    item: str
    quantity: int
    changes: frozenset[str]


@dataclass(frozen=True, slots=True)
class Spoken:
    """A sentence, and what it asks for; nothing where it is no order."""

    text: str
    kind: str
    lines: frozenset[Line] = frozenset()
    table: int | None = None


def spoken_orders(menu: Menu, count: int, seed: int) -> list[Spoken]:
    """Draw sentences: as many plain as free ones, and a quarter as many that are no orders.

    Args:
        menu: what is served.
        count: how many orders.
        seed: another one gives other sentences.

    Returns:
        The orders first.
    """
    chance = random.Random(seed)
    orders = [_order(menu, chance, PLAIN if place % 2 == 0 else FREE) for place in range(count)]
    other = chance.sample(_OFF_MENU, min(len(_OFF_MENU), max(4, count // 4)))
    return [*orders, *(Spoken(text, OFF_MENU) for text in other)]


def _order(menu: Menu, chance: random.Random, kind: str) -> Spoken:
    dishes = chance.sample(menu.items, chance.choice((1, 1, 2, 2, 3)))
    parts = [_line(dish, chance) for dish in dishes]
    texts = [text for text, _ in parts]
    joined = " and ".join((", ".join(texts[:-1]), texts[-1])) if len(texts) > 1 else texts[0]
    table = chance.randint(1, 24)
    pattern = chance.choice(_PLAIN if kind == PLAIN else _FREE)
    return Spoken(
        pattern.format(lines=joined, table=" ".join(number_words(table))),
        kind,
        frozenset(line for _, line in parts),
        table if "{table}" in pattern else None,
    )


def _line(dish: MenuItem, chance: random.Random) -> tuple[str, Line]:
    quantity, said = chance.choice(_QUANTITIES)
    name = _said_name(dish.name if chance.random() < 0.7 else chance.choice(_names(dish)))
    if quantity > 1:
        name = _more_than_one(name)
    elif said == "a" and name[0].lower() in "aeiou":
        said = "an"
    text = f"{said} {name}"
    changes: list[str] = []
    if dish.modifiers and chance.random() < 0.35:
        change = chance.choice(dish.modifiers).name
        text += f", {_said_change(change)}"
        changes.append(change)
    return text, Line(dish.name, quantity, frozenset(changes))


def _names(dish: MenuItem) -> Sequence[str]:
    return dish.aliases or (dish.name,)


def _said_name(name: str) -> str:
    """Say a name without its weight: nobody orders twelve ounces."""
    return name.split(" 1")[0]


def _more_than_one(name: str) -> str:
    head, of, rest = name.partition(" of ")
    if head.endswith("s"):
        return name
    if head.endswith(("ch", "sh")):
        return head + "es" + of + rest
    if head.endswith("y") and head[-2] not in "aeiou":
        return head[:-1] + "ies" + of + rest
    return head + "s" + of + rest


def _said_change(change: str) -> str:
    lower = change[:1].lower() + change[1:]
    lead, _, thing = lower.partition(" ")
    if lead == "sub":
        return f"with {thing}"
    return lower
