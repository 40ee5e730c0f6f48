"""What the voice client tells of itself: the status object of the quick reference, and the rest."""

from __future__ import annotations

import asyncio

from tests.voice.service.test_client_turns import IDLE, Booth, booth, virtual_time
from voice_tui.core.events import (
    ResponseCreated,
    ResponseDone,
    TranscriptCompleted,
    TranscriptDelta,
)
from voice_tui.services.connect_errors import ExchangeError
from voice_tui.services.microphone import MicrophoneState
from voice_tui.services.voice_status import VoiceReport


def answered(it: Booth, item_id: str = "item_1") -> VoiceReport:
    it.network.peer.say(TranscriptDelta(item_id=item_id, delta="two "))
    it.network.peer.say(TranscriptCompleted(item_id=item_id, transcript="two burgers"))
    it.network.peer.say(ResponseCreated(response_id=f"r {item_id}"))
    it.network.peer.say(ResponseDone(response_id=f"r {item_id}", status="completed"))
    return it.client.get_status()


@virtual_time
async def test_idle_it_is_the_object_of_the_quick_reference() -> None:
    async with booth() as it:
        told = it.client.get_status()
        assert {
            "connection_state": "connected",
            "turn_state": "idle",
            "transcript_map_size": 0,
            "has_data_channel": True,
            "data_channel_ready": True,
        }.items() <= told.items()
        assert told["down_for"] is None
        assert told["deaf_for"] is None
        assert (told["connections_attempted"], told["connections_successful"]) == (1, 1)


@virtual_time
async def test_the_transcript_map_grows_with_a_recording_and_shrinks_with_its_words() -> None:
    async with booth() as it:
        await it.commit()
        await asyncio.sleep(3)
        told = it.client.get_status()
        assert told["transcript_map_size"] == 1
        assert told["turn_state"] == "waiting_user_final"
        assert told["turn_for"] == 3.0
        told = answered(it)
        assert (told["transcript_map_size"], told["transcripts_kept"]) == (0, 1)
        assert (told["last_outcome"], told["last_turn_heard"]) == ("done", True)
        assert told["last_turn_events"] == 2
        assert told["turn_for"] == 0.0


@virtual_time
async def test_a_turn_that_nothing_answers_is_a_timeout_of_a_state() -> None:
    async with booth() as it:
        for number in range(1, 3):
            await it.commit(f"item_{number}")
            await asyncio.sleep(10.1)
            told = it.client.get_status()
            assert told["turn_state"] == "idle"
            assert told["state_timeouts"] == number
            assert (told["last_outcome"], told["last_turn_events"]) == ("no_transcript", 0)
            assert told["last_turn_heard"]
            assert told["transcript_map_size"] == 0


@virtual_time
async def test_turns_without_a_sound_are_counted_in_a_row() -> None:
    async with booth() as it:
        for number in range(1, 4):
            it.client.press()
            await it.network.peer.talk(20)
            it.client.release()
            await asyncio.sleep(0.3)
            told = it.client.get_status()
            assert (told["last_outcome"], told["silent_turns"]) == ("nothing_heard", number)
            assert not told["last_turn_heard"]
        await it.commit()
        assert answered(it)["silent_turns"] == 0


@virtual_time
async def test_a_typed_turn_says_nothing_about_sound() -> None:
    async with booth() as it:
        it.client.type_text("two burgers")
        await asyncio.sleep(16)
        told = it.client.get_status()
        assert told["last_outcome"] == "no_response"
        assert told["last_turn_heard"]
        assert told["last_turn_events"] == 1


@virtual_time
async def test_what_is_gone_is_told_with_since_when() -> None:
    async with booth() as it:
        it.network.errors = [ExchangeError("refused") for _ in range(9)]
        it.network.peer.lose("The voice server closed the connection.")
        it.microphone._board.show(MicrophoneState.VANISHED, "The microphone is gone.")
        await asyncio.sleep(7)
        told = it.client.get_status()
        assert told["connection_state"] == "failed"
        assert told["reason"] == "refused"
        assert (told["has_data_channel"], told["data_channel_ready"]) == (False, False)
        assert told["down_for"] == 7.0
        assert told["deaf_for"] == 7.0
        assert told["microphone"] == "The microphone is gone."


@virtual_time
async def test_a_forced_reset_makes_a_turn_idle_at_once() -> None:
    async with booth() as it:
        await it.commit()
        assert it.state is not IDLE
        it.client.force_reset()
        told = it.client.get_status()
        assert told["turn_state"] == "idle"
        assert (told["transcript_map_size"], told["last_outcome"]) == (0, "reset")
        assert told["state_timeouts"] == 0
