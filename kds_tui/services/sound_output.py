"""Where sounds come out: a port, and the player process behind it."""

from __future__ import annotations

import asyncio
import json
import logging
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from typing import Any, Final, Protocol, cast

from kds_tui.core.alerts import Alert
from voice_tui.core.text import clean
from voice_tui.private_files import environment_without_secrets

_log = logging.getLogger("kds_tui.sound")

PLAY_DEADLINE: Final = 8.0
"""Seconds that a sound may take: two of them sounds, the rest for a process that starts, a headset
that wakes up, and a machine that is busy."""

PLAYER: Final = (sys.executable, "-P", "-m", "kds_tui.services.sound_player")
"""-P: what lies in the folder where the display was started is no module of ours."""


class SoundFailed(Exception):
    """It was not heard; the text says why, for a person."""


class SoundOutput(Protocol):
    """What plays a sound."""

    async def play(self, alert: Alert, volume: float) -> str:
        """Play a sound, and wait for its end.

        Args:
            alert: which one.
            volume: from 0 to 1.

        Returns:
            The name of the device.

        Raises:
            SoundFailed: it was not heard, or not to its end.
        """
        ...

    async def close(self) -> None:
        """End, also in the middle of a sound."""
        ...


class PlayerProcess:
    """Plays in a process of its own, begun with the first sound.

    Args:
        device: the device's name or a part of it; empty for the system's own choice.
        deadline: most seconds for a sound.
        command: what runs the player.
    """

    def __init__(
        self,
        device: str = "",
        deadline: float = PLAY_DEADLINE,
        command: tuple[str, ...] = PLAYER,
    ) -> None:
        self._device = device
        self._deadline = deadline
        self._command = command
        self._process: Process | None = None

    async def play(self, alert: Alert, volume: float) -> str:
        """Play a sound, and wait for its end; a device that came back is looked for at once."""
        fresh = self._process is None
        request: dict[str, object] = {
            "play": alert.value,
            "volume": volume,
            "device": self._device,
        }
        try:
            told = await self._ask(request)
        except SoundFailed:
            if fresh:
                raise
            # PortAudio knows the devices of when its process began.
            told = await self._ask(request)
        return str(told["played"])

    async def devices(self) -> tuple[str, ...]:
        """List what can play.

        Returns:
            Names, printable.

        Raises:
            SoundFailed: the sound system does not tell.
        """
        told = await self._ask({"list": True})
        return tuple(clean(str(name), 200) for name in cast("list[object]", told["devices"]))

    async def close(self) -> None:
        """End the process, whatever it is in."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        try:
            async with asyncio.timeout(1):
                await process.wait()
        except TimeoutError:  # in the kernel, in a driver: init will inherit it
            _log.error("the player does not end", extra={"pid": process.pid})

    async def _ask(self, request: dict[str, object]) -> dict[str, Any]:
        try:
            async with asyncio.timeout(self._deadline):
                line = await self._exchange(json.dumps(request).encode() + b"\n")
        except TimeoutError:
            await self.close()
            raise SoundFailed(
                f"The sound system did not answer in {self._deadline:g} s. Restart the sound"
                " server, or unplug the device."
            ) from None
        except OSError as error:
            await self.close()
            raise SoundFailed(f"The player cannot be run ({error.strerror}).") from None
        except asyncio.CancelledError:
            await self.close()  # its answer would be taken for that to the next request
            raise
        try:
            told = cast("dict[str, Any]", json.loads(line))
        except ValueError:
            await self.close()
            raise SoundFailed("The player broke off: the sound system may have crashed.") from None
        if "failed" in told:
            await self.close()
            raise SoundFailed(clean(str(told["failed"]), 400))
        return told

    async def _exchange(self, request: bytes) -> bytes:
        process = self._process
        if process is None or process.returncode is not None:
            await self.close()
            process = self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=PIPE,
                stdout=PIPE,
                stderr=DEVNULL,  # ALSA talks there whenever it looks for devices
                env=environment_without_secrets(),
                start_new_session=True,  # ctrl+c on a terminal is for the display
            )
            _log.info("player begun", extra={"pid": process.pid})
        if process.stdin is None or process.stdout is None:
            raise RuntimeError("asked for pipes, and there are none")
        process.stdin.write(request)
        await process.stdin.drain()
        return await process.stdout.readline()
