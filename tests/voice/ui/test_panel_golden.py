"""What the panel looks like in each state, at three widths and as a strip."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest

from tests.voice.ui.conftest import Booth, Enter
from voice_tui.core.turn import TurnState
from voice_tui.services.link import LinkState, LinkStatus
from voice_tui.services.microphone import MicrophoneState, MicrophoneStatus
from voice_tui.services.orders import OrderUncertain

SPOKEN = "two cheeseburgers no onions and a large fries for table five"
ORDER = "two classic burgers no onion and a large french fries for table five nut allergy"


async def ready(booth: Booth) -> None:
    assert booth.voice.status.turn is TurnState.IDLE


async def listening(booth: Booth) -> None:
    booth.voice.press()
    booth.voice.hears("two cheeseburgers no", final=False)
    booth.voice.becomes(level=-30.0)


async def sending(booth: Booth) -> None:
    booth.voice.becomes(turn=TurnState.COMMITTING)


async def hearing(booth: Booth) -> None:
    booth.voice.hears("two cheeseburgers no onions and", final=False)
    booth.voice.becomes(turn=TurnState.WAITING_USER_FINAL)


async def thinking(booth: Booth) -> None:
    booth.voice.hears(SPOKEN, agreed=False)
    booth.voice.becomes(turn=TurnState.WAITING_RESPONSE)


async def order(booth: Booth) -> None:
    booth.voice.hears(SPOKEN)
    booth.dialogue.type_text(ORDER)
    await booth.press("down")


async def question(booth: Booth) -> None:
    booth.voice.hears("two burgers and a blorf")
    booth.dialogue.type_text("two classic burgers and a blorf")


async def on_its_way(booth: Booth) -> None:
    booth.desk.open_.clear()
    booth.dialogue.type_text("two classic burgers")
    await booth.press("y")


async def uncertain(booth: Booth) -> None:
    booth.desk.failures = [OrderUncertain("The server did not say whether it has the order.")]
    booth.dialogue.type_text("two classic burgers")
    await booth.press("y")
    await booth.shows("give up")


async def placed(booth: Booth) -> None:
    booth.dialogue.type_text("two classic burgers")
    await booth.press("y")
    await booth.shows("0042")


async def bump(booth: Booth) -> None:
    booth.voice.hears("bump order twelve", agreed=False)
    await booth.dialogue.call_tool("bump_order", '{"order_number": "12"}')


async def nothing_heard(booth: Booth) -> None:
    booth.voice.becomes(notice="Nothing heard")


async def no_microphone(booth: Booth) -> None:
    words = "No microphone: the system shows no input device. Plug one in."
    booth.voice.becomes(microphone=MicrophoneStatus(MicrophoneState.NO_DEVICE, words))


async def muted(booth: Booth) -> None:
    words = "The microphone sends nothing but silence: is it muted?"
    booth.voice.becomes(microphone=MicrophoneStatus(MicrophoneState.MUTED, words))


async def connecting(booth: Booth) -> None:
    booth.voice.becomes(link=LinkStatus(LinkState.CONNECTING, ""))


async def no_server(booth: Booth) -> None:
    words = "No answer from 127.0.0.1:3002: is the gateway running?"
    booth.voice.becomes(link=LinkStatus(LinkState.FAILED, words))


async def typing(booth: Booth) -> None:
    await booth.press("slash", *"two cokes")


STATES = (
    ready, listening, sending, hearing, thinking, order, question, on_its_way, uncertain, placed,
    bump, nothing_heard, no_microphone, muted, connecting, no_server, typing,
)  # fmt: skip


@pytest.mark.parametrize("state", STATES, ids=lambda state: state.__name__)
@pytest.mark.parametrize("size", [(30, 18), (40, 18), (60, 14), (60, 3)], ids=str)
async def test_golden_panel(
    enter: Enter, state: Callable[[Booth], Awaitable[None]], size: tuple[int, int]
) -> None:
    async with enter(size) as booth:
        await state(booth)
        await booth.check_golden(state.__name__)
        booth.desk.open_.set()
