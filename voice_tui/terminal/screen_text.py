"""The screen as text, for a run without a terminal and for tests."""

from __future__ import annotations

from typing import Any

from textual.app import App


def screen_text(app: App[Any]) -> str:
    """Read what is on the screen.

    Textual 8.2.8 has a public way to a picture (`App.export_screenshot`), none to text.

    Args:
        app: a running app.

    Returns:
        A line for each row, without spaces at the ends.
    """
    return "\n".join(strip.text.rstrip() for strip in app.screen._compositor.render_strips())
