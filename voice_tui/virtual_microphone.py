"""A virtual microphone: a private PulseAudio whose null sink's monitor is the default source.

A recording that is played into it comes out of PortAudio as if somebody had spoken: for the demo,
and for tests on machines without a sound card.
"""

from __future__ import annotations

import asyncio
import shutil
import subprocess
import tempfile
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from voice_tui.private_files import environment_without_secrets

PROGRAMS: Final = ("pulseaudio", "pactl", "pacat")
"""What has to be installed (Debian: pulseaudio pulseaudio-utils libasound2-plugins)."""

START_TIME: Final = 15.0
"""Most seconds until the sound server answers."""

PLAY_TIME: Final = 60.0
"""Most seconds for one recording."""


class NoVirtualMicrophone(Exception):
    """There can be none on this machine; the text says why."""


def missing_programs() -> list[str]:
    """Tell which programs a virtual microphone would need and that are not installed."""
    return [program for program in PROGRAMS if shutil.which(program) is None]


class VirtualMicrophone:
    """The sound server, and what can be done to it.

    Args:
        folder: an empty one, for its socket.
    """

    def __init__(self, folder: Path) -> None:
        self._socket = folder / "native"
        self._folder = folder
        self._daemon: subprocess.Popen[bytes] | None = None
        self._sink = ""

    @property
    def environment(self) -> Mapping[str, str]:
        """What a program needs in its environment to hear this microphone."""
        return {"PULSE_SERVER": f"unix:{self._socket}"}

    def start(self) -> None:
        """Start the server and plug the microphone in.

        Raises:
            NoVirtualMicrophone: a program is missing, or the server does not answer.
        """
        missing = missing_programs()
        if missing:
            raise NoVirtualMicrophone(f"not installed: {', '.join(missing)}")
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
            env={
                **environment_without_secrets(),
                "XDG_RUNTIME_DIR": str(self._folder),
                "HOME": str(self._folder),
            },
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        end = time.monotonic() + START_TIME
        while self._pactl("info", check=False).returncode != 0:
            if time.monotonic() > end or self._daemon.poll() is not None:
                self.kill()
                raise NoVirtualMicrophone("pulseaudio does not start")
            time.sleep(0.02)
        self.plug_in()

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
        """Mute it, or not.

        Args:
            muted: whether every sample is to be zero.
        """
        self._pactl("set-source-mute", "virt.monitor", "1" if muted else "0")

    async def play(self, recording: Path) -> None:
        """Speak: returns when the recording was played.

        Args:
            recording: a WAV.

        Raises:
            NoVirtualMicrophone: it could not be played.
        """
        process = await asyncio.create_subprocess_exec(
            "pacat",
            "--playback",
            "--device=virt",
            "--file-format=wav",
            "--latency-msec=40",
            str(recording),
            env={**environment_without_secrets(), **self.environment},
        )
        try:
            async with asyncio.timeout(PLAY_TIME):
                status = await process.wait()
        finally:
            if process.returncode is None:
                process.kill()
        if status != 0:
            raise NoVirtualMicrophone(f"pacat ended with {status}")

    def kill(self) -> None:
        """End the server as a crash would."""
        if self._daemon is not None:
            self._daemon.kill()
            self._daemon.wait(10)
            self._daemon = None

    def _pactl(self, *arguments: str, check: bool = True) -> subprocess.CompletedProcess[str]:
        try:
            return subprocess.run(
                ["pactl", *arguments],
                env={**environment_without_secrets(), **self.environment},
                capture_output=True,
                text=True,
                timeout=10,
                check=check,
            )
        except subprocess.SubprocessError as error:
            raise NoVirtualMicrophone(f"pactl {arguments[0]} failed") from error


@contextmanager
def virtual_microphone() -> Generator[VirtualMicrophone]:
    """Run one, and end it afterwards.

    Raises:
        NoVirtualMicrophone: there can be none here.
    """
    with tempfile.TemporaryDirectory(prefix="kds-pulse-") as folder:
        microphone = VirtualMicrophone(Path(folder))
        try:
            microphone.start()
            yield microphone
        finally:
            microphone.kill()
