"""What the gateway asks of a recogniser, whichever engine is behind it.

All of it blocks and takes CPU: the caller runs it in a thread, off the event loop.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from voice_tui.core.vocabulary import Vocabulary

SAMPLE_RATE = 16_000
"""Hz; both engines' models were trained on it."""
MAX_SECONDS = 60.0
"""Audio that one utterance takes; the rest is dropped. The panel caps a recording before that."""

Samples = NDArray[np.int16]


class RecogniserError(Exception):
    """An engine cannot be used; the text says why and what to do."""


class Abandoned(Exception):
    """The utterance was abandoned while it was being recognised."""


@dataclass(frozen=True, slots=True)
class Recognised:
    """What was heard.

    Attributes:
        text: lower-case words, numbers as words; empty where nobody spoke.
        confidence: 0 to 1; under 0.5 it must be asked about.
        agreed: two engines heard the same. One engine alone never agrees.
        by_engine: what each engine heard.
        audio_seconds: length of the utterance.
        cpu_seconds: processor time that it took, of all engines.
    """

    text: str
    confidence: float
    agreed: bool
    by_engine: Mapping[str, str] = field(default_factory=dict[str, str])
    audio_seconds: float = 0.0
    cpu_seconds: float = 0.0


class Utterance(Protocol):
    """One push of the talk key. Used by one thread at a time, but for `abandon`."""

    def feed(self, pcm: Samples) -> str | None:
        """Take audio as it comes.

        Args:
            pcm: 16 kHz mono; any length.

        Returns:
            What has been heard so far, if that changed; it may still be taken back.
        """
        ...

    def finish(self) -> Recognised:
        """Tell what was said in all.

        Raises:
            Abandoned: `abandon` was called meanwhile.
            RecogniserError: the engine failed; nothing is known of what was said.
        """
        ...

    def abandon(self) -> None:
        """Give up, from any thread: what is running ends at its next step."""
        ...


class Recogniser(Protocol):
    """An engine, or several, for one restaurant's menu."""

    @property
    def name(self) -> str:
        """What it is called in settings, logs and on the panel."""
        ...

    def prepare(self, vocabulary: Vocabulary) -> None:
        """Learn what is on the menu; may be called again when that changes.

        Raises:
            RecogniserError: the engine cannot be used.
        """
        ...

    def utterance(self) -> Utterance:
        """Begin to listen; `prepare` was called before."""
        ...
