"""What a client says is read, or answered with the error that it deserves."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.core import client_events as asked
from voice_tui.core import client_requests as ours
from voice_tui.core.client_events import ClientEvent, decode_client_event
from voice_tui.core.request_error import RequestError


@pytest.mark.parametrize(
    ("sent", "event"),
    [
        (ours.session_update("e", {"type": "realtime"}), asked.UpdateSession({"type": "realtime"})),
        (ours.input_clear("e"), asked.ClearInput()),
        (ours.input_commit("e"), asked.CommitInput(None)),
        (ours.input_commit("e", 1234), asked.CommitInput(1234.0)),
        (ours.response_create("e"), asked.CreateResponse({})),
        (ours.response_cancel("e", "resp_1"), asked.CancelResponse("resp_1")),
        (ours.output_clear("e"), asked.ClearOutput()),
        (ours.item_create_text("e", "a cola"), asked.AddText(None, "a cola")),
        (
            ours.item_create_function_output("e", "call_1", "done"),
            asked.AddFunctionOutput(None, "call_1", "done"),
        ),
        (
            {"type": "conversation.item.delete", "event_id": "e", "item_id": "i"},
            asked.DeleteItem("i"),
        ),
    ],
)
def test_what_our_client_says_is_understood(sent: dict[str, object], event: ClientEvent) -> None:
    received = decode_client_event(json.dumps(sent))
    assert (received.event_id, received.event) == ("e", event)


@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("{", "invalid_json"),
        ("[]", "invalid_json"),
        ("[" * 100_000, "invalid_json"),
        (b"\xff", "invalid_json"),
        (" " * 300_000, "event_too_large"),
        ('{"type": "nonsense"}', "invalid_value"),
        ('{"type": ["x"]}', "invalid_value"),
        ('{"type": "session.update"}', "missing_required_parameter"),
        ('{"type": "input_audio_buffer.commit", "audio_end_ms": true}', "invalid_value"),
        ('{"type": "input_audio_buffer.commit", "audio_end_ms": -1}', "invalid_value"),
        ('{"type": "input_audio_buffer.commit", "audio_end_ms": NaN}', "invalid_json"),
        ('{"type": "conversation.item.delete", "item_id": "\\u001b[2J"}', "invalid_value"),
        ('{"type": "conversation.item.create", "item": {"type": "message"}}', "invalid_value"),
        (json.dumps(ours.item_create_text("e", "x" * 10_001)), "string_above_max_length"),
    ],
)
def test_what_is_wrong_gets_an_answer(raw: str | bytes, code: str) -> None:
    event = decode_client_event(raw).event
    assert isinstance(event, RequestError)
    assert event.code == code


@given(st.text(max_size=50) | st.binary(max_size=50))
def test_no_message_raises(raw: str | bytes) -> None:
    decode_client_event(raw)
