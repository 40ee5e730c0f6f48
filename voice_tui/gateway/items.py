"""The items of a conversation, oldest first."""

from __future__ import annotations

from collections import OrderedDict
from typing import Final

from voice_tui.core import server_events as say
from voice_tui.core.request_error import RequestError
from voice_tui.core.session_object import JsonObject

MAX_ITEMS: Final = 200
"""Items remembered; the oldest are forgotten."""


class Items:
    """What was said, typed, called and answered."""

    def __init__(self) -> None:
        self._items: OrderedDict[str, JsonObject] = OrderedDict()

    def __len__(self) -> int:
        return len(self._items)

    def last_id(self) -> str | None:
        """Return the id of the newest item, if there is one."""
        return next(reversed(self._items), None)

    def add(self, item: JsonObject) -> str | None:
        """Add an item at the end.

        Returns:
            The id of the one before it.

        Raises:
            RequestError: the id is taken.
        """
        item_id = str(item["id"])
        if item_id in self._items:
            message = f"An item with id '{item_id}' already exists."
            raise RequestError("item_already_exists", message, "item.id")
        before = self.last_id()
        self._items[item_id] = item
        while len(self._items) > MAX_ITEMS:
            self._items.popitem(last=False)
        return before

    def transcribed(self, item_id: str, transcript: str) -> None:
        """Note what was said, unless the item has been forgotten or deleted meanwhile."""
        if item_id in self._items:
            self._items[item_id] = say.user_audio_item(item_id, transcript)

    def delete(self, item_id: str) -> None:
        """Forget an item.

        Raises:
            RequestError: there is none of that id.
        """
        if self._items.pop(item_id, None) is None:
            message = f"There is no item with id '{item_id}'."
            raise RequestError("item_not_found", message, "item_id")
