"""The order dialogue: what is said, typed or keyed becomes a cart, and a confirmed cart an order.

Two rules stand above all: nothing reaches the kitchen that nobody agreed to, and no order is placed
twice. While it is not known what became of an order, the very same request can be sent again, and
nothing about it can be changed.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import replace
from typing import Final, Literal
from uuid import uuid4

import msgspec

from voice_tui.core.cart import Cart, CartChange, Effect, Heard, apply, hear, read_back, show
from voice_tui.core.matcher import Matcher
from voice_tui.core.numbers import MAX_QUANTITY
from voice_tui.core.ordering import MAX_TRANSCRIPT, idempotency_key, order_body
from voice_tui.core.parser import parse
from voice_tui.core.text import clean
from voice_tui.core.tools import (
    CancelOrder,
    ConfirmOrder,
    CookCall,
    ToolCall,
    ToolError,
    decode_call,
)
from voice_tui.core.transcripts import Entry, Transcripts
from voice_tui.core.understood import Question, Reason, Understood
from voice_tui.services.cook_commands import CookCommands
from voice_tui.services.dialogue_view import DialogueView
from voice_tui.services.kitchen_commands import KitchenCommands
from voice_tui.services.listeners import Listeners, Unsubscribe
from voice_tui.services.menu_watch import MenuWatch
from voice_tui.services.orders import OrderDesk, PlacedOrder
from voice_tui.services.placing import UNSETTLED, Placing

_log = logging.getLogger("voice_tui.dialogue")

MENU_WAIT: Final = 4.0
"""Seconds that a function call waits for the first menu."""

MAX_HEARD: Final = 8
"""Things heard, and questions, that are kept of one utterance."""

MAX_UTTERANCES: Final = 20
"""Utterances of one order whose words go along with it."""

_SENDING: Final = "The order is being sent: one moment."
_NO_MENU: Final = "The menu is not here yet: try again in a moment."
_THROWN_AWAY: Final = "The order was thrown away."


class _Refused(Exception):
    """A call that was not carried out; the text says why."""


class OrderDialogue:
    """Holds the cart and everything about it that a person has to see.

    Args:
        desk: has the menu and takes orders.
        kitchen: carries out cooks' commands; None where there is no kitchen display.
    """

    def __init__(self, desk: OrderDesk, kitchen: KitchenCommands | None = None) -> None:
        self._menu = MenuWatch(desk, self._menu_changed)
        self._placing = Placing(desk, self._placed)
        self._cooks = CookCommands(kitchen, self._menu.refresh)
        self._transcripts = Transcripts()
        self._listeners: Listeners[DialogueView] = Listeners()
        self._tasks: set[asyncio.Task[None]] = set()
        self._cart = Cart(uuid4().hex)
        self._heard: list[Heard] = []
        self._questions: list[Question] = []
        self._spoken: list[Entry] = []
        self._utterance: Entry | None = None
        self._changed_by: Entry | None = None
        self._notice = ""
        self._counted = ""
        self.orders_started = 0
        """Orders that got a first line, by voice or by keyboard."""
        self.orders_completed = 0
        """Those that are in the kitchen."""

    @property
    def view(self) -> DialogueView:
        """Tell how the dialogue stands."""
        texts = dict.fromkeys(question.text for question in self._asked())
        return DialogueView(
            self._cart,
            tuple(self._heard),
            tuple(texts),
            self._cooks.question,
            self._placing.sending,
            self._placing.unsettled,
            self._notice,
            self._menu.problem,
        )

    def subscribe(self, handler: Callable[[DialogueView], None]) -> Unsubscribe:
        """Be told of changes.

        Args:
            handler: called with the newest view on the event loop; it must not block.

        Returns:
            A function that ends it.
        """
        return self._listeners.add(handler)

    def hear_from(self, transcripts: Transcripts) -> None:
        """Take the words that go along with orders, and how sure they are, from a voice client."""
        self._transcripts = transcripts

    def start(self) -> None:
        """Begin to fetch the menu."""
        self._menu.start()

    async def close(self) -> None:
        """End everything; an order that is under way is waited for."""
        await self._menu.close()
        await self._placing.close()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)

    def refresh_menu(self) -> None:
        """Look at the menu now: something on it changed."""
        self._menu.refresh()

    async def call_tool(self, name: str, arguments: str) -> str:
        """Execute a function call of the model or of the gateway; the voice client's tool handler.

        Args:
            name: of the function.
            arguments: JSON as it came.

        Returns:
            JSON for the model: `message` or, where it was not done, `error`; the order in words
            (`read_back`) and as it is (`cart`); the question that waits for a yes.
        """
        entry = self._newest()
        try:
            call = decode_call(name, arguments)
            matcher = await self._menu.ready(MENU_WAIT)
            if matcher is None:
                raise _Refused(self._no_menu())
            told = await self._call(call, entry, matcher)
        except ToolError as error:
            return self._output("error", f"{error}.")
        except _Refused as error:
            self._tell(str(error))
            return self._output("error", str(error))
        questions = [question.text for question in self._asked()]
        return self._output("message", " ".join([told, *questions]).strip())

    def type_text(self, text: str) -> None:
        """Take an order or a command that was typed; needs neither voice server nor microphone.

        Args:
            text: as it would be spoken.
        """
        matcher = self._menu.matcher
        if matcher is None:
            self._tell(self._no_menu())
            return
        # What the utterance before made of the cart has been on the screen meanwhile.
        cart = show(self._cart)
        understood = parse(text, matcher, cart)
        if self._cooks.question and _agrees(understood):
            self._own(self._cooks.confirm())
            return
        refused = self._refusal(understood.calls)
        if refused:
            self._tell(refused)
            return
        entry = Entry("person", None, clean(text, MAX_TRANSCRIPT), final=True)
        entry.confidence = understood.confidence
        self._begin_utterance(entry)
        self._take(hear(cart, understood, matcher), matcher)
        for call in understood.calls:
            if isinstance(call, CookCall):
                self._own(self._cooks.ask(call, matcher, heard_surely=True))
        self._changed()

    def confirm(self, seen: Cart) -> None:
        """Say yes, by key: to a cook's command that waits, else to the cart.

        Args:
            seen: the cart as it was on the screen; nobody agrees to what came in just now.
        """
        matcher = self._menu.matcher
        if self._cooks.question:
            self._own(self._cooks.confirm())
        elif self._placing.sending:
            self._tell(_SENDING)
        elif matcher is None or not self._cart.lines:
            self._tell("There is no order yet.")
        elif seen != self._cart:
            self._tell("The order changed just now: look at it again.")
        else:
            self._take(apply(show(self._cart), ConfirmOrder(), matcher), matcher)
            self._changed()

    def cancel(self) -> None:
        """Say no, by key: to a cook's command that waits, else throw the cart away."""
        if self._cooks.question:
            self._cooks.drop()
            self._tell("Not done.")
        elif self._placing.sending:
            self._tell(_SENDING)
        else:
            self._begin_anew(_THROWN_AWAY if self._cart.lines else "")

    def change_quantity(self, line: int, delta: int) -> None:
        """Change how many of a line are ordered, by key; none takes the line out.

        Args:
            line: its place in the cart, from 0.
            delta: how many more, or fewer when negative.
        """
        refused = self._refusal(())
        if refused or not 0 <= line < len(self._cart.lines):
            self._tell(refused)
            return
        lines = list(self._cart.lines)
        quantity = min(lines[line].quantity + delta, MAX_QUANTITY)
        lines[line : line + 1] = [replace(lines[line], quantity=quantity)] if quantity > 0 else []
        self._cart = replace(self._cart, lines=tuple(lines), confirmed=False)
        self._tell("")

    def remove(self, line: int) -> None:
        """Take a line out of the cart, by key.

        Args:
            line: its place in the cart, from 0.
        """
        self.change_quantity(line, -MAX_QUANTITY)

    async def _call(self, call: ToolCall, entry: Entry | None, matcher: Matcher) -> str:
        if isinstance(call, CookCall):
            self._begin_utterance(entry)
            surely = entry is not None and entry.final and entry.agreed is True
            self._changed()
            told = await self._cooks.ask(call, matcher, heard_surely=surely)
            self._tell(told)
            return told
        if isinstance(call, ConfirmOrder) and self._cooks.question:
            # A model must not agree with itself: the yes has to be an utterance of its own.
            if entry is self._utterance or not self._is_yes(call, entry, matcher):
                raise _Refused(self._cooks.question)
            told = await self._cooks.confirm()
            self._tell(told)
            return told
        refused = self._refusal((call,))
        if refused:
            raise _Refused(refused)
        if entry is not self._utterance:
            self._begin_utterance(entry)
        submits = isinstance(call, ConfirmOrder) and not call.review
        if entry is not self._changed_by:
            # What the utterance before made of the cart has been on the screen meanwhile.
            self._cart = show(self._cart)
        elif submits:
            raise _Refused("The guest has to see the order first, and to agree to it.")
        self._take(apply(self._cart, call, matcher), matcher)
        self._changed()
        if submits:
            return await self._sent()
        return self._notice

    async def _sent(self) -> str:
        """Wait until a confirmed order is placed."""
        if not self._placing.sending:
            raise _Refused(self._notice or "There is no order yet.")
        cart_id = self._cart.id
        told = await self._placing.wait()
        if self._cart.id == cart_id:
            raise _Refused(told)
        return told

    def _is_yes(self, call: ConfirmOrder, entry: Entry | None, matcher: Matcher) -> bool:
        """Tell a yes from a wish to hear the order again, which a gateway without an order calls
        alike.
        """
        words = entry.text if entry is not None else ""
        return not call.review or _agrees(parse(words, matcher, self._cart))

    def _take(self, change: CartChange, matcher: Matcher) -> None:
        """Make a change the dialogue's own, and do what it asks for."""
        entry = self._utterance
        if change.heard or change.questions:
            self._changed_by = entry
            if entry is not None and not any(entry is known for known in self._spoken):
                self._spoken = [*self._spoken, entry][-MAX_UTTERANCES:]
        self._cart = change.cart
        if change.cart.lines and self._counted != change.cart.id:
            self._counted = change.cart.id
            self.orders_started += 1
        self._heard = [*self._heard, *change.heard][-MAX_HEARD:]
        self._questions = [*self._questions, *change.questions][-MAX_HEARD:]
        if change.effect is Effect.CANCELLED:
            self._begin_anew(_THROWN_AWAY)
        elif change.effect is Effect.PLACE:
            self._place(matcher)

    def _place(self, matcher: Matcher) -> None:
        cart = self._cart
        out = self._sold_out()
        if out and not self._placing.unsettled:
            self._cart = replace(cart, confirmed=False)
            self._notice = f"{out[0].text} Take it out, then send the order."
            return
        transcript, confidence = self._words(matcher)
        self._notice = ""
        self._placing.start(
            lambda: order_body(cart, matcher.menu, transcript, confidence), idempotency_key(cart)
        )

    def _placed(self, order: PlacedOrder | None, told: str) -> None:
        if order is not None:
            self.orders_completed += 1
            self._begin_anew(told)
        else:
            self._cart = replace(self._cart, confirmed=False)
            self._tell(told)

    def _words(self, matcher: Matcher) -> tuple[str, float]:
        """Give what was said for this order, and how sure that is: as sure as the worst of it."""
        texts = [entry.text for entry in self._spoken if entry.text]
        sure = [
            parse(entry.text, matcher, Cart("")).confidence
            if entry.confidence is None
            else entry.confidence
            for entry in self._spoken
        ]
        return " / ".join(texts), min(sure, default=0.0)

    def _refusal(self, calls: Iterable[ToolCall]) -> str:
        """Say why the order cannot be changed now; empty when it can."""
        if self._placing.sending:
            return _SENDING
        settling = all(isinstance(call, ConfirmOrder | CancelOrder | CookCall) for call in calls)
        return UNSETTLED if self._placing.unsettled and not (calls and settling) else ""

    def _asked(self) -> list[Question]:
        return [*self._questions, *self._sold_out()]

    def _sold_out(self) -> list[Question]:
        """Ask about lines that were sold out after they were ordered."""
        menu = self._menu.matcher.menu if self._menu.matcher else None
        found = [(line, menu.find(line.item_id)) for line in self._cart.lines] if menu else []
        return [
            Question(line.name, Reason.SOLD_OUT, (line.name,))
            for line, item in found
            if item is None or not item.available
        ]

    def _begin_utterance(self, entry: Entry | None) -> None:
        self._cooks.drop()
        self._utterance = entry
        self._heard, self._questions, self._notice = [], [], ""

    def _begin_anew(self, notice: str) -> None:
        """Begin the next order: only now does a new key begin."""
        if self._placing.unsettled:
            notice = "Given up. The kitchen may have the order: look at its display."
        self._placing.give_up()
        self._cart = Cart(uuid4().hex)
        self._spoken = []
        self._begin_utterance(self._utterance)
        self._tell(notice)

    def _newest(self) -> Entry | None:
        """What the person said last; an entry is there from the commit on."""
        entries = self._transcripts.entries()
        return next((entry for entry in reversed(entries) if entry.speaker == "person"), None)

    def _no_menu(self) -> str:
        return self._menu.problem or _NO_MENU

    def _menu_changed(self) -> None:
        if self._notice == _NO_MENU and self._menu.matcher is not None:
            self._notice = ""  # it is here now
        self._changed()

    def _output(self, kind: Literal["message", "error"], told: str) -> str:
        """Write what a call came to, for the model that made it."""
        known = {
            kind: told,
            "read_back": read_back(self._cart),
            "cart": msgspec.to_builtins(self._cart),
            "waits_for_yes": self._cooks.question,
        }
        return msgspec.json.encode(known).decode()

    def _own(self, work: Coroutine[None, None, str]) -> None:
        async def tell() -> None:
            self._tell(await work)

        task = asyncio.create_task(tell(), name="voice: cook's command")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    def _tell(self, notice: str) -> None:
        self._notice = notice
        if notice:
            _log.info("notice", extra={"text": notice})
        self._changed()

    def _changed(self) -> None:
        self._listeners.tell(self.view)


def _agrees(understood: Understood) -> bool:
    """Tell whether an utterance is a yes and nothing else."""
    confirms = any(piece.meaning == "confirm" for piece in understood.pieces)
    return confirms and all(isinstance(call, ConfirmOrder) for call in understood.calls)
