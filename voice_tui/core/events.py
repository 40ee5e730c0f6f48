"""What a Realtime server says on the data channel, decoded into values.

GA names, and the beta names that speaches still uses, become the same values. The server is not
trusted: a message has a greatest size and depth, text is made printable here and nowhere else, and
a field that is missing or of the wrong kind becomes empty instead of an error, because the rest of
the event still counts.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final, Literal

from voice_tui.core.json_fields import (
    EventError,
    Fields,
    arguments_of,
    decode_object,
    name_of,
    number_of,
    object_of,
    objects_of,
    text_of,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServerEvent:
    """What all events have."""

    event_id: str = ""
    """The server's id, for deduplication; empty when the server gave none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownEvent(ServerEvent):
    """A type that nobody here knows: log it and go on."""

    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class IgnoredEvent(ServerEvent):
    """A type that is known and of no use to push-to-talk."""

    type: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionCreated(ServerEvent):
    """The server is there. Do not depend on having seen it."""

    session: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionUpdated(ServerEvent):
    """The answer to session.update; compare it with what was asked (`session_mismatches`)."""

    session: dict[str, object]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorEvent(ServerEvent):
    """Something was refused or broke; most leave the session open."""

    code: str = ""
    message: str = ""
    kind: str = ""
    """The wire's `error.type`."""

    client_event_id: str = ""
    """Our event that caused it; the only tie to a commit or a response.create."""

    @property
    def is_commit_empty(self) -> bool:
        """The buffer held under 100 ms of sound; speaches sends the words without the code."""
        return self.code == "input_audio_buffer_commit_empty" or (
            not self.code and "buffer too small" in self.message.lower()
        )

    @property
    def is_transcription_failed(self) -> bool:
        """LocalAI's way to say that recognition failed."""
        return self.code == "transcription_failed"

    @property
    def is_active_response(self) -> bool:
        """A response was asked for while another ran: ask again when that one is done."""
        return self.code == "conversation_already_has_active_response"

    @property
    def is_cancel_not_active(self) -> bool:
        """The cancel crossed the end of the response: nothing to do."""
        return self.code == "response_cancel_not_active"

    @property
    def is_session_expired(self) -> bool:
        """The session reached its longest duration: connect again."""
        return self.code == "session_expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class BufferCleared(ServerEvent):
    """Answer to input_audio_buffer.clear."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BufferCommitted(ServerEvent):
    """Answer to input_audio_buffer.commit."""

    item_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpeechDetected(ServerEvent):
    """Voice activity detection is on although it was asked to be off."""

    started: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptDelta(ServerEvent):
    """More words of an utterance."""

    item_id: str = ""
    delta: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptCompleted(ServerEvent):
    """All words of an utterance; may be empty."""

    item_id: str = ""
    transcript: str = ""
    confidence: float | None = None
    """0..1; only our gateway says it."""

    agreed: bool | None = None
    """Whether both recognisers heard the same; only our gateway says it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TranscriptFailed(ServerEvent):
    """An utterance could not be recognised."""

    item_id: str = ""
    code: str = ""
    message: str = ""


