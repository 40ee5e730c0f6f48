"""Reading JSON that nobody vouches for: size, depth, kinds and text are made safe here."""

from __future__ import annotations

import json
from collections.abc import Mapping
from itertools import islice
from typing import Final, cast

from voice_tui.core.text import clean

Fields = Mapping[str, object]
"""The fields of a JSON object from outside."""

MAX_MESSAGE: Final = 262_144
"""Longest message, in characters or bytes: the largest that aiortc sends."""

MAX_DEPTH: Final = 32
MAX_TEXT: Final = 10_000
"""Longest transcript or answer, in characters."""

MAX_NAME: Final = 128
"""Longest id or name, in characters. A longer one is no id: it becomes empty."""

MAX_ITEMS: Final = 64
"""Most items of one response, or limits of one event, that are looked at."""

MAX_ARGUMENTS: Final = 65_536
"""Longest arguments of a function call, in characters."""


class EventError(ValueError):
    """A message that is no event: not JSON, not an object, no type, too large, too deep."""


def decode_object(raw: str | bytes) -> Mapping[str, object]:
    """Decode a JSON object of bounded size and depth.

    Raises:
        EventError: It is something else.
    """
    if len(raw) > MAX_MESSAGE:
        raise EventError(f"a message of {len(raw)} characters")
    try:
        value: object = json.loads(raw)
    except (ValueError, RecursionError) as error:
        raise EventError(f"not JSON: {type(error).__name__}") from error
    if not isinstance(value, dict):
        raise EventError(f"not an object but {type(value).__name__}")
    level: list[object] = [value]
    for _ in range(MAX_DEPTH):
        level = [inner for outer in level for inner in _children(outer)]
        if not level:
            return cast("Mapping[str, object]", value)
    raise EventError("nested too deep")


def _children(value: object) -> list[object]:
    if isinstance(value, dict):
        return list(cast("dict[str, object]", value).values())
    return cast("list[object]", value) if isinstance(value, list) else []


def name_of(fields: Fields, key: str) -> str:
    """Read an id or a name; empty when it is missing or cannot be one."""
    value = fields.get(key)
    return value if isinstance(value, str) and clean(value, MAX_NAME) == value else ""


def text_of(fields: Fields, key: str, limit: int = MAX_TEXT, *, strip: bool = True) -> str:
    """Read text for a screen."""
    value = fields.get(key)
    return clean(value, limit, strip=strip) if isinstance(value, str) else ""


def arguments_of(fields: Fields) -> str:
    """Read JSON text as it is; whoever takes text out of it makes that printable."""
    # Cut off, it would be no JSON any more: too long is as good as nothing.
    value = fields.get("arguments")
    return value if isinstance(value, str) and len(value) <= MAX_ARGUMENTS else ""


def object_of(fields: Fields, key: str) -> dict[str, object]:
    """Read an object; empty when it is none."""
    value = fields.get(key)
    return cast("dict[str, object]", value) if isinstance(value, dict) else {}


def objects_of(fields: Fields, key: str) -> list[dict[str, object]]:
    """Read the objects of a list, at most `MAX_ITEMS`."""
    value = fields.get(key)
    entries = cast("list[object]", value) if isinstance(value, list) else []
    return [
        cast("dict[str, object]", entry)
        for entry in islice(entries, MAX_ITEMS)
        if isinstance(entry, dict)
    ]


def number_of(fields: Fields, key: str) -> float | None:
    """Read a number; None when it is none."""
    value = fields.get(key)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if abs(value) < 1e15 else None
