"""Commands as a test gives them to a backend."""

from __future__ import annotations

from kds_tui.core.command import Command, Verb
from kds_tui.core.order import Order
from kds_tui.services.backend import Backend


def command(verb: Verb, order_id: str, key: str, base_version: int = 1) -> Command:
    return Command(key, verb, order_id, "TABLE 12", base_version, 0.0)


async def bump(
    backend: Backend, order_id: str, key: str, base_version: int = 1, *, late: bool = False
) -> Order:
    order = await backend.carry_out(command(Verb.BUMP, order_id, key, base_version), late=late)
    assert order is not None
    return order


async def recall(backend: Backend, order_id: str, key: str) -> Order:
    order = await backend.carry_out(command(Verb.RECALL, order_id, key), late=False)
    assert order is not None
    return order
