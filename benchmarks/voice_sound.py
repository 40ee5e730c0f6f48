"""Voices of Debian's speech synthesisers, and the noise of a kitchen under them."""

from __future__ import annotations

import shutil
import subprocess
import wave
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from voice_tui.gateway.recognisers.port import SAMPLE_RATE, Samples

PACKAGES: Final = "espeak-ng flite festival festvox-kallpc16k festvox-us-slt-hts sox"
"""Debian packages that bring the voices."""

_SYNTHESIS_TIMEOUT = 60.0
_EDGE_SECONDS = 0.25
"""Silence before and after, as the panel keeps the gate open that long."""
_PEAK = 0.4


@dataclass(frozen=True, slots=True)
class Voice:
    """A synthesiser's voice.

    Attributes:
        name: for the table.
        command: its program and arguments; `{text}` and `{file}` are filled in.
        natural: made of a person's recordings; else robotic.
        stdin: the text is read from standard input.
    """

    name: str
    command: tuple[str, ...]
    natural: bool
    stdin: bool = False

    @property
    def installed(self) -> bool:
        """Whether its program is there."""
        return shutil.which(self.command[0]) is not None


def _flite(name: str, *, natural: bool = True) -> Voice:
    return Voice(
        f"flite {name}", ("flite", "-voice", name, "-t", "{text}", "-o", "{file}"), natural
    )


def _espeak(name: str, speed: int = 160) -> Voice:
    command = ("espeak-ng", "-v", name, "-s", str(speed), "-w", "{file}", "{text}")
    return Voice(f"espeak {name}", command, natural=False)


def _festival(name: str, *, natural: bool) -> Voice:
    command = ("text2wave", "-eval", f"(voice_{name})", "-o", "{file}")
    return Voice(f"festival {name}", command, natural, stdin=True)


VOICES: Final = (
    _flite("slt"),
    _flite("rms"),
    _flite("awb"),
    _festival("cmu_us_slt_arctic_hts", natural=True),
    _flite("kal16", natural=False),
    _festival("kal_diphone", natural=False),
    _espeak("en-us"),
    _espeak("en-us+f3"),
    _espeak("en-gb", 150),
)


def say(voice: Voice, text: str, folder: Path) -> Samples:
    """Let a voice say something.

    Args:
        voice: an installed one.
        text: in English.
        folder: for the synthesiser's file.

    Returns:
        16 kHz mono, with a quarter of a second of quiet at either end.

    Raises:
        OSError: the synthesiser is not there.
        subprocess.SubprocessError: it failed.
    """
    raw, ready = folder / "raw.wav", folder / "ready.wav"
    command = [part.format(text=text, file=raw) for part in voice.command]
    subprocess.run(
        command,
        input=text.encode() if voice.stdin else None,
        check=True,
        capture_output=True,
        timeout=_SYNTHESIS_TIMEOUT,
    )
    convert = ["sox", "-G", str(raw), "-r", str(SAMPLE_RATE), "-c", "1", "-b", "16", str(ready)]
    subprocess.run(convert, check=True, capture_output=True, timeout=_SYNTHESIS_TIMEOUT)
    speech = read_wav(ready).astype(np.float64)
    speech *= _PEAK * 32767 / max(1.0, float(np.abs(speech).max()))
    edge = np.zeros(int(_EDGE_SECONDS * SAMPLE_RATE))
    return _as_samples(np.concatenate([edge, speech, edge]))


def read_wav(path: Path) -> Samples:
    """Read 16 kHz mono audio of 16 bits."""
    with wave.open(str(path)) as file:
        return np.frombuffer(file.readframes(file.getnframes()), np.int16)


def write_wav(path: Path, pcm: Samples) -> None:
    """Write 16 kHz mono audio of 16 bits."""
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(SAMPLE_RATE)
        file.writeframes(pcm.tobytes())


def in_kitchen(speech: Samples, decibels: float | None, seed: int) -> Samples:
    """Put the noise of a kitchen under speech: a fan, the mains' hum, clatter.

    Args:
        speech: 16 kHz mono.
        decibels: how far the speech is above the noise; `None` is a quiet room (60 dB).
        seed: another one gives other clatter.

    Returns:
        Both together.
    """
    chance = np.random.default_rng(seed)
    clean = speech.astype(np.float64)
    noise = _pink(len(clean), chance) + 0.5 * _hum(len(clean)) + _clatter(len(clean), chance)
    loud = np.abs(clean) > 0.02 * np.abs(clean).max()
    wanted = np.sqrt(np.mean(clean[loud] ** 2)) / 10 ** (
        (60.0 if decibels is None else decibels) / 20
    )
    return _as_samples(clean + noise * wanted / np.sqrt(np.mean(noise**2)))


def onset(clean: Samples) -> float:
    """Tell when speech starts in a clip without noise, in seconds."""
    loud = np.abs(clean.astype(np.int32)) > 0.05 * np.abs(clean.astype(np.int32)).max()
    return float(np.argmax(loud)) / SAMPLE_RATE


def _pink(length: int, chance: np.random.Generator) -> NDArray[np.float64]:
    spectrum = np.fft.rfft(chance.normal(size=length))
    spectrum /= np.sqrt(np.maximum(1.0, np.arange(len(spectrum))))
    pink = np.fft.irfft(spectrum, length)
    return pink / pink.std()


def _hum(length: int) -> NDArray[np.float64]:
    time = np.arange(length) / SAMPLE_RATE
    tones = [
        np.sin(2 * np.pi * hertz * time) / rank for rank, hertz in enumerate((60, 120, 180), 1)
    ]
    return np.stack(tones).sum(axis=0)


def _clatter(length: int, chance: np.random.Generator) -> NDArray[np.float64]:
    """Drop cutlery: bursts of a few high tones that die away, two in a second."""
    noise = np.zeros(length)
    span = SAMPLE_RATE // 5
    time = np.arange(span) / SAMPLE_RATE
    for start in chance.integers(0, max(1, length - span), size=2 * length // SAMPLE_RATE):
        tones: Sequence[float] = chance.uniform(1500, 6000, size=4).tolist()
        burst = sum(np.sin(2 * np.pi * hertz * time) for hertz in tones)
        noise[start : start + span] += chance.uniform(0.5, 2) * burst * np.exp(-time * 30)
    return noise


def _as_samples(sound: NDArray[np.float64]) -> Samples:
    return np.clip(np.round(sound), -32768, 32767).astype(np.int16)
