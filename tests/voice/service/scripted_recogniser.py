"""A recogniser that says what a test tells it to, and keeps the sound that it got."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

import numpy as np

from voice_tui.core.vocabulary import Vocabulary
from voice_tui.gateway.recognisers.port import Abandoned, Recognised, Samples


@dataclass
class ScriptedUtterance:
    """Hears one word per call of `feed`, and in the end the whole script."""

    script: str
    error: Exception | None
    blocked: threading.Event | None
    sound: list[Samples] = field(default_factory=list)
    abandoned: threading.Event = field(default_factory=threading.Event)

    def feed(self, pcm: Samples) -> str | None:
        self.sound.append(pcm)
        return " ".join(self.script.split()[: len(self.sound)])

    def finish(self) -> Recognised:
        if self.error is not None:
            raise self.error
        while self.blocked is not None and not self.blocked.wait(0.01):
            if self.abandoned.is_set():
                raise Abandoned
        return Recognised(self.script, 0.9, agreed=True)

    def abandon(self) -> None:
        self.abandoned.set()

    def samples(self) -> Samples:
        """All that was fed."""
        return np.concatenate(self.sound) if self.sound else np.zeros(0, np.int16)


class ScriptedRecogniser:
    """Set what is heard next; look at what came in."""

    name = "scripted"

    def __init__(self, script: str = "two cheeseburgers for table five") -> None:
        self.script = script
        self.error: Exception | None = None
        self.blocked: threading.Event | None = None
        self.prepared: list[Vocabulary] = []
        self.utterances: list[ScriptedUtterance] = []

    def prepare(self, vocabulary: Vocabulary) -> None:
        self.prepared.append(vocabulary)

    def utterance(self) -> ScriptedUtterance:
        utterance = ScriptedUtterance(self.script, self.error, self.blocked)
        self.utterances.append(utterance)
        return utterance
