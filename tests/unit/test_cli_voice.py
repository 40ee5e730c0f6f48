"""voice-tui doctor tells the truth about each thing that may be missing."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable, Mapping
from pathlib import Path

import pytest

from voice_tui.doctor import SoundLibrary, check_microphone


class Sound:
    """A sound library with the devices that a test gives it."""

    PortAudioError = RuntimeError

    def __init__(self, *devices: tuple[str, int], error: str = "") -> None:
        self.devices = devices
        self.error = error

    def query_devices(self) -> Iterable[Mapping[str, object]]:
        if self.error:
            raise self.PortAudioError(self.error)
        for index, (name, channels) in enumerate(self.devices):
            yield {
                "index": index, "name": name, "max_input_channels": channels,
                "default_samplerate": 48000.0,
            }  # fmt: skip


@pytest.mark.parametrize(
    ("sound", "usable", "text"),
    [
        (Sound(("Speaker", 0), ("USB Mic", 1)), True, "Microphones:\n  1: USB Mic (48000 Hz)"),
        (Sound(("Speaker", 0)), False, "There is no microphone"),
        (Sound(), False, "There is no microphone"),
        (Sound(error="host error"), False, "PortAudio can not list the sound devices: host error"),
    ],
)
def test_devices(sound: SoundLibrary, usable: bool, text: str) -> None:
    finding = check_microphone(lambda: sound)
    assert finding.usable is usable
    assert finding.text.startswith(text)


def doctor(*path: Path) -> subprocess.CompletedProcess[str]:
    """Run the real command with folders put before all others on the import path."""
    return subprocess.run(
        [sys.executable, "-m", "voice_tui", "doctor"],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, path))},
        capture_output=True, text=True, timeout=60, check=False,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("module", "said"),
    [
        ("raise ModuleNotFoundError(name='sounddevice')", "pip install 'kds-tui[voice]'"),
        ("raise OSError('PortAudio library not found')", "apt install libportaudio2"),
    ],
)
def test_a_missing_library_is_named_with_what_to_install(
    tmp_path: Path, module: str, said: str
) -> None:
    (tmp_path / "sounddevice.py").write_text(module, encoding="utf-8")
    done = doctor(tmp_path)
    assert done.returncode == 1
    assert said in done.stdout
    assert done.stderr == ""


def test_this_machine_gets_an_answer() -> None:
    done = doctor()
    assert done.returncode in (0, 1)
    assert done.stdout.strip()
    assert done.stderr == ""
