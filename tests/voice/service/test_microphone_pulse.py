"""The microphone through real PortAudio and PulseAudio: skipped where they are not installed."""

from __future__ import annotations

import asyncio
import os
import wave
from collections.abc import AsyncIterator
from pathlib import Path

import numpy as np
import pytest

from tests.voice.service.fake_peer import FakeNetwork
from tests.voice.service.realtime_server import eventually
from tests.voice.virtual_microphone import VirtualMicrophone, pulse_microphone
from voice_tui.config import DialectName, VoiceSettings
from voice_tui.core.client_requests import SessionConfig
from voice_tui.core.pcm import rms_dbfs
from voice_tui.core.turn import TurnState
from voice_tui.services.client import VoiceClient
from voice_tui.services.microphone import MicrophoneState
from voice_tui.services.portaudio_microphone import PortAudioMicrophone


@pytest.fixture
async def pulse(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[VirtualMicrophone]:
    """A virtual microphone that PortAudio finds; what it writes on fd 2 is kept out of the way."""
    with pulse_microphone() as pulse:
        monkeypatch.setenv("PULSE_SERVER", pulse.environment["PULSE_SERVER"])
        kept, nowhere = os.dup(2), os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        try:
            yield pulse
        finally:
            os.dup2(kept, 2)
            os.close(kept)
            os.close(nowhere)


async def test_heard_pulled_out_plugged_in_and_heard_again(
    pulse: VirtualMicrophone, tmp_path: Path
) -> None:
    wav = tmp_path / "tone.wav"
    with wave.open(str(wav), "wb") as file:
        file.setparams((1, 2, 48_000, 0, "NONE", ""))
        tone = np.sin(np.arange(48_000 * 2) * 2 * np.pi * 440 / 48_000) * 8000
        file.writeframes(tone.astype(np.int16).tobytes())
    microphone = PortAudioMicrophone()
    await microphone.start()
    try:
        await eventually(lambda: microphone.status.state is MicrophoneState.LISTENING)
        assert "pulse" in [device.name for device in await microphone.devices()]
        playing = asyncio.create_task(pulse.play(wav))
        await eventually(lambda: -20 < microphone.level < -10)
        await eventually(lambda: rms_dbfs(microphone.read(960)) > -20)
        pulse.pull_out()
        await eventually(lambda: microphone.status.state is MicrophoneState.VANISHED)
        await asyncio.wait([playing])
        pulse.plug_in()
        await eventually(lambda: microphone.status.records)
        playing = asyncio.create_task(pulse.play(wav))
        await eventually(lambda: microphone.level > -20)
        await playing
    finally:
        await microphone.stop()


async def test_pulled_out_while_recording_ends_the_turn_and_the_key_comes_back(
    pulse: VirtualMicrophone,
) -> None:
    async def no_tool(name: str, arguments: str) -> str:
        raise AssertionError

    client = VoiceClient(
        VoiceSettings(dialect=DialectName.GATEWAY),
        SessionConfig(""),
        PortAudioMicrophone(),
        no_tool,
        FakeNetwork(),
    )
    await client.start()
    try:
        await client.connect()
        await eventually(lambda: client.status.microphone.records)
        client.press()
        assert client.status.turn is TurnState.RECORDING
        pulse.pull_out()
        await eventually(lambda: client.status.turn is TurnState.IDLE)
        assert "is gone" in client.status.notices[-1].text
        client.press()
        assert client.status.turn is TurnState.IDLE
        pulse.plug_in()
        await eventually(lambda: client.status.microphone.records)
        client.press()
        assert client.status.turn is TurnState.RECORDING
    finally:
        await client.close()
