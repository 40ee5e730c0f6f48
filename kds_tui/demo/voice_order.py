"""The demo's order by voice: talk, read what was understood, agree, see the ticket."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from textual.pilot import Pilot

from kds_tui.core.order import Order
from kds_tui.demo.speech import Speaker
from voice_tui.virtual_microphone import NoVirtualMicrophone

if TYPE_CHECKING:
    from kds_tui.app import KitchenApp
    from kds_tui.voice.wiring import DisplayVoice

READY_TIME: Final = 40.0
"""Most seconds until voice is ready: packages loaded, recogniser trained on the menu, connected."""

ANSWER_TIME: Final = 20.0
"""Most seconds for what was said to be understood, and for the order to be placed."""

LOOK_INTERVAL: Final = 0.02
"""Seconds between two looks."""


@dataclass(slots=True)
class VoiceFigures:
    """How the spoken order went."""

    how: str = ""
    """Which way the sound took."""

    heard: str = ""
    release_to_text: float | None = None
    """Seconds from the end of the recording to the cart on the panel."""

    ticket: str = ""
    """Its ticket on the grid: table and items."""

    problem: str = ""
    """Why it did not work; empty when it did."""


async def order_by_voice(app: KitchenApp, pilot: Pilot[Any], speaker: Speaker) -> VoiceFigures:
    """Order by voice, as a guest at the pass would.

    Args:
        app: the display.
        pilot: presses its keys.
        speaker: speaks.

    Returns:
        How it went.
    """
    figures = VoiceFigures(how=speaker.how)
    step = "voice did not become ready"
    try:
        async with asyncio.timeout(READY_TIME):
            voice = await _ready(app)
        placed_before = voice.desk.orders_placed
        step = "nothing was understood"
        async with asyncio.timeout(ANSWER_TIME):
            await pilot.press("t")
            await speaker.speak()
            said = time.perf_counter()
            async with asyncio.TaskGroup() as group:
                understood = group.create_task(_time_of_cart(voice))
                await pilot.press("t")
            figures.release_to_text = understood.result() - said
        step = "the order was not placed"
        async with asyncio.timeout(ANSWER_TIME):
            await _until(lambda: voice.talk.client.status.turn.value == "idle")
            await pilot.press("y")
            await _until(lambda: voice.desk.orders_placed > placed_before)
        step = "its ticket did not come"
        async with asyncio.timeout(ANSWER_TIME):
            await _until(lambda: _ticket(app, voice) is not None)
        order = _ticket(app, voice)
        if order is not None:
            items = ", ".join(f"{item.quantity} {item.name}" for item in order.items)
            figures.ticket = f"{order.label}: {items}"
    except TimeoutError:
        figures.problem = step
    except NoVirtualMicrophone as error:
        figures.problem = f"nothing could be spoken: {error}"
    if app.voice is not None and app.voice.voice is not None:
        entries = app.voice.voice.talk.client.conversation.transcripts.entries()
        figures.heard = next((entry.text for entry in entries if entry.speaker == "person"), "")
    return figures


async def _ready(app: KitchenApp) -> DisplayVoice:
    while True:
        voice = app.voice.voice if app.voice is not None else None
        if voice is not None:
            status = voice.talk.client.status
            if status.microphone.records and status.link.state.value == "connected":
                return voice
        await asyncio.sleep(LOOK_INTERVAL)


async def _time_of_cart(voice: DisplayVoice) -> float:
    await _until(lambda: bool(voice.talk.dialogue.view.cart.lines))
    return time.perf_counter()


async def _until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110 - looked at from outside, as a person would
        await asyncio.sleep(LOOK_INTERVAL)


def _ticket(app: KitchenApp, voice: DisplayVoice) -> Order | None:
    number = voice.desk.last_number
    # Of the board, not of the grid: a simulated cook may have bumped it already.
    return next((order for order in app.kitchen.board if order.order_number == number), None)
