"""Decoding: GA and beta names, broken and hostile messages, envelopes; what the client says."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.hostile.corpus import ALL
from tests.hostile.oracle import forbidden, lost_words
from voice_tui.core import client_requests as requests
from voice_tui.core.envelope import MAX_FRAGMENTS, MAX_UNFINISHED, Unwrapper
from voice_tui.core.events import (
    AnswerDelta,
    AnswerDone,
    AnswerSound,
    ArgumentsDone,
    BufferCleared,
    BufferCommitted,
    ErrorEvent,
    EventError,
    IgnoredEvent,
    OutputItem,
    OutputItemSeen,
    RateLimits,
    ResponseCreated,
    ResponseDone,
    ServerEvent,
    SessionCreated,
    SessionUpdated,
    SpeechDetected,
    TranscriptCompleted,
    TranscriptDelta,
    TranscriptFailed,
    UnknownEvent,
    decode_event,
)
from voice_tui.core.json_fields import MAX_ARGUMENTS, MAX_DEPTH, MAX_MESSAGE, MAX_TEXT
from voice_tui.core.transcripts import Transcripts

HEARD = "conversation.item.input_audio_transcription"
MANY = MAX_FRAGMENTS + 1
CALL = {"id": "i1", "type": "function_call", "call_id": "c1", "name": "add", "arguments": "{}"}
CALLED = OutputItem(item_id="i1", kind="function_call", call_id="c1", name="add", arguments="{}")


def decode(kind: str, **fields: Any) -> ServerEvent:
    return decode_event(json.dumps({"type": kind, "event_id": "e1", **fields}))


TABLE = [
    ("session.created", {"session": {"id": "s"}}, SessionCreated(session={"id": "s"})),
    ("session.updated", {"session": {"id": "s"}}, SessionUpdated(session={"id": "s"})),
    ("transcription_session.updated", {"session": {}}, SessionUpdated(session={})),
    ("input_audio_buffer.cleared", {}, BufferCleared()),
    ("input_audio_buffer.committed", {"item_id": "i"}, BufferCommitted(item_id="i")),
    ("input_audio_buffer.speech_started", {}, SpeechDetected(started=True)),
    ("conversation.item.created", {"item": CALL}, IgnoredEvent(type="conversation.item.created")),
    (
        f"{HEARD}.delta",
        {"item_id": "i", "delta": " fries"},
        TranscriptDelta(item_id="i", delta=" fries"),
    ),
    (
        f"{HEARD}.completed",
        {"item_id": "i", "transcript": " two "},
        TranscriptCompleted(item_id="i", transcript="two"),
    ),
    (
        f"{HEARD}.completed",
        {"item_id": "i", "transcript": "", "confidence": 7, "agreed": True},
        TranscriptCompleted(item_id="i", confidence=1.0, agreed=True),
    ),
    (
        f"{HEARD}.failed",
        {"item_id": "i", "error": {"code": "c", "message": "m"}},
        TranscriptFailed(item_id="i", code="c", message="m"),
    ),
    ("response.created", {"response": {"id": "r"}}, ResponseCreated(response_id="r")),
    (
        "response.output_item.added",
        {"response_id": "r", "item": CALL},
        OutputItemSeen(response_id="r", item=CALLED),
    ),
    (
        "response.output_text.delta",
        {"response_id": "r", "delta": "a "},
        AnswerDelta(response_id="r", delta="a "),
    ),
    (
        "response.text.delta",
        {"response_id": "r", "delta": "a "},
        AnswerDelta(response_id="r", delta="a "),
    ),
    (
        "response.audio_transcript.done",
        {"item_id": "i", "transcript": "t"},
        AnswerDone(item_id="i", text="t"),
    ),
    ("response.output_text.done", {"item_id": "i", "text": "t"}, AnswerDone(item_id="i", text="t")),
    (
        "response.function_call_arguments.done",
        {"response_id": "r", "item_id": "i", "call_id": "c", "arguments": '{"a": 1}'},
        ArgumentsDone(response_id="r", item_id="i", call_id="c", arguments='{"a": 1}'),
    ),
    (
        "response.done",
        {"response": {"id": "r", "status": "completed", "output": [CALL, 7]}},
        ResponseDone(response_id="r", status="completed", output=(CALLED,)),
    ),
    (
        "response.done",
        {
            "response": {
                "id": "r",
                "status": "failed",
                "status_details": {"error": {"code": "quota"}},
            }
        },
        ResponseDone(response_id="r", status="failed", message="quota"),
    ),
    (
        "rate_limits.updated",
        {"rate_limits": [{"name": "requests", "limit": 100, "remaining": 1, "reset_seconds": 2.5}]},
        RateLimits(limits=(("requests", 1.0, 100.0, 2.5),)),
    ),
    (
        "output_audio_buffer.stopped",
        {"response_id": "r"},
        AnswerSound(response_id="r", state="stopped"),
    ),
    ("response.mcp_call.completed", {}, IgnoredEvent(type="response.mcp_call.completed")),
    ("conversation.item.truncated", {}, IgnoredEvent(type="conversation.item.truncated")),
    ("brand.new", {}, UnknownEvent(type="brand.new")),
]


@pytest.mark.parametrize(("kind", "fields", "expected"), TABLE)
def test_each_event(kind: str, fields: dict[str, Any], expected: ServerEvent):
    decoded = decode(kind, **fields)
    assert type(decoded) is type(expected)
    assert decoded.event_id == "e1"
    assert repr(decoded).replace("e1", "", 1) == repr(expected)


@pytest.mark.parametrize(
    "error",
    [
        {"code": "input_audio_buffer_commit_empty", "message": ""},
        {"code": None, "message": "Error: buffer too small. Expected at least 100ms of audio"},
    ],
)
def test_an_empty_commit_is_known_by_its_code_or_by_its_words(error: dict[str, object]):
    decoded = decode("error", error={**error, "event_id": "mine"})
    assert isinstance(decoded, ErrorEvent)
    assert decoded.is_commit_empty
    assert decoded.client_event_id == "mine"


BROKEN = {
    "nothing": "",
    "no JSON": "{",
    "a list": "[]",
    "no type": "{}",
    "a type of another kind": '{"type": 1}',
    "not UTF-8": b'{"type": "\xff"}',
    "too large": '{"type": "x", "y": "' + "y" * MAX_MESSAGE + '"}',
    "too deep": '{"type": "x", "y": ' + "[" * MAX_DEPTH + "]" * MAX_DEPTH + "}",
    "deeper than the decoder goes": "[" * 100_000,
    "a number without end": '{"type": "x", "y": ' + "9" * 10_000 + "}",
}


@pytest.mark.parametrize("name", BROKEN)
def test_what_is_no_event(name: str):
    with pytest.raises(EventError):
        decode_event(BROKEN[name])


NESTED = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=10,
)
KINDS = sorted({kind for kind, _, _ in TABLE} | {"error"})
NAMES = sorted({name for _, fields, _ in TABLE for name in fields} | {"error", "event_id"})


@given(st.sampled_from(KINDS), st.dictionaries(st.sampled_from(NAMES), NESTED))
def test_fields_of_any_kind_make_an_event_all_the_same(kind: str, fields: dict[str, Any]):
    assert decode_event(json.dumps({**fields, "type": kind})) is not None


@pytest.mark.parametrize("text", ALL, ids=ascii)
def test_hostile_text_is_clean_when_it_is_decoded(text: str):
    heard = decode(f"{HEARD}.completed", item_id=text, transcript=text)
    part = decode(f"{HEARD}.delta", item_id="i", delta=text)
    error = decode("error", error={"message": text, "code": text, "type": text})
    assert isinstance(heard, TranscriptCompleted)
    assert isinstance(part, TranscriptDelta)
    assert isinstance(error, ErrorEvent)
    for shown in (heard.transcript, heard.item_id, part.delta, error.message, error.code):
        assert forbidden(shown, breaks="") == []
    assert lost_words(text, heard.transcript) == []
    assert heard.item_id in (text, "")


def test_words_of_pieces_do_not_glue_together():
    pieces = ["two", "  burgers ", "\n", "and\x00", " fries"]
    transcripts = Transcripts()
    transcripts.expect(1)
    for piece in pieces:
        event = decode(f"{HEARD}.delta", item_id="i", delta=piece)
        assert isinstance(event, TranscriptDelta)
        transcripts.delta("i", event.delta)
    (entry,) = transcripts.entries()
    assert entry.text == "two burgers and fries"


def test_text_ids_and_arguments_are_bounded():
    heard = decode(f"{HEARD}.completed", item_id="i" * 200, transcript="x" * 20_000)
    assert isinstance(heard, TranscriptCompleted)
    assert (heard.item_id, len(heard.transcript)) == ("", MAX_TEXT)
    call = decode("response.function_call_arguments.done", arguments="1" * (MAX_ARGUMENTS + 1))
    assert isinstance(call, ArgumentsDone)
    assert call.arguments == ""


class TestEnvelope:
    def wrapped(self, data: bytes, **fields: object) -> str:
        text = base64.b64encode(data).decode()
        return json.dumps({"id": "m1", "type": "full_message", "data": text, **fields})

    def part(self, data: bytes, index: int, total: int, name: str = "m1") -> str:
        place = {"id": name, "fragment_index": index, "total_fragments": total}
        return self.wrapped(data, type="partial_message", **place)

    def test_a_message_without_envelope_passes(self):
        raw = json.dumps({"type": "x", "text": 'say "full_message" or "partial_message"'})
        assert Unwrapper().feed(raw) == raw

    def test_a_whole_message(self):
        assert Unwrapper().feed(self.wrapped(b'{"type": "x"}')) == b'{"type": "x"}'

    def test_fragments_in_any_order_and_twice(self):
        unwrapper = Unwrapper()
        assert unwrapper.feed(self.part(b"c", 2, 3)) is None
        assert unwrapper.feed(self.part(b"a", 0, 3)) is None
        assert unwrapper.feed(self.part(b"a", 0, 3)) is None
        assert unwrapper.feed(self.part(b"b", 1, 3)) == b"abc"

    def test_unfinished_messages_are_bounded(self):
        unwrapper = Unwrapper()
        for number in range(MAX_UNFINISHED + 1):
            unwrapper.feed(self.part(b"a", 0, 2, f"m{number}"))
        assert unwrapper.feed(self.part(b"b", 1, 2, "m0")) is None, "the oldest gave way"
        assert unwrapper.feed(self.part(b"b", 1, 2, f"m{MAX_UNFINISHED}")) == b"ab"

    @pytest.mark.parametrize(
        "raw",
        [
            '{"type": "full_message"}',
            '{"type": "full_message", "data": "*"}',
            '{"type": "partial_message", "data": "YQ=="}',
            '{"type": "partial_message", "fragment_index": 2, "total_fragments": 2}',
            f'{{"type": "partial_message", "fragment_index": 0, "total_fragments": {MANY}}}',
        ],
    )
    def test_broken_envelopes(self, raw: str):
        with pytest.raises(EventError):
            Unwrapper().feed(raw)

    def test_fragments_of_too_large_a_message(self):
        unwrapper = Unwrapper()
        third = b"x" * (MAX_MESSAGE // 3 + 1)
        assert unwrapper.feed(self.part(third, 0, 9)) is None
        assert unwrapper.feed(self.part(third, 1, 9)) is None
        with pytest.raises(EventError):
            unwrapper.feed(self.part(third, 2, 9))


class TestClientRequests:
    CONFIG = requests.SessionConfig(
        "Take orders.", [{"type": "function", "name": "add"}], vocabulary="fries"
    )

    def test_the_ga_session_has_no_beta_field(self):
        session = self.CONFIG.ga()
        assert session["type"] == "realtime"
        assert session["output_modalities"] == ["text"]
        assert session["audio"]["input"]["turn_detection"] is None
        assert session["audio"]["input"]["transcription"]["prompt"] == "fries"
        assert session.keys().isdisjoint({"modalities", "turn_detection", "temperature"})

    def test_the_beta_session_is_flat(self):
        session = self.CONFIG.beta()
        assert session["turn_detection"] is None
        assert session["input_audio_transcription"]["language"] == "en"
        assert session.keys().isdisjoint({"type", "audio", "output_modalities"})

    def test_only_a_gateway_is_told_the_end(self):
        assert requests.input_commit("e") == {"type": "input_audio_buffer.commit", "event_id": "e"}
        assert requests.input_commit("e", 0)["audio_end_ms"] == 0

    @pytest.mark.parametrize(
        ("change", "found"),
        [
            (lambda session: session.update(id="s", expires_at=7), ()),
            (lambda session: session["tools"][0].update(parameters={}), ()),
            (lambda session: session["audio"]["input"].pop("turn_detection"), ()),
            (
                lambda session: session["audio"]["input"].update(turn_detection={}),
                ("audio.input.turn_detection",),
            ),
            (lambda session: session.update(tools=[]), ("tools",)),
            (
                lambda session: session.update(audio=None),
                (
                    "audio.input.transcription.model",
                    "audio.input.transcription.language",
                    "audio.input.transcription.prompt",
                ),
            ),
        ],
    )
    def test_a_session_that_was_acknowledged_and_ignored_is_found_out(self, change, found):
        echoed = json.loads(json.dumps(self.CONFIG.ga()))
        change(echoed)
        assert requests.session_mismatches(self.CONFIG.ga(), echoed) == found
