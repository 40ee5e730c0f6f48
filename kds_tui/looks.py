"""The looks of a running display: tried, picked, kept."""

from __future__ import annotations

import asyncio
import logging
from typing import Any, Protocol

from textual.screen import Screen

from kds_tui.config.looks_file import LooksError, LooksFile
from kds_tui.config.sections import DisplaySettings
from kds_tui.ui.key_table import KeyTable
from kds_tui.ui.looks_dialog import Looks, LooksDialog
from kds_tui.ui.themes import THEMES

_log = logging.getLogger("kds_tui.looks")


class Wearer(Protocol):
    """The display that has the looks."""

    theme: str

    def push_screen(self, screen: Screen[Any], callback: Any, /) -> Any:
        """Show a dialog."""
        ...

    def tell(self, words: str, *, bad: bool = False) -> None:
        """Say a sentence; a bad one stays longer."""
        ...

    def refit(self) -> None:
        """Lay the cards out anew."""
        ...


class LookChoice:
    """Owns the looks of one display.

    Args:
        wearer: has them.
        settings: those to begin with.
    """

    def __init__(self, wearer: Wearer, settings: DisplaySettings) -> None:
        self._wearer = wearer
        self._panel_inches = settings.panel_inches
        self._keeping: asyncio.Task[None] | None = None
        self.density = settings.density
        """How large the cards are now."""

        self.file: LooksFile | None = None
        """Keeps what is picked; without one it lasts until the end."""

    def open(self, keys: KeyTable) -> None:
        """Let a person pick.

        Args:
            keys: of the board.
        """
        now = Looks(self._wearer.theme, self.density)
        themes = [theme.name for theme in THEMES]
        dialog = LooksDialog(now, themes, self._panel_inches, self._wear, keys)
        self._wearer.push_screen(dialog, self._picked)

    def _wear(self, looks: Looks) -> None:
        self._wearer.theme = looks.theme
        if looks.density is not self.density:
            self.density = looks.density
            self._wearer.refit()

    def _picked(self, looks: Looks | None) -> None:
        if looks is not None and self.file is not None:
            self._keeping = asyncio.create_task(self._keep(self.file, looks), name="looks")

    async def _keep(self, file: LooksFile, looks: Looks) -> None:
        try:
            await asyncio.to_thread(file.keep, looks.theme, looks.density)
        except LooksError as error:
            _log.warning("looks not kept", extra={"reason": str(error)})
            self._wearer.tell(f"These looks are gone with the next start: {error}", bad=True)
            return
        if overruled := file.overruled:
            self._wearer.tell(f"For this run: at the next start {overruled} comes first again.")
