"""The audio of one utterance, bounded."""

from __future__ import annotations

import numpy as np

from voice_tui.gateway.recognisers.port import MAX_SECONDS, SAMPLE_RATE, Samples


class Recording:
    """Gathers blocks until `MAX_SECONDS`; what comes later is dropped."""

    def __init__(self) -> None:
        self._blocks: list[Samples] = []
        self._room = int(MAX_SECONDS * SAMPLE_RATE)
        self._length = 0

    @property
    def seconds(self) -> float:
        """How long it is."""
        return self._length / SAMPLE_RATE

    def add(self, pcm: Samples) -> Samples:
        """Append audio; the part that found room is given back."""
        taken = pcm[: self._room - self._length]
        if len(taken):
            self._blocks.append(taken)
            self._length += len(taken)
        return taken

    def pcm(self) -> Samples:
        """Tell the whole of it."""
        return np.concatenate(self._blocks) if self._blocks else np.zeros(0, np.int16)
