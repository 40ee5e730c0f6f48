"""What the screen is shown of a display."""

from __future__ import annotations

from typing import TYPE_CHECKING

from kds_tui.key_keeping import keep_keys
from kds_tui.lists import shift_shown, stock_shown
from kds_tui.ui.shown import Shown
from kds_tui.ui.status_line import signed_out_words
from kds_tui.voice.mount import VOICE_OFF

if TYPE_CHECKING:
    from kds_tui.app import KitchenApp


def shown_of(app: KitchenApp) -> Shown:
    """Tell the screen what it shows.

    Args:
        app: the display.

    Returns:
        Facts to look at, and the clocks to go by.
    """
    settings, terminal = app.settings, app.terminal
    display = settings.display
    return Shown(
        kitchen=terminal.kitchen,
        rules=settings.urgency.rules(),
        server=settings.server.url,
        link=lambda: terminal.status,
        server_now=terminal.server_now,
        monotonic=terminal.monotonic,
        unsent=lambda: terminal.kitchen.outbox.overdue,
        unsent_age=lambda: terminal.unsent_age,
        trouble=lambda: terminal.trouble or signed_out_words(terminal.signed_out),
        last_known_age=lambda: terminal.last_known_age,
        diagnosis=app.desk,
        skew=terminal.skew,
        sound=lambda: app.sounding.words,
        keep_keys=lambda learned: keep_keys(app, learned),
        no_voice=lambda: app.voice.absence if app.voice is not None else VOICE_OFF,
        view=display.view,
        expo=settings.expo.rules(),
        style=display.card_style(),
        flashing=lambda: terminal.kitchen.attention.first,
        select_first=settings.bump.select_first,
        shift=shift_shown(terminal),
        stock=stock_shown(terminal),
        endings=app.wishes.endings,
        columns=display.columns,
        rows=display.rows,
        density=lambda: app.looks.density,
    )
