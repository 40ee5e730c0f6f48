"""The thread that calls PortAudio, when nobody waits for its answer any more."""

from __future__ import annotations

import asyncio
import gc
import threading

import pytest

from voice_tui.services.sound_library import SoundThread


async def test_an_error_that_comes_after_the_end_is_not_told_as_lost(
    caplog: pytest.LogCaptureFixture,
) -> None:
    begun, may_fail = threading.Event(), threading.Event()

    def fail() -> None:
        begun.set()
        may_fail.wait()
        raise LookupError("no microphone")

    thread = SoundThread()
    asking = asyncio.create_task(thread.call(fail))
    await asyncio.to_thread(begun.wait)
    asking.cancel()
    with pytest.raises(asyncio.CancelledError):
        await asking
    may_fail.set()
    with pytest.raises(LookupError):  # behind the first, on the same thread
        await thread.call(fail)
    thread.close()
    del asking
    gc.collect()

    assert caplog.text == ""
