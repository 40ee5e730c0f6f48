"""The menu: what can be ordered, where it is cooked and how long that takes, read from TOML."""

from __future__ import annotations

import tomllib
import uuid
from functools import cached_property
from importlib import resources
from pathlib import Path
from typing import Annotated, Final

import msgspec
from msgspec import Meta, Struct

from kds_tui.hub.errors import MenuError

Name = Annotated[str, Meta(min_length=1, max_length=80)]
Key = Annotated[str, Meta(pattern=r"^[a-z0-9][a-z0-9-]{0,39}$")]

_NAMESPACE: Final = uuid.UUID("6f9d7a52-6ad0-4b0c-9a0e-5f1f0a6d2c11")


def stable_uuid(kind: str, key: str) -> str:
    """Make the UUID that Restaurant OS clients expect out of a menu file's own short key.

    Args:
        kind: `item`, `category` or `table`, so that the same key names different things.
        key: as in the file.

    Returns:
        The same UUID for the same arguments, always.
    """
    return str(uuid.uuid5(_NAMESPACE, f"{kind}:{key}"))


class MenuModifier(Struct, frozen=True, forbid_unknown_fields=True):
    """A change that an item offers; its price is in dollars."""

    name: Name
    price: Annotated[float, Meta(ge=-1000, le=1000)] = 0.0


class MenuItem(Struct, frozen=True, forbid_unknown_fields=True):
    """Something to order."""

    id: Key
    name: Name
    category: Key
    price: Annotated[float, Meta(ge=0, le=10_000)]
    station: Key
    prep_minutes: Annotated[int, Meta(ge=0, le=600)]
    description: Annotated[str, Meta(max_length=300)] = ""
    modifiers: tuple[MenuModifier, ...] = ()
    aliases: tuple[Name, ...] = ()
    dietary: tuple[Name, ...] = ()
    available: bool = True


class MenuCategory(Struct, frozen=True, forbid_unknown_fields=True):
    """A page of the menu."""

    id: Key
    name: Name


class MenuTable(Struct, frozen=True, forbid_unknown_fields=True):
    """A table of the restaurant."""

    label: Annotated[str, Meta(min_length=1, max_length=40)]
    seats: Annotated[int, Meta(ge=1, le=100)]


class Menu(Struct, frozen=True, forbid_unknown_fields=True, dict=True):
    """All of it."""

    categories: tuple[MenuCategory, ...]
    items: Annotated[tuple[MenuItem, ...], Meta(max_length=2000)]
    tables: tuple[MenuTable, ...] = ()

    @cached_property
    def _by_id(self) -> dict[str, MenuItem]:
        short = {item.id: item for item in self.items}
        return short | {stable_uuid("item", item.id): item for item in self.items}

    @cached_property
    def _by_label(self) -> dict[str, MenuTable]:
        return {table.label: table for table in self.tables}

    def find(self, item_id: str) -> MenuItem | None:
        """Find an item by its key in the file or by its UUID."""
        return self._by_id.get(item_id)

    def table(self, label: str) -> MenuTable | None:
        """Find a table by its label."""
        return self._by_label.get(label)


def load_menu(path: Path | None) -> Menu:
    """Read a menu.

    Args:
        path: a restaurant's own file; None takes the menu that comes along.

    Returns:
        The menu.

    Raises:
        MenuError: the file cannot be read, or a key in it is wrong.
    """
    if path is None:
        return read_menu(resources.files("kds_tui.hub").joinpath("menu.toml").read_text(), "menu")
    try:
        return read_menu(path.read_text(encoding="utf-8"), str(path))
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8"
        raise MenuError(f"{path}: {reason}") from error


def read_menu(text: str, source: str) -> Menu:
    """Check a menu's text.

    Args:
        text: TOML.
        source: the file's name, for errors.

    Returns:
        The menu.

    Raises:
        MenuError: a key is wrong.
    """
    try:
        menu = msgspec.convert(tomllib.loads(text), Menu, strict=True)
    except tomllib.TOMLDecodeError as error:
        raise MenuError(f"{source}: {error}") from error
    except msgspec.ValidationError as error:
        reason, _, place = str(error).partition(" - at ")
        raise MenuError(f"{source}: {place.strip('`').removeprefix('$.')}: {reason}") from error
    _check_keys(menu, source)
    return menu


def _check_keys(menu: Menu, source: str) -> None:
    categories = [category.id for category in menu.categories]
    keyed: list[tuple[str, list[str]]] = [
        ("categories", categories),
        ("items", [item.id for item in menu.items]),
        ("tables", [table.label for table in menu.tables]),
    ]
    for section, keys in keyed:
        for place, key in enumerate(keys):
            if key in keys[:place]:
                raise MenuError(f"{source}: {section}[{place}]: there are two of {key!r}")
    for place, item in enumerate(menu.items):
        if item.category not in categories:
            raise MenuError(
                f"{source}: items[{place}].category: {item.category!r} is not among the categories"
            )
