"""A ticket as lines: they fit, no word is lost, and what can hurt somebody comes first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from kds_tui.core.attention import Reason, Waiting, marks_of
from kds_tui.core.card_style import AttentionLook, CardStyle, Headline
from kds_tui.core.clock import UrgencyRules
from kds_tui.core.command import Verb
from kds_tui.core.item_lines import sections
from kds_tui.core.order import (
    Item,
    ModifierKind,
    Order,
    OrderStatus,
    OrderType,
    mentions_allergy,
)
from kds_tui.core.outbox import Undo
from kds_tui.core.text import clean
from kds_tui.core.tickets import Share, Ticket
from kds_tui.ui.card_facts import TYPE_WORDS
from kds_tui.ui.card_head import Head, head
from kds_tui.ui.card_items import MAX_ALLERGIES, plain
from kds_tui.ui.card_lines import CardLine, Line, Role, item_ids, truncate, wrap
from kds_tui.ui.ticket_strips import MAX_LINES, body
from tests.unit.orders import items, make_item, make_order, open_orders, sentences

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
    for line in (line for section in sections(order) for line in section.lines):
        item = line.item
        named = letters(f"{line.quantity}{item.name}")
        steps_back = item.is_done or item.is_held
        if not steps_back:
            assert named in by_role[Role.ITEM]
        elif not line.seats:  # or it stands between the lines of the name
            assert f"{'✓' if item.is_done else ''}{named}" in by_role[Role.MUTED]
        for modifier in item.modifiers:
            assert letters(modifier.name) in everywhere
        told = by_role[Role.MUTED if steps_back else Role.NOTE]
        assert letters(item.notes) in (
            by_role[Role.ALLERGY] if mentions_allergy(item.notes) else told
        )
        assert letters(line.seats) in by_role[Role.MUTED]
    for item in order.voided_items:
        assert letters(f"{item.quantity}{item.name}") in by_role[Role.VOIDED]
    facts = by_role[Role.MUTED] + by_role[Role.TEXT]
    assert letters(order.server_name) in by_role[Role.MUTED]
    assert order.is_paid is None or ("unpaid", "paid")[order.is_paid] in facts.casefold()
    assert order.covers is None or f"{order.covers}g" in by_role[Role.MUTED]
    assert "VOICE" in facts or not order.is_voice
    assert letters(order.notes) in by_role[Role.NOTE] + by_role[Role.ALLERGY]
    if order.label != f"#{order.short_number}":
        assert letters(f"#{order.short_number}") in by_role[Role.MUTED]
    if order.seat_number is not None:
        assert f"s{order.seat_number}" in by_role[Role.MUTED]
    if order.table_number and order.customer_name != order.label:
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
        "! ALLERGY: Peanut allergy,",
        "allergies: shellfish",
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
        (760, Head("TABLE 7", "in 4:00", "later", "T7")),
        (1000, Head("TABLE 7", "0:00 OK", "on-time", "T7")),
        (1600, Head("TABLE 7", "10:00▲SOON", "warning", "T7")),
        (1900, Head("TABLE 7", "15:00■LATE", "late", "T7")),
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
            make_item("Soup", notes="hot", changed_version=2),
            make_item("Shake", added_at=9.0, changed_version=3),
            make_item("Cake", added_at=9.0, changed_version=3, is_done=True),
        ),
        voided_items=(make_item("Gazpacho Andaluz with croutons", quantity=2),),
    )
    lines = body(Ticket(order), 30)
    assert as_text(lines)[1:] == [
        "! ALLERGY: nut allergy",
        "VOID 2 Gazpacho Andaluz with",
        "     croutons",
        "✓ 1 Burger",
        "  ! ALLERGY: nut allergy",
        "  - No onions",
        "3 Fries",
        "  CHANGED 1 → 3",
        "1 Soup",
        "  CHANGED",
        "  » hot",
        "── ADD-ON",
        "1 Shake",
        "✓ 1 Cake",
    ]
    roles = {"".join(text for text, _ in line).strip(): line[-1][1] for line in lines}
    assert roles["✓ 1 Burger"] is roles["- No onions"] is Role.MUTED
    assert roles["! ALLERGY: nut allergy"] is Role.ALLERGY, "the plate is not out yet"
    assert roles["croutons"] is Role.VOIDED
    assert roles["── ADD-ON"] is Role.NOTE
    assert head(Ticket(order), 60.0, UrgencyRules()).name == f"RUSH {order.label}"
    # Once a cook has taken notice only the age of the addition is left.
    seen = body(Ticket(order, seen=marks_of(order)), 30)
    assert [text for text in as_text(seen) if "CHANGED" in text or "VOID" in text] == []
    assert roles_of(seen)["── ADD-ON"] is Role.MUTED


def roles_of(lines: Sequence[Line]) -> dict[str, Role]:
    return {"".join(text for text, _ in line).strip(): line[-1][1] for line in lines}


def at(lines: Sequence[Line], now: float) -> list[str]:
    """The lines as they are at a moment."""
    return as_text([line.at(now) if isinstance(line, CardLine) else line for line in lines])


def test_courses_are_parted_and_those_that_wait_step_back() -> None:
    order = make_order(
        items=(
            make_item("Steak", course="2", is_held=True),
            make_item("Water"),
            make_item("Soup", course="1", is_done=True),
            make_item("Fish", "nut allergy", course="2", is_held=True),
            make_item("Cake", course="3", fired_at=100.0),
            make_item("Pie", course="3", added_at=200.0, changed_version=2),
        ),
    )
    lines = body(Ticket(order), 26)
    assert at(lines, 300.0)[1:] == [
        "! ALLERGY: nut allergy",
        "1 Water",
        "── COURSE 1",
        "✓ 1 Soup",
        "── COURSE 2 · HELD",
        "1 Steak",
        "1 Fish",
        "  ! ALLERGY: nut allergy",
        "── COURSE 3 · FIRED 3m",
        "1 Cake",
        "── COURSE 3 · ADD-ON 1m",
        "1 Pie",
    ]
    roles = roles_of(lines)
    assert roles["1 Steak"] is Role.MUTED
    assert roles["! ALLERGY: nut allergy"] is Role.ALLERGY
    assert roles["1 Cake"] is Role.ITEM


def test_a_line_that_waits_alone_says_so() -> None:
    items = (make_item("Steak", is_held=True), make_item("Soup"))
    assert as_text(body(Ticket(make_order(items=items)), 30))[1:] == ["1 Steak", "  HELD", "1 Soup"]


def test_an_order_that_waits_as_a_whole_has_no_urgency() -> None:
    order = make_order(items=(make_item("Steak", is_held=True),))
    shown = head(Ticket(order), 5000.0, UrgencyRules())
    assert (shown.clock, shown.look) == ("1h23 HELD", "later")
    assert as_text(body(Ticket(order), 30)) == ["ONLINE                    HELD", "1 Steak"]


_GUEST = make_order("7", type=OrderType.TAKEOUT, customer_name="Amara Okafor")


@pytest.mark.parametrize(
    ("order", "headline", "named", "below"),
    [
        (_GUEST, "table", ("Amara Okafor", "Okafor"), "TAKEOUT #0007 cooking"),
        (_GUEST, "name", ("Amara Okafor", "Okafor"), "TAKEOUT #0007 cooking"),
        (_GUEST, "number", ("#0007", ""), "TAKEOUT Amara Okafor cooking"),
        (replace(_GUEST, table_number="4"), "table", ("TABLE 4", "T4"),
         "TAKEOUT #0007 Amara Okafor cooking"),
        (replace(_GUEST, table_number="4"), "name", ("Amara Okafor", "Okafor"),
         "TAKEOUT #0007 TABLE 4 cooking"),
        (replace(_GUEST, table_number="4"), "number", ("#0007", ""),
         "TAKEOUT TABLE 4 Amara Okafor cooking"),
        (make_order("7"), "name", ("#0007", ""), "ONLINE cooking"),
        (make_order("7", table_number="Patio 1"), "table", ("Patio 1", ""),
         "ONLINE #0007 cooking"),
    ],
)  # fmt: skip
def test_the_headline_can_be_chosen_and_the_rest_stands_below(
    order: Order, headline: str, named: tuple[str, str], below: str
) -> None:
    style = CardStyle(Headline(headline))
    shown = head(Ticket(order), 0.0, UrgencyRules(), style)
    assert (shown.name, shown.short) == named
    assert " ".join(as_text(body(Ticket(order), 60, style))[0].split()) == below


@pytest.mark.parametrize(
    ("fields", "width", "shown"),
    [
        ({}, 23, ["DINE-IN #0007   cooking"]),
        ({"covers": 4, "server_name": "Alex"}, 23,
         ["DINE-IN #0007   cooking", "4 guests Alex"]),
        ({"covers": 1, "server_name": "Alex", "is_paid": False, "is_voice": True}, 23,
         ["DINE-IN #0007   cooking", "VOICE 1g Alex unpaid"]),
        ({"covers": 4, "server_name": "Alex", "is_paid": True, "seat_number": 2}, 46,
         ["DINE-IN #0007 s2 4 guests Alex paid    cooking"]),
        ({"type": OrderType.TAKEOUT, "is_paid": False}, 30,
         ["TAKEOUT #0007 UNPAID   cooking"]),
        ({"recalled": True}, 30, ["DINE-IN #0007         RECALLED"]),
        ({"items": (make_item(is_done=True), make_item("Fries"))}, 31,
         ["DINE-IN #0007 1/2 done  cooking", "✓ 1 Burger"]),
        ({"recalled": True, "status": OrderStatus.CONFIRMED}, 30,
         ["DINE-IN #0007         RECALLED"]),
        ({"status": OrderStatus.PENDING, "is_scheduled": True, "fire_at": 99.0}, 30,
         ["DINE-IN #0007        SCHEDULED"]),
    ],
)  # fmt: skip
def test_small_facts_stand_where_they_find_room(
    fields: dict[str, Any], width: int, shown: list[str]
) -> None:
    values = {"type": OrderType.DINE_IN, "table_number": "3", "items": (), **fields}
    assert as_text(body(Ticket(make_order("7", **values)), width))[:-1] == shown


@pytest.mark.parametrize(
    ("why", "word"),
    [
        (Reason.NEW, "NEW"),
        (Reason.CHANGED, "CHANGED +1"),
        (Reason.RECALLED, "RECALLED"),
    ],
)
def test_what_waits_for_a_cook_draws_the_eye(why: Reason, word: str) -> None:
    items = (make_item("Soup", changed_version=2), make_item("Pie"))
    ticket = Ticket(
        make_order(items=items, recalled=why is Reason.RECALLED), waiting=Waiting(why, 1.0)
    )
    first, *_ = body(ticket, 30)
    assert first[-1] == (word, Role.NOTICE)
    quiet = body(ticket, 30, CardStyle(attention=AttentionLook.OFF))[0]
    assert quiet[-1] == (word, Role.TEXT)


@pytest.mark.parametrize(
    ("attention", "flashes", "looks"),
    [
        ("flash", True, ["notice", "on-time", "notice", "on-time"]),
        ("flash", False, ["on-time"] * 4),
        ("calm", True, ["on-time"] * 4),
        ("off", True, ["on-time"] * 4),
    ],
)
def test_only_the_one_that_may_flashes_and_slowly(
    attention: str, flashes: bool, looks: list[str]
) -> None:
    ticket = Ticket(make_order(), waiting=Waiting(Reason.NEW, 0.0))
    style = CardStyle(attention=AttentionLook(attention))
    shown = [
        head(ticket, float(now), UrgencyRules(), style, flashes=flashes).look for now in range(4)
    ]
    assert shown == looks


def test_a_cancelled_ticket_is_struck_through_from_top_to_bottom() -> None:
    order = replace(_FEAST, status=OrderStatus.CANCELLED)
    ticket = Ticket(order, waiting=Waiting(Reason.CANCELLED, 9.0))
    assert head(ticket, 60.0, UrgencyRules()) == Head("TABLE 12", "CANCELLED", "notice", "T12")
    lines = body(ticket, 26)
    assert lines[0][-1] == ("CANCELLED", Role.NOTICE)
    roles = {role for line in lines[1:] for text, role in line if text.strip()}
    assert roles == {Role.VOIDED}


def test_a_bumped_ticket_that_can_be_taken_back_is_grey() -> None:
    ticket = Ticket(_FEAST, undo=Undo(Verb.BUMP, 63.0))
    assert head(ticket, 60.0, UrgencyRules()) == Head("TABLE 12", "BUMPED 3s", "later", "T12")
    lines = body(ticket, 26)
    assert as_text(lines) == as_text(body(Ticket(_FEAST), 26))
    assert {role for line in lines for text, role in line if text.strip()} == {Role.MUTED}


def test_a_fired_or_scheduled_ticket_tells_both_of_its_clocks() -> None:
    fired = make_order(created_at=1.0, items=(make_item("Cake", fired_at=1201.0),))
    assert head(Ticket(fired), 1381.0, UrgencyRules()).clock == "3:00 OK"
    assert at(body(Ticket(fired), 23), 1381.0)[1:] == ["ordered 23m", "── FIRED 3m", "1 Cake"]
    with_facts = replace(fired, server_name="Alexandra", covers=2, table_number="7")
    assert "2 guests Alexandra" in at(body(Ticket(with_facts), 23), 1381.0)[1]
    assert at(body(Ticket(with_facts), 30), 1381.0)[1] == "Alexandra ordered 23m"


identical = st.lists(items, max_size=8).map(
    lambda found: tuple(replace(item, id=f"i{place}") for place, item in enumerate(found * 2))
)


@given(identical, st.integers(21, 40))
def test_combined_lines_lose_no_item_no_number_and_no_allergy(
    lines: tuple[Item, ...], width: int
) -> None:
    order = make_order(items=lines)
    parts = sections(order)
    combined = [line for section in parts for line in section.lines]
    assert sorted(item.id for line in combined for item in line.items) == sorted(
        item.id for item in lines
    )
    for line in combined:
        same = {replace(item, id="", seat_number=None, quantity=1) for item in line.items}
        assert len({replace(item, station="", category="") for item in same}) == 1
        assert line.quantity == sum(item.quantity for item in line.items)
        assert all(item.seat_number is None or str(item.seat_number) in line.seats
                   for item in line.items)  # fmt: skip
    shown = body(Ticket(order), width)
    assert {i for line in shown for i in item_ids(line)} == {item.id for item in lines}
    for item in lines:
        told = [line for line in shown if item.id in item_ids(line)]
        hurts = [m.name for m in item.modifiers if m.kind is ModifierKind.ALLERGY]
        hurts += [item.notes] if mentions_allergy(item.notes) else []
        warned = letters("".join(text for line in told for text, role in line
                                 if role is Role.ALLERGY))  # fmt: skip
        assert all(letters(plain(words)) in warned for words in hurts)


def test_a_card_tells_where_else_its_order_is_cooked() -> None:
    shares = (Share("fry", (make_item("Fries"), make_item("Wings"))), Share("salad", ()))
    assert as_text(body(Ticket(_GUEST, shares), 23))[-2:] == ["1 Burger", "ALSO AT fry 2, salad ✓"]


def test_who_gets_what_of_a_combined_line() -> None:
    def seated(*seats: int | None, quantity: int = 1) -> list[Item]:
        return [
            make_item("Steak", quantity=quantity, seat_number=seat, notes=str(quantity > 1))
            for seat in seats
        ]

    order = make_order(items=(*seated(3, 1, 3), *seated(1, 1, 2, quantity=2), *seated(None, None)))
    lines = [line for section in sections(order) for line in section.lines]
    assert [(line.quantity, line.seats) for line in lines] == [
        (3, "s1,3×2"), (4, "s1"), (2, "s2"), (2, "")
    ]  # fmt: skip
    crowd = make_order(items=tuple(make_item("Steak", seat_number=seat) for seat in range(1, 9)))
    assert as_text(body(Ticket(crowd), 23))[1:] == ["8 Steak", "  s1,2,3,4,5,6,7,8"]


@pytest.mark.parametrize("order_type", OrderType)
def test_what_is_packed_has_another_colour_than_what_is_plated(order_type: OrderType) -> None:
    word, role = body(Ticket(make_order("7", type=order_type)), 40)[0][0]
    assert word == TYPE_WORDS[order_type]
    assert role is (Role.DINE_IN if word == "DINE-IN" else Role.TO_GO)
