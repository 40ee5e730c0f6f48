"""Text that a terminal or a markup parser would obey, in every field that a card shows."""

from __future__ import annotations

from tests.ui.still_kitchen import Row, item, order

MARKUP = (
    "no onion [/]",
    "burger [no cheese]",
    "[@click=app.quit]free[/]",
    "[red]rare[/red]",
    "$kds-bad",
    "[[",
    "\\[bold]",
)
"""Kept to the letter: swallowing a word of an order can hurt a guest."""

CONTROLS = (
    "\x1b]52;c;cm0gLXJmIH4=\x07clip",
    "\x1b]0;owned\x1b\\title",
    "\x1b[2J\x1b[1;1Hclear",
    "\x9b31mred",
    "\x9d0;owned\x9ctitle",
    "\x1bPq#0\x1b\\sixel",
    "\x1b[6nwhere",
    "\x1b]8;;http://evil.example\x1b\\link",
    "\x1b[?1049lleave",
    "a\x00b\x07c\x08d\x0be\x0cf\rg",
    "line\nbreak",
    "\u202eeltit\u202c",
    "\u2066iso\u2069late",
    "tag\U000e0041\U000e0042",
    "z\u0335\u0336\u0337\u0338\u0335algo",
)
"""Made harmless when they are decoded."""

WIDE = (
    "寿司の盛り合わせ定食",
    "👩\u200d🍳 chef's 🍔",
    "نمی\u200cخواهم",
    "Ångström " * 12,
    "x" * 300,
)
"""Harmless, but hard to measure and to break into lines."""

CORPUS = (*MARKUP, *CONTROLS, *WIDE)


def hostile_row(number: int, text: str) -> Row:
    """Make an order that has a text in every field where a stranger can write."""
    return order(
        number,
        item(text, text, f"No {text}", f"allergy {text}", notes=text, seat_number=1),
        age=600.0 - number,
        type="dine-in",
        order_number=text,
        table_number=text,
        customer_name=text,
        notes=text,
    )


HOSTILE_ROWS = [hostile_row(number, text) for number, text in enumerate(CORPUS, 1)]
