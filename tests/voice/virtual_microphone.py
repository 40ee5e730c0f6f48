"""The virtual microphone for tests: skipped loudly where there can be none, failed in CI."""

from __future__ import annotations

import os
from collections.abc import Generator
from contextlib import contextmanager

import pytest

from voice_tui.virtual_microphone import VirtualMicrophone, missing_programs, virtual_microphone

__all__ = ["VirtualMicrophone", "pulse_microphone"]


@contextmanager
def pulse_microphone() -> Generator[VirtualMicrophone]:
    """Run one."""
    missing = missing_programs()
    if missing:
        told = (
            f"NOT TESTED: the virtual microphone needs {', '.join(missing)}. apt-get install"
            " pulseaudio pulseaudio-utils libasound2-plugins libportaudio2"
        )
        if os.environ.get("CI") == "true":
            pytest.fail(told)
        pytest.skip(told)
    with virtual_microphone() as microphone:
        yield microphone
