"""What a person sees of the order dialogue at one moment."""

from __future__ import annotations

from dataclasses import dataclass

from voice_tui.core.cart import Cart, Heard
from voice_tui.core.tools import BumpOrder, CookCall, MarkUnavailable, RecallOrder, WorkOnTicket


@dataclass(frozen=True, slots=True)
class DialogueView:
    """A snapshot.

    Args:
        cart: the order as understood.
        heard: what the last utterance asked for, beside what was made of it.
        questions: what has to be asked, each a sentence.
        pending: a cook's command that waits for a yes, as a question; empty for none.
        sending: the order is on its way, and nothing can be changed.
        unsettled: nobody can tell whether the order was placed; it can be sent again or given up.
        notice: the last thing that happened, a sentence; empty for none.
        menu_problem: why there is no fresh menu, a sentence; empty when there is.
    """

    cart: Cart
    heard: tuple[Heard, ...] = ()
    questions: tuple[str, ...] = ()
    pending: str = ""
    sending: bool = False
    unsettled: bool = False
    notice: str = ""
    menu_problem: str = ""

    @property
    def asks(self) -> bool:
        """Tell whether a yes or a no is waited for."""
        return bool(self.pending or self.cart.lines) and not self.sending


def cook_question(call: CookCall, item_name: str = "") -> str:
    """Ask whether a cook's command was meant.

    Args:
        call: the command.
        item_name: the item, as on the menu.
    """
    match call:
        case BumpOrder():
            return f"Bump {_ticket(call)}?"
        case RecallOrder():
            return f"Bring {_ticket(call)} back?"
        case WorkOnTicket(action=action, part=part):
            what = f"{part} of {_ticket(call)}" if part else _ticket(call)
            return f"{action.value.capitalize()} {what}?"
        case MarkUnavailable(available=True):
            return f"Put {item_name} back on the menu?"
        case MarkUnavailable():
            return f"86 {item_name}: nobody can order it any more?"
        case _:
            return "Do it?"


def _ticket(call: BumpOrder | RecallOrder | WorkOnTicket) -> str:
    if call.order_number is not None:
        return f"order {call.order_number}"
    if call.table_number is not None:
        return f"table {call.table_number}"
    return "the selected ticket" if isinstance(call, WorkOnTicket) else "the last order"
