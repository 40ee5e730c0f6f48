"""The client against our gateway over real WebRTC: a whole turn, and every fault it can have."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import numpy as np
import pytest

from tests.voice.service.conftest import Rig
from tests.voice.service.realtime_server import eventually
from voice_tui.config import DialectName, VoiceSettings
from voice_tui.core.client_requests import SessionConfig
from voice_tui.core.turn import TurnState
from voice_tui.gateway.faults import Fault
from voice_tui.services import connection as connection_module
from voice_tui.services.client import VoiceClient
from voice_tui.services.link import LinkState
from voice_tui.services.wav_microphone import WavMicrophone

TOOL = {"type": "function", "name": "add_to_order", "parameters": {"type": "object"}}
TONE = (np.sin(np.arange(48_000) / 20) * 12_000).astype(np.int16)


class Panel:
    """A client, its recordings, and what it asked for."""

    def __init__(self, rig: Rig, **changes: Any) -> None:
        self.microphone = WavMicrophone()
        self.calls: list[str] = []
        settings = VoiceSettings(dialect=DialectName.GATEWAY, url=rig.url, **changes)
        config = SessionConfig("Take orders.", [TOOL])
        self.client = VoiceClient(settings, config, self.microphone, self._tool)

    async def _tool(self, name: str, arguments: str) -> str:
        self.calls.append(json.loads(arguments)["said"])
        return "2 lines"

    @property
    def words(self) -> list[str]:
        return [entry.text for entry in self.client.conversation.transcripts.entries()]

    @property
    def connected(self) -> bool:
        return self.client.status.link.state is LinkState.CONNECTED

    async def turns_ended(self, count: int) -> None:
        await eventually(lambda: self.client.counters.turns_ended.total() == count)

    async def speak(self) -> None:
        """Press, speak half a second, release."""
        self.client.press()
        self.microphone.say(TONE[:24_000])
        async with asyncio.timeout(20):
            await self.microphone.finished()
        self.client.release()


@asynccontextmanager
async def panel(rig: Rig, **changes: Any) -> AsyncIterator[Panel]:
    it = Panel(rig, **changes)
    await it.client.start()
    try:
        yield it
    finally:
        await it.client.close()


async def test_spoken_executed_and_answered(rig: Rig) -> None:
    await rig.start()
    async with panel(rig) as it:
        await it.client.connect()
        await it.speak()
        await it.turns_ended(1)
        said = "two cheeseburgers for table five"
        assert it.calls == [said]
        assert it.words == [said, f"You said: {said}", "add_to_order came to 2 lines"]
        assert not it.client.status.notices
        heard = rig.recogniser.utterances[-1].samples().size / 16_000
        assert heard > 0.45
        assert it.client.conversation.machine.state is TurnState.IDLE


async def test_typed_and_answered(rig: Rig) -> None:
    await rig.start()
    async with panel(rig) as it:
        await it.client.connect()
        it.client.type_text("one cola")
        await it.turns_ended(1)
        assert it.calls == ["one cola"]


ENDS: dict[Fault, str] = {
    Fault.NO_TRANSCRIPT: "No words came back",
    Fault.TRANSCRIPT_FAILED: "Could not understand",
    Fault.DROP_CHANNEL: "Connection lost",
    Fault.STALL: "",
    Fault.LATE_TRANSCRIPT: "No words came back",
    Fault.TRANSCRIPT_TWICE: "",
    Fault.OUT_OF_ORDER: "",
    Fault.NO_SESSION_CREATED: "",
    Fault.SILENT_EMPTY_COMMIT: "",
}


@pytest.mark.parametrize("fault", ENDS, ids=lambda fault: fault.value)
async def test_no_fault_is_a_dead_end(rig: Rig, fault: Fault) -> None:
    rig.faults.delay = 1.5
    rig.faults.active = {fault}
    await rig.start()
    short = {"commit_deadline": 1.0, "transcript_deadline": 1.0, "response_deadline": 1.0}
    async with panel(rig, answer_deadline=0.5, **short) as it:
        await it.client.connect()
        await it.speak()
        await it.turns_ended(1)
        assert it.client.status.turn is TurnState.IDLE
        told = " ".join(notice.text for notice in it.client.status.notices)
        assert ENDS[fault] in told
        assert told or ENDS[fault] == ""
        rig.faults.active = set()
        if fault is Fault.STALL:
            await eventually(lambda: it.client.connection_counts[1] == 2)
        await eventually(lambda: it.connected)
        await it.speak()
        await it.turns_ended(2)
        assert it.calls[-1] == rig.recogniser.script


async def test_a_server_that_never_confirms_the_session_is_no_server(
    rig: Rig, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(connection_module, "SESSION_ANSWER_S", 0.2)
    rig.faults.active = {Fault.NO_SESSION_UPDATED}
    await rig.start()
    async with panel(rig) as it:
        await eventually(lambda: it.client.status.link.state is LinkState.FAILED)
        assert "did not confirm" in it.client.status.notices[-1].text
        rig.faults.active = set()
        it.client.press()
        await eventually(lambda: it.connected)


async def test_a_gateway_that_is_started_again_is_found(rig: Rig) -> None:
    await rig.start(session_lifetime=0.5, sweep_interval=0.1)
    async with panel(rig) as it:
        await it.client.connect()
        await eventually(lambda: it.client.connection_counts[1] >= 2)
        assert it.client.connection_counts[2] == 1


async def test_the_next_turn_begins_while_the_last_one_waits(rig: Rig) -> None:
    rig.faults.active, rig.faults.delay = {Fault.LATE_TRANSCRIPT}, 1.0
    await rig.start()
    async with panel(rig) as it:
        await it.client.connect()
        await it.speak()
        await eventually(lambda: it.client.status.turn is TurnState.WAITING_USER_FINAL)
        rig.faults.active = set()
        rig.recogniser.script = "a cola"
        await it.speak()
        await eventually(lambda: len(it.calls) >= 1 and it.client.status.turn is TurnState.IDLE)
        await eventually(lambda: "two cheeseburgers for table five" in it.words)
        assert "a cola" in it.words
