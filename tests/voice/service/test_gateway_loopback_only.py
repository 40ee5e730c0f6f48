"""A host without any network, as a container or an aeroplane has it: `lo` and nothing else."""

from __future__ import annotations

import shutil
import subprocess
import sys

import pytest

TURN = "tests/voice/service/test_gateway_turn.py::test_typed_words_are_answered"
NO_NETWORK = ["unshare", "--net", "--map-root-user", "sh", "-c"]


def can_unshare() -> bool:
    if shutil.which("unshare") is None or shutil.which("ip") is None:
        return False
    return subprocess.run([*NO_NETWORK, "ip link set lo up"], capture_output=True).returncode == 0


@pytest.mark.skipif(not can_unshare(), reason="no network namespace can be made here")
def test_two_peers_meet_where_there_is_only_lo() -> None:
    command = f"ip link set lo up && exec {sys.executable} -m pytest -q {TURN}"
    ended = subprocess.run(
        [*NO_NETWORK, command], capture_output=True, text=True, timeout=50, check=False
    )
    assert ended.returncode == 0, ended.stdout + ended.stderr
