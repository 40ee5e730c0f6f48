"""The session object is as strict as OpenAI's."""

from __future__ import annotations

import contextlib
import copy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.core.client_requests import SessionConfig
from voice_tui.core.request_error import RequestError
from voice_tui.core.session_object import (
    JsonObject,
    new_session,
    response_settings,
    start_session,
    tool_names,
    transcribes,
    update_session,
)
from voice_tui.core.tools import tool_definitions

ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
FIELDS = st.sampled_from(
    ["type", "model", "audio", "input", "tools", "transcription", "tool_choice"]
)


def audio_input(**fields: object) -> JsonObject:
    return {"type": "realtime", "audio": {"input": fields}}


@pytest.mark.parametrize(
    ("asked", "code", "param"),
    [
        ({}, "missing_required_parameter", "session.type"),
        ({"type": "transcription"}, "invalid_value", "session.type"),
        ({"type": "realtime", "temperature": 0.6}, "unknown_parameter", "session.temperature"),
        ({"type": "realtime", "modalities": ["text"]}, "unknown_parameter", "session.modalities"),
        (
            {"type": "realtime", "output_modalities": ["text", "audio"]},
            "invalid_value",
            "session.output_modalities",
        ),
        ({"type": "realtime", "audio": None}, "invalid_value", "session.audio"),
        (audio_input(vad=1), "unknown_parameter", "session.audio.input.vad"),
        (
            audio_input(turn_detection={"type": "server_vad"}),
            "invalid_value",
            "session.audio.input.turn_detection",
        ),
        (
            audio_input(transcription={"model": 5}),
            "invalid_value",
            "session.audio.input.transcription.model",
        ),
        ({"type": "realtime", "tools": [{"type": "function"}]}, "invalid_value", "session.tools"),
        ({"type": "realtime", "model": "other"}, "invalid_value", "session.model"),
        (
            {"type": "realtime", "instructions": "x" * 100_001},
            "invalid_value",
            "session.instructions",
        ),
    ],
)
def test_what_is_wrong_refuses_the_whole_update(asked: JsonObject, code: str, param: str) -> None:
    session = new_session()
    before = copy.deepcopy(session)
    with pytest.raises(RequestError) as refused:
        update_session(session, asked)
    assert (refused.value.code, refused.value.param) == (code, param)
    assert session == before


def test_an_update_changes_what_it_names_and_nothing_else() -> None:
    session = update_session(new_session(), audio_input(transcription={"model": "a"}))
    session = update_session(session, audio_input(transcription={"language": "en"}))
    assert transcribes(session)
    assert session["audio"] == {
        "input": {
            "transcription": {"model": "a", "language": "en"},
            "turn_detection": None,
            "noise_reduction": None,
        }
    }
    assert not transcribes(update_session(session, audio_input(transcription=None)))


def test_what_our_own_client_asks_for_is_taken() -> None:
    asked = SessionConfig("be brief", tool_definitions(), vocabulary="fries").ga()
    session = start_session(asked)
    assert "add_to_order" in tool_names(session)
    assert not tool_names(response_settings(session, {"tool_choice": "none"}))


@given(st.dictionaries(FIELDS | st.text(max_size=5), ANY_JSON, max_size=5))
def test_nothing_from_outside_raises_anything_else(asked: JsonObject) -> None:
    for read in (start_session, lambda one: response_settings(new_session(), one)):
        with contextlib.suppress(RequestError):
            read({"type": "realtime", **asked})
