"""The client in virtual time: incident 4, and what else must not lock the talk key."""

from __future__ import annotations

import asyncio
import math
import time
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import asynccontextmanager
from functools import wraps
from typing import Any

import async_solipsism
import numpy as np
import pytest

from tests.voice.service.fake_peer import FakeNetwork
from voice_tui.config import DialectName, VoiceSettings
from voice_tui.core.client_requests import SessionConfig
from voice_tui.core.events import (
    ArgumentsDone,
    BufferCleared,
    BufferCommitted,
    ErrorEvent,
    ResponseCreated,
    ResponseDone,
    SessionCreated,
    SessionUpdated,
    TranscriptCompleted,
)
from voice_tui.core.turn import TurnState
from voice_tui.services.client import VoiceClient
from voice_tui.services.connect_errors import ConnectError, ExchangeError
from voice_tui.services.link import LinkState
from voice_tui.services.microphone import MicrophoneState
from voice_tui.services.wav_microphone import WavMicrophone

LOUD = (np.sin(np.arange(960) / 20) * 12_000).astype(np.int16)
IDLE, WAITING = TurnState.IDLE, TurnState.WAITING_USER_FINAL


def virtual_time(
    test: Callable[..., Coroutine[Any, Any, None]],
) -> Callable[..., None]:
    """Run a test in a loop whose clock jumps to the next thing to do."""

    @wraps(test)
    def run(**fixtures: Any) -> None:
        with asyncio.Runner(loop_factory=async_solipsism.EventLoop) as runner:
            runner.run(test(**fixtures))

    return run


class Booth:
    """A client on a network that is not there, and the person at it."""

    def __init__(self) -> None:
        self.network = FakeNetwork()
        self.microphone = WavMicrophone()
        self.calls: list[tuple[str, str]] = []
        settings = VoiceSettings(dialect=DialectName.GATEWAY)
        config = SessionConfig("Take orders.")
        self.client = VoiceClient(settings, config, self.microphone, self._tool, self.network)

    async def _tool(self, name: str, arguments: str) -> str:
        self.calls.append((name, arguments))
        if name == "broken":
            raise RuntimeError("secret detail")
        return f"{name} done"

    @property
    def state(self) -> TurnState:
        return self.client.status.turn

    @property
    def notices(self) -> list[str]:
        return [notice.text for notice in self.client.status.notices]

    async def speak(self, *, frames: int = 20) -> None:
        """Press, speak, release, and let the grace pass."""
        self.client.press()
        for _ in range(frames):
            self.microphone.say(LOUD)
        await self.network.peer.talk(frames)
        self.client.release()
        await asyncio.sleep(0.21)

    async def commit(self, item_id: str = "item_1") -> None:
        await self.speak()
        self.network.peer.say(BufferCleared(event_id=f"cleared {item_id}"))
        self.network.peer.say(BufferCommitted(event_id=f"committed {item_id}", item_id=item_id))


@asynccontextmanager
async def booth() -> AsyncIterator[Booth]:
    it = Booth()
    await it.client.start()
    await it.client.connect()
    try:
        yield it
    finally:
        await it.client.close()


@virtual_time
async def test_after_ten_seconds_without_a_transcript_the_key_works_again() -> None:
    async with booth() as it:
        await it.commit()
        assert it.state is WAITING
        await asyncio.sleep(9.9)
        assert it.state is WAITING
        await asyncio.sleep(0.2)
        assert it.state is IDLE
        assert "10 s" in it.notices[-1]
        it.client.press()
        assert it.state is TurnState.RECORDING


@virtual_time
async def test_a_transcript_clears_the_deadline() -> None:
    async with booth() as it:
        await it.commit()
        peer = it.network.peer
        peer.say(TranscriptCompleted(item_id="item_1", transcript="two burgers"))
        peer.say(ResponseCreated(response_id="r"))
        peer.say(ResponseDone(response_id="r", status="completed"))
        assert it.state is IDLE
        assert it.client._timer is None
        await asyncio.sleep(60)
        assert not it.notices
        assert it.client.conversation.transcripts.entries()[0].text == "two burgers"


