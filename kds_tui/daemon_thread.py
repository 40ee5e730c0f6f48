"""Work that may hang, on a thread that nobody has to wait for.

A disk that is gone, or a library that takes seconds to load, must hold up neither the event loop
nor the end of the program: hence a daemon. `asyncio.to_thread` is waited for at the end.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TypeVar

T = TypeVar("T")


async def run_aside(work: Callable[[], T], name: str) -> T:
    """Do something on a thread of its own.

    Whoever gives up waiting (a deadline, a cancellation) leaves the thread to itself.

    Args:
        work: called on the thread.
        name: of the thread.

    Returns:
        What it returned; what it raised is raised here.
    """
    loop = asyncio.get_running_loop()
    done: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, error: BaseException | None) -> None:
        if done.done():  # nobody waits any more
            return
        if error is None:
            done.set_result(result)  # type: ignore[arg-type] - without an error there is a result
        else:
            done.set_exception(error)

    def run() -> None:
        result, error = None, None
        try:
            result = work()
        except Exception as failure:  # noqa: BLE001 - handed to the one who waits
            error = failure
        with suppress(RuntimeError):  # the loop is closed: the program has ended
            loop.call_soon_threadsafe(settle, result, error)

    threading.Thread(target=run, name=name, daemon=True).start()
    return await done
