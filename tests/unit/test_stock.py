"""What is out of stock: the server's word, a cook's wish over it, and what the server cannot do."""

from __future__ import annotations

from dataclasses import replace

from kds_tui.core.command import Answered, Declined, NotOffered
from kds_tui.core.kitchen import Kitchen
from kds_tui.core.lookup import name_words
from kds_tui.core.outbox import Outbox
from kds_tui.core.results import Given, Kept, Stamp
from kds_tui.core.stock import Stock, StockItem

MENU = (
    StockItem("burger", "Classic Burger", "Mains"),
    StockItem("soup", "Soup of the Day", "Starters", is_out=True),
    StockItem("salmon", "Cedar Salmon", "Mains", aliases=("fish",)),
    StockItem("cola", "Cola"),
)


def kitchen_of() -> Kitchen:
    kitchen = Kitchen()
    kitchen.capabilities = frozenset({"86"})
    assert kitchen.stock.take(MENU)
    return kitchen


def wish(kitchen: Kitchen, item_id: str, *, available: bool = False) -> Given:
    result = kitchen.set_stock(item_id, item_id, Stamp(5.0, 1), available=available)
    assert isinstance(result, Given)
    return result


def state(kitchen: Kitchen, item_id: str) -> tuple[bool, bool, bool]:
    line = kitchen.stock.line(item_id)
    assert line is not None
    return line.item.is_out, line.is_pending, line.is_here_only


def test_what_is_out_is_at_the_front_and_the_rest_by_category() -> None:
    ids = [line.item.id for line in kitchen_of().stock.lines()]
    assert ids == ["soup", "burger", "salmon", "cola"]
    assert kitchen_of().stock.out_count == 1


def test_search_is_by_name_category_and_what_people_say() -> None:
    stock = kitchen_of().stock
    for words, ids in (("sal", ["salmon"]), ("mains", ["burger", "salmon"]), ("FISH", ["salmon"])):
        assert [line.item.id for line in stock.lines(name_words(words))] == ids
    assert stock.lines(["lobster"]) == []


def test_a_wish_shows_until_the_server_has_answered_and_stays_then() -> None:
    kitchen = kitchen_of()
    command = wish(kitchen, "salmon").command
    assert state(kitchen, "salmon") == (True, True, False)
    assert kitchen.stock.out_count == 2
    kitchen.outbox.end(command)
    kitchen.end(Answered(command, None))
    assert state(kitchen, "salmon") == (True, False, False)
    back = wish(kitchen, "salmon", available=True).command
    assert state(kitchen, "salmon") == (False, True, False)
    kitchen.outbox.end(back)
    kitchen.end(Declined(back, "no"))
    assert state(kitchen, "salmon") == (True, False, False)


def test_a_wish_tells_the_version_that_the_cook_saw() -> None:
    kitchen = kitchen_of()
    assert wish(kitchen, "salmon").command.base_version == 0
    kitchen.stock.take([replace(item, version=7) for item in MENU])
    assert wish(kitchen, "burger").command.base_version == 7


def test_the_last_wish_counts() -> None:
    kitchen = kitchen_of()
    wish(kitchen, "salmon")
    kitchen.set_stock("salmon", "salmon", Stamp(6.0, 2), available=True)
    assert state(kitchen, "salmon") == (False, True, False)


def test_a_wish_that_is_not_on_the_disk_yet_does_not_show() -> None:
    kitchen = kitchen_of()
    command = wish(kitchen, "salmon").command
    kitchen.outbox.hold(command)
    assert state(kitchen, "salmon") == (False, False, False)
    kitchen.outbox.release(command)
    assert state(kitchen, "salmon") == (True, True, False)


def test_what_the_server_cannot_do_is_kept_here_and_says_so() -> None:
    kitchen = kitchen_of()
    command = wish(kitchen, "salmon").command
    kitchen.outbox.end(command)
    kitchen.end(NotOffered(command))
    assert state(kitchen, "salmon") == (True, False, True)
    kitchen.capabilities = frozenset()
    kept = kitchen.set_stock("salmon", "salmon", Stamp(7.0, 3), available=True)
    assert isinstance(kept, Kept)
    assert state(kitchen, "salmon") == (False, False, False), "as the server has it"


def test_an_86_of_the_server_shows_after_one_of_our_own_is_over() -> None:
    kitchen = kitchen_of()
    kitchen.capabilities = frozenset()
    for available in (False, True):
        kitchen.set_stock("salmon", "salmon", Stamp(5.0, 1), available=available)
    assert not kitchen.outbox.done_here.kept
    kitchen.stock.take(replace(item, is_out=True) for item in MENU)
    assert state(kitchen, "salmon") == (True, False, False)
    # What the server says is out is brought back here all the same, where a cook wants it.
    kitchen.set_stock("salmon", "salmon", Stamp(6.0, 2), available=True)
    assert state(kitchen, "salmon") == (False, False, True)


def test_the_menu_is_another_one_only_when_something_on_it_is() -> None:
    stock = Stock(Outbox())
    assert stock.take(MENU)
    assert not stock.take(MENU)
    assert stock.take(MENU[:2])
    assert stock.line("salmon") is None
    stock.note("salmon", is_out=True)  # of an item that left the menu
    assert stock.items == MENU[:2]
