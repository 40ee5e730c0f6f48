"""The input audio buffer: what the microphone sent, on the clock of its RTP packets."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from typing import Final

import numpy as np
from av import AudioFrame, AudioResampler
from numpy.typing import NDArray

from voice_tui.rtc_patches import Arrivals

Pcm = NDArray[np.int16]
"""Sound at 16 kHz, one channel."""

RECOGNISER_RATE: Final = 16_000
RTP_RATE: Final = 48_000
"""Of Opus, on the wire and decoded."""

FRAME: Final = 960
"""Samples of one packet: 20 ms."""

COMMIT_MARGIN: Final = 3 * FRAME
"""Samples decoded beyond the newest packet that a commit found: then nothing before it is missing.
Measured: a clean link then loses nothing after 131 ms, one with an earlier loss after 334 ms."""

UNSEEN_LAG: Final = 0.3
"""Seconds to wait after a commit where the newest packet cannot be seen. Measured: enough for
aiortc's own jitter buffer, also after a loss."""

MAX_BUFFER: Final = 90 * RECOGNISER_RATE
"""Samples kept while nobody clears the buffer; the oldest go first."""

MAX_BLOCKS: Final = MAX_BUFFER // (RECOGNISER_RATE // 50)


class InputAudio:
    """Decoded frames come in; blocks for the recogniser go out, and are kept until cleared.

    Args:
        on_block: told of each block as it comes.
    """

    def __init__(self, on_block: Callable[[Pcm], None]) -> None:
        self._on_block = on_block
        # Stereo, and one channel taken: averaging two changes the level.
        self._resampler = AudioResampler(format="s16", layout="stereo", rate=RECOGNISER_RATE)
        self._blocks: deque[Pcm] = deque(maxlen=MAX_BLOCKS)
        self._start: int | None = None
        self._end = 0
        self._arrivals: Arrivals | None = None
        self._more = asyncio.Event()

    def watch(self, arrivals: Arrivals | None) -> None:
        """Learn of packets before they are decoded.

        Args:
            arrivals: tells the newest one; None if that cannot be known.
        """
        self._arrivals = arrivals

    def hear(self, frame: AudioFrame) -> None:
        """Take one decoded frame.

        Args:
            frame: 48 kHz Opus, its `pts` counted from the track's first frame.
        """
        begin = frame.pts if frame.pts is not None else self._end
        if self._start is None:
            self._start = begin
        self._end = begin + frame.samples
        # A gap in `pts` is a lost packet: the resampler must not stumble over it.
        frame.pts = None
        for resampled in self._resampler.resample(frame):
            block: Pcm = resampled.to_ndarray()[0, ::2].astype(np.int16)
            self._blocks.append(block)
            self._on_block(block)
        self._more.set()

    def clear(self) -> None:
        """Forget what was heard; what comes from now on is the next utterance."""
        self._blocks.clear()
        self._start = None

    def blocks(self) -> tuple[Pcm, ...]:
        """Return what was heard since the last clearing, at most 90 s."""
        return tuple(self._blocks)

    async def wait_for_end(self, end_ms: float | None, deadline: float) -> float:
        """Wait until the sound that a commit is about has been decoded.

        A commit overtakes the sound: it comes in half a millisecond, with 35 to 300 ms of speech
        still waiting in the jitter buffer.

        Args:
            end_ms: where the speech ends, if the client told; else the newest packet received.
            deadline: seconds to wait at most: a client may have stopped sending.

        Returns:
            Milliseconds heard since the last clearing, up to the end.
        """
        end = self._wanted_end(end_ms)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(deadline if end is not None else UNSEEN_LAG):
                while end is None or self._end < end + COMMIT_MARGIN:
                    self._more.clear()
                    await self._more.wait()
        if self._start is None:
            return 0.0
        heard_until = self._end if end is None else min(self._end, end)
        return max(0.0, (heard_until - self._start) * 1000 / RTP_RATE)

    def _wanted_end(self, end_ms: float | None) -> int | None:
        if self._arrivals is None:
            return None
        newest = self._arrivals.newest_pts
        if newest is None:
            return 0 - COMMIT_MARGIN  # No packet ever came: there is nothing to wait for.
        told = None if end_ms is None else int(end_ms * RTP_RATE / 1000)
        # A told end long before or after what came is a client's mistake.
        if told is not None and (self._start or 0) < told <= newest + RTP_RATE:
            return told
        return newest + FRAME
