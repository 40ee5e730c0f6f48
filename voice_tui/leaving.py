"""The last moment of a process: threads that do not end are not waited for."""

from __future__ import annotations

import os
import threading
import time
from typing import Final

LEAVE_S: Final = 0.5
"""How long the interpreter may take to end, once all that matters is closed."""


def leave_in_time(code: int) -> None:
    """Bound what comes after the main thread: Python waits for every thread that is no daemon.

    A call into a sound library, or the training of a recogniser, cannot be cancelled, and would
    hold the process for seconds, or for ever. To be called once all is closed that has to be.

    Args:
        code: what the process ends with, however it ends.
    """
    threading.Thread(target=_watch, args=(code,), name="leaving", daemon=True).start()


def _watch(code: int) -> None:
    main = threading.main_thread()
    main.join()  # over as soon as it has nothing more to do, and before others are waited for
    time.sleep(LEAVE_S)
    left = [each.name for each in threading.enumerate() if not each.daemon and each is not main]
    os.write(2, f"not waited for at the end: {', '.join(left)}\n".encode())
    os._exit(code)
