"""The demo's guest who orders by voice: a recording, spoken into a microphone.

Where PulseAudio and PortAudio are installed it goes through both, as from a real sound card;
elsewhere it is fed in behind the microphone's port.
"""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
from collections.abc import Awaitable, Callable, Generator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

from voice_tui.private_files import environment_without_secrets

if TYPE_CHECKING:
    from voice_tui.services.microphone import Microphone

RECORDING: Final = Path(__file__).with_name("order.wav")
"""Synthetic speech (flite, voice slt): "two cheeseburgers, no onions, and a large fries for table
five"."""

PULSE: Final = "pulse"
"""What PortAudio calls PulseAudio. Not its default: on a desktop that may be a real sound card."""

LET_GO: Final = 0.5
"""Seconds from the last word to letting go of the key: a busy sound server is so far behind."""

LOOK_TIME: Final = 15.0
"""Most seconds for PortAudio to tell its devices."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody who can speak the recording."""

    how: str
    """Which way it takes, in words."""

    microphone: Microphone | None
    """What the display is to listen to; None for the sound system's."""

    device: str
    """Which one of the sound system's."""

    speak: Callable[[], Awaitable[None]]
    """Speaks, and returns when the last word was said."""


def voice_missing() -> str:
    """Tell which package of voice is not installed; empty when all are."""
    wanted = ("aiortc", "numpy", "onnxruntime", "pocketsphinx", "rapidfuzz", "jellyfish")
    return ", ".join(name for name in wanted if find_spec(name) is None)


@contextmanager
def speaker() -> Generator[Speaker]:
    """Find the best way to speak on this machine."""
    from voice_tui.virtual_microphone import NoVirtualMicrophone, virtual_microphone

    with ExitStack() as stack:
        try:
            virtual = stack.enter_context(virtual_microphone())
            stack.enter_context(_environment(virtual.environment["PULSE_SERVER"]))
            reason = "" if _portaudio_finds_pulse() else "PortAudio does not find PulseAudio"
        except NoVirtualMicrophone as error:
            reason = str(error)
        else:
            if not reason:

                async def play() -> None:
                    await virtual.play(RECORDING)
                    await asyncio.sleep(LET_GO)

                yield Speaker("through PulseAudio and PortAudio", None, PULSE, play)
                return
        from voice_tui.services.wav_microphone import WavMicrophone

        fed = WavMicrophone()

        async def feed() -> None:
            await fed.play(RECORDING)
            await fed.finished()

        yield Speaker(f"behind the microphone's port ({reason})", fed, "", feed)


def _portaudio_finds_pulse() -> bool:
    """Look for PulseAudio among PortAudio's devices, in a process that may write what it likes."""
    look = f"import sounddevice as s; any(d['name'] == '{PULSE}' for d in s.query_devices()) or 1/0"
    try:
        looked = subprocess.run(
            [sys.executable, "-c", look],
            env=environment_without_secrets(),
            capture_output=True,
            timeout=LOOK_TIME,
        )
    except subprocess.TimeoutExpired:
        return False
    return looked.returncode == 0


@contextmanager
def _environment(server: str) -> Generator[None]:
    """Have PortAudio, which is loaded later, look for this sound server."""
    before = os.environ.get("PULSE_SERVER")
    os.environ["PULSE_SERVER"] = server
    try:
        yield
    finally:
        if before is None:
            del os.environ["PULSE_SERVER"]
        else:
            os.environ["PULSE_SERVER"] = before