@virtual_time
async def test_a_lost_connection_ends_the_turn_and_clears_the_deadline() -> None:
    async with booth() as it:
        await it.commit()
        it.network.peer.lose("The voice server closed the connection.")
        assert it.state is IDLE
        assert it.client._timer is None
        assert it.notices == ["Connection lost: The voice server closed the connection."]
        await asyncio.sleep(5)
        assert it.client.status.link.state is LinkState.CONNECTED
        assert len(it.network.peers) == 2
        await it.commit("item_2")
        assert it.state is WAITING


@virtual_time
async def test_closing_clears_the_deadline_and_ends_all() -> None:
    async with booth() as it:
        await it.commit()
        await it.client.close()
        assert it.client._timer is None
        assert it.state is IDLE
        assert asyncio.all_tasks() == {asyncio.current_task()}
        it.client.press()
        it.client.release()
        it.client.type_text("a burger")
        assert it.state is IDLE


@virtual_time
async def test_press_and_release_at_once_sends_no_commit() -> None:
    async with booth() as it:
        it.client.press()
        it.client.release()
        assert it.state is IDLE
        assert it.notices == ["Nothing heard"]
        await it.speak(frames=7)
        assert "commit" not in it.network.peer.types
        await it.speak(frames=8)
        assert it.network.peer.types[-1] == "commit"


@virtual_time
async def test_a_room_without_a_voice_in_it_sends_no_commit() -> None:
    async with booth() as it:
        it.client.press()
        await it.network.peer.talk(50)
        it.client.release()
        assert (it.state, it.notices) == (IDLE, ["Nothing heard"])


@virtual_time
async def test_the_commit_says_where_the_utterance_ends() -> None:
    async with booth() as it:
        await it.network.peer.talk(10)
        await it.speak()
        assert it.network.peer.sent[-1]["audio_end_ms"] >= 30 * 20


@virtual_time
async def test_without_a_microphone_the_key_says_why_and_typing_works() -> None:
    async with booth() as it:
        it.microphone._board.show(MicrophoneState.NO_DEVICE, "There is no microphone.")
        it.client.press()
        assert (it.state, it.notices) == (IDLE, ["There is no microphone."])
        it.client.type_text("a cola")
        assert it.network.peer.types == ["conversation.item.create", "response.create"]
        it.network.peer.say(ResponseCreated(response_id="r"))
        it.network.peer.say(ResponseDone(response_id="r", status="completed"))
        assert it.state is IDLE
        await it.microphone.start()
        it.client.press()
        assert it.state is TurnState.RECORDING


@virtual_time
async def test_a_microphone_pulled_out_while_recording_ends_the_turn() -> None:
    async with booth() as it:
        it.client.press()
        it.microphone._board.show(MicrophoneState.VANISHED, "The microphone is gone.")
        assert (it.state, it.notices) == (IDLE, ["Recording stopped: The microphone is gone."])
        assert it.network.peer.types == ["clear", "clear"]


@virtual_time
async def test_ten_callers_one_connection() -> None:
    it = Booth()
    await it.client.start()
    await asyncio.gather(*(it.client.connect() for _ in range(10)))
    assert it.client.connection_counts == (1, 1, 1)
    await it.client.close()
    assert it.client.connection_counts == (1, 1, 0)


@virtual_time
async def test_four_tries_then_failed_then_again_by_itself_or_by_the_key() -> None:
    it = Booth()
    it.network.errors = [ExchangeError(f"no {number}") for number in range(6)]
    await it.client.start()
    with pytest.raises(ConnectError, match="no 3"):
        await it.client.connect()
    assert it.client.status.link.state is LinkState.FAILED
    assert len(it.network.peers) == 4
    it.client.press()
    assert it.notices[-1] == "no 3"
    await asyncio.sleep(10)
    assert it.client.status.link.state is LinkState.CONNECTED
    assert it.client.connection_counts == (7, 1, 1)
    await it.client.close()


@virtual_time
async def test_what_only_a_person_can_mend_is_not_tried_again() -> None:
    it = Booth()
    it.network.errors = [ExchangeError("bad key", can_retry=False)]
    await it.client.start()
    await asyncio.sleep(3600)
    assert it.client.connection_counts == (1, 0, 0)
    assert it.notices == ["bad key"]
    it.client.press()
    await asyncio.sleep(0)
    await it.client.connect()
    await it.client.close()


