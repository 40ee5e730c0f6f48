"""The way of a spoken order, step by step: what works, what does not, and what to do about it."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, suppress
from typing import Final
from uuid import uuid4

from voice_tui.check import Check
from voice_tui.config import VoiceSettings
from voice_tui.core import client_requests as requests
from voice_tui.core.client_requests import SessionConfig
from voice_tui.core.events import ResponseDone, ServerEvent
from voice_tui.core.instructions import INSTRUCTIONS
from voice_tui.core.pcm import SILENCE_DBFS, SpeechGate
from voice_tui.core.tools import tool_definitions
from voice_tui.doctor import check_microphone
from voice_tui.services.connect_errors import ConnectError, TokenError
from voice_tui.services.connection import Connection, NotConnected
from voice_tui.services.microphone_track import MicrophoneTrack
from voice_tui.services.portaudio_microphone import PortAudioMicrophone
from voice_tui.services.signalling import Signalling
from voice_tui.services.wav_microphone import WavMicrophone

OPEN_DEADLINE: Final = 6.0
"""Seconds for the first block of sound: 1.6 s were measured after the start of a process."""

LISTEN_S: Final = 1.0
"""Seconds for which the level is measured."""

LOOK_S: Final = 0.05
"""Seconds between two looks at the microphone."""

QUESTION: Final = "What is all day?"
"""What is asked for the round trip: it changes nothing."""

_NOT_REACHED: Final = "not checked: it needs what is said above"


async def examine(settings: VoiceSettings) -> AsyncIterator[Check]:
    """Check everything that a spoken order needs.

    Args:
        settings: which microphone and which voice server.

    Yields:
        Library, device, level, token, connection and round trip, in this order.
    """
    async for check in _sound(settings):
        yield check
    async for check in _server(settings):
        yield check


async def _sound(settings: VoiceSettings) -> AsyncIterator[Check]:
    found = await asyncio.to_thread(check_microphone)
    if not found.usable:
        yield Check("library", found.library, "is there" if found.library else found.text)
        yield Check("device", False, found.text if found.library else _NOT_REACHED)
        yield Check("level", False, _NOT_REACHED)
        return
    yield Check("library", True, "is there")
    microphone = PortAudioMicrophone(settings.device)
    records = asyncio.Event()
    microphone.subscribe(lambda news: records.set() if news.records else None)
    await microphone.start()
    try:
        with suppress(TimeoutError):
            async with asyncio.timeout(OPEN_DEADLINE):
                await records.wait()
        status = microphone.status
        yield Check("device", status.records, status.device or status.text)
        if not status.records:
            yield Check("level", False, _NOT_REACHED)
            return
        levels: list[float] = []
        while len(levels) * LOOK_S < LISTEN_S:
            await asyncio.sleep(LOOK_S)
            levels.append(microphone.level)
    finally:
        await microphone.stop()
    loudest = max(levels)
    heard = f"loudest {loudest:.0f} dBFS, speech is above {settings.noise_floor_dbfs:.0f}"
    silent = "nothing but silence: the microphone is muted, or its level is at zero"
    yield Check("level", loudest > SILENCE_DBFS, heard if loudest > SILENCE_DBFS else silent)


async def _server(settings: VoiceSettings) -> AsyncIterator[Check]:
    config = SessionConfig(
        INSTRUCTIONS,
        tool_definitions(),
        transcription_model=settings.transcription_model,
        language=settings.language,
    )
    answered = asyncio.Event()
    trouble: list[str] = []

    def hear(event: ServerEvent) -> None:
        if isinstance(event, ResponseDone):
            answered.set()

    async with AsyncExitStack() as exits:
        signalling = await exits.enter_async_context(Signalling(settings, config))
        try:
            await signalling.credential()
        except TokenError as error:
            yield Check("token", False, str(error))
            yield Check("connection", False, _NOT_REACHED)
            yield Check("round trip", False, _NOT_REACHED)
            return
        yield Check("token", True, f"for {settings.dialect}")
        gate = SpeechGate(settings.noise_floor_dbfs)
        track = MicrophoneTrack(WavMicrophone().read, gate, trouble.append)
        connection = Connection(settings, signalling, track, hear, trouble.append)
        started = time.monotonic()
        try:
            await connection.open()
        except ConnectError as error:
            yield Check("connection", False, f"{error} (while {error.step})")
            yield Check("round trip", False, _NOT_REACHED)
            return
        exits.push_async_callback(connection.close)
        took = time.monotonic() - started
        yield Check("connection", True, f"to {settings.server_url()} in {took:.1f} s")
        started = time.monotonic()
        try:
            connection.send(requests.item_create_text(uuid4().hex, QUESTION))
            connection.send(requests.response_create(uuid4().hex))
            async with asyncio.timeout(settings.response_deadline):
                await answered.wait()
        except (TimeoutError, NotConnected) as error:
            why = trouble[-1] if trouble else str(error)
            yield Check(
                "round trip", False, why or f"no answer in {settings.response_deadline:g} s"
            )
            return
        took = time.monotonic() - started
        yield Check("round trip", True, f"a question was answered in {took:.1f} s")
