"""The demo's guest who orders by voice: a recording, spoken into a microphone.

Where PulseAudio and PortAudio are installed it goes through both, as from a real sound card;
elsewhere it is fed in behind the microphone's port.
"""

from __future__ import annotations

import os
from collections.abc import Awaitable, Callable, Generator
from contextlib import ExitStack, contextmanager
from ctypes.util import find_library
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from voice_tui.services.microphone import Microphone

RECORDING: Final = Path(__file__).with_name("order.wav")
"""Synthetic speech (flite, voice slt): "two cheeseburgers, no onions, and a large fries for table
five"."""


@dataclass(frozen=True, slots=True)
class Speaker:
    """Somebody who can speak the recording."""

    how: str
    """Which way it takes, in words."""

    microphone: Microphone | None
    """What the display is to listen to; None for this machine's own."""

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
        reason = "" if find_library("portaudio") and find_spec("sounddevice") else "no PortAudio"
        if not reason:
            try:
                virtual = stack.enter_context(virtual_microphone())
            except NoVirtualMicrophone as error:
                reason = str(error)
            else:
                stack.enter_context(_environment(virtual.environment["PULSE_SERVER"]))

                async def play() -> None:
                    await virtual.play(RECORDING)

                yield Speaker("through PulseAudio and PortAudio", None, play)
                return
        from voice_tui.services.wav_microphone import WavMicrophone

        fed = WavMicrophone()

        async def feed() -> None:
            await fed.play(RECORDING)
            await fed.finished()

        yield Speaker(f"behind the microphone's port ({reason})", fed, feed)


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
