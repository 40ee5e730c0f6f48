"""A guest who orders by voice, or types where voice would: the real client, behind a proxy."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable
from contextlib import AsyncExitStack
from typing import Final, TypeVar

from kds_tui.demo.speech import RECORDING
from tests.chaos.fault_proxy import FaultProxy
from tests.chaos.hub import Hub
from voice_tui.config import DialectName, VoiceSettings
from voice_tui.services.orders import RestOrderDesk
from voice_tui.services.push_to_talk import PushToTalk
from voice_tui.services.wav_microphone import WavMicrophone

STEP_TIME: Final = 12.0
"""Seconds for one step of an order; then it is given up, as by a guest who goes elsewhere."""

HEAR_TIME: Final = 20.0
"""Likewise for a spoken one to be understood, with six terminals on two processors."""

BETWEEN: Final = 2.0
"""Seconds between two typed orders."""

SPOKEN_EVERY: Final = 6
"""Every so many orders one is spoken: hearing costs seconds of a processor."""

LOOK_INTERVAL: Final = 0.05

_Seen = TypeVar("_Seen")


class VoiceGuest:
    """Orders again and again; what fails is given up and begun anew.

    Args:
        hub: with its gateway.
        proxy: stands between them.
    """

    def __init__(self, hub: Hub, proxy: FaultProxy) -> None:
        self._hub = hub
        self._proxy = proxy
        self._microphone = WavMicrophone()
        self.done: Counter[str] = Counter()
        self.keys: list[str] = []
        """Idempotency keys of the orders whose placing was told."""

    async def run(self) -> None:
        """Order, until cancelled."""

        async def token() -> str:
            return self._hub.token

        url = self._proxy.url
        settings = VoiceSettings(
            dialect=DialectName.GATEWAY,
            url=url,
            backend_url=url,
            restaurant_id=self._hub.restaurant,
        )
        async with AsyncExitStack() as stack:
            desk = RestOrderDesk(url, self._hub.restaurant, token)
            await stack.enter_async_context(desk)
            talk = PushToTalk(settings, desk, None, self._microphone, token)
            await stack.enter_async_context(talk)
            for number in range(1_000_000):
                spoken = number % SPOKEN_EVERY == SPOKEN_EVERY - 1
                told = await self._order(talk, desk, spoken=spoken)
                self.done[f"{'spoken' if spoken else 'typed'}: {told}"] += 1
                await asyncio.sleep(BETWEEN)

    async def _order(self, talk: PushToTalk, desk: RestOrderDesk, *, spoken: bool) -> str:
        dialogue = talk.dialogue
        try:
            if dialogue.view.unsettled:
                pass  # the very same order again: nobody knows what became of it
            elif spoken:
                await self._speak(talk)
            else:
                dialogue.type_text("two fries for table five")
            time = HEAR_TIME if spoken else STEP_TIME
            view = await _seen(lambda: dialogue.view, lambda view: bool(view.cart.lines), time)
            placed = desk.orders_placed
            dialogue.confirm(view.cart)
            await _seen(lambda: desk.orders_placed, lambda count: count > placed, STEP_TIME)
        except TimeoutError:
            dialogue.cancel()
            return "given up"
        return "placed"

    async def _speak(self, talk: PushToTalk) -> None:
        link = talk.client
        await _seen(
            lambda: link.status.link.state.value, lambda state: state == "connected", STEP_TIME
        )
        async with asyncio.timeout(STEP_TIME):
            talk.client.press()
            await self._microphone.play(RECORDING)
            await self._microphone.finished()
            talk.client.release()


async def _seen(look: Callable[[], _Seen], wanted: Callable[[_Seen], bool], time: float) -> _Seen:
    async with asyncio.timeout(time):
        while not wanted(seen := look()):  # noqa: ASYNC110 - looked at as a person would
            await asyncio.sleep(LOOK_INTERVAL)
        return seen
