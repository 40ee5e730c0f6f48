"""Nested tables and dotted keys: `{"link": {"max_size": 1}}` and `link.max_size`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import cast


def flatten(
    table: Mapping[str, object], prefix: str = "", *, with_empty: bool = False
) -> Iterator[tuple[str, object]]:
    """Walk a nested table.

    Args:
        table: any.
        prefix: what the keys begin with.
        with_empty: whether a table with nothing in it counts as a value.

    Yields:
        Dotted key and value, for each value that is no table.
    """
    for name, value in table.items():
        if isinstance(value, Mapping) and (value or not with_empty):
            inner = cast("Mapping[str, object]", value)
            yield from flatten(inner, f"{prefix}{name}.", with_empty=with_empty)
        else:
            yield f"{prefix}{name}", value


def nest(key: str, value: object) -> dict[str, object]:
    """Make the nested table that holds one value under a dotted key."""
    *sections, name = key.split(".")
    table: dict[str, object] = {name: value}
    for section in reversed(sections):
        table = {section: table}
    return table


def merge(into: dict[str, object], table: Mapping[str, object]) -> None:
    """Lay a table over another, value by value; `into` is changed."""
    for name, value in table.items():
        below = into.get(name)
        if not isinstance(value, Mapping):
            into[name] = value
        elif isinstance(below, dict):
            merge(cast("dict[str, object]", below), cast("Mapping[str, object]", value))
        else:
            into[name] = fresh = dict[str, object]()
            merge(fresh, cast("Mapping[str, object]", value))
