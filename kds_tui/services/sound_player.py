"""The player: a process of its own that plays sounds through PortAudio. `python -m` runs it.

A process, because a sound system that hangs cannot be left otherwise, a driver that crashes would
take the tickets with it, and PortAudio finds a device that was plugged in later only when it is
begun anew (python-sounddevice issues 47, 125, 382): in the display's own process that would end the
microphone of the voice panel.

It reads requests from standard input, one JSON object a line, and answers each with one:

    {"play": "new", "volume": 0.6, "device": ""}   ->  {"played": "default"}
    {"list": true}                                 ->  {"devices": ["default", "USB Audio"]}
    whatever goes wrong                            ->  {"failed": "There is no sound device ..."}

It ends when its input does, also while PortAudio hangs.
"""

from __future__ import annotations

import importlib
import json
import os
import queue
import sys
import threading
from collections.abc import Iterable, Mapping
from typing import Any, Final, Protocol, cast

from kds_tui.core.alerts import Alert

INSTALL: Final = "pip install 'kds-tui[sound]'"

_LARGEST: Final = 4096
"""Characters of a request."""


class OutputStream(Protocol):
    """An open loudspeaker, as sounddevice gives it."""

    def start(self) -> None:
        """Begin."""
        ...

    def write(self, data: bytes) -> bool:
        """Play, and wait until there is room for the last of it."""
        ...

    def stop(self) -> None:
        """Wait until all was heard."""
        ...

    def close(self, ignore_errors: bool = True) -> None:
        """End."""
        ...


class PortAudio(Protocol):
    """The part of the `sounddevice` module that is used here."""

    PortAudioError: type[Exception]

    def query_devices(self) -> Iterable[Mapping[str, Any]]:
        """List the sound devices."""
        ...

    def RawOutputStream(
        self, *, samplerate: float, device: int | None, channels: int, dtype: str
    ) -> OutputStream:
        """Open a loudspeaker without starting it."""
        ...


class CannotPlay(Exception):
    """It was not heard; the text is for a person."""


def load() -> PortAudio:
    """Load numpy and PortAudio.

    Raises:
        CannotPlay: one of them is missing.
    """
    try:
        importlib.import_module("numpy")
        return cast("PortAudio", importlib.import_module("sounddevice"))
    except ModuleNotFoundError as error:
        raise CannotPlay(f"The Python package {error.name} is missing: {INSTALL}.") from None
    except OSError as error:
        raise CannotPlay(
            f"The sound library PortAudio is missing ({error}). On Debian or Ubuntu: sudo apt"
            " install libportaudio2. On Fedora: sudo dnf install portaudio. On macOS: brew install"
            " portaudio."
        ) from None


def outputs(library: PortAudio) -> list[tuple[int, str, float]]:
    """List what can play.

    Args:
        library: PortAudio.

    Returns:
        Index, name and own sample rate of each device.

    Raises:
        CannotPlay: PortAudio does not tell.
    """
    try:
        return [
            (place, str(device["name"]), float(device["default_samplerate"]))
            for place, device in enumerate(library.query_devices())
            if device["max_output_channels"]
        ]
    except library.PortAudioError as error:
        raise CannotPlay(f"PortAudio cannot list the sound devices ({error}).") from None


def play(library: PortAudio, alert: Alert, volume: float, wanted: str) -> str:
    """Play a sound to its end.

    Args:
        library: PortAudio.
        alert: which sound.
        volume: from 0 to 1.
        wanted: the device's name, or a part of it; empty for the system's own choice.

    Returns:
        The name of the device.

    Raises:
        CannotPlay: there is no such device, or it does not take the sound.
    """
    from kds_tui.services.sound_tones import SAMPLE_RATE, make_tone

    place, name, own_rate = _choose(outputs(library), wanted)
    refused = ""
    # A bare device of ALSA may know neither 48 kHz nor one channel.
    for rate in dict.fromkeys((float(SAMPLE_RATE), own_rate)):
        tone = make_tone(alert, volume, round(rate))
        for channels in (1, 2):
            try:
                _write(library, tone.repeat(channels).tobytes(), place, rate, channels)
            except (library.PortAudioError, ValueError) as error:
                refused = str(error)
            else:
                return name
    raise CannotPlay(
        f"{name} does not play ({refused}). Check that it is plugged in and that this user may use"
        " it (on Linux: group audio)."
    )


def _choose(found: list[tuple[int, str, float]], wanted: str) -> tuple[int | None, str, float]:
    if not found:
        raise CannotPlay(
            "There is no sound device that plays. Plug a speaker in, and check that this user may"
            " use it (on Linux: group audio, and a running sound server)."
        )
    if not wanted:
        rate = next((rate for _, name, rate in found if name == "default"), found[0][2])
        return None, "the system's own choice", rate
    for same in (str.__eq__, str.__contains__):
        for place, name, rate in found:
            if same(name.casefold(), wanted.casefold()):
                return place, name, rate
    names = ", ".join(name for _, name, _ in found)
    raise CannotPlay(f"There is no sound device named {wanted}. There are: {names}.")


def _write(library: PortAudio, data: bytes, device: int | None, rate: float, channels: int) -> None:
    stream = library.RawOutputStream(
        samplerate=rate, device=device, channels=channels, dtype="int16"
    )
    try:
        stream.start()
        stream.write(data)
        stream.stop()
    finally:
        stream.close()


def answer(library: PortAudio, request: Mapping[str, Any]) -> dict[str, object]:
    """Do what is asked.

    Args:
        library: PortAudio.
        request: see the module.

    Returns:
        The answer.
    """
    try:
        if "list" in request:
            return {"devices": [name for _, name, _ in outputs(library)]}
        alert, volume = Alert(request["play"]), float(request["volume"])
        return {"played": play(library, alert, volume, str(request["device"]))}
    except CannotPlay as error:
        return {"failed": str(error)}


def _read(requests: queue.SimpleQueue[str]) -> None:
    for line in iter(lambda: sys.stdin.readline(_LARGEST), ""):
        requests.put(line)
    # Nobody listens any more. Whatever PortAudio is in: it will not be waited for.
    os._exit(0)


def _say(said: Mapping[str, object]) -> None:
    sys.stdout.write(json.dumps(said) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Answer requests until there are no more."""
    requests: queue.SimpleQueue[str] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(requests,), name="requests", daemon=True).start()
    try:
        library = load()
    except CannotPlay as error:
        requests.get()
        _say({"failed": str(error)})
        return
    while True:
        said = answer(library, json.loads(requests.get()))
        _say(said)
        if "failed" in said:
            return  # with the next process PortAudio looks for devices again


if __name__ == "__main__":
    main()
