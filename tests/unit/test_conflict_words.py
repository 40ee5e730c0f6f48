"""The sentence that tells a cook what became of a command."""

from __future__ import annotations

import itertools
from dataclasses import replace

import pytest

from kds_tui.core.command import Answered, Command, Declined, Verb, lines_subject
from kds_tui.core.conflict_words import ending, refusal
from kds_tui.core.conflicts import Conflict
from kds_tui.core.order import Item, Order, OrderStatus


def command(verb: Verb) -> Command:
    return Command("c1", verb, "a", "TABLE 12", 3, 0.0)


@pytest.mark.parametrize(
    ("verb", "conflict", "late", "words"),
    [
        (Verb.BUMP, Conflict.CANCELLED, False,
         "TABLE 12 was cancelled meanwhile: do not send it out."),
        (Verb.BUMP, Conflict.CANCELLED, True,
         "TABLE 12 was cancelled meanwhile: do not send it out."),
        (Verb.BUMP_ITEM, Conflict.CANCELLED, False,
         "TABLE 12 was cancelled meanwhile: do not cook it."),
        (Verb.BUMP, Conflict.SUPERSEDED, False,
         "TABLE 12 was brought back meanwhile, so your bump does not count: bump it again when it"
         " is done."),
        (Verb.BUMP, Conflict.SUPERSEDED, True,
         "Your bump of TABLE 12 came too late: somebody changed the order since. Look at it"
         " again."),
        (Verb.RECALL, Conflict.CLOSED, False,
         "TABLE 12 was closed too long ago to be brought back."),
        (Verb.BUMP_ITEM, Conflict.ITEM_GONE, False,
         "That line was taken off TABLE 12 meanwhile: do not send it out."),
        (Verb.UNBUMP_ITEM, Conflict.SUPERSEDED, False,
         "TABLE 12 was bumped meanwhile: recall it to take a mark away."),
        (Verb.RUSH, Conflict.CLOSED, False, "TABLE 12 is closed already."),
        (Verb.OUT_OF_STOCK, Conflict.STOCK_CHANGED, False,
         "Your 86 of TABLE 12 does not count: somebody changed that since. Look at the menu"
         " again."),
        (Verb.IN_STOCK, Conflict.STOCK_CHANGED, True,
         "The end of the 86 of TABLE 12 does not count: somebody changed that since. Look at the"
         " menu again."),
        (Verb.START, Conflict.CANCELLED, False,
         "TABLE 12 was cancelled meanwhile: do not cook it."),
        (Verb.PICK_UP, Conflict.CANCELLED, False,
         "TABLE 12 was cancelled meanwhile: do not hand it out."),
        (Verb.PICK_UP, Conflict.SUPERSEDED, False,
         "TABLE 12 was brought back meanwhile: it is not picked up, look at it again."),
        (Verb.PICK_UP, Conflict.SUPERSEDED, True,
         "Your handing over of TABLE 12 came too late: somebody changed the order since. Look at"
         " it again."),
        (Verb.SERVE, Conflict.CANCELLED, False,
         "TABLE 12 was cancelled meanwhile: do not hand it out."),
        (Verb.SERVE, Conflict.SUPERSEDED, False,
         "TABLE 12 was brought back meanwhile: it is not served yet, look at it again."),
        (Verb.SERVE, Conflict.SUPERSEDED, True,
         "Your serving of TABLE 12 came too late: somebody changed the order since. Look at it"
         " again."),
        (Verb.HOLD, Conflict.SUPERSEDED, False,
         "TABLE 12 was fired or bumped meanwhile, so your hold does not count: look at it again."),
        (Verb.HOLD, Conflict.ITEM_GONE, False, "What you held was taken off TABLE 12 meanwhile."),
        (Verb.FIRE, Conflict.ITEM_GONE, False,
         "What you fired was taken off TABLE 12 meanwhile: do not cook it."),
    ],
)  # fmt: skip
def test_what_the_cook_is_told(verb: Verb, conflict: Conflict, late: bool, words: str) -> None:
    assert refusal(command(verb), conflict, late=late) == words


@pytest.mark.parametrize(
    ("verb", "conflict", "late"), list(itertools.product(Verb, Conflict, [False, True]))
)
def test_there_is_a_sentence_for_everything(verb: Verb, conflict: Conflict, late: bool) -> None:
    words = refusal(command(verb), conflict, late=late)
    assert "TABLE 12" in words
    assert words.endswith(".")
    assert "{" not in words


def order(status: OrderStatus, *done: bool) -> Order:
    names = ("Burger", "Fries", "Shake")
    items = tuple(Item(n, "", n, is_done=d) for n, d in zip(names, done, strict=False))
    return Order("a", "1", status, items=items)


def held(order: Order) -> Order:
    return replace(order, items=tuple(replace(item, is_held=True) for item in order.items))


@pytest.mark.parametrize(
    ("verb", "answer", "words"),
    [
        (Verb.BUMP, order(OrderStatus.PREPARING, True, True, False),
         "TABLE 12 was changed meanwhile: what you bumped is done, Shake is still to cook."),
        (Verb.BUMP, order(OrderStatus.PREPARING, True, False, False),
         "TABLE 12 was changed meanwhile: what you bumped is done, 2 items are still to cook."),
        (Verb.BUMP, order(OrderStatus.READY, False), ""),
        (Verb.BUMP, held(order(OrderStatus.PREPARING, True, False)), ""),
        (Verb.BUMP, order(OrderStatus.COMPLETED, False), ""),
        (Verb.RECALL, order(OrderStatus.PREPARING, False), ""),
        (Verb.OUT_OF_STOCK, None, ""),
    ],
)  # fmt: skip
def test_an_answer_is_told_only_when_the_screen_would_surprise(
    verb: Verb, answer: Order | None, words: str
) -> None:
    assert ending(Answered(command(verb), answer)) == words


def test_what_other_stations_owe_still_is_no_news_to_the_cook_whose_part_is_done() -> None:
    bump = replace(command(Verb.BUMP), subject_id=lines_subject(["Burger", "Fries"]))
    assert ending(Answered(bump, order(OrderStatus.PREPARING, True, True, False))) == ""
    assert ending(Answered(bump, order(OrderStatus.PREPARING, True, False, False))) == (
        "TABLE 12 was changed meanwhile: what you bumped is done, Fries is still to cook."
    )


def test_a_refusal_is_told_as_it_came() -> None:
    assert ending(Declined(command(Verb.BUMP), "No.")) == "No."
