"""The player process: what comes out of PortAudio, and a sound system that is missing or hangs."""

from __future__ import annotations

import asyncio
import os
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


def part_of(sound: NDArray[np.int16], heard: bytes) -> float:
    """How much like a sound the likest part of a recording is: 1 for the same."""
    tone = sound.astype(np.float64)
    recorded = np.frombuffer(heard[: len(heard) // 2 * 2], np.int16).astype(np.float64)
    size = recorded.size + tone.size
    match = np.fft.irfft(np.fft.rfft(recorded, size) * np.conj(np.fft.rfft(tone, size)), size)[
        : recorded.size
    ]
    where = int(np.argmax(match))
    found = recorded[where : where + tone.size]
    found = np.pad(found, (0, tone.size - found.size))
    return float(found @ tone / (np.linalg.norm(found) * np.linalg.norm(tone) + 1e-9))


async def test_what_comes_out_of_portaudio_is_the_sound(pulse: VirtualMicrophone) -> None:
    async with player(device="pulse") as it, recording(pulse) as heard:
        assert await it.play(Alert.CHANGED, 0.8) == "pulse"
        quiet = make_tone(Alert.CHANGED, 0.8)
        async with asyncio.timeout(PATIENT):
            while part_of(quiet, bytes(heard)) < 0.9:  # noqa: ASYNC110 - a pipe has no last byte
                await asyncio.sleep(0.05)
        assert part_of(make_tone(Alert.LATE, 0.8), bytes(heard)) < 0.5


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
