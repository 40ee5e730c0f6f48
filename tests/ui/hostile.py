"""Text that a terminal or a markup parser would obey, in every field that a card shows."""

from __future__ import annotations

from tests.hostile.corpus import CORPUS
from tests.ui.still_kitchen import Row, item, order


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
