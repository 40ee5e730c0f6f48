"""The player process: what comes out of PortAudio, and a sound system that is missing or hangs."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from kds_tui.core.alerts import Alert
from kds_tui.services.sound_output import PlayerProcess, SoundFailed
from kds_tui.services.sound_tones import SAMPLE_RATE, make_tone
from tests.voice.virtual_microphone import VirtualMicrophone, pulse_microphone

PATIENT = 40.0
"""Seconds for a player on a machine with other things to do."""


@asynccontextmanager
async def player(
    program: str = "", device: str = "", deadline: float = PATIENT
) -> AsyncIterator[PlayerProcess]:
    command = {"command": (sys.executable, "-c", program)} if program else {}
    made = PlayerProcess(device, deadline, **command)
    try:
        yield made
    finally:
        await made.close()


@pytest.fixture
def pulse(monkeypatch: pytest.MonkeyPatch) -> Iterator[VirtualMicrophone]:
    """A sound server whose only loudspeaker is heard by its only microphone."""
    with pulse_microphone() as server:
        monkeypatch.setenv("PULSE_SERVER", server.environment["PULSE_SERVER"])
        yield server


@asynccontextmanager
async def recording(server: VirtualMicrophone) -> AsyncIterator[bytearray]:
    """Record what the loudspeaker plays, from before the block until after it."""
    process = await asyncio.create_subprocess_exec(
        "pacat", "--record", "--device=virt.monitor", "--raw", "--format=s16le",
        f"--rate={SAMPLE_RATE}", "--channels=1", "--latency-msec=20",
        stdout=asyncio.subprocess.PIPE, env={**os.environ, **server.environment},
    )  # fmt: skip
    heard = bytearray()

    async def listen() -> None:
        assert process.stdout is not None
        while part := await process.stdout.read(65_536):
            heard.extend(part)

    listening = asyncio.create_task(listen())
    try:
        async with asyncio.timeout(PATIENT):
            while not heard:  # noqa: ASYNC110 - its first block says that it records
                await asyncio.sleep(0.01)
        yield heard
    finally:
        process.kill()
        await process.wait()
        await listening


def bands(sound: NDArray[np.int16]) -> NDArray[np.float64]:
    """Power by semitone: what is left of a sound when a busy machine tears holes into it."""
    power = np.square(np.abs(np.fft.rfft(sound.astype(np.float64))))
    pitches = np.fft.rfftfreq(sound.size, 1 / SAMPLE_RATE)
    place = np.round(12 * np.log2(np.maximum(pitches, 20) / 440)).astype(int)
    return np.bincount(place - place.min(), weights=power)


def likeness(sound: NDArray[np.int16], heard: bytearray) -> float:
    """How much like a sound a recording is: 1 for the same pitches at the same strength."""
    recorded = np.frombuffer(bytes(heard[: len(heard) // 2 * 2]), np.int16)
    one, other = bands(sound), bands(recorded)
    return float(one @ other / (np.linalg.norm(one) * np.linalg.norm(other) + 1e-9))


def loud_seconds(heard: bytearray) -> float:
    recorded = np.frombuffer(bytes(heard[: len(heard) // 2 * 2]), np.int16)
    looks = recorded[: recorded.size // 480 * 480].reshape(-1, 480)
    return float(np.count_nonzero(np.abs(looks).max(axis=1) > 1000) * 0.01)


async def test_what_comes_out_of_portaudio_is_the_sound(pulse: VirtualMicrophone) -> None:
    async with player(device="pulse") as it, recording(pulse) as heard:
        assert await it.play(Alert.CHANGED, 0.8) == "pulse"
        sound = make_tone(Alert.CHANGED, 0.8)
        async with asyncio.timeout(PATIENT):
            while loud_seconds(heard) < 0.4:  # noqa: ASYNC110 - a pipe has no last byte
                await asyncio.sleep(0.05)
        assert likeness(sound, heard) > 0.9
        assert likeness(make_tone(Alert.LATE, 0.8), heard) < 0.5


async def test_the_devices_are_listed_and_a_wrong_name_names_them(
    pulse: VirtualMicrophone,
) -> None:
    async with player() as it:
        assert "pulse" in await it.devices()
    async with player(device="Wurlitzer") as it:
        named = r"no sound device named Wurlitzer\. There are: .*pulse"
        with pytest.raises(SoundFailed, match=named):
            await it.play(Alert.NEW, 0.5)


async def test_a_loudspeaker_that_vanished_is_found_again(pulse: VirtualMicrophone) -> None:
    async with player(device="pulse") as it:
        await it.play(Alert.NEW, 0.5)
        pulse.kill()
        with pytest.raises(SoundFailed):
            await it.play(Alert.NEW, 0.5)
        pulse.start()
        assert await it.play(Alert.NEW, 0.5) == "pulse"
        pulse.kill()
        pulse.start()
        assert await it.play(Alert.NEW, 0.5) == "pulse", "no sound is lost for what was replaced"


def test_portaudio_is_not_touched_in_the_process_of_the_display() -> None:
    """So that looking for devices anew, which ends every stream of a PortAudio, leaves the
    microphone of the voice panel alone."""
    program = (
        "import asyncio, sys\n"
        "import kds_tui.services.sound\n"
        "from kds_tui.core.alerts import Alert\n"
        "from kds_tui.services.sound_output import PlayerProcess, SoundFailed\n"
        "async def main():\n"
        f"    player = PlayerProcess('no such card', {PATIENT})\n"
        "    try:\n"
        "        await player.play(Alert.NEW, 0.5)\n"
        "    except SoundFailed:\n"
        "        print([name for name in ('sounddevice', 'numpy') if name in sys.modules])\n"
        "    await player.close()\n"
        "asyncio.run(main())\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, timeout=PATIENT, check=True
    )
    assert done.stdout == "[]\n"


async def test_without_any_device_it_says_what_to_do(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PULSE_SERVER", f"unix:{tmp_path}/none")
    async with player(device="pulse") as it:
        with pytest.raises(SoundFailed, match=r"sound device|does not play"):
            await it.play(Alert.NEW, 0.5)


ASKED = "import sys, time; sys.stdin.readline(); "


async def test_a_sound_system_that_hangs_is_left_and_the_next_sound_has_a_new_process() -> None:
    async with player(f"{ASKED} time.sleep(600)", deadline=1.0) as it:
        with pytest.raises(SoundFailed, match="did not answer in 1 s"):
            await it.play(Alert.NEW, 0.5)
        assert it._process is None


async def test_a_driver_that_crashes_costs_the_sound_and_nothing_else() -> None:
    async with player(f"{ASKED} import os; os.abort()") as it:
        with pytest.raises(SoundFailed, match="broke off"):
            await it.play(Alert.NEW, 0.5)


async def test_what_a_driver_says_cannot_act_on_the_terminal() -> None:
    said = '{"failed": "\\\\u001b[2Jgone"}'
    async with player(f"{ASKED} print('{said}')") as it:
        with pytest.raises(SoundFailed) as told:
            await it.play(Alert.NEW, 0.5)
        assert "\x1b" not in str(told.value)


async def test_a_package_that_is_missing_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "sounddevice.py").write_text("raise ModuleNotFoundError(name='sounddevice')")
    path = os.pathsep.join((str(tmp_path), os.environ.get("PYTHONPATH", "")))
    monkeypatch.setenv("PYTHONPATH", path)
    async with player() as it:
        with pytest.raises(
            SoundFailed, match=r"sounddevice is missing: pip install 'kds-tui\[sound\]'"
        ):
            await it.play(Alert.NEW, 0.5)


async def test_the_player_ends_with_the_display_also_in_the_middle_of_a_sound() -> None:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c",
        "import kds_tui.services.sound_player as p, time\n"
        "p.load = lambda: None\n"
        "p.answer = lambda library, request: (p._say({}), time.sleep(600))\n"
        "p.main()",
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE,
    )  # fmt: skip
    assert process.stdin is not None
    assert process.stdout is not None
    process.stdin.write(b"{}\n")
    async with asyncio.timeout(PATIENT):
        assert await process.stdout.readline() == b"{}\n"
        process.stdin.close()
        assert await process.wait() == 0
