"""The order as one utterance changes it; the difference to the cart becomes calls."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from voice_tui.core.cart import Cart
from voice_tui.core.matcher import Found, Matcher
from voice_tui.core.menu import MenuItem
from voice_tui.core.tools import (
    AddToOrder,
    AskedItem,
    ChangeQuantity,
    OrderCall,
    RemoveFromOrder,
)


@dataclass(slots=True, eq=False)
class DraftLine:
    """Some of one item.

    Args:
        item: what.
        quantity: how many.
        changes: to it, as the menu writes them or as they were said.
        seat: whose it is.
        note: of a line that was in the cart.
        origin: its line in the cart, from 1; None for a new one.
    """

    item: MenuItem
    quantity: int
    changes: list[str] = field(default_factory=list[str])
    seat: int | None = None
    note: str = ""
    origin: int | None = None

    def change(self, name: str) -> None:
        """Add a change, unless it is there."""
        if name not in self.changes:
            self.changes.append(name)


class Draft:
    """The lines of the cart and those of the utterance, to be worked on.

    Args:
        cart: as it was.
        matcher: knows the items.

    Attributes:
        focus: the line that "that" means; None when what was said last is not in the order.
        rest: what is left of a line after "one with no onions": the next "one" is one of these.
    """

    def __init__(self, cart: Cart, matcher: Matcher) -> None:
        self._cart = cart
        self._matcher = matcher
        self.lines: list[DraftLine] = []
        for number, line in enumerate(cart.lines, 1):
            item = matcher.menu.find(line.item_id) or MenuItem(line.item_id, line.name)
            changes = [each.name for each in line.modifiers]
            self.lines.append(DraftLine(item, line.quantity, changes, line.seat, line.note, number))
        self.details = AddToOrder()
        self.seats: list[int] = []
        self.seat: int | None = None
        self.focus: DraftLine | None = self.lines[-1] if self.lines else None
        self.rest: DraftLine | None = None

    @property
    def new_lines(self) -> list[DraftLine]:
        """The lines that this utterance made."""
        return [line for line in self.lines if line.origin is None]

    def add(self, item: MenuItem, quantity: int, changes: list[str]) -> DraftLine:
        """Order an item; from here on it is what "that" means."""
        line = DraftLine(item, quantity, changes, self.seat)
        self.lines.append(line)
        self.focus = line
        self.rest = None
        return line

    def remove(self, line: DraftLine, quantity: int | None = None) -> None:
        """Take a line out, or some of it."""
        if quantity is None or quantity >= line.quantity:
            self.lines.remove(line)
            if self.focus is line:
                self.focus = self.lines[-1] if self.lines else None
        else:
            line.quantity -= quantity
            self.focus = line

    def clear(self) -> None:
        """Forget everything."""
        self.__init__(Cart(self._cart.id), self._matcher)

    def split(self, line: DraftLine, quantity: int) -> DraftLine:
        """Set some of a line apart, to be changed alone; the line itself when it is all of it."""
        if quantity >= line.quantity:
            return line
        line.quantity -= quantity
        apart = replace(line, quantity=quantity, changes=list(line.changes), origin=None)
        self.lines.insert(self.lines.index(line) + 1, apart)
        return apart

    def held(self, found: Found | None) -> DraftLine | None:
        """Find the last line of what was named, also where the menu alone leaves it open."""
        if found is None:
            return None
        ids = {item.id for item in found.items}
        return next((line for line in reversed(self.lines) if line.item.id in ids), None)

    def unit(self, item_id: str, place: int) -> DraftLine | None:
        """Set "the second burger" apart.

        Args:
            item_id: of what.
            place: from 1; -1 is the last.
        """
        lines = [line for line in self.lines if line.item.id == item_id]
        if place < 0:
            return self.split(lines[-1], 1) if lines else None
        for line in lines:
            if place <= line.quantity:
                return self.split(line, 1)
            place -= line.quantity
        return None

    def take_seat(self, seat: int) -> None:
        """Give a seat to the items said before it, or else to those that follow."""
        self.seats.append(seat)
        waiting = [line for line in self.new_lines if line.seat is None]
        for line in waiting:
            line.seat = seat
        self.seat = None if waiting else seat

    def calls(self) -> tuple[OrderCall, ...]:
        """Tell what has to be called to make the cart like this."""
        one_seat = self._one_seat()
        resized: list[OrderCall] = []
        removed: list[OrderCall] = []
        added: list[AskedItem] = []
        for number, line in enumerate(self._cart.lines, 1):
            now = next((each for each in self.lines if each.origin == number), None)
            if now is None or now.changes != [each.name for each in line.modifiers]:
                removed.append(RemoveFromOrder(line.name, line=number))
                if now is not None:
                    added.append(_asked(now))
            elif now.quantity != line.quantity:
                resized.append(ChangeQuantity(line.name, now.quantity, number))
        for line in self.new_lines:
            asked = _asked(line)
            added.append(replace(asked, seat=None) if one_seat else asked)
        details = replace(self.details, items=tuple(added), seat_number=one_seat)
        # From the last line up, so that the numbers of those before still hold.
        calls = [*resized, *reversed(removed)]
        return tuple(calls if details == AddToOrder() else [*calls, details])

    def _one_seat(self) -> int | None:
        """Tell the order's seat: several seats are each line's own."""
        if len(set(self.seats)) != 1 or self._cart.seat_number not in (None, self.seats[0]):
            return None
        others = self._cart.lines and self._cart.seat_number is None and self.new_lines
        return None if others else self.seats[0]


def _asked(line: DraftLine) -> AskedItem:
    return AskedItem(line.item.name, line.quantity, tuple(line.changes), line.note, line.seat)
