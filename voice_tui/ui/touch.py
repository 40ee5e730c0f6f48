"""Dialogs by touch: a screen without a keyboard has no Esc."""

from __future__ import annotations

from textual import events
from textual.widget import Widget


def closes(box: Widget, event: events.Click) -> bool:
    """Tell whether a click means to close a dialog.

    Args:
        box: the dialog's.
        event: the click.

    Returns:
        True beside the box, and on its lower edge, where it says what closes it.
    """
    place = (event.screen_x, event.screen_y)
    return not box.region.contains(*place) or event.screen_y == box.region.bottom - 1
