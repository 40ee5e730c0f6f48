"""A ticket as lines: they fit, no word is lost, and what can hurt somebody comes first."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from kds_tui.core.clock import UrgencyRules
from kds_tui.core.order import Order, OrderStatus, OrderType, mentions_allergy
from kds_tui.core.text import clean
from kds_tui.core.tickets import Ticket
from kds_tui.ui.ticket_strips import (
    MAX_ALLERGIES,
    MAX_LINES,
    Head,
    Line,
    Role,
    body,
    head,
    truncate,
    wrap,
)
from tests.unit.orders import make_item, make_order, open_orders, sentences

widths = st.integers(21, 60)


def as_text(lines: Sequence[Line]) -> list[str]:
    return ["".join(text for text, _ in line).rstrip() for line in lines]


def letters(text: str) -> str:
    """A text without the spaces, where a line may be broken."""
    return "".join(text.split())


@given(sentences, st.integers(2, 40))
def test_a_wrapped_text_fits_and_is_whole(text: str, width: int) -> None:
    lines = wrap(text, width)
    assert all(cell_len(line) <= width for line in lines)
    assert letters("".join(lines)) == letters(text)


@given(st.text("abc 漢é").map(clean), st.integers(2, 40))
def test_words_that_fit_on_a_line_are_not_torn(text: str, width: int) -> None:
    on_lines = {word for line in wrap(text, width) for word in line.split(" ")}
    assert {word for word in text.split(" ") if cell_len(word) <= width} <= on_lines


@given(open_orders, widths)
def test_every_line_fits_its_card(order: Order, width: int) -> None:
    for line in body(Ticket(order), width):
        assert sum(cell_len(text) for text, _ in line) <= width


@given(open_orders, widths)
def test_every_word_of_an_order_is_on_its_card(order: Order, width: int) -> None:
    by_role: dict[Role, str] = dict.fromkeys(Role, "")
    for line in body(Ticket(order), width):
        for text, role in line:
            by_role[role] += letters(text)
    everywhere = "".join(by_role.values())
    for item in order.items:
        named = letters(f"{item.quantity}{item.name}")
        if not item.is_done:
            assert named in by_role[Role.ITEM]
        elif item.seat_number is None:  # or it stands between the lines of the name
            assert "✓" + named in by_role[Role.MUTED]
        for modifier in item.modifiers:
            assert letters(modifier.name) in everywhere
        told = by_role[Role.MUTED if item.is_done else Role.NOTE]
        assert letters(item.notes) in (
            by_role[Role.ALLERGY] if mentions_allergy(item.notes) else told
        )
        if item.seat_number is not None:
            assert f"s{item.seat_number}" in by_role[Role.MUTED]
    for item in order.voided_items:
        assert letters(f"{item.quantity}{item.name},takenoff") in by_role[Role.MUTED]
    assert letters(order.notes) in by_role[Role.NOTE] + by_role[Role.ALLERGY]
    if order.label != f"#{order.short_number}":
        assert letters(f"#{order.short_number}") in by_role[Role.MUTED]
    if order.seat_number is not None:
        assert f"s{order.seat_number}" in by_role[Role.MUTED]
    if order.table_number:
        assert letters(order.customer_name) in by_role[Role.MUTED]


_FEAST = make_order(
    "0042",
    type=OrderType.DINE_IN,
    table_number="12",
    seat_number=3,
    customer_name="Maria",
    notes="Birthday: candle on the cake",
    items=(
        make_item(
            "Chicken Caesar Salad with extras",
            "Extra cheese",
            "No croutons",
            "Peanut allergy",
            "medium rare",
            "sub fries",
            "on the side",
            quantity=2,
            seat_number=1,
            notes="allergies: shellfish",
        ),
        make_item("Soup", "No salt", notes="very hot"),
    ),
)


def test_a_card_reads_from_what_can_hurt_to_what_is_nice() -> None:
    assert as_text(body(Ticket(_FEAST), 26)) == [
        "DINE-IN #0042 s3   cooking",
        "Maria",
        "! ALLERGY: Peanut allergy",
        "» Birthday: candle on the",
        "  cake",
        "2 Chicken Caesar Salad  s1",
        "  with extras",
        "  ! ALLERGY: Peanut",
        "  allergy",
        "  - No croutons",
        "  + Extra cheese",
        "  = sub fries",
        "  ~ medium rare",
        "  · on the side",
        "  ! ALLERGY: allergies:",
        "  shellfish",
        "1 Soup",
        "  - No salt",
        "  » very hot",
    ]


def roles(lines: Sequence[Line], text: str) -> set[Role]:
    return {role for line in lines for piece, role in line if text in piece}


def test_what_must_be_seen_has_a_look_of_its_own() -> None:
    lines = body(Ticket(_FEAST), 40)
    looks = {
        "Peanut": Role.ALLERGY,
        "shellfish": Role.ALLERGY,
        "No salt": Role.REMOVAL,
        "Extra cheese": Role.ADDITION,
        "very hot": Role.NOTE,
        "Soup": Role.ITEM,
    }
    assert {text: roles(lines, text) for text in looks} == {t: {r} for t, r in looks.items()}


@pytest.mark.parametrize(
    ("status", "recalled", "word"),
    [
        (OrderStatus.NEW, False, "new"),
        (OrderStatus.PENDING, False, "new"),
        (OrderStatus.CONFIRMED, False, "accepted"),
        (OrderStatus.PREPARING, False, "cooking"),
        (OrderStatus.PREPARING, True, "RECALLED"),
    ],
)
def test_the_status_is_told_in_a_word(status: OrderStatus, recalled: bool, word: str) -> None:
    order = make_order(status=status, recalled=recalled, type=OrderType.DRIVE_THRU, items=())
    lines = as_text(body(Ticket(order), 30))
    assert lines[0].startswith("DRIVE-THRU")
    assert lines[0].endswith(word)
    assert lines[-1] == "(no items)"


_SCHEDULED = make_order(
    status=OrderStatus.PENDING, created_at=0.0, is_scheduled=True, fire_at=1000.0, table_number="7"
)


@pytest.mark.parametrize(
    ("now", "shown"),
    [
        (760, Head("TABLE 7", "in 4:00", "later")),
        (1000, Head("TABLE 7", "0:00 OK", "on-time")),
        (1600, Head("TABLE 7", "10:00 SOON", "warning")),
        (1900, Head("TABLE 7", "15:00 LATE", "late")),
    ],
)
def test_the_head_tells_the_age_and_a_word_for_it(now: float, shown: Head) -> None:
    assert head(Ticket(_SCHEDULED), now, UrgencyRules()) == shown


@given(sentences, st.integers(0, 30))
def test_a_cut_text_fits_and_says_that_it_was_cut(text: str, width: int) -> None:
    cut = truncate(text, width)
    assert cell_len(cut) <= width
    assert cut == text or not width or cut.endswith("…")


@pytest.mark.parametrize("hidden", ["note", "modifier", "nothing"])
@pytest.mark.parametrize("width", [21, 40])
def test_a_ticket_that_nobody_could_read_is_cut_and_says_so(hidden: str, width: int) -> None:
    items = [make_item(f"Soup {number}", "No salt", notes="hot") for number in range(450)]
    extra = ["Peanut allergy"] if hidden == "modifier" else []
    items.append(make_item("Cake", *extra, notes="allergy: milk" if hidden == "note" else ""))
    order = make_order(notes="allergy: eggs", items=tuple(items))
    lines = body(Ticket(order), width)
    assert len(lines) <= MAX_LINES
    assert all(sum(cell_len(text) for text, _ in line) <= width for line in lines)
    end = " ".join(as_text(lines[-5:]))
    assert "CUT HERE, ask the till for the rest" in end
    assert ("ALLERGY in what is missing" in end) == (hidden != "nothing")
    assert "eggs" in letters("".join(as_text(lines[:5])))


def test_allergies_without_end_leave_room_for_the_order() -> None:
    items = tuple(
        make_item("Soup", *(f"allergy {item} {number}" for number in range(50)))
        for item in range(500)
    )
    lines = body(Ticket(make_order(items=items)), 40)
    text = " ".join(as_text(lines))
    assert f"and {500 * 50 - MAX_ALLERGIES} more" in text
    assert "1 Soup" in text
    assert len(lines) <= MAX_LINES


def test_what_became_of_the_lines_is_told_at_each() -> None:
    order = make_order(
        rush=True,
        items=(
            make_item("Burger", "nut allergy", "No onions", is_done=True),
            make_item("Fries", quantity=3, previous_quantity=1, changed_version=2),
            make_item("Shake", added_at=9.0, changed_version=3),
            make_item("Cake", added_at=9.0, changed_version=3, is_done=True),
        ),
        voided_items=(make_item("Soup"),),
    )
    lines = body(Ticket(order), 30)
    assert as_text(lines)[1:] == [
        "! ALLERGY: nut allergy",
        "+2 items",
        "✓ 1 Burger",
        "  ! ALLERGY: nut allergy",
        "  - No onions",
        "3 Fries",
        "  was 1",
        "ADD-ON",
        "1 Shake",
        "✓ 1 Cake",
        "1 Soup, taken off",
    ]
    roles = {"".join(text for text, _ in line).strip(): line[-1][1] for line in lines}
    assert roles["✓ 1 Burger"] is roles["- No onions"] is Role.MUTED
    assert roles["! ALLERGY: nut allergy"] is Role.ALLERGY, "the plate is not out yet"
    assert roles["1 Soup, taken off"] is Role.MUTED
    assert head(Ticket(order), 60.0, UrgencyRules()).name == f"RUSH {order.label}"
