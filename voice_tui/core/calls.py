"""Function calls of the model: each executed at most once, answered, followed up once.

The follow-up response is asked for when the response that called is done and every call of it is
answered; asked earlier it would be refused, because that response still runs.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final, TypeVar

from voice_tui.core.events import ArgumentsDone, OutputItem, ResponseDone

_Value = TypeVar("_Value")

MAX_CALLS: Final = 1_000
"""Call ids that are remembered."""

MAX_BATCHES: Final = 32
"""Responses with calls that are remembered."""

MAX_CALLS_OF_RESPONSE: Final = 32


@dataclass(frozen=True, slots=True)
class Call:
    """A function call to execute now; never given twice for one `call_id`."""

    call_id: str
    name: str
    arguments: str
    """JSON text as it came."""

    response_id: str


@dataclass(slots=True)
class _Batch:
    unanswered: set[str] = field(default_factory=set[str])
    calls: int = 0
    done: bool = False


class Calls:
    """The function calls of one client, over all its sessions."""

    def __init__(self) -> None:
        self._given: OrderedDict[str, str] = OrderedDict()
        self._names: OrderedDict[str, OutputItem] = OrderedDict()
        self._batches: OrderedDict[str, _Batch] = OrderedDict()

    def item_seen(self, item: OutputItem) -> None:
        """Remember what a call is named: beta does not repeat it with the arguments."""
        if item.kind == "function_call" and item.item_id:
            self._names[item.item_id] = item
            _trim(self._names, MAX_CALLS)

    def arguments_done(self, event: ArgumentsDone) -> Call | None:
        """A call is complete.

        Returns:
            The call, to execute; None when it was given before or cannot be one.
        """
        seen = self._names.get(event.item_id, OutputItem())
        return self._give(
            event.response_id,
            event.call_id or seen.call_id,
            event.name or seen.name,
            event.arguments,
        )

    def response_done(self, event: ResponseDone) -> list[Call]:
        """A response ended.

        Returns:
            Calls of it that had not been given: their own events were missed.
        """
        missed = [
            self._give(event.response_id, item.call_id, item.name, item.arguments)
            for item in event.output
            # A response that was cut short may have cut its arguments short.
            if item.kind == "function_call" and event.status == "completed"
        ]
        if event.response_id in self._batches:
            self._batches[event.response_id].done = True
        return [call for call in missed if call is not None]

    def answered(self, call_id: str) -> str | None:
        """A call was executed.

        Returns:
            Its response, if this is the call's first answer; else None, and nothing is to be sent.
        """
        response_id = self._given.get(call_id)
        batch = self._batches.get(response_id) if response_id else None
        if batch is None or call_id not in batch.unanswered:
            return None
        batch.unanswered.discard(call_id)
        return response_id

    def has_calls(self, response_id: str) -> bool:
        """Whether the model waits for a follow-up to this response."""
        return response_id in self._batches

    def wants_follow_up(self, response_id: str) -> bool:
        """Whether the response is done and all its calls are answered: ask for the next one."""
        batch = self._batches.get(response_id)
        return batch is not None and batch.done and not batch.unanswered

    def forget_session(self) -> None:
        """The session is gone: nothing is to be answered; no call of it is given again either."""
        self._batches.clear()

    def _give(self, response_id: str, call_id: str, name: str, arguments: str) -> Call | None:
        if not call_id or not name or call_id in self._given:
            return None
        batch = self._batches.setdefault(response_id, _Batch())
        _trim(self._batches, MAX_BATCHES)
        if batch.calls >= MAX_CALLS_OF_RESPONSE:
            return None
        batch.calls += 1
        batch.unanswered.add(call_id)
        self._given[call_id] = response_id
        _trim(self._given, MAX_CALLS)
        return Call(call_id, name, arguments, response_id)


def _trim(memory: OrderedDict[str, _Value], limit: int) -> None:
    while len(memory) > limit:
        memory.popitem(last=False)
