"""What a Realtime server says on the data channel, decoded into values.

GA names, and the beta names that speaches still uses, become the same values. The server is not trusted: a message
has a greatest size and depth, text is made printable here and nowhere else, and a field that is missing or of the
wrong kind becomes empty instead of an error, because the rest of the event still counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

MAX_MESSAGE: Final = 262_144
"""Longest message, in characters or bytes: the largest that aiortc sends."""

MAX_DEPTH: Final = 32
MAX_TEXT: Final = 10_000
"""Longest transcript or answer, in characters."""

MAX_ARGUMENTS: Final = 65_536
"""Longest arguments of a function call, in characters."""


class EventError(ValueError):
    """A message that is no event: not JSON, not an object, no type, too large, too deep."""


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
        """The committed buffer held under 100 ms of audio. speaches sends the words without the code."""
        raise NotImplementedError

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
class ItemAdded(ServerEvent):
    """conversation.item.added, or beta's .created: may come twice for one item."""

    item: OutputItem


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


def printable(text: str, limit: int, *, strip: bool = True) -> str:
    """Make text from outside fit for a screen: the one place where that is done.

    Args:
        text: Anything.
        limit: Most characters; a longer text ends in an ellipsis.
        strip: Take the blanks off both ends. Not for pieces of a text: their words would glue together.
    """
    raise NotImplementedError


def decode_event(raw: str | bytes) -> ServerEvent:
    """Decode one message of the data channel.

    Raises:
        EventError: It is no event at all. One of an unknown type is an `UnknownEvent`.
    """
    raise NotImplementedError
