"""What Linux tells about a process: its processor time and its memory."""

from __future__ import annotations

import os
from pathlib import Path


def cpu_seconds(pid: int) -> float:
    """Tell how much processor time a process has used, all its threads together.

    Args:
        pid: which process.

    Returns:
        Seconds, in steps of 0.01.
    """
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def memory(pid: int) -> tuple[float, float]:
    """Tell how much memory a process holds.

    Args:
        pid: which process.

    Returns:
        PSS (what it shares with other processes counted in parts) and RSS, in MB.
    """
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:]
    kilobytes = {name: int(value) for name, value, *_ in map(str.split, lines)}
    return kilobytes["Pss:"] / 1024, kilobytes["Rss:"] / 1024
