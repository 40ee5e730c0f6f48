"""A whole response as the events that tell it, in OpenAI's order."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial

from voice_tui.core import server_events as say
from voice_tui.core.session_object import JsonObject


@dataclass(frozen=True, slots=True)
class FunctionCall:
    """A function that the client is asked to call."""

    name: str
    arguments: str
    """JSON."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the assistant does about something said: calls functions, says something, or both."""

    reply: str = ""
    calls: tuple[FunctionCall, ...] = ()


@dataclass(frozen=True, slots=True)
class Conversation:
    """Where a response's items go: after the last item that there is."""

    add: Callable[[JsonObject], str | None]
    """Takes a finished item and returns the id of the one before it."""

    last_id: Callable[[], str | None]


def response_events(
    response_id: str,
    answer: Answer,
    settings: JsonObject,
    conversation: Conversation,
    new_id: Callable[[str], str],
) -> Iterator[JsonObject]:
    """Tell a response from its first item to `response.done`.

    Args:
        response_id: the response, already told by `response.created`.
        answer: what it consists of.
        settings: the session's fields with the response's own before them.
        conversation: gets the items.
        new_id: makes an id with the prefix given.

    Yields:
        Events without `event_id`.
    """
    output: list[JsonObject] = []
    if answer.reply:
        item_id = new_id("item_")
        tell = partial(say.of_output, response_id, item_id, 0)
        spoken = settings["output_modalities"] == ["audio"]
        part, name = ("output_audio", "transcript") if spoken else ("output_text", "text")
        kind = "output_audio_transcript" if spoken else "output_text"
        whole: JsonObject = {"type": part, name: answer.reply}
        begun = say.reply_item(item_id, "in_progress", [])
        done = say.reply_item(item_id, "completed", [whole])
        yield say.output_item("added", response_id, 0, begun)
        yield say.item_added(begun, conversation.last_id())
        yield tell("content_part.added", content_index=0, part={"type": part, name: ""})
        yield tell(f"{kind}.delta", content_index=0, delta=answer.reply)
        yield tell(f"{kind}.done", content_index=0, **{name: answer.reply})
        yield tell("content_part.done", content_index=0, part=whole)
        yield say.output_item("done", response_id, 0, done)
        yield say.item_done(done, conversation.add(done))
        output.append(done)
    for call in answer.calls:
        index, item_id, call_id = len(output), new_id("item_"), new_id("call_")
        tell = partial(say.of_output, response_id, item_id, index)
        kind = "function_call_arguments"
        begun = say.function_call_item(item_id, "in_progress", call_id, call.name, "")
        done = say.function_call_item(item_id, "completed", call_id, call.name, call.arguments)
        yield say.output_item("added", response_id, index, begun)
        yield say.item_added(begun, conversation.last_id())
        yield tell(f"{kind}.delta", call_id=call_id, delta=call.arguments)
        yield tell(f"{kind}.done", call_id=call_id, name=call.name, arguments=call.arguments)
        yield say.output_item("done", response_id, index, done)
        yield say.item_done(done, conversation.add(done))
        output.append(done)
    yield say.response_done(say.response(response_id, "completed", output, settings))
