"""One conversation over one connection: what the client says is answered here."""

from __future__ import annotations

import asyncio
import json
import logging
import secrets
import time
from collections.abc import Coroutine
from functools import partial
from typing import Final

from voice_tui.core import client_events as asked
from voice_tui.core import server_events as say
from voice_tui.core.request_error import RequestError
from voice_tui.core.session_object import JsonObject, transcribes, update_session
from voice_tui.gateway.audio import InputAudio, Pcm
from voice_tui.gateway.dialogue import Interpreter, Said
from voice_tui.gateway.faults import Faults, FaultyOutlet
from voice_tui.gateway.hearing import Hearing
from voice_tui.gateway.items import Items
from voice_tui.gateway.kitchen import Kitchen
from voice_tui.gateway.peer import Peer
from voice_tui.gateway.responder import Responder
from voice_tui.gateway.settings import GatewaySettings

logger = logging.getLogger("voice_tui.gateway.session")

MAX_TRANSCRIPTIONS: Final = 4
"""Utterances of one client being recognised at once."""


def new_id(prefix: str) -> str:
    """Make an id that nobody can guess."""
    return prefix + secrets.token_hex(10)


class VoiceSession:
    """One client.

    Args:
        settings: deadlines.
        session: the session object to begin with.
        kitchen: recogniser and menu.
        interpreter: understands what is said.
        faults: ways to misbehave, in tests.
    """

    def __init__(
        self,
        settings: GatewaySettings,
        session: JsonObject,
        kitchen: Kitchen,
        interpreter: Interpreter,
        faults: Faults | None,
    ) -> None:
        self.id = new_id("sess_")
        self.call_id = new_id("rtc_")
        self.started = self.last_word = time.monotonic()
        """When it began and when the client last said something, on the monotonic clock."""

        self.ending = False
        """Whether it is to be over."""

        self._settings = settings
        self._session: JsonObject = {
            **session,
            "id": self.id,
            "object": "realtime.session",
            "expires_at": int(time.time() + settings.session_lifetime),
        }
        self._kitchen = kitchen
        self._audio = InputAudio(self._hear)
        self._peer = Peer(self._audio, self.id)
        self._send_faulty = (
            None if faults is None else FaultyOutlet(faults, self._put, self._peer.drop_channel)
        )
        self._items = Items()
        self._responder = Responder(self._items, interpreter, self._send, new_id)
        self._item_id = new_id("item_")
        self._hearing: Hearing | None = None
        self._transcriptions: set[asyncio.Task[Said | None]] = set()

    async def answer(self, offer: str) -> str:
        """Answer the client's offer; then `run` must be called.

        Raises:
            RequestError: the offer is wrong.
        """
        try:
            return await self._peer.answer(offer)
        except BaseException:
            await self._peer.close()
            raise

    def end(self, problem: RequestError) -> None:
        """Tell the client why, and end the session.

        Args:
            problem: why.
        """
        logger.info("session %s ended: %s", self.id, problem.code)
        self._send(say.error(problem, None))
        self.leave()

    def leave(self) -> None:
        """End the session without a word; `run` returns when that is done."""
        self.ending = True
        self._peer.end()

    async def run(self) -> None:
        """Serve the client until it goes, is sent away, or `leave` is called."""
        try:
            if await self._connected():
                await self._serve()
        except Exception:
            logger.exception("session %s failed", self.id)
        finally:
            await self._close()

    async def _connected(self) -> bool:
        try:
            async with asyncio.timeout(self._settings.connect_deadline):
                return await self._peer.wait_open()
        except TimeoutError:
            logger.warning("session %s: the client did not connect in time", self.id)
            return False

    async def _serve(self) -> None:
        logger.info("session %s begins", self.id)
        self._send(say.session_created(self._session))
        while (raw := await self._peer.receive()) is not None:
            self.last_word = time.monotonic()
            received = asked.decode_client_event(raw)
            try:
                if isinstance(received.event, RequestError):
                    raise received.event
                await self._obey(received.event)
            except RequestError as problem:
                logger.info("session %s: refused: %s", self.id, problem)
                self._send(say.error(problem, received.event_id))

    async def _obey(self, event: asked.ClientEvent) -> None:
        match event:
            case asked.UpdateSession():
                self._session = update_session(self._session, event.session)
                self._send(say.session_updated(self._session))
            case asked.ClearInput():
                await self._listen()
                self._send(say.input_cleared())
            case asked.CommitInput():
                await self._commit(event.end_ms)
            case asked.AddText():
                item = say.user_text_item(event.item_id or new_id("item_"), event.text)
                self._add(item)
                self._responder.said = _ready(Said(event.text))
            case asked.AddFunctionOutput():
                item_id = event.item_id or new_id("item_")
                self._responder.take_output(event.call_id, event.output)
                self._add(say.function_output_item(item_id, event.call_id, event.output))
            case asked.DeleteItem():
                self._items.delete(event.item_id)
                self._send(say.item_deleted(event.item_id))
            case asked.CreateResponse():
                self._responder.create(self._session, event.response)
            case asked.CancelResponse():
                self._responder.cancel(event.response_id)
            case asked.ClearOutput():
                logger.debug("session %s: no sound to clear", self.id)

    async def _listen(self) -> None:
        self._audio.clear()
        if self._hearing is not None:
            await self._hearing.abandon()
        self._item_id = new_id("item_")
        self._hearing = self._kitchen.listen(partial(self._tell_words, self._item_id))

    def _hear(self, block: Pcm) -> None:
        if self._hearing is not None:
            self._hearing.feed(block)

    def _tell_words(self, item_id: str, words: str) -> None:
        if transcribes(self._session):
            self._send(say.transcription_delta(item_id, words))

    async def _commit(self, end_ms: float | None) -> None:
        heard_ms = await self._audio.wait_for_end(end_ms, self._settings.audio_deadline)
        if heard_ms < say.MIN_COMMIT_MS:
            raise say.commit_empty(heard_ms)
        if len(self._transcriptions) >= MAX_TRANSCRIPTIONS:
            raise RequestError("rate_limit_exceeded", "Too much is being recognised already.")
        item_id, hearing = self._item_id, self._hearing
        if hearing is None:  # Nobody cleared the buffer before: all that it holds counts.
            hearing = self._kitchen.listen(partial(self._tell_words, item_id))
            if hearing is not None:
                hearing.feed_all(self._audio.blocks())
        self._audio.clear()
        self._hearing, self._item_id = None, new_id("item_")
        self._send(say.input_committed(item_id, self._items.last_id()))
        self._add(say.user_audio_item(item_id, None))
        task = self._own(self._transcribe(item_id, hearing, heard_ms / 1000))
        self._responder.said = task

    async def _transcribe(
        self, item_id: str, hearing: Hearing | None, seconds: float
    ) -> Said | None:
        problem = self._kitchen.problem or "nothing could be recognised"
        try:
            if hearing is not None:
                heard = await hearing.finish(self._settings.transcript_deadline)
                self._items.transcribed(item_id, heard.text)
                if transcribes(self._session):
                    told = (heard.text, seconds, heard.confidence, heard.agreed)
                    self._send(say.transcription_completed(item_id, *told))
                return Said(heard.text, heard.confidence, heard.agreed)
        except TimeoutError:
            problem = "the recogniser took too long"
            logger.error("session %s: %s", self.id, problem)
        except Exception:
            problem = "the recogniser failed"
            logger.exception("session %s: %s", self.id, problem)
        if transcribes(self._session):
            self._send(say.transcription_failed(item_id, problem))
        return None

    def _add(self, item: JsonObject) -> None:
        before = self._items.add(item)
        self._send(say.item_added(item, before))
        self._send(say.item_done(item, before))

    def _send(self, event: JsonObject) -> None:
        stamped = {"event_id": new_id("event_"), **event}
        (self._send_faulty or self._put)(stamped)

    def _put(self, event: JsonObject) -> None:
        # In ASCII: half a surrogate pair, echoed as it came, could not be sent.
        self._peer.send(json.dumps(event))

    def _own(self, work: Coroutine[object, object, Said | None]) -> asyncio.Task[Said | None]:
        task = asyncio.create_task(work, name=f"gateway-transcribe-{self.id}")
        self._transcriptions.add(task)
        task.add_done_callback(self._transcriptions.discard)
        return task

    async def _close(self) -> None:
        if self._send_faulty is not None:
            self._send_faulty.close()
        await self._responder.close()
        for task in self._transcriptions:
            task.cancel()
        if self._transcriptions:
            await asyncio.wait(self._transcriptions)
        if self._hearing is not None:
            await self._hearing.abandon()
        await self._peer.close()
        logger.info("session %s is over", self.id)


def _ready(said: Said) -> asyncio.Future[Said | None]:
    future: asyncio.Future[Said | None] = asyncio.get_running_loop().create_future()
    future.set_result(said)
    return future
