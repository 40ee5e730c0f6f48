"""The picker of looks: colours and size of the cards, tried on the board behind it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar, Final

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.content import Content
from textual.screen import ModalScreen
from textual.widgets import Static

from kds_tui.core.density import FIGURE, Density, reading_distance
from kds_tui.ui.key_table import KeyTable
from voice_tui.ui.touch import closes

_SIZES: Final = {
    Density.NEAR: "most tickets",
    Density.LINE: "as always",
    Density.FAR: "large figures",
}


_KEYS: Final = {
    "board.up": "theme(-1)",
    "board.down": "theme(1)",
    "board.left": "density(-1)",
    "board.right": "density(1)",
    "board.bump": "keep",
    "board.clear": "forget",
    "app.looks": "forget",
    "app.palette": "forget",
}
"""What the keys of the board's actions do here: a bump bar has no Esc."""


@dataclass(frozen=True, slots=True)
class Looks:
    """What is picked."""

    theme: str
    density: Density


class LooksDialog(ModalScreen[Looks | None]):
    """Picks looks; each is shown at once, and the former ones are back when nothing is picked.

    Args:
        now: the looks that show.
        themes: the names to pick from.
        panel_inches: diagonal of the screen.
        preview: shows looks on the board.
        keys: of the board.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("up,k", "theme(-1)", show=False),
        Binding("down,j", "theme(1)", show=False),
        Binding("left,h", "density(-1)", show=False),
        Binding("right,l", "density(1)", show=False),
        Binding("enter,space", "keep", show=False),
        Binding("escape,q,ctrl+o", "forget", show=False),
    ]

    DEFAULT_CSS = """
    LooksDialog {
        align: right bottom; background: $kds-page 0%;
        & > Static {
            width: 40; max-width: 96%; height: auto; padding: 0 1; margin: 0 0 1 0;
            background: $kds-card; color: $kds-text; border: solid $kds-border;
            border-title-color: $kds-text; border-subtitle-color: $kds-text;
        }
    }
    """

    def __init__(
        self,
        now: Looks,
        themes: Sequence[str],
        panel_inches: float,
        preview: Callable[[Looks], None],
        keys: KeyTable,
    ) -> None:
        super().__init__()
        for each in keys.bound:
            if action := _KEYS.get(each.action.id):
                self._bindings.key_to_bindings[each.key] = [Binding(each.key, action, show=False)]
        self._former = self._looks = now
        self._themes = themes
        self._panel_inches = panel_inches
        self._preview = preview

    def compose(self) -> ComposeResult:
        """Lay out the box.

        Yields:
            The lists, and from how far the screen is read.
        """
        box = Static(self._words(), markup=False)
        box.border_title = "Looks"
        box.border_subtitle = "Enter keeps · Esc"
        yield box

    def on_resize(self) -> None:
        """Tell distances anew: the terminal has other rows, when its font is another one."""
        self._tell()

    def on_click(self, event: events.Click) -> None:
        """Try the theme or the size that was clicked; the lower edge keeps it, a click beside not.

        Args:
            event: the click.
        """
        whole = self.query_one(Static)
        box = whole.content_region
        row, sizes = event.screen_y - box.y, list(_SIZES)
        if not whole.region.contains(event.screen_x, event.screen_y):
            self.action_forget()
        elif closes(whole, event):
            self.action_keep()
        elif 1 <= row <= len(self._themes):
            self._show(replace(self._looks, theme=self._themes[row - 1]))
        elif 2 <= row - len(self._themes) <= 1 + len(sizes):
            self._show(replace(self._looks, density=sizes[row - len(self._themes) - 2]))

    def action_theme(self, step: int) -> None:
        """Try another theme.

        Args:
            step: 1 for the next one, -1 for the one before.
        """
        at = self._themes.index(self._looks.theme)
        self._show(replace(self._looks, theme=self._themes[(at + step) % len(self._themes)]))

    def action_density(self, step: int) -> None:
        """Try another size.

        Args:
            step: 1 for the next larger one, -1 for the smaller one.
        """
        sizes = list(_SIZES)
        at = sizes.index(self._looks.density)
        self._show(replace(self._looks, density=sizes[(at + step) % len(sizes)]))

    def action_keep(self) -> None:
        """Pick what shows."""
        self.dismiss(self._looks)

    def action_forget(self) -> None:
        """Have the former looks back."""
        self._preview(self._former)
        self.dismiss(None)

    def _show(self, looks: Looks) -> None:
        self._looks = looks
        self._preview(looks)
        self._tell()

    def _tell(self) -> None:
        self.query_one(Static).update(self._words())

    def _words(self) -> Content:
        looks, rows = self._looks, self.app.size.height
        lines = [_heading("Colours", "↑ ↓")]
        lines += [_line(theme, theme == looks.theme) for theme in self._themes]
        lines.append(_heading("Cards", "← →"))
        lines += [_line(f"{size:<6}{_SIZES[size]}", size is looks.density) for size in _SIZES]
        words = reading_distance(self._panel_inches, rows)
        lines.append(_heading(f'{self._panel_inches:g}", {rows} rows, read from', ""))
        lines.append(Content(f"  words   {words.words}"))
        if looks.density is Density.FAR:
            figures = reading_distance(self._panel_inches, rows, FIGURE)
            lines.append(Content(f"  figures {figures.words}"))
        else:
            lines.append(Content("  a larger font reads from further"))
        return Content("\n").join(lines)


def _heading(words: str, keys: str) -> Content:
    return Content.assemble((words, "bold"), "  ", (keys, "bold $kds-caution"))


def _line(words: str, is_picked: bool) -> Content:
    if is_picked:
        return Content.assemble((f"► {words}", "bold $kds-caution"))
    return Content(f"  {words}")
