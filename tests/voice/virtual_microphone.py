"""A virtual microphone: a private PulseAudio whose null sink's monitor is the default source.

A WAV that is played into it comes out of PortAudio as if it had been spoken.
"""

from __future__ import annotations

import asyncio
import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

_PROGRAMS = ("pulseaudio", "pactl", "pacat")


class VirtualMicrophone:
    """The server, and what can be done to it."""

    def __init__(self, folder: Path) -> None:
        self._socket = folder / "native"
        self.environment = {**os.environ, "PULSE_SERVER": f"unix:{self._socket}"}
        self._folder = folder
        self._daemon: subprocess.Popen[bytes] | None = None
        self._sink = ""

    def start(self) -> None:
        self._daemon = subprocess.Popen(
            [
                "pulseaudio",
                "-n",
                "--daemonize=no",
                "--use-pid-file=no",
                "--exit-idle-time=-1",
                "--disable-shm=yes",
                f"-Lmodule-native-protocol-unix socket={self._socket} auth-anonymous=1",
            ],
            env={**os.environ, "XDG_RUNTIME_DIR": str(self._folder), "HOME": str(self._folder)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._wait_for_server()
        self.plug_in()

    def _wait_for_server(self) -> None:
        # pactl itself waits for an answer; what is polled here is the socket's appearance.
        for _ in range(200):
            if self._pactl("info", check=False).returncode == 0:
                return
        raise RuntimeError("pulseaudio did not start")

    def _pactl(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            ["pactl", *arguments],
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=10,
            check=check,
        )

    def plug_in(self) -> None:
        """Make the microphone appear."""
        # Without norewinds the idle sink sleeps in blocks of 2 s and the first words are lost.
        made = self._pactl(
            "load-module", "module-null-sink", "sink_name=virt", "norewinds=1", "rate=48000"
        )
        self._sink = made.stdout.strip()
        self._pactl("set-default-source", "virt.monitor")

    def pull_out(self) -> None:
        """Make it vanish, recordings included."""
        self._pactl("unload-module", self._sink)

    def mute(self, muted: bool) -> None:
        self._pactl("set-source-mute", "virt.monitor", "1" if muted else "0")

    async def play(self, wav: Path) -> None:
        """Speak: returns when the file was played."""
        process = await asyncio.create_subprocess_exec(
            "pacat", "--playback", "--device=virt", "--file-format=wav", "--latency-msec=40",
            str(wav), env=self.environment,
        )  # fmt: skip
        async with asyncio.timeout(60):
            assert await process.wait() == 0

    def kill(self) -> None:
        """End the server as a crash would."""
        if self._daemon is not None:
            self._daemon.kill()
            self._daemon.wait(10)
            self._daemon = None


@contextmanager
def pulse_microphone() -> Iterator[VirtualMicrophone]:
    """Run one; skip where PulseAudio is not installed, but fail there in CI."""
    missing = [program for program in _PROGRAMS if shutil.which(program) is None]
    if missing:
        told = (
            f"NOT TESTED: the virtual microphone needs {', '.join(missing)}. apt-get install"
            " pulseaudio pulseaudio-utils libasound2-plugins libportaudio2"
        )
        if os.environ.get("CI") == "true":
            pytest.fail(told)
        pytest.skip(told)
    with tempfile.TemporaryDirectory(prefix="pulse") as folder:
        microphone = VirtualMicrophone(Path(folder))
        try:
            microphone.start()
            yield microphone
        finally:
            microphone.kill()
