"""What a push-to-talk client says on the data channel, as the dicts that are sent.

Every event carries an `event_id` of ours: an `error` echoes it, and nothing else ties an error to
its cause.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, cast

from voice_tui.core.json_fields import name_of, object_of, objects_of

ClientEvent = dict[str, object]
"""One event, ready for `json.dumps`."""


@dataclass(frozen=True, slots=True)
class SessionConfig:
    """What a push-to-talk session is asked for.

    `turn_detection` is always asked to be off and transcription on: both default the other way, and
    without them there are no turns and no words.
    """

    instructions: str
    tools: Sequence[Mapping[str, object]] = ()
    """Flat function tools: type, name, description, parameters."""

    transcription_model: str = "gpt-4o-mini-transcribe"
    language: str = "en"
    vocabulary: str = ""
    """Menu words for the transcriber (`prompt`)."""

    output: Literal["text", "audio"] = "text"

    def ga(self) -> dict[str, object]:
        """The session object of GA, which refuses a whole update for one field it does not know."""
        return {
            "type": "realtime",
            "output_modalities": [self.output],
            "instructions": self.instructions,
            "tools": [dict(tool) for tool in self.tools],
            "tool_choice": "auto",
            "audio": {"input": {"transcription": self._transcription(), "turn_detection": None}},
        }

    def beta(self) -> dict[str, object]:
        """The flat session object of the retired beta protocol, which speaches still speaks."""
        return {
            "modalities": ["text"] if self.output == "text" else ["text", "audio"],
            "instructions": self.instructions,
            "tools": [dict(tool) for tool in self.tools],
            "tool_choice": "auto",
            "input_audio_transcription": self._transcription(),
            "turn_detection": None,
        }

    def _transcription(self) -> dict[str, object]:
        asked: dict[str, object] = {"model": self.transcription_model, "language": self.language}
        return {**asked, "prompt": self.vocabulary} if self.vocabulary else asked


def session_update(event_id: str, session: Mapping[str, object]) -> ClientEvent:
    """Ask for a session; fields that are not named stay as they are."""
    return {"type": "session.update", "event_id": event_id, "session": dict(session)}


def input_clear(event_id: str) -> ClientEvent:
    """Forget the audio so far. Silence gathers there between turns."""
    return {"type": "input_audio_buffer.clear", "event_id": event_id}


def input_commit(event_id: str, end_ms: int | None = None) -> ClientEvent:
    """End the utterance.

    Args:
        event_id: Ours.
        end_ms: Where it ends, in milliseconds since the track's first frame. Only our own gateway
            understands it (`audio_end_ms`); GA servers refuse unknown fields.
    """
    event: ClientEvent = {"type": "input_audio_buffer.commit", "event_id": event_id}
    if end_ms is not None:
        event["audio_end_ms"] = end_ms
    return event


def response_create(event_id: str) -> ClientEvent:
    """Ask for the answer to what the conversation holds."""
    return {"type": "response.create", "event_id": event_id}


def response_cancel(event_id: str, response_id: str | None = None) -> ClientEvent:
    """Stop a response; without an id, the one in progress."""
    event: ClientEvent = {"type": "response.cancel", "event_id": event_id}
    if response_id:
        event["response_id"] = response_id
    return event


def output_clear(event_id: str) -> ClientEvent:
    """Stop the sound of a cancelled response (WebRTC only; after response.cancel)."""
    return {"type": "output_audio_buffer.clear", "event_id": event_id}


def item_create_function_output(event_id: str, call_id: str, output: str) -> ClientEvent:
    """Answer a function call.

    Args:
        event_id: Ours.
        call_id: The call.
        output: A string by the protocol; encode an object as JSON text.
    """
    item = {"type": "function_call_output", "call_id": call_id, "output": output}
    return {"type": "conversation.item.create", "event_id": event_id, "item": item}


def item_create_text(event_id: str, text: str) -> ClientEvent:
    """Say something by keyboard."""
    item = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": text}]}
    return {"type": "conversation.item.create", "event_id": event_id, "item": item}


def session_mismatches(
    asked: Mapping[str, object], echoed: Mapping[str, object]
) -> tuple[str, ...]:
    """Compare the session that was asked for with the one in `session.updated`.

    speaches acknowledges a GA-shaped update and ignores it: the acknowledgement alone proves
    nothing.

    Returns:
        Dotted paths of asked fields that the server holds otherwise; what it added does not count.
    """
    found: list[str] = []
    for name, want in asked.items():
        got = echoed.get(name)
        if isinstance(want, dict):
            inner = object_of(echoed, name)
            paths = session_mismatches(cast("dict[str, object]", want), inner)
            found += [f"{name}.{path}" for path in paths]
        elif name == "tools":
            # By name: servers normalise the schemas that they echo.
            names = [
                [name_of(tool, "name") for tool in objects_of(one, name)] for one in (asked, echoed)
            ]
            found += [name] if names[0] != names[1] else []
        elif want != got:
            found.append(name)
    return tuple(found)
