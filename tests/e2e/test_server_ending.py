"""However a server ends, it does in time, with the exit code that is promised."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.e2e.pty_terminal import DEADLINE_S, hear_signals

Start = Callable[..., "subprocess.Popen[str]"]


@pytest.fixture
def start() -> Iterator[Start]:
    """Start a misbehaving server and wait for its first line; it is killed after the test."""
    with ExitStack() as stack:

        def begin(
            way: str, shows: str = "serving\n", patience: float = 600, **environ: str
        ) -> subprocess.Popen[str]:
            process = subprocess.Popen(
                [sys.executable, "-m", "tests.e2e.server_app", way, str(patience)],
                env={**os.environ, **environ},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                preexec_fn=hear_signals,
            )
            stack.enter_context(process)
            stack.callback(process.kill)
            assert process.stdout is not None
            assert process.stdout.readline() == shows
            return process

        yield begin


def ended(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=DEADLINE_S)
    return process.returncode, out, err


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_it_cleanly(start: Start, number: signal.Signals) -> None:
    process = start("")

    process.send_signal(number)

    assert ended(process) == (0, "test stopped\n", "")


def test_a_signal_during_the_start_ends_it_after_that(start: Start) -> None:
    process = start("starts slowly", "starting\n")

    process.send_signal(signal.SIGTERM)
    assert process.stdin is not None
    process.stdin.write("\n")
    process.stdin.flush()

    assert ended(process) == (0, "serving\ntest stopped\n", "")


def test_what_hangs_at_the_end_is_ended_by_force_and_tells_where_it_was(start: Start) -> None:
    process = start("hangs at the end", patience=0.5)

    process.send_signal(signal.SIGTERM)

    code, _, told = ended(process)
    assert code == 143
    assert "ended by force" in told
    assert "__aexit__" in told


def test_a_thread_that_does_not_end_is_not_waited_for(start: Start) -> None:
    process = start("leaves a thread")

    process.send_signal(signal.SIGTERM)

    assert ended(process) == (0, "test stopped\n", "not waited for at the end: sound\n")


def test_a_second_signal_ends_it_at_once(start: Start) -> None:
    process = start("hangs at the end")

    process.send_signal(signal.SIGTERM)
    assert process.stdout is not None
    assert process.stdout.readline() == "ending\n"
    process.send_signal(signal.SIGINT)

    assert process.wait(DEADLINE_S) == 143


def test_what_it_cannot_start_without_is_told_in_its_own_words(start: Start) -> None:
    process = start("cannot start", "")

    assert ended(process) == (1, "", "test: somebody has my port\n")


@pytest.mark.parametrize(
    ("way", "shows"), [("crashes at the start", ""), ("crashes at the end", "serving\n")]
)
def test_a_crash_ends_it_with_1_and_says_where_to_look(start: Start, way: str, shows: str) -> None:
    process = start(way, shows)
    process.send_signal(signal.SIGTERM)

    code, out, told = ended(process)

    assert code == 1
    assert told.endswith("test: ended by an error (LookupError), see its log\n")
    assert "stopped" not in out


def test_a_crash_of_what_proves_it_alive_ends_it(start: Start, tmp_path: Path) -> None:
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(str(tmp_path / "notify"))
        process = start(
            "crashes while it serves",
            NOTIFY_SOCKET=str(tmp_path / "notify"),
            WATCHDOG_USEC="200000",
        )

        assert ended(process)[0] == 1
        assert manager.recv(4096) == b"READY=1\nSTATUS=serving"
