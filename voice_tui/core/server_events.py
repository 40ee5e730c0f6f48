"""What the gateway says on the data channel: events of the Realtime API (GA), without `event_id`.

Field names and order of events as OpenAI sends them for a push-to-talk turn. Two fields are ours
and left alone by others: `confidence` and `agreed` beside a finished transcript.
"""

from __future__ import annotations

from typing import Literal

from voice_tui.core.request_error import RequestError
from voice_tui.core.session_object import JsonObject

ResponseStatus = Literal["in_progress", "completed", "cancelled", "failed"]

MIN_COMMIT_MS = 100.0
"""Milliseconds of sound below which a commit is refused, as OpenAI does."""


def session_created(session: JsonObject) -> JsonObject:
    """Tell the session that a new connection has."""
    return {"type": "session.created", "session": session}


def session_updated(session: JsonObject) -> JsonObject:
    """Tell the whole session after a change."""
    return {"type": "session.updated", "session": session}


def error(problem: RequestError, event_id: str | None) -> JsonObject:
    """Refuse something.

    Args:
        problem: what is wrong.
        event_id: the client's id of the event that it is about, if it gave one.
    """
    return {"type": "error", "error": {**problem.as_json(), "event_id": event_id}}


def commit_empty(heard_ms: float) -> RequestError:
    """The refusal of a commit with too little sound, in OpenAI's words.

    Args:
        heard_ms: how much there was.
    """
    return RequestError(
        "input_audio_buffer_commit_empty",
        "Error committing input audio buffer: buffer too small. Expected at least 100ms of audio,"
        f" but buffer only has {heard_ms:.2f}ms of audio.",
    )


def input_cleared() -> JsonObject:
    """Confirm that what was heard is forgotten."""
    return {"type": "input_audio_buffer.cleared"}


def input_committed(item_id: str, previous_item_id: str | None) -> JsonObject:
    """Tell which item what was heard has become."""
    return {
        "type": "input_audio_buffer.committed",
        "item_id": item_id,
        "previous_item_id": previous_item_id,
    }


def item_added(item: JsonObject, previous_item_id: str | None) -> JsonObject:
    """Tell of an item that begins."""
    return _item("conversation.item.added", item, previous_item_id)


def item_done(item: JsonObject, previous_item_id: str | None) -> JsonObject:
    """Tell of an item that is complete."""
    return _item("conversation.item.done", item, previous_item_id)


def item_deleted(item_id: str) -> JsonObject:
    """Confirm that an item is gone."""
    return {"type": "conversation.item.deleted", "item_id": item_id}


def transcription_delta(item_id: str, delta: str) -> JsonObject:
    """Tell further words of what is being said."""
    return _transcription("delta", item_id, {"delta": delta})


def transcription_completed(
    item_id: str, transcript: str, seconds: float, confidence: float, agreed: bool
) -> JsonObject:
    """Tell what was said.

    Args:
        item_id: of the user's item.
        transcript: perhaps empty.
        seconds: how much sound it was.
        confidence: 0 to 1.
        agreed: whether two recognisers heard the same.
    """
    told: JsonObject = {
        "transcript": transcript,
        "usage": {"type": "duration", "seconds": round(seconds, 3)},
        "confidence": round(confidence, 3),
        "agreed": agreed,
    }
    return _transcription("completed", item_id, told)


def transcription_failed(item_id: str, message: str) -> JsonObject:
    """Tell that nobody can say what was said, and why."""
    problem = RequestError("audio_unintelligible", message, kind="transcription_error")
    return _transcription("failed", item_id, {"error": problem.as_json()})


def user_audio_item(item_id: str, transcript: str | None) -> JsonObject:
    """Describe what the user said; the transcript is null until it is known."""
    content: JsonObject = {"type": "input_audio", "transcript": transcript}
    return _message(item_id, "user", "completed", [content])


def user_text_item(item_id: str, text: str) -> JsonObject:
    """Describe what the user typed."""
    return _message(item_id, "user", "completed", [{"type": "input_text", "text": text}])


def function_output_item(item_id: str, call_id: str, output: str) -> JsonObject:
    """Describe what a function call came to."""
    return {
        "id": item_id,
        "object": "realtime.item",
        "type": "function_call_output",
        "call_id": call_id,
        "output": output,
    }


def reply_item(item_id: str, status: str, content: list[JsonObject]) -> JsonObject:
    """Describe what the assistant says."""
    return _message(item_id, "assistant", status, content)


def function_call_item(
    item_id: str, status: str, call_id: str, name: str, arguments: str
) -> JsonObject:
    """Describe a function call."""
    return {
        "id": item_id,
        "object": "realtime.item",
        "type": "function_call",
        "status": status,
        "call_id": call_id,
        "name": name,
        "arguments": arguments,
    }


def response(
    response_id: str,
    status: ResponseStatus,
    output: list[JsonObject],
    settings: JsonObject,
    details: JsonObject | None = None,
) -> JsonObject:
    """Describe a response.

    Args:
        response_id: its id.
        status: how far it is.
        output: its items.
        settings: where its `output_modalities` and `metadata` stand.
        details: why it ended so, unless it is complete.
    """
    return {
        "id": response_id,
        "object": "realtime.response",
        "status": status,
        "status_details": details,
        "output": output,
        "output_modalities": settings["output_modalities"],
        "metadata": settings.get("metadata"),
    }


def response_created(described: JsonObject) -> JsonObject:
    """Tell that a response begins."""
    return {"type": "response.created", "response": described}


def response_done(described: JsonObject) -> JsonObject:
    """Tell that a response is over, whatever its status."""
    return {"type": "response.done", "response": described}


def of_output(response_id: str, item_id: str, index: int, kind: str, **told: object) -> JsonObject:
    """Tell of a part of a response's output.

    Args:
        response_id: the response.
        item_id: the output item.
        index: which of the response's items it is.
        kind: such as `output_text.delta`.
        told: the event's own fields.
    """
    return {
        "type": f"response.{kind}",
        "response_id": response_id,
        "item_id": item_id,
        "output_index": index,
        **told,
    }


def output_item(
    kind: Literal["added", "done"], response_id: str, index: int, item: JsonObject
) -> JsonObject:
    """Tell that an item of a response begins or is complete."""
    return {
        "type": f"response.output_item.{kind}",
        "response_id": response_id,
        "output_index": index,
        "item": item,
    }


def _item(kind: str, item: JsonObject, previous_item_id: str | None) -> JsonObject:
    return {"type": kind, "previous_item_id": previous_item_id, "item": item}


def _message(item_id: str, role: str, status: str, content: list[JsonObject]) -> JsonObject:
    return {
        "id": item_id,
        "object": "realtime.item",
        "type": "message",
        "status": status,
        "role": role,
        "content": content,
    }


def _transcription(kind: str, item_id: str, told: JsonObject) -> JsonObject:
    return {
        "type": f"conversation.item.input_audio_transcription.{kind}",
        "item_id": item_id,
        "content_index": 0,
        **told,
    }
