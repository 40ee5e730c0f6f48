"""The cart: an order while it is being spoken. A value; every change makes a new one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum

from voice_tui.core.matcher import Matcher
from voice_tui.core.menu import MenuItem
from voice_tui.core.modifiers import modifier_named
from voice_tui.core.numbers import MAX_QUANTITY
from voice_tui.core.tools import (
    AddToOrder,
    AskedItem,
    CancelOrder,
    ChangeQuantity,
    ConfirmOrder,
    OrderCall,
    RemoveFromOrder,
)
from voice_tui.core.understood import Question, Reason, Understood


@dataclass(frozen=True, slots=True)
class CartModifier:
    """A change to a line; one that the menu does not offer has no id and costs nothing."""

    name: str
    id: str = ""
    price: float = 0.0


@dataclass(frozen=True, slots=True)
class CartLine:
    """Some of one item, all alike.

    Args:
        item_id: of the menu.
        name: of the item.
        quantity: how many.
        price: of one, in dollars, without its modifiers.
        modifiers: what is changed about it.
        note: anything else for the kitchen.
        seat: whose it is; None follows the order.
    """

    item_id: str
    name: str
    quantity: int
    price: float
    modifiers: tuple[CartModifier, ...] = ()
    note: str = ""
    seat: int | None = None

    @property
    def text(self) -> str:
        """The line in words: "2 Classic Burger (No onion)"."""
        details = [modifier.name for modifier in self.modifiers]
        details += [self.note] if self.note else []
        details += [f"seat {self.seat}"] if self.seat else []
        return f"{self.quantity} {self.name}" + (f" ({', '.join(details)})" if details else "")


@dataclass(frozen=True, slots=True)
class Cart:
    """An order that is not placed yet.

    Args:
        id: made once for each order; its idempotency key comes from it.
        lines: what is ordered.
        table_number: the table's label.
        seat_number: whose order it is, when it is one guest's.
        customer_name: under which name.
        order_type: `dine-in` or `takeout`; None leaves it open.
        allergies: what the guests cannot eat, in words.
        open_questions: what was heard and is not in the lines.
        shown: the guest has seen or heard the cart as it is now.
        confirmed: the guest has agreed to it as it is now.
    """

    id: str
    lines: tuple[CartLine, ...] = ()
    table_number: str | None = None
    seat_number: int | None = None
    customer_name: str | None = None
    order_type: str | None = None
    allergies: tuple[str, ...] = ()
    open_questions: tuple[Question, ...] = ()
    shown: bool = False
    confirmed: bool = False

    @property
    def total(self) -> float:
        """What it costs in dollars, without tax, counted in cents as the server does."""
        cents = sum(
            line.quantity
            * (round(line.price * 100) + sum(round(each.price * 100) for each in line.modifiers))
            for line in self.lines
        )
        return cents / 100


class Effect(StrEnum):
    """What the caller must do about a change."""

    NOTHING = "nothing"
    SHOW = "show"
    PLACE = "place"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Heard:
    """What was asked for beside what was made of it, for the panel."""

    heard: str
    understood: str


@dataclass(frozen=True, slots=True)
class CartChange:
    """What a call did.

    Args:
        cart: as it is now.
        heard: each thing asked for, and what was understood.
        questions: what to ask the guest.
        effect: what the caller must do.
    """

    cart: Cart
    heard: tuple[Heard, ...] = ()
    questions: tuple[Question, ...] = ()
    effect: Effect = Effect.NOTHING


def apply(cart: Cart, call: OrderCall, matcher: Matcher) -> CartChange:
    """Carry out a call.

    Args:
        cart: as it is.
        call: from the parser or from a model, whose names need not be the menu's.
        matcher: of the live menu.

    Returns:
        The cart as it becomes. What cannot be found is asked about, never guessed.
    """
    match call:
        case AddToOrder():
            return _add(cart, call, matcher)
        case RemoveFromOrder():
            quantity = call.quantity
            return _change(cart, call.item_name, call.line, matcher, minus=quantity)
        case ChangeQuantity():
            return _change(cart, call.item_name, call.line, matcher, exactly=call.quantity)
        case ConfirmOrder():
            return _confirm(cart, call)
        case CancelOrder():
            return CartChange(Cart(cart.id), effect=Effect.CANCELLED)


def hear(cart: Cart, understood: Understood, matcher: Matcher) -> CartChange:
    """Carry out all that an utterance asks of the cart, and keep what it left open.

    Args:
        cart: as it is.
        understood: what the parser made of the utterance.
        matcher: of the live menu.

    Returns:
        The cart as it becomes; the effect of the last call. Nothing is placed while something of
        the same utterance is unclear.
    """
    questions = list(understood.questions)
    heard: list[Heard] = []
    effect = Effect.NOTHING
    for call in understood.calls:
        if isinstance(call, OrderCall):
            change = apply(cart, call, matcher)
            cart, effect = change.cart, change.effect
            heard.extend(change.heard)
            questions.extend(change.questions)
    heard.extend(Heard(question.heard, question.text) for question in understood.questions)
    return CartChange(ask(cart, questions), tuple(heard), tuple(questions), effect)


def show(cart: Cart) -> Cart:
    """Note that the guest has seen the cart: from now on it can be confirmed."""
    return replace(cart, shown=True)


def ask(cart: Cart, questions: Sequence[Question]) -> Cart:
    """Keep what an utterance left open, in place of what the one before did."""
    return replace(cart, open_questions=tuple(questions))


def read_back(cart: Cart) -> str:
    """Say the cart in a sentence or two, for a person who is about to agree to it."""
    if not cart.lines:
        said = "The order is empty."
    else:
        where = [f"table {cart.table_number}"] if cart.table_number else []
        where += [f"seat {cart.seat_number}"] if cart.seat_number else []
        where += [cart.customer_name] if cart.customer_name else []
        where += [cart.order_type] if cart.order_type else []
        for_whom = f" for {', '.join(where)}" if where else ""
        said = f"{', '.join(line.text for line in cart.lines)}{for_whom}, {cart.total:.2f} dollars."
    if cart.allergies:
        said += f" Allergy: {', '.join(cart.allergies)}."
    return " ".join([said, *(question.text for question in cart.open_questions)])


@dataclass(slots=True)
class _Adding:
    """Lines that grow while items are added."""

    lines: list[CartLine]
    heard: list[Heard] = field(default_factory=list[Heard])
    questions: list[Question] = field(default_factory=list[Question])

    def add(self, asked: AskedItem, matcher: Matcher) -> None:
        found = matcher.item_named(asked.name)
        question = _refused(asked, found.items if found else (), matcher)
        if question is None and found is not None:
            line = _line(asked, found.items[0], found.implied)
            place = self._place(line)
            if place is None:
                self.lines.append(line)
            elif self.lines[place].quantity + line.quantity > MAX_QUANTITY:
                question = _asking(asked, Reason.TOO_MANY, (line.name,))
            else:
                total = self.lines[place].quantity + line.quantity
                self.lines[place] = replace(line, quantity=total)
            self.heard.append(Heard(_wording(asked), question.text if question else line.text))
        if question is not None:
            self.questions.append(question)

    def _place(self, line: CartLine) -> int | None:
        for place, known in enumerate(self.lines):
            if replace(known, quantity=line.quantity) == line:
                return place
        return None


def _add(cart: Cart, call: AddToOrder, matcher: Matcher) -> CartChange:
    adding = _Adding(list(cart.lines))
    for asked in call.items:
        adding.add(asked, matcher)
    changed = replace(
        cart,
        lines=tuple(adding.lines),
        table_number=call.table_number or cart.table_number,
        seat_number=call.seat_number or cart.seat_number,
        customer_name=call.customer_name or cart.customer_name,
        order_type=call.order_type or cart.order_type,
        allergies=tuple(dict.fromkeys((*cart.allergies, *call.allergies))),
    )
    return _changed(cart, changed, adding.heard, adding.questions)


def _change(
    cart: Cart,
    name: str,
    place: int | None,
    matcher: Matcher,
    *,
    minus: int | None = None,
    exactly: int = 0,
) -> CartChange:
    found = matcher.item_named(name)
    wanted = {item.id for item in found.items} if found else set[str]()
    places = [
        at
        for at, line in enumerate(cart.lines)
        if line.item_id in wanted and place in (None, at + 1)
    ]
    different = {cart.lines[at].item_id for at in places}
    if not places or len(different) > 1:
        reason = Reason.WHICH_ITEM if places else Reason.NOT_IN_ORDER
        names = tuple(dict.fromkeys(cart.lines[at].name for at in places))
        return _changed(cart, cart, (), (Question(name, reason, names),))
    lines = list(cart.lines)
    left = minus
    for at in reversed(places):
        line = lines[at]
        if minus is None:
            # Setting how many: the first line takes the number, further ones of the item go.
            quantity = exactly if at == places[0] else 0
        else:
            quantity = max(line.quantity - (left or 0), 0)
            left = max((left or 0) - line.quantity, 0)
        lines[at] = replace(line, quantity=quantity)
    name = cart.lines[places[0]].name
    quantity = sum(lines[at].quantity for at in places)
    kept = replace(cart, lines=tuple(line for line in lines if line.quantity))
    return _changed(cart, kept, (Heard(name, f"{quantity} {name}" if quantity else f"no {name}"),))


def _confirm(cart: Cart, call: ConfirmOrder) -> CartChange:
    """Nothing goes to the kitchen that the guest has not been shown first."""
    if call.review or not cart.lines or not cart.shown:
        return CartChange(show(cart), effect=Effect.SHOW)
    return CartChange(replace(cart, confirmed=True), effect=Effect.PLACE)


def _changed(
    before: Cart, after: Cart, heard: Sequence[Heard], questions: Sequence[Question] = ()
) -> CartChange:
    if after != before:
        after = replace(after, shown=False, confirmed=False)
    if questions:
        after = ask(replace(after, shown=False, confirmed=False), questions)
    return CartChange(after, tuple(heard), tuple(questions), Effect.SHOW)


def _refused(asked: AskedItem, items: Sequence[MenuItem], matcher: Matcher) -> Question | None:
    match items:
        case []:
            names = tuple(item.name for item in matcher.suggestions(asked.name))
            return _asking(asked, Reason.UNMATCHED, names)
        case [item]:
            return None if item.available else _asking(asked, Reason.SOLD_OUT, (item.name,))
        case _:
            return _asking(asked, Reason.WHICH_ITEM, tuple(item.name for item in items))


def _asking(asked: AskedItem, reason: Reason, names: tuple[str, ...]) -> Question:
    return Question(asked.name, reason, names, asked.quantity, asked.modifications)


def _line(asked: AskedItem, item: MenuItem, implied: str) -> CartLine:
    modifiers: dict[str, CartModifier] = {}
    for wanted in (implied, *asked.modifications):
        if not wanted:
            continue
        offered = modifier_named(wanted, item)
        chosen = (
            CartModifier(offered.name, offered.id, offered.price)
            if offered
            else CartModifier(wanted)
        )
        modifiers[chosen.name.casefold()] = chosen
    return CartLine(
        item.id,
        item.name,
        asked.quantity,
        item.price,
        tuple(modifiers.values()),
        asked.note,
        asked.seat,
    )


def _wording(asked: AskedItem) -> str:
    return " ".join((f"{asked.quantity} {asked.name}", *asked.modifications))
