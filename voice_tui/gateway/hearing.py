"""One utterance on its way through a recogniser, off the event loop."""

from __future__ import annotations

import asyncio
import logging
from collections import deque
from collections.abc import Callable, Iterable
from concurrent.futures import Executor
from typing import Final

import numpy as np

from voice_tui.allocator import give_memory_back
from voice_tui.gateway.audio import Pcm
from voice_tui.gateway.recognisers.port import Recognised, Utterance

logger = logging.getLogger("voice_tui.gateway.hearing")

SOUND_FLOOR: Final = 33
"""Peak of a block (of 32768) under which it is silence: -60 dBFS. A talk key that is up sends
zeros, and the quietest microphone with anybody near it sends more than this."""

PRE_ROLL: Final = 15
"""Blocks of 20 ms kept from before the first sound: without 150 ms of them engines lose a word."""

MAX_PENDING: Final = 4500
"""Blocks that may wait for a slow recogniser: 90 s."""


class StableWords:
    """Turns guesses that may be taken back into text that only grows, as the API's deltas do.

    A word counts once two guesses in a row agree on it and on all before it.
    """

    def __init__(self) -> None:
        self._last: list[str] = []
        self._told: list[str] = []

    def feed(self, guess: str) -> str:
        """Take the next guess.

        Args:
            guess: all that was heard so far.

        Returns:
            What to add to the text told so far; often nothing.
        """
        words = guess.split()
        stable = 0
        for ours, theirs in zip(words, self._last, strict=False):
            if ours != theirs:
                break
            stable += 1
        self._last = words
        known = len(self._told)
        if stable <= known or words[:known] != self._told:
            return ""
        new = words[known:stable]
        self._told += new
        return (" " if known else "") + " ".join(new)


class Hearing:
    """Feeds a recogniser while somebody speaks. End it with `finish` or `abandon`.

    Args:
        utterance: a fresh one.
        executor: its threads run the recogniser.
        on_words: told of words as soon as they are sure enough to show.
    """

    def __init__(
        self, utterance: Utterance, executor: Executor, on_words: Callable[[str], None]
    ) -> None:
        self._utterance = utterance
        self._executor = executor
        self._on_words = on_words
        self._words = StableWords()
        self._pending: deque[Pcm] = deque(maxlen=PRE_ROLL)
        self._sounded = False
        self._over = False
        self._more = asyncio.Event()
        self._task = asyncio.create_task(self._recognise(), name="gateway-hearing")

    def feed(self, block: Pcm) -> None:
        """Take 20 ms of sound. Silence before the first sound costs the recogniser nothing."""
        if not self._sounded:
            self._pending.append(block)
            if block.size == 0 or int(np.abs(block.astype(np.int32)).max()) < SOUND_FLOOR:
                return
            self._sounded = True
            self._pending = deque(self._pending, maxlen=MAX_PENDING)
        elif len(self._pending) < MAX_PENDING:
            self._pending.append(block)
        self._more.set()

    def feed_all(self, blocks: Iterable[Pcm]) -> None:
        """Take what was heard before anybody listened."""
        for block in blocks:
            self.feed(block)

    async def finish(self, deadline: float) -> Recognised:
        """Tell what was said.

        Args:
            deadline: seconds that the recogniser gets.

        Raises:
            TimeoutError: it took longer.
            Exception: whatever an engine raises.
        """
        self._over = True
        self._more.set()
        try:
            async with asyncio.timeout(deadline):
                return await self._task
        finally:
            if not self._task.done() or self._task.cancelled():
                self._utterance.abandon()

    async def abandon(self) -> None:
        """Give up: nobody wants to know any more."""
        self._utterance.abandon()
        self._task.cancel()
        await asyncio.wait([self._task])
        if not self._task.cancelled() and (error := self._task.exception()) is not None:
            logger.debug("an abandoned utterance ended with %r", error)

    async def _recognise(self) -> Recognised:
        loop = asyncio.get_running_loop()
        while not (self._over and not (self._sounded and self._pending)):
            if not (self._sounded and self._pending):
                self._more.clear()
                await self._more.wait()
                continue
            sound = np.concatenate(self._pending)
            self._pending.clear()
            guess = await loop.run_in_executor(self._executor, self._utterance.feed, sound)
            if guess is not None and (new := self._words.feed(guess)):
                self._on_words(new)
        if not self._sounded:
            return Recognised("", 1.0, agreed=True)
        try:
            return await loop.run_in_executor(self._executor, self._utterance.finish)
        finally:
            self._executor.submit(give_memory_back)  # behind it: nobody waits for that
