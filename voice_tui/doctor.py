"""Finds out whether push-to-talk can work here, and says in one line each what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from voice_tui.services.sound_library import load_sounddevice


class SoundLibrary(Protocol):
    """The part of the `sounddevice` module that is used here."""

    PortAudioError: type[Exception]

    def query_devices(self) -> Iterable[Mapping[str, object]]:
        """List the sound devices."""
        ...


@dataclass(frozen=True, slots=True)
class Finding:
    """What the check found."""

    usable: bool
    """Whether a microphone could be used."""

    text: str
    """What to tell: the microphones, or what to do."""

    library: bool = True
    """Whether the sound library is there."""


def check_microphone(load: Callable[[], SoundLibrary] = load_sounddevice) -> Finding:
    """Check the sound library and list the microphones.

    Args:
        load: Gives the sound library, or raises as `load_sounddevice` does.
    """
    try:
        sound = load()
    except ModuleNotFoundError:
        return Finding(
            False,
            "The Python package sounddevice is missing: pip install 'kds-tui[voice]'",
            library=False,
        )
    except OSError as error:
        return Finding(
            False,
            f"The sound library PortAudio is missing ({error}). On Debian or Ubuntu:"
            " sudo apt install libportaudio2. On Fedora: sudo dnf install portaudio."
            " On macOS: brew install portaudio",
            library=False,
        )
    try:
        devices = list(sound.query_devices())
    except sound.PortAudioError as error:
        return Finding(False, f"PortAudio can not list the sound devices: {error}")
    microphones = [device for device in devices if device["max_input_channels"]]
    if not microphones:
        return Finding(
            False,
            "There is no microphone: the system shows no input device. Plug one in, and check that"
            " this user may use it (on Linux: group audio).",
        )
    lines = (
        f"  {device['index']}: {device['name']} ({device['default_samplerate']:g} Hz)"
        for device in microphones
    )
    return Finding(True, "\n".join(("Microphones:", *lines)))