@dataclass(frozen=True, slots=True)
class OutputItem:
    """An item of the conversation, as far as it matters here."""

    item_id: str = ""
    kind: str = ""
    """The wire's `type`: message, function_call, function_call_output."""

    role: str = ""
    status: str = ""
    call_id: str = ""
    name: str = ""
    arguments: str = ""
    """JSON text, not made printable: clean what is taken out of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseCreated(ServerEvent):
    """A response began."""

    response_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputItemSeen(ServerEvent):
    """response.output_item.added or .done."""

    response_id: str = ""
    item: OutputItem = OutputItem()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerDelta(ServerEvent):
    """More text of an answer, written or spoken."""

    response_id: str = ""
    item_id: str = ""
    delta: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerDone(ServerEvent):
    """The whole text of one part of an answer."""

    response_id: str = ""
    item_id: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ArgumentsDone(ServerEvent):
    """A function call is complete. Beta gives no name: it came with `OutputItemSeen`."""

    response_id: str = ""
    item_id: str = ""
    call_id: str = ""
    name: str = ""
    arguments: str = ""
    """JSON text, not made printable: clean what is taken out of it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseDone(ServerEvent):
    """A response ended, well or not."""

    response_id: str = ""
    status: str = ""
    """completed, cancelled, failed or incomplete."""

    message: str = ""
    """Why it did not complete."""

    output: tuple[OutputItem, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RateLimits(ServerEvent):
    """What is left: (name, remaining, limit, seconds until it is whole again)."""

    limits: tuple[tuple[str, float, float, float], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerSound(ServerEvent):
    """The spoken answer began, ended or was cut off on the track."""

    response_id: str = ""
    state: Literal["started", "stopped", "cleared"] = "started"


def decode_event(raw: str | bytes) -> ServerEvent:
    """Decode one message of the data channel.

    Raises:
        EventError: It is no event at all. One of an unknown type is an `UnknownEvent`.
    """
    fields = decode_object(raw)
    kind = name_of(fields, "type")
    if not kind:
        raise EventError("a message without a type")
    reader = _READERS.get(_GA_NAMES.get(kind, kind))
    if reader is not None:
        return reader(fields, name_of(fields, "event_id"))
    if kind in _IGNORED or kind.startswith(("mcp_", "response.mcp_")):
        return IgnoredEvent(event_id=name_of(fields, "event_id"), type=kind)
    return UnknownEvent(event_id=name_of(fields, "event_id"), type=kind)


def _item(fields: Fields) -> OutputItem:
    return OutputItem(
        item_id=name_of(fields, "id"),
        kind=name_of(fields, "type"),
        role=name_of(fields, "role"),
        status=name_of(fields, "status"),
        call_id=name_of(fields, "call_id"),
        name=name_of(fields, "name"),
        arguments=arguments_of(fields),
    )


def _error(fields: Fields, event_id: str) -> ErrorEvent:
    error = object_of(fields, "error")
    return ErrorEvent(
        event_id=event_id,
        code=name_of(error, "code"),
        message=text_of(error, "message", 500),
        kind=name_of(error, "type"),
        client_event_id=name_of(error, "event_id"),
    )


def _transcript(fields: Fields, event_id: str) -> TranscriptCompleted:
    confidence, agreed = number_of(fields, "confidence"), fields.get("agreed")
    return TranscriptCompleted(
        event_id=event_id,
        item_id=name_of(fields, "item_id"),
        transcript=text_of(fields, "transcript"),
        confidence=None if confidence is None else min(max(confidence, 0.0), 1.0),
        agreed=agreed if isinstance(agreed, bool) else None,
    )


def _transcript_failed(fields: Fields, event_id: str) -> TranscriptFailed:
    error = object_of(fields, "error")
    return TranscriptFailed(
        event_id=event_id,
        item_id=name_of(fields, "item_id"),
        code=name_of(error, "code"),
        message=text_of(error, "message", 500),
    )


def _answer_delta(fields: Fields, event_id: str) -> AnswerDelta:
    return AnswerDelta(
        event_id=event_id,
        response_id=name_of(fields, "response_id"),
        item_id=name_of(fields, "item_id"),
        delta=text_of(fields, "delta", strip=False),
    )


def _answer_done(key: str) -> _Reader:
    def read(fields: Fields, event_id: str) -> AnswerDone:
        return AnswerDone(
            event_id=event_id,
            response_id=name_of(fields, "response_id"),
            item_id=name_of(fields, "item_id"),
            text=text_of(fields, key),
        )

    return read


def _output_item(fields: Fields, event_id: str) -> OutputItemSeen:
    item = _item(object_of(fields, "item"))
    return OutputItemSeen(event_id=event_id, response_id=name_of(fields, "response_id"), item=item)


def _arguments_done(fields: Fields, event_id: str) -> ArgumentsDone:
    return ArgumentsDone(
        event_id=event_id,
        response_id=name_of(fields, "response_id"),
        item_id=name_of(fields, "item_id"),
        call_id=name_of(fields, "call_id"),
        name=name_of(fields, "name"),
        arguments=arguments_of(fields),
    )


def _response_done(fields: Fields, event_id: str) -> ResponseDone:
    response = object_of(fields, "response")
    details = object_of(response, "status_details")
    error = object_of(details, "error")
    return ResponseDone(
        event_id=event_id,
        response_id=name_of(response, "id"),
        status=name_of(response, "status"),
        message=text_of(error, "message", 500)
        or name_of(error, "code")
        or name_of(details, "reason"),
        output=tuple(_item(item) for item in objects_of(response, "output")),
    )


def _rate_limits(fields: Fields, event_id: str) -> RateLimits:
    limits = tuple(
        (
            name_of(limit, "name"),
            number_of(limit, "remaining") or 0.0,
            number_of(limit, "limit") or 0.0,
            number_of(limit, "reset_seconds") or 0.0,
        )
        for limit in objects_of(fields, "rate_limits")
    )
    return RateLimits(event_id=event_id, limits=limits)


def _answer_sound(state: Literal["started", "stopped", "cleared"]) -> _Reader:
    return lambda fields, event_id: AnswerSound(
        event_id=event_id, response_id=name_of(fields, "response_id"), state=state
    )


_Reader = Callable[[Fields, str], ServerEvent]

_HEARD: Final = "conversation.item.input_audio_transcription"

_READERS: Final[Mapping[str, _Reader]] = {
    "session.created": lambda f, i: SessionCreated(event_id=i, session=object_of(f, "session")),
    "session.updated": lambda f, i: SessionUpdated(event_id=i, session=object_of(f, "session")),
    "error": _error,
    "input_audio_buffer.cleared": lambda f, i: BufferCleared(event_id=i),
    "input_audio_buffer.committed": lambda f, i: BufferCommitted(
        event_id=i, item_id=name_of(f, "item_id")
    ),
    "input_audio_buffer.speech_started": lambda f, i: SpeechDetected(event_id=i, started=True),
    "input_audio_buffer.speech_stopped": lambda f, i: SpeechDetected(event_id=i, started=False),
    f"{_HEARD}.delta": lambda f, i: TranscriptDelta(
        event_id=i, item_id=name_of(f, "item_id"), delta=text_of(f, "delta", strip=False)
    ),
    f"{_HEARD}.completed": _transcript,
    f"{_HEARD}.failed": _transcript_failed,
    "response.created": lambda f, i: ResponseCreated(
        event_id=i, response_id=name_of(object_of(f, "response"), "id")
    ),
    "response.output_item.added": _output_item,
    "response.output_item.done": _output_item,
    "response.output_text.delta": _answer_delta,
    "response.output_text.done": _answer_done("text"),
    "response.output_audio_transcript.delta": _answer_delta,
    "response.output_audio_transcript.done": _answer_done("transcript"),
    "response.function_call_arguments.done": _arguments_done,
    "response.done": _response_done,
    "rate_limits.updated": _rate_limits,
    "output_audio_buffer.started": _answer_sound("started"),
    "output_audio_buffer.stopped": _answer_sound("stopped"),
    "output_audio_buffer.cleared": _answer_sound("cleared"),
}

_GA_NAMES: Final[Mapping[str, str]] = {
    "transcription_session.created": "session.created",
    "transcription_session.updated": "session.updated",
    "response.text.delta": "response.output_text.delta",
    "response.text.done": "response.output_text.done",
    "response.audio_transcript.delta": "response.output_audio_transcript.delta",
    "response.audio_transcript.done": "response.output_audio_transcript.done",
}
"""Beta name to GA name."""

_IGNORED: Final = frozenset(
    {
        "conversation.created",
        "conversation.item.added",
        "conversation.item.created",
        "conversation.item.deleted",
        "conversation.item.done",
        "conversation.item.retrieved",
        "conversation.item.truncated",
        f"{_HEARD}.segment",
        "input_audio_buffer.timeout_triggered",
        "response.audio.delta",
        "response.audio.done",
        "response.content_part.added",
        "response.content_part.done",
        "response.function_call_arguments.delta",
        "response.output_audio.delta",
        "response.output_audio.done",
    }
)
