"""The microphone's states and its coming back, with a sound library that does what a test wants."""

from __future__ import annotations

import wave
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.voice.service.realtime_server import eventually
from voice_tui.core.pcm import SILENCE_DBFS
from voice_tui.services import portaudio_microphone
from voice_tui.services.microphone import MicrophoneState
from voice_tui.services.portaudio_microphone import PortAudioMicrophone
from voice_tui.services.wav_microphone import WavMicrophone, load_recording

LOUD = (np.sin(np.arange(960) / 20) * 12_000).astype(np.int16).tobytes()
QUIET = bytes(1920)


class SoundError(Exception):
    """What the library raises."""


class FakeStream:
    def __init__(self, callback: Callable[..., None]) -> None:
        self.callback = callback
        self.active = False
        self.closed = False

    def start(self) -> None:
        self.active = True

    def close(self, ignore_errors: bool = True) -> None:
        self.closed = True


class FakeSound:
    """A sound library."""

    PortAudioError = SoundError

    def __init__(self) -> None:
        self.names = ["pulse", "USB Microphone"]
        self.streams: list[FakeStream] = []
        self.opened_with: dict[str, Any] = {}
        self.initialised = 0
        self.failure: Exception | None = None
        self.missing: Exception | None = None

    def load(self) -> FakeSound:
        if self.missing is not None:
            raise self.missing
        return self

    def query_devices(self) -> list[dict[str, object]]:
        speaker = {"name": "Speaker", "max_input_channels": 0}
        return [speaker, *({"name": name, "max_input_channels": 1} for name in self.names)]

    def RawInputStream(self, **options: Any) -> FakeStream:
        if self.failure is not None:
            raise self.failure
        self.opened_with = options
        self.streams.append(FakeStream(options["callback"]))
        return self.streams[-1]

    def _terminate(self) -> None:
        assert all(stream.closed for stream in self.streams)

    def _initialize(self) -> None:
        self.initialised += 1

    def hear(self, block: bytes = LOUD, count: int = 1) -> None:
        for _ in range(count):
            # A buffer, as in the library: always a new one.
            self.streams[-1].callback(bytearray(block), 960, None, None)


@pytest.fixture
def sound(monkeypatch: pytest.MonkeyPatch) -> FakeSound:
    monkeypatch.setattr(portaudio_microphone, "WATCH_S", 0.05)
    monkeypatch.setattr(portaudio_microphone, "REOPEN_FIRST_S", 0.05)
    monkeypatch.setattr(portaudio_microphone, "REOPEN_CAP_S", 0.05)
    return FakeSound()


@asynccontextmanager
async def microphone(sound: FakeSound, device: str = "") -> AsyncIterator[PortAudioMicrophone]:
    it = PortAudioMicrophone(device, sound.load)
    await it.start()
    await it.start()
    try:
        yield it
    finally:
        await it.stop()
        assert it.status.state is MicrophoneState.OFF


async def keep_hearing(
    sound: FakeSound, it: PortAudioMicrophone, state: MicrophoneState, block: bytes = LOUD
) -> None:
    def there() -> bool:
        if sound.streams and not sound.streams[-1].closed:
            sound.hear(block)
        return it.status.state is state

    await eventually(there)


@pytest.mark.parametrize(
    ("fault", "state", "told"),
    [
        (
            {"missing": OSError("PortAudio library not found")},
            MicrophoneState.NO_LIBRARY,
            "apt install libportaudio2",
        ),
        ({"missing": ModuleNotFoundError("x")}, MicrophoneState.NO_LIBRARY, "pip install"),
        ({"names": []}, MicrophoneState.NO_DEVICE, "no microphone: the system shows no input"),
        ({"names": ["pulse"]}, MicrophoneState.NO_DEVICE, "named USB. There are: pulse"),
        (
            {"failure": SoundError("Device\x1b[2J unavailable")},
            MicrophoneState.CANNOT_OPEN,
            "48 kHz (Device unavailable)",
        ),
    ],
    ids=["no library", "no package", "no device", "another device", "cannot open"],
)
async def test_each_trouble_has_its_words_and_mends_by_itself(
    sound: FakeSound, fault: dict[str, Any], state: MicrophoneState, told: str
) -> None:
    well = {name: getattr(sound, name) for name in fault}
    for name, value in fault.items():
        setattr(sound, name, value)
    async with microphone(sound, "USB") as it:
        await eventually(lambda: it.status.state is state)
        assert told in it.status.text
        assert it.level == SILENCE_DBFS
        assert it.read(960).size == 0
        for name, value in well.items():
            setattr(sound, name, value)
        await keep_hearing(sound, it, MicrophoneState.LISTENING)
        assert sound.opened_with["device"] == 2


