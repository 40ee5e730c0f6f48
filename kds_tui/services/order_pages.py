"""Reading a list page by page while rows come and go.

An order that leaves a list between two pages moves all later ones up, so that the next page begins
too late and an order is never seen. So every page reaches back over the end of the one before. As
long as it meets a row that was seen, nothing lies between them; if not, the list is read again.
"""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Final

from kds_tui.core.order import Order
from kds_tui.services.backend_errors import BadAnswer

_log = logging.getLogger("kds_tui.backend")

PAGE: Final = 100
"""Rows asked for at once."""

OVERLAP: Final = 20
"""Rows of a page that the next one asks for again: how many may leave in the time of one request,
in which a busy kitchen finishes at most one or two."""

SERVER_PAGE: Final = 50
"""Rows that Restaurant OS gives when not asked for a number. A shorter page is the last one; a
longer one may have been cut to a server's own limit."""

MAX_PAGES: Final = 40
"""Some 3,200 orders of one status; more are months of orders that nobody closed."""

MAX_SWEEPS: Final = 5
"""How often one list is begun anew before giving up."""

FetchPage = Callable[[int, int], Awaitable[tuple[list[Order], int]]]
"""Fetches (limit, offset): the readable orders, and how many rows could not be read."""


async def read_all(fetch: FetchPage, name: str) -> list[Order]:
    """Read a whole list, newest first, without missing a row that stays on it.

    Args:
        fetch: fetches one page.
        name: of the list, for the log.

    Returns:
        All orders; one that changed meanwhile may be in it twice.

    Raises:
        BadAnswer: the list changed faster than it could be read.
        BackendError: what `fetch` raises.
    """
    for sweep in range(1, MAX_SWEEPS + 1):
        orders = await _read_once(fetch, name)
        if orders is not None:
            return orders
        _log.info("orders left the list while it was read", extra={"list": name, "sweep": sweep})
    raise BadAnswer(f"The list of {name} orders changes faster than it can be read.")


async def _read_once(fetch: FetchPage, name: str) -> list[Order] | None:
    orders: list[Order] = []
    seen: set[str] = set()
    offset = 0
    for _ in range(MAX_PAGES):
        page, bad = await fetch(PAGE, offset)
        if bad:
            _log.warning("rows that cannot be read", extra={"list": name, "rows": bad})
        if offset and bad < OVERLAP and all(order.id not in seen for order in page):
            return None
        orders += page
        seen.update(order.id for order in page)
        if len(page) + bad < SERVER_PAGE:
            return orders
        offset += len(page) + bad - OVERLAP
    _log.warning("list too long: the oldest are left out", extra={"list": name, "read": len(seen)})
    return orders
