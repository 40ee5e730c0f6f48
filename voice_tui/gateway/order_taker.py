"""Takes orders the way a model would: understands by the live menu, calls functions, replies."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable, Sequence
from typing import Final, cast

from voice_tui.core.cart import Cart, Effect, hear, read_back, show
from voice_tui.core.matcher import Matcher
from voice_tui.core.menu import Menu
from voice_tui.core.parser import parse
from voice_tui.core.server_response import Answer, FunctionCall
from voice_tui.core.text import clean
from voice_tui.core.tools import encode_call
from voice_tui.gateway.dialogue import CallOutput, Said

MAX_REPLY: Final = 1000
"""Characters of a reply."""

NO_ORDER: Final = "I did not hear an order in that."
DONE: Final = "Done."

_TELLING: Final = ("error", "message", "read_back", "text")
"""Fields of a function's output that are sentences for a person, the most important first."""

_CONFIRM: Final = "confirm_order"


class OrderTaker:
    """One conversation: remembers its order so that "make that three" has a meaning.

    Args:
        menu: gives the menu as it is now.
    """

    def __init__(self, menu: Callable[[], Menu]) -> None:
        self._menu = menu
        self._matcher = Matcher(menu())
        self._cart = _empty()

    def answer(self, said: Said, tools: frozenset[str]) -> Answer:
        """Understand what was said, as far as it can be; what is unclear is asked about.

        Args:
            said: not empty.
            tools: functions that the client has; others are not called.
        """
        menu = self._menu()
        if self._matcher.menu != menu:
            self._matcher = Matcher(menu)
        understood = parse(said.text, self._matcher, self._cart)
        named = (encode_call(call) for call in understood.calls)
        calls = tuple(FunctionCall(name, text) for name, text in named if name in tools)
        change = hear(self._cart, understood, self._matcher)
        # The reply reads the order back, and the panel shows it: it can be agreed to next.
        self._cart = show(change.cart)
        if change.effect is Effect.CANCELLED:
            self._cart = _empty()
        if change.questions:
            reply = " ".join(question.text for question in change.questions)
        elif not understood.calls:
            reply = NO_ORDER
        else:
            # What came of it is said when the functions' outputs are back.
            reply = "" if calls else read_back(self._cart)
        return Answer(reply[:MAX_REPLY], calls)

    def follow_up(self, outputs: Sequence[CallOutput]) -> str:
        """Say what the function calls came to.

        Args:
            outputs: at least one.
        """
        said: dict[str, None] = {}
        for one in outputs:
            told = _outcome(one.output)
            if one.name == _CONFIRM and "error" not in told and self._cart.confirmed:
                self._cart = _empty()
            sentence = next((told[name] for name in _TELLING if told.get(name)), "")
            said[sentence or (read_back(self._cart) if self._cart.lines else DONE)] = None
        return clean(" ".join(said), MAX_REPLY)


def _empty() -> Cart:
    return Cart(uuid.uuid4().hex)


def _outcome(output: str) -> dict[str, str]:
    """Read a function's output: an object with sentences in it, or one sentence."""
    try:
        value: object = json.loads(output)
    except (ValueError, RecursionError):
        return {"text": output}
    if not isinstance(value, dict):
        return {}
    fields = cast("dict[str, object]", value)
    return {name: text for name, text in fields.items() if isinstance(text, str)}
