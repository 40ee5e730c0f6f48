"""What of the menu is out of stock (86): as the server tells it, and as the cooks asked for it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from kds_tui.core.lookup import has_words
from kds_tui.core.outbox import Outbox


@dataclass(frozen=True, slots=True)
class StockItem:
    """An item of the menu, as far as a cook needs it; its text is clean."""

    id: str
    name: str
    category: str = ""
    is_out: bool = False
    aliases: tuple[str, ...] = ()
    """What else people call it."""

    version: int = 0
    """The server's, which counts how often it was put out or back; 0 when it does not tell."""


@dataclass(frozen=True, slots=True)
class StockLine:
    """An item as the screen shows it."""

    item: StockItem
    """With the cook's wish applied."""

    is_pending: bool = False
    """Whether the server has not answered the wish yet."""

    is_here_only: bool = False
    """Whether the server has no way to do it: this terminal alone knows."""


class Stock:
    """The menu, and what is out of it.

    Args:
        outbox: the commands still under way.
    """

    def __init__(self, outbox: Outbox) -> None:
        self._outbox = outbox
        self._items: dict[str, StockItem] = {}

    def __len__(self) -> int:
        return len(self._items)

    @property
    def items(self) -> tuple[StockItem, ...]:
        """The menu as the server last told it, in its order."""
        return tuple(self._items.values())

    def take(self, items: Iterable[StockItem]) -> bool:
        """Take the menu as it now is.

        Args:
            items: all of it.

        Returns:
            Whether anything is different.
        """
        told = {item.id: item for item in items}
        if list(told.values()) == list(self._items.values()):
            return False
        self._items = told
        return True

    def note(self, item_id: str, *, is_out: bool) -> None:
        """Take the answer to a command: the menu with it comes a moment later.

        Args:
            item_id: of the menu.
            is_out: as it now is at the server.
        """
        item = self._items.get(item_id)
        if item is not None:
            self._items[item_id] = replace(item, is_out=is_out)

    def version(self, item_id: str) -> int:
        """Tell an item's version as the server last told it; 0 when it did not."""
        item = self._items.get(item_id)
        return 0 if item is None else item.version

    def is_told_out(self, item_id: str) -> bool:
        """Tell whether the server itself says that an item is out, whatever was asked for here."""
        item = self._items.get(item_id)
        return item is not None and item.is_out

    def line(self, item_id: str) -> StockLine | None:
        """Tell how an item is.

        Args:
            item_id: of the menu.

        Returns:
            It with the cook's wish applied; None when it is not on the menu.
        """
        item = self._items.get(item_id)
        return None if item is None else _line(item, self._outbox.stock_wishes())

    def lines(self, words: Iterable[str] = ()) -> list[StockLine]:
        """List the menu.

        Args:
            words: that somebody typed, as `lookup.name_words` gives them; an item must have all.

        Returns:
            What is out first, then the rest by category, each in the menu's order.
        """
        wishes, wanted = self._outbox.stock_wishes(), tuple(words)
        categories = list(dict.fromkeys(item.category for item in self._items.values()))
        rank = {category: place for place, category in enumerate(categories)}
        lines = [
            _line(item, wishes)
            for item in self._items.values()
            if not wanted or has_words(" ".join((item.name, item.category, *item.aliases)), wanted)
        ]
        return sorted(lines, key=lambda line: -1 if line.item.is_out else rank[line.item.category])

    @property
    def out_count(self) -> int:
        """How many items are out."""
        wishes = self._outbox.stock_wishes()
        return sum(_line(item, wishes).item.is_out for item in self._items.values())


def _line(item: StockItem, wishes: dict[str, tuple[bool, bool]]) -> StockLine:
    wish = wishes.get(item.id)
    if wish is None:
        return StockLine(item)
    is_out, is_pending = wish
    return StockLine(replace(item, is_out=is_out), is_pending, not is_pending)
