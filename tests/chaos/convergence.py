"""How long it takes, once the faults have stopped, until every board is the hub's."""

from __future__ import annotations

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kds_tui.core.digest import BoardDigest, OrderState, RunningDigest
from kds_tui.core.order import FINISHED
from tests.chaos.hub import Hub
from tests.chaos.terminals import TerminalUnderTest

LOOK_EVERY: Final = 0.05
WITHIN: Final = 2.0
"""Seconds in which a board is to be the hub's."""

PATIENCE: Final = 60.0
"""Seconds until it is said that it never will be."""


@dataclass
class Calm:
    """One time of calm."""

    equal_after: list[float] = field(default_factory=list[float])
    """Seconds until a board was the hub's, one for each terminal."""

    delivered_after: float = 0.0
    """Seconds until no terminal had a command that was not answered."""

    problems: list[str] = field(default_factory=list[str])


def hub_digest(data: Path) -> BoardDigest:
    """Read the digest of the open orders from the hub's database."""
    digest = RunningDigest()
    finished = tuple(status.value for status in FINISHED)
    with closing(sqlite3.connect(f"file:{data / 'hub.db'}?mode=ro", uri=True)) as database:
        for order_id, version, status in database.execute(
            "SELECT id, json_extract(row, '$.version'), status FROM orders"
            f" WHERE status NOT IN ({','.join('?' * len(finished))})",
            finished,
        ):
            digest.put(OrderState(order_id, version, status))
    return digest.told()


async def wait_until_equal(hub: Hub, terminals: list[TerminalUnderTest]) -> Calm:
    """Wait until all boards are the hub's and nothing is undelivered.

    Args:
        hub: calm.
        terminals: likewise.

    Returns:
        How long it took, and what never came about.
    """
    loop = asyncio.get_running_loop()
    begun = loop.time()
    calm = Calm()
    different = {terminal.number: "" for terminal in terminals}
    while loop.time() - begun < PATIENCE:
        looks = await asyncio.gather(*(terminal.look() for terminal in terminals))
        kept = hub_digest(hub.data)
        after = loop.time() - begun
        for terminal, told in zip(terminals, looks, strict=True):
            ours = BoardDigest(told["open_count"], told["digest"])
            if ours == kept and terminal.number in different:
                del different[terminal.number]
                calm.equal_after.append(after)
            elif terminal.number in different:
                different[terminal.number] = f"{told['state']}, {ours} and not {kept}"
        unsent = {
            terminal.name: told["unsent"] for terminal, told in zip(terminals, looks, strict=True)
        }
        troubles = [told["trouble"] for told in looks if told["trouble"]]
        if not any(unsent.values()):
            calm.delivered_after = calm.delivered_after or after
            if not different and not troubles:
                break
        await asyncio.sleep(LOOK_EVERY)
    else:
        calm.problems += [f"terminal {n}: {why}" for n, why in different.items()]
        calm.problems += [f"{name}: {count} unsent" for name, count in unsent.items() if count]
        calm.problems += troubles
    return calm
