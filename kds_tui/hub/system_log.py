"""Whether what the hub prints goes into the system's log, where secrets do not belong."""

from __future__ import annotations

import os
from collections.abc import Mapping


def is_system_log(descriptor: int, environment: Mapping[str, str]) -> bool:
    """Tell whether a file descriptor is systemd's journal.

    Args:
        descriptor: such as 1, standard output.
        environment: systemd tells device and inode of its stream in `JOURNAL_STREAM`; a program
            that was started with another output inherits the variable too.

    Returns:
        Whether it is.
    """
    stream = environment.get("JOURNAL_STREAM", "")
    try:
        status = os.fstat(descriptor)
    except OSError:
        return False
    return stream == f"{status.st_dev}:{status.st_ino}"
