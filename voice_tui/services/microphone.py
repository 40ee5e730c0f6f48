"""The microphone as the rest of the program sees it: a port, its states, and words for each."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Final, Protocol

from voice_tui.core.pcm import Samples
from voice_tui.services.listeners import Listeners, Unsubscribe

SAMPLE_RATE: Final = 48_000
"""Samples a second: what Opus encodes, so that nothing has to be resampled on the way."""

BLOCK: Final = 960
"""Samples in a block: the 20 ms of an Opus frame. Measured as the steadiest setting (gap 20.5 ms at
the median, 36 at most)."""

RING_BLOCKS: Final = 4
"""Blocks kept for a reader: 80 ms. Sound older than that is dropped, or a sound card that runs
faster than our clock (100 ppm are 6 ms a minute) would be heard later and later."""


class MicrophoneState(Enum):
    """What can be said of the microphone."""

    OFF = "off"
    """Not started, or stopped."""

    OPENING = "opening"
    """Asked for; the first block has not come. Takes up to 1.6 s after the start of a process."""

    LISTENING = "listening"
    """Sound comes in."""

    MUTED = "muted"
    """Blocks come in on time, and every sample in them is zero."""

    NO_LIBRARY = "no library"
    """PortAudio or its Python package is not installed."""

    NO_DEVICE = "no device"
    """The system shows no input device, or not the one that was chosen."""

    CANNOT_OPEN = "cannot open"
    """There is a device and it cannot be opened."""

    VANISHED = "vanished"
    """It was there and is gone: unplugged, or the sound server ended."""


@dataclass(frozen=True, slots=True)
class MicrophoneStatus:
    """The state, and what to tell a person."""

    state: MicrophoneState
    text: str
    """One or two sentences: what is the matter and what to install or check. Printable."""

    device: str = ""
    """The name of the device in use or looked for; empty for the system's own choice."""

    @property
    def records(self) -> bool:
        """Tell whether blocks come in. A muted microphone records too: silence."""
        return self.state in (MicrophoneState.LISTENING, MicrophoneState.MUTED)


@dataclass(frozen=True, slots=True)
class InputDevice:
    """A device that can be chosen."""

    name: str
    is_default: bool
    """Whether the system uses it when none is chosen."""


class Microphone(Protocol):
    """A source of sound that is opened once and kept running."""

    @property
    def status(self) -> MicrophoneStatus:
        """Tell its state."""
        ...

    @property
    def level(self) -> float:
        """Tell how loud it is now: RMS of the newest block in dBFS, down to `pcm.SILENCE_DBFS`."""
        ...

    async def start(self) -> None:
        """Open it, and open it again whenever it is lost.

        Returns at once: the status tells how it went. A second call does nothing.
        """
        ...

    async def stop(self) -> None:
        """Close it. It can be started again."""
        ...

    def read(self, count: int) -> Samples:
        """Take the oldest sound that was not yet taken.

        Args:
            count: the most samples to take.

        Returns:
            What is there: at most `count` samples, none when nothing has come.
        """
        ...

    async def devices(self) -> tuple[InputDevice, ...]:
        """List what can be chosen; empty where nothing can."""
        ...

    async def choose(self, device: str) -> None:
        """Use another device.

        Args:
            device: its name or a part of it; empty for the system's own choice.
        """
        ...

    def subscribe(self, handler: StatusHandler) -> Unsubscribe:
        """Be told of every change of the status.

        Args:
            handler: called on the event loop; it must not block.

        Returns:
            A function that ends it.
        """
        ...


class StatusHandler(Protocol):
    """What `Microphone.subscribe` calls."""

    def __call__(self, news: MicrophoneStatus, /) -> None:
        """Hear of a new status."""
        ...


class StatusBoard:
    """The status of a microphone and those who want to hear of it."""

    def __init__(self) -> None:
        self._listeners: Listeners[MicrophoneStatus] = Listeners()
        self.status = MicrophoneStatus(MicrophoneState.OFF, "The microphone is off.")
        """The newest one."""

    def show(self, state: MicrophoneState, text: str, device: str = "") -> bool:
        """Set the status, and tell it when it is news.

        Args:
            state: the state.
            text: for a person.
            device: a device's name.

        Returns:
            Whether it was news.
        """
        status = MicrophoneStatus(state, text, device)
        if status == self.status:
            return False
        self.status = status
        self._listeners.tell(status)
        return True

    def subscribe(self, handler: StatusHandler) -> Unsubscribe:
        """Be told of every change.

        Args:
            handler: called with the new status.

        Returns:
            A function that ends it.
        """
        return self._listeners.add(handler)