async def test_opened_once_in_opus_own_blocks(sound: FakeSound) -> None:
    async with microphone(sound) as it:
        await keep_hearing(sound, it, MicrophoneState.LISTENING)
        options = sound.opened_with
        assert (options["samplerate"], options["blocksize"], options["channels"]) == (
            48_000,
            960,
            1,
        )
        assert (options["latency"], options["device"]) == ("low", None)
        assert -20 < it.level < 0
        assert len(sound.streams) == 1
        assert sound.initialised == 0


async def test_what_nobody_takes_is_dropped_oldest_first(sound: FakeSound) -> None:
    async with microphone(sound) as it:
        await eventually(lambda: sound.streams)
        for number in range(10):
            sound.hear(np.full(960, number, np.int16).tobytes())
        assert list(it.read(500)) == [6] * 500
        assert list(it.read(960)) == [6] * 460 + [7] * 500
        assert it.read(9999).size == 4 * 960 - 1460
        assert it.read(960).size == 0


async def test_muted_is_not_absent(sound: FakeSound, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(portaudio_microphone, "MUTED_S", 0.15)
    async with microphone(sound) as it:
        await keep_hearing(sound, it, MicrophoneState.MUTED, QUIET)
        assert it.status.records
        await keep_hearing(sound, it, MicrophoneState.LISTENING)


@pytest.mark.parametrize("stops", ["callbacks", "stream"])
async def test_one_that_goes_is_noticed_and_opened_again(sound: FakeSound, stops: str) -> None:
    async with microphone(sound) as it:
        seen: list[MicrophoneState] = []
        it.subscribe(lambda status: seen.append(status.state))
        await keep_hearing(sound, it, MicrophoneState.LISTENING)
        sound.failure = SoundError("Unanticipated host error")
        if stops == "stream":
            sound.streams[-1].active = False
        await eventually(lambda: it.status.state is MicrophoneState.VANISHED)
        assert not it.status.records
        await eventually(lambda: sound.initialised >= 2)
        # What PortAudio makes of it says less than that it was there.
        assert it.status.state is MicrophoneState.VANISHED
        sound.failure = None
        await keep_hearing(sound, it, MicrophoneState.LISTENING)
        assert seen[-3:-1] == [MicrophoneState.LISTENING, MicrophoneState.VANISHED]
        assert it.losses == 1


async def test_another_one_can_be_chosen(sound: FakeSound) -> None:
    async with microphone(sound) as it:
        await keep_hearing(sound, it, MicrophoneState.LISTENING)
        assert [device.name for device in await it.devices()] == sound.names
        await it.choose("usb")
        await eventually(lambda: len(sound.streams) == 2)
        assert sound.opened_with["device"] == 2
        await keep_hearing(sound, it, MicrophoneState.LISTENING)


async def test_a_recording_is_read_in_the_readers_pace(tmp_path: Path) -> None:
    path = tmp_path / "a.wav"
    with wave.open(str(path), "wb") as file:
        file.setparams((2, 2, 24_000, 0, "NONE", ""))
        file.writeframes(np.full(2 * 2_400, 1000, np.int16).tobytes())
    assert abs(load_recording(path).size - 4_800) < 100
    it = WavMicrophone()
    assert it.read(960).size == 0
    await it.start()
    assert not it.read(960).any()
    await it.play(path)
    heard = np.concatenate([it.read(960) for _ in range(5)])
    assert abs(int(np.median(heard)) - 1000) < 20
    await it.finished()
    await it.stop()
    assert it.read(960).size == 0
