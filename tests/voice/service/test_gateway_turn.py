"""Whole turns over real WebRTC on the loopback, with a recogniser that is told what to hear."""

from __future__ import annotations

import json
import threading

from tests.voice.service.conftest import Rig
from voice_tui.core.events import UnknownEvent, decode_event

TRANSCRIPTION = "conversation.item.input_audio_transcription"


async def test_speak_and_be_answered_with_a_function_call(rig: Rig) -> None:
    await rig.start()
    client = await rig.ready_client()
    begin = len(client.events)
    await client.say()
    committed = await client.expect("input_audio_buffer.committed")
    client.send("response.create")
    done = await client.expect("response.done")
    completed = await client.expect(f"{TRANSCRIPTION}.completed")
    assert completed["item_id"] == committed["item_id"]
    assert completed["transcript"] == "two cheeseburgers for table five"
    assert (completed["confidence"], completed["agreed"]) == (0.9, True)
    kinds = [kind for kind in client.types[begin:] if not kind.startswith(TRANSCRIPTION)]
    assert kinds == [
        "input_audio_buffer.cleared",
        "input_audio_buffer.committed",
        "conversation.item.added",
        "conversation.item.done",
        "response.created",
        "response.output_item.added",
        "conversation.item.added",
        "response.content_part.added",
        "response.output_text.delta",
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "conversation.item.done",
        "response.output_item.added",
        "conversation.item.added",
        "response.function_call_arguments.delta",
        "response.function_call_arguments.done",
        "response.output_item.done",
        "conversation.item.done",
        "response.done",
    ]
    message, call = done["response"]["output"]
    assert message["content"][0]["text"] == "You said: two cheeseburgers for table five"
    assert json.loads(call["arguments"]) == {"said": "two cheeseburgers for table five"}
    assert len({event["event_id"] for event in client.events}) == len(client.events)
    decoded = [decode_event(json.dumps(event)) for event in client.events]
    assert not [event for event in decoded if isinstance(event, UnknownEvent)]

    item = {"type": "function_call_output", "call_id": call["call_id"], "output": "2 lines"}
    begin = len(client.events)
    client.send("conversation.item.create", item=item)
    client.send("response.create")
    done = await client.expect("response.done", begin)
    (said,) = done["response"]["output"]
    assert said["content"][0]["text"] == "add_to_order came to 2 lines"


async def test_words_are_shown_while_they_are_spoken(rig: Rig) -> None:
    await rig.start()
    client = await rig.ready_client()
    await client.say()
    completed = await client.expect(f"{TRANSCRIPTION}.completed")
    first = await client.expect(f"{TRANSCRIPTION}.delta")
    assert client.types.index(first["type"]) < client.types.index("input_audio_buffer.committed")
    told = [e["delta"] for e in client.events if e["type"] == f"{TRANSCRIPTION}.delta"]
    assert completed["transcript"].startswith("".join(told))
    assert first["item_id"] == completed["item_id"]


async def test_a_turn_without_clearing_counts_all_that_was_sent(rig: Rig) -> None:
    await rig.start()
    client = await rig.ready_client()
    await client.microphone.say(400.0, 20)
    client.send("input_audio_buffer.commit")
    completed = await client.expect(f"{TRANSCRIPTION}.completed")
    assert completed["transcript"] == rig.recogniser.script


def typed(text: str) -> dict[str, object]:
    content = [{"type": "input_text", "text": text}]
    return {"type": "message", "role": "user", "content": content}


async def test_typed_words_are_answered(rig: Rig) -> None:
    await rig.start()
    client = await rig.ready_client(tools=[])
    client.send("conversation.item.create", item=typed("a cola"))
    client.send("response.create", response={"output_modalities": ["audio"]})
    told = await client.expect("response.output_audio_transcript.done")
    assert told["transcript"] == "You said: a cola"
    done = await client.expect("response.done")
    assert [item["type"] for item in done["response"]["output"]] == ["message"]


async def test_text_that_is_no_unicode_is_echoed_all_the_same(rig: Rig) -> None:
    await rig.start()
    client = await rig.ready_client()
    client.send("conversation.item.create", item=typed("\ud800"))
    added = await client.expect("conversation.item.added")
    assert added["item"]["content"][0]["text"] == "\ud800"


async def test_silence_is_not_taken_for_words(rig: Rig) -> None:
    await rig.start()
    client = await rig.ready_client()
    await client.say(hz=0.0)
    client.send("response.create")
    assert (await client.expect(f"{TRANSCRIPTION}.completed"))["transcript"] == ""
    (reply,) = (await client.expect("response.done"))["response"]["output"]
    assert "did not hear" in reply["content"][0]["text"]


async def test_a_commit_without_sound_is_refused_in_openais_words(rig: Rig) -> None:
    await rig.start()
    client = await rig.ready_client()
    client.send("input_audio_buffer.clear")
    commit = client.send("input_audio_buffer.commit")
    error = (await client.expect("error"))["error"]
    assert error["code"] == "input_audio_buffer_commit_empty"
    assert error["event_id"] == commit
    assert "Expected at least 100ms of audio, but buffer only has" in error["message"]


async def test_without_a_menu_a_turn_ends_and_says_why(rig: Rig) -> None:
    rig.menu.error = OSError("the hub does not answer")
    await rig.start()
    client = await rig.ready_client()
    await client.say()
    failed = await client.expect(f"{TRANSCRIPTION}.failed")
    assert failed["error"]["message"] == "the hub does not answer"


async def test_recognition_that_fails_or_hangs_ends_the_turn(rig: Rig) -> None:
    await rig.start(transcript_deadline=0.2)
    client = await rig.ready_client()
    rig.recogniser.error = RuntimeError("no model")
    await client.say()
    failed = await client.expect(f"{TRANSCRIPTION}.failed")
    assert failed["error"]["message"] == "the recogniser failed"
    rig.recogniser.error, rig.recogniser.blocked = None, threading.Event()
    begin = len(client.events)
    await client.say()
    client.send("response.create")
    failed = await client.expect(f"{TRANSCRIPTION}.failed", begin)
    assert failed["error"]["message"] == "the recogniser took too long"
    await client.expect("response.done", begin)
    assert rig.recogniser.utterances[-1].abandoned.is_set()