@virtual_time
async def test_a_function_is_executed_once_and_answered_whatever_comes_of_it() -> None:
    async with booth() as it:
        await it.commit()
        peer = it.network.peer
        peer.say(TranscriptCompleted(item_id="item_1", transcript="x"))
        peer.say(ResponseCreated(response_id="r"))
        for call_id, name in (("c1", "add"), ("c1", "add"), ("c2", "broken")):
            peer.say(ArgumentsDone(response_id="r", call_id=call_id, name=name, arguments="{}"))
        await asyncio.sleep(0.01)
        assert it.calls == [("add", "{}"), ("broken", "{}")]
        outputs = [e["item"]["output"] for e in peer.sent if "item" in e]
        assert outputs[0] == "add done"
        assert "secret" not in outputs[1] + str(it.notices)
        assert it.client.counters.calls_failed == 1
        before = peer.types.count("response.create")
        peer.say(ResponseDone(response_id="r", status="completed"))
        assert peer.types.count("response.create") == before + 1


@virtual_time
async def test_a_session_at_its_end_is_replaced() -> None:
    async with booth() as it:
        it.network.peer.say(ErrorEvent(code="session_expired", message="60 minutes"))
        await asyncio.sleep(1)
        assert len(it.network.peers) == 2
        assert it.client.status.link.state is LinkState.CONNECTED
        assert it.client.connection_counts == (2, 2, 1)


@virtual_time
async def test_a_session_is_renewed_before_its_end_while_nobody_speaks() -> None:
    async with booth() as it:
        session = {"expires_at": time.time() + 3600}
        it.network.peer.say(SessionCreated(session=session))
        await asyncio.sleep(3290)
        it.client.press()
        it.network.peer.say(SessionUpdated(session=session))  # as to every ping: nothing new
        await asyncio.sleep(20)
        assert it.client.connection_counts == (1, 1, 1), "not in the middle of a sentence"
        it.client.abandon("The window lost the focus.")
        await asyncio.sleep(20)
        assert it.client.connection_counts == (1, 1, 1), "nor between two sentences of an order"
        await asyncio.sleep(20)
        assert it.client.connection_counts == (2, 2, 1)
        assert it.client.status.link.state is LinkState.CONNECTED
        await asyncio.sleep(3600)
        assert it.client.connection_counts == (2, 2, 1), "the new one told no end"


@virtual_time
async def test_a_session_is_renewed_between_two_turns_where_one_follows_the_other() -> None:
    async with booth() as it:
        it.network.peer.say(SessionCreated(session={"expires_at": time.time() + 3600}))
        connects: list[int] = []
        for _ in range(359):
            it.client.press()
            await asyncio.sleep(2)
            it.client.abandon("The window lost the focus.")
            await asyncio.sleep(8)
            connects.append(it.client.connection_counts[1])
        assert connects[349] == 1, "not while a longer pause may come"
        assert connects[358] == 2


@virtual_time
async def test_an_end_that_cannot_be_believed_renews_nothing() -> None:
    for end in (None, True, "soon", math.nan, math.inf, -math.inf, 0, time.time() - 60, 1e300):
        async with booth() as it:
            it.network.peer.say(SessionCreated(session={"expires_at": end}))
            await asyncio.sleep(1000)
            assert it.client.connection_counts == (1, 1, 1), end


@virtual_time
async def test_force_reset_and_toggle() -> None:
    async with booth() as it:
        it.client.toggle()
        assert it.state is TurnState.RECORDING
        it.client.toggle()
        assert it.state is IDLE
        await it.commit()
        it.client.force_reset()
        assert it.state is IDLE
        it.client.press()
        it.client.abandon("The window lost the focus.")
        assert it.notices[-1] == "Recording stopped: The window lost the focus."


@virtual_time
async def test_listeners_hear_once_a_turn_of_the_loop_and_cannot_do_harm() -> None:
    async with booth() as it:
        await asyncio.sleep(0)
        heard: list[TurnState] = []
        it.client.subscribe(lambda status: 1 / 0)
        stop = it.client.subscribe(lambda status: heard.append(status.turn))
        it.client.press()
        it.client.release()
        it.client.press()
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert heard == [TurnState.RECORDING]
        stop()
        it.client.force_reset()
        await asyncio.sleep(0)
        assert len(heard) == 1
