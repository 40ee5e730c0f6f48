"""The track never stops, never fails, and lets nothing through while the gate is closed."""

from __future__ import annotations

import numpy as np
import pytest
from aiortc.mediastreams import MediaStreamError

from voice_tui.core.pcm import Samples, SpeechGate
from voice_tui.services.microphone_track import MicrophoneTrack

LOUD = np.full(960, 9000, np.int16)


async def test_the_gate_and_the_clock_of_the_frames() -> None:
    speech = SpeechGate()
    track = MicrophoneTrack(lambda count: LOUD[:count], speech, pytest.fail)
    silent = [await track.recv() for _ in range(2)]
    track.set_gate(True)
    loud = [await track.recv() for _ in range(8)]
    track.set_gate(True)
    assert speech.captured_ms == 160
    assert speech.heard
    track.set_gate(False)
    after = await track.recv()
    assert [frame.pts for frame in [*silent, *loud, after]] == [960 * n for n in range(11)]
    assert {frame.samples for frame in loud} == {960}
    assert not any(frame.to_ndarray().any() for frame in [*silent, after])
    assert all((frame.to_ndarray() == 9000).all() for frame in loud)
    assert track.position_ms == 220


async def test_too_little_sound_is_filled_up_and_a_failure_is_silence_with_one_alarm() -> None:
    sound: list[Samples | Exception] = [LOUD[:100], OSError("gone"), OSError("gone"), LOUD]
    alarms: list[str] = []

    def read(count: int) -> Samples:
        found = sound.pop(0)
        if isinstance(found, Exception):
            raise found
        return found

    track = MicrophoneTrack(read, SpeechGate(), alarms.append)
    track.set_gate(True)
    frames = [(await track.recv()).to_ndarray() for _ in range(4)]
    assert [int((frame != 0).sum()) for frame in frames] == [100, 0, 0, 960]
    assert (len(alarms), track.errors) == (1, 2)
    track.stop()
    with pytest.raises(MediaStreamError):
        await track.recv()
