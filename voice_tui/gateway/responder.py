"""Responses: at most one at a time, each about what was said or done since the last one."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from voice_tui.core import server_events as say
from voice_tui.core.request_error import RequestError
from voice_tui.core.server_response import Answer, Conversation, response_events
from voice_tui.core.session_object import JsonObject, response_settings, tool_names
from voice_tui.gateway.dialogue import CallOutput, Interpreter, Said
from voice_tui.gateway.faults import Outlet
from voice_tui.gateway.items import Items

logger = logging.getLogger("voice_tui.gateway.responder")

MAX_OPEN_CALLS: Final = 64
"""Function calls whose output has not come; the oldest are forgotten."""

NOT_HEARD: Final = "I did not hear anything. Please say it again."
NOT_UNDERSTOOD: Final = "I could not make that out. Please say it again, or type it."
NOTHING_ASKED: Final = "What would you like?"


@dataclass(frozen=True, slots=True)
class _Active:
    response_id: str
    settings: JsonObject
    task: asyncio.Task[None]


class Responder:
    """Makes responses.

    Args:
        items: the conversation.
        interpreter: decides what to do.
        send: takes events for the client.
        new_id: makes an id with the prefix given.
    """

    def __init__(
        self, items: Items, interpreter: Interpreter, send: Outlet, new_id: Callable[[str], str]
    ) -> None:
        self.said: asyncio.Future[Said | None] | None = None
        """What the user said or typed and no response has been about; None inside it: not
        understood."""

        self._items = items
        self._interpreter = interpreter
        self._send = send
        self._new_id = new_id
        self._active: _Active | None = None
        self._open_calls: dict[str, tuple[str, str]] = {}
        self._outputs: list[CallOutput] = []

    def take_output(self, call_id: str, output: str) -> None:
        """Take what a function call came to.

        Raises:
            RequestError: no such call is open.
        """
        call = self._open_calls.pop(call_id, None)
        if call is None:
            message = f"There is no open function call with call_id '{call_id}'."
            raise RequestError("invalid_value", message, "item.call_id")
        self._outputs.append(CallOutput(*call, output))

    def create(self, session: JsonObject, asked: JsonObject) -> None:
        """Begin a response.

        Args:
            session: the session object.
            asked: what the client wants of this response.

        Raises:
            RequestError: one is under way already, or a field is wrong.
        """
        if self._active is not None:
            raise RequestError(
                "conversation_already_has_active_response",
                "Conversation already has an active response in progress:"
                f" {self._active.response_id}. Wait until the response is finished before"
                " creating a new one.",
            )
        settings = response_settings(session, asked)
        response_id = self._new_id("resp_")
        said, outputs = self.said, tuple(self._outputs)
        self.said = None
        self._outputs.clear()
        self._send(say.response_created(say.response(response_id, "in_progress", [], settings)))
        work = self._respond(response_id, settings, said, outputs)
        task = asyncio.create_task(work, name=f"gateway-{response_id}")
        self._active = _Active(response_id, settings, task)

    def cancel(self, response_id: str | None) -> None:
        """Stop the response under way.

        Args:
            response_id: which one the client means, if it says so.

        Raises:
            RequestError: it is not under way.
        """
        active = self._active
        if active is None or response_id not in (None, active.response_id):
            raise RequestError(
                "response_cancel_not_active", "Cancellation failed: no active response found"
            )
        active.task.cancel()
        self._active = None
        details: JsonObject = {"type": "cancelled", "reason": "client_cancelled"}
        self._end(active.response_id, "cancelled", active.settings, details)

    async def close(self) -> None:
        """End whatever is under way, without a word."""
        active, self._active = self._active, None
        if active is not None:
            active.task.cancel()
            await asyncio.wait([active.task])

    async def _respond(
        self,
        response_id: str,
        settings: JsonObject,
        said: asyncio.Future[Said | None] | None,
        outputs: tuple[CallOutput, ...],
    ) -> None:
        try:
            # The recogniser's own deadline ends this wait; recognition outlives a response.
            heard = None if said is None else await asyncio.shield(said)
            answer = self._answer(settings, said is not None, heard, outputs)
        except Exception:
            logger.exception("response %s failed", response_id)
            self._active = None
            problem: JsonObject = {"type": "server_error", "code": "server_error"}
            details: JsonObject = {"type": "failed", "error": problem}
            self._end(response_id, "failed", settings, details)
            return
        conversation = Conversation(self._items.add, self._items.last_id)
        for event in response_events(response_id, answer, settings, conversation, self._new_id):
            if event["type"] == "response.function_call_arguments.done":
                call = (str(event["name"]), str(event["arguments"]))
                self._open_calls[str(event["call_id"])] = call
            if event["type"] == "response.done":
                self._active = None
            self._send(event)
        while len(self._open_calls) > MAX_OPEN_CALLS:
            del self._open_calls[next(iter(self._open_calls))]

    def _answer(
        self,
        settings: JsonObject,
        spoken: bool,
        heard: Said | None,
        outputs: tuple[CallOutput, ...],
    ) -> Answer:
        if not spoken:
            return Answer(self._interpreter.follow_up(outputs) if outputs else NOTHING_ASKED)
        if heard is None:
            return Answer(NOT_UNDERSTOOD)
        if not heard.text.strip():
            return Answer(NOT_HEARD)
        return self._interpreter.answer(heard, tool_names(settings))

    def _end(
        self,
        response_id: str,
        status: say.ResponseStatus,
        settings: JsonObject,
        details: JsonObject,
    ) -> None:
        self._send(say.response_done(say.response(response_id, status, [], settings, details)))
