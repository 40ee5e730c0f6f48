"""What a client says on the data channel, read by the gateway."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, cast

from voice_tui.core.request_error import RequestError
from voice_tui.core.session_object import JsonObject

MAX_EVENT: Final = 262_144
"""Characters or bytes of one event: what aiortc lets a peer send in one message."""

MAX_ITEM_TEXT: Final = 10_000
"""Characters of a typed message or of a function's output."""

MAX_ID: Final = 128
"""Characters of an id that a client chose."""

MAX_END_MS: Final = 86_400_000
"""Milliseconds: no session lasts longer than a day."""


@dataclass(frozen=True, slots=True)
class UpdateSession:
    """`session.update`."""

    session: JsonObject


@dataclass(frozen=True, slots=True)
class ClearInput:
    """`input_audio_buffer.clear`: the talk key went down."""


@dataclass(frozen=True, slots=True)
class CommitInput:
    """`input_audio_buffer.commit`: the talk key came up."""

    end_ms: float | None
    """Where the speech ends, in milliseconds since the track's first frame: `audio_end_ms`, which
    only our own clients send."""


@dataclass(frozen=True, slots=True)
class CreateResponse:
    """`response.create`."""

    response: JsonObject


@dataclass(frozen=True, slots=True)
class CancelResponse:
    """`response.cancel`."""

    response_id: str | None


@dataclass(frozen=True, slots=True)
class AddText:
    """`conversation.item.create` with a message typed by the user."""

    item_id: str | None
    text: str


@dataclass(frozen=True, slots=True)
class AddFunctionOutput:
    """`conversation.item.create` with what a function call came to."""

    item_id: str | None
    call_id: str
    output: str


@dataclass(frozen=True, slots=True)
class DeleteItem:
    """`conversation.item.delete`."""

    item_id: str


@dataclass(frozen=True, slots=True)
class ClearOutput:
    """`output_audio_buffer.clear`: nothing to do for a server that makes no sound."""


ClientEvent = (
    UpdateSession
    | ClearInput
    | CommitInput
    | CreateResponse
    | CancelResponse
    | AddText
    | AddFunctionOutput
    | DeleteItem
    | ClearOutput
)


@dataclass(frozen=True, slots=True)
class Received:
    """One message of a client."""

    event_id: str | None
    """The client's own id, by which an error names the event that it is about."""

    event: ClientEvent | RequestError
    """What it says, or what is wrong with it."""


def decode_client_event(raw: str | bytes) -> Received:
    """Read one message of the data channel. Never raises: whatever comes in gets an answer.

    Args:
        raw: the message.

    Returns:
        The event, or the error to answer with.
    """
    if len(raw) > MAX_EVENT:
        return Received(None, RequestError("event_too_large", "The event is too large."))
    try:
        decoded: object = json.loads(raw, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return Received(None, RequestError("invalid_json", "The event is not JSON."))
    if not isinstance(decoded, dict):
        return Received(None, RequestError("invalid_json", "The event is not a JSON object."))
    body = cast("JsonObject", decoded)
    event_id: str | None = None
    try:
        event_id = _optional_id(body, "event_id")
        return Received(event_id, _reader(body)(body))
    except RequestError as error:
        return Received(event_id, error)


def _refuse(constant: str) -> None:
    # Python reads NaN and Infinity, and would write them back into what no client can read.
    raise ValueError(constant)


def _reader(body: JsonObject) -> Callable[[JsonObject], ClientEvent]:
    kind = body.get("type")
    read = _READERS.get(kind) if isinstance(kind, str) else None
    if read is None:
        supported = ", ".join(f"'{name}'" for name in _READERS)
        message = f"Invalid value: '{str(kind)[:MAX_ID]}'. Supported values are: {supported}."
        raise RequestError("invalid_value", message, "type")
    return read


def _update_session(body: JsonObject) -> UpdateSession:
    return UpdateSession(_object(body, "session"))


def _clear_input(_: JsonObject) -> ClearInput:
    return ClearInput()


def _commit_input(body: JsonObject) -> CommitInput:
    end = body.get("audio_end_ms")
    if end is None:
        return CommitInput(None)
    if not isinstance(end, int | float) or isinstance(end, bool) or not 0 <= end <= MAX_END_MS:
        raise RequestError("invalid_value", "Invalid value for 'audio_end_ms'.", "audio_end_ms")
    return CommitInput(float(end))


def _create_response(body: JsonObject) -> CreateResponse:
    return CreateResponse({} if body.get("response") is None else _object(body, "response"))


def _cancel_response(body: JsonObject) -> CancelResponse:
    return CancelResponse(_optional_id(body, "response_id"))


def _create_item(body: JsonObject) -> AddText | AddFunctionOutput:
    item = _object(body, "item")
    item_id = _optional_id(item, "id")
    kind = item.get("type")
    if kind == "function_call_output":
        return AddFunctionOutput(item_id, _id(item, "call_id"), _text(item, "output"))
    parts = item.get("content")
    if kind == "message" and item.get("role") == "user" and isinstance(parts, list):
        texts = [_input_text(part) for part in cast("list[object]", parts)]
        return AddText(item_id, _bounded("\n".join(texts), "item.content"))
    raise RequestError(
        "invalid_value",
        "Only a user's message of input_text parts, or a function_call_output, can be added.",
        "item",
    )


def _delete_item(body: JsonObject) -> DeleteItem:
    return DeleteItem(_id(body, "item_id"))


def _clear_output(_: JsonObject) -> ClearOutput:
    return ClearOutput()


_READERS: Final[dict[str, Callable[[JsonObject], ClientEvent]]] = {
    "session.update": _update_session,
    "input_audio_buffer.clear": _clear_input,
    "input_audio_buffer.commit": _commit_input,
    "response.create": _create_response,
    "response.cancel": _cancel_response,
    "conversation.item.create": _create_item,
    "conversation.item.delete": _delete_item,
    "output_audio_buffer.clear": _clear_output,
}


def _object(body: JsonObject, name: str) -> JsonObject:
    value = body.get(name)
    if not isinstance(value, dict):
        message = f"Missing required parameter: '{name}'."
        raise RequestError("missing_required_parameter", message, name)
    return cast("JsonObject", value)


def _text(body: JsonObject, name: str) -> str:
    value = body.get(name)
    if not isinstance(value, str):
        raise RequestError("invalid_type", f"Invalid type for '{name}': expected a string.", name)
    return _bounded(value, name)


def _bounded(text: str, name: str) -> str:
    if len(text) > MAX_ITEM_TEXT:
        message = f"Invalid '{name}': string too long, at most {MAX_ITEM_TEXT} characters."
        raise RequestError("string_above_max_length", message, name)
    return text


def _input_text(part: object) -> str:
    if isinstance(part, dict):
        body = cast("JsonObject", part)
        if body.get("type") == "input_text":
            return _text(body, "text")
    raise RequestError("invalid_value", "Expected parts of type 'input_text'.", "item.content")


def _optional_id(body: JsonObject, name: str) -> str | None:
    return None if body.get(name) is None else _id(body, name)


def _id(body: JsonObject, name: str) -> str:
    value = _text(body, name)
    if not 0 < len(value) <= MAX_ID or not value.isprintable():
        raise RequestError("invalid_value", f"Invalid value for '{name}'.", name)
    return value
