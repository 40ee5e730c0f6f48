"""The menu as Restaurant OS hands it to a voice client: plain text, category by category."""

from __future__ import annotations

from typing import Final

from voice_tui.core.menu import Menu, MenuItem

MAX_LENGTH: Final = 5000
"""Characters, as in Restaurant OS; what does not fit is left out by whole categories."""


def menu_context(menu: Menu) -> str:
    """Write a menu down.

    Args:
        menu: with at least one item.

    Returns:
        `CATEGORY:` blocks with a blank line between them.
    """
    by_category: dict[str, list[MenuItem]] = {}
    for item in menu.items:
        by_category.setdefault(item.category or "Menu", []).append(item)
    text = "\n\n".join(
        "\n".join([f"{name.upper()}:", *(_line(item) for item in items)])
        for name, items in by_category.items()
    )
    if len(text) <= MAX_LENGTH:
        return text
    end = text.rfind("\n\n", 0, MAX_LENGTH)
    return text[: end if end > 0 else MAX_LENGTH]


def _line(item: MenuItem) -> str:
    sold_out = "" if item.available else " [sold out]"
    return f"  • {item.name} - ${item.price:.2f}{sold_out}"
