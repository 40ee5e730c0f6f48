"""A digest of the open orders, by which a display and its server prove that they hold the same.

The exclusive or of 64 bits for each order that is not finished, made of its id, version and status:
the sequence of changes does not matter, and each change costs the same on a board of any size. Hub
and display run this code; docs/protocol.md tells how to compute it elsewhere.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import blake2b
from typing import Final

from kds_tui.core.order import FINISHED

_FINISHED: Final = frozenset(status.value for status in FINISHED)


@dataclass(frozen=True, slots=True)
class OrderState:
    """What the digest knows of an order."""

    id: str
    version: int
    status: str
    """As on the wire."""


@dataclass(frozen=True, slots=True)
class BoardDigest:
    """The open orders at one moment, in few words."""

    open_count: int
    """How many orders are not finished."""

    digest: str
    """16 hexadecimal digits; a JSON number of 64 bits would not be exact everywhere."""


class RunningDigest:
    """The digest of a set of orders that changes, kept up to date change by change."""

    def __init__(self) -> None:
        self._marks: dict[str, int] = {}
        self._mixed = 0

    def put(self, state: OrderState) -> None:
        """Take an order, new or changed; one that is finished leaves.

        Args:
            state: as the order now is.
        """
        self.drop(state.id)
        if state.status not in _FINISHED:
            mark = _mark(state)
            self._marks[state.id] = mark
            self._mixed ^= mark

    def drop(self, order_id: str) -> None:
        """Take an order out; does nothing when it is not in.

        Args:
            order_id: its id.
        """
        self._mixed ^= self._marks.pop(order_id, 0)

    def told(self) -> BoardDigest:
        """Tell the digest.

        Returns:
            Of the orders that are in now.
        """
        return BoardDigest(len(self._marks), f"{self._mixed:016x}")


def _mark(state: OrderState) -> int:
    # An id holds no control character, so that no two states are written alike.
    text = f"{state.id}\n{state.version}\n{state.status}"
    return int.from_bytes(blake2b(text.encode(), digest_size=8).digest(), "big")
