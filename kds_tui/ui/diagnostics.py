"""The diagnostics screen: what is the matter with this display, and what can be done about it here.

On top stands where the decision tree of the quick reference ends, with the branch that was walked;
below every figure beside its limit. It is what a person on the phone is asked about.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Protocol

from textual.binding import Binding, BindingType
from textual.content import Content

from kds_tui.core.diagnosis import diagnose
from kds_tui.core.display_status import DisplayStatus
from kds_tui.core.readings import read_status
from kds_tui.ui.box_dialog import BoxDialog
from kds_tui.ui.diagnosis_lines import Line, diagnosis_lines, group_lines


class DiagnosisPort(Protocol):
    """What the screen needs of the display; each action answers with a sentence."""

    def status(self) -> DisplayStatus:
        """Tell how the display is; must not block."""
        ...

    def reconnect(self) -> str:
        """Connect again."""
        ...

    def reset(self) -> str:
        """Begin anew what can be stuck."""
        ...

    async def save_bundle(self) -> str:
        """Save a bundle for support."""
        ...


class DiagnosticsDialog(BoxDialog):
    """Shows how the display is, and looks again every second.

    Args:
        port: the display.
        keys: that close it, besides Esc: the ones that opened it.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("r,ctrl+r", "reconnect", "Reconnect", show=False),
        Binding("x", "reset", "Force reset", show=False),
        Binding("s", "save", "Save for support", show=False),
    ]

    TITLE: ClassVar[str | None] = "Diagnostics"
    FOOT: ClassVar[str] = "r reconnect   x force reset   s save for support   Esc closes"

    DEFAULT_CSS = """
    DiagnosticsDialog {
        & > VerticalScroll { padding: 0 2; }
        &.-wide > VerticalScroll { width: 98%; }
    }
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (160, "-wide")]  # noqa: RUF012 - Textual's

    def __init__(self, port: DiagnosisPort, keys: Sequence[str] = ()) -> None:
        super().__init__(keys)
        self._port = port
        self._told = ""
        self._saving = False
        self._shown: list[Line] = []

    def on_mount(self) -> None:
        """Look again every second from now on."""
        self.set_interval(1.0, self.look)

    def look(self) -> None:
        """Look at the display, and show what changed."""
        words = self.words
        width, status = words.content_size.width, self._port.status()
        lines = diagnosis_lines(diagnose(status), self._told, width)
        lines += [[], *group_lines(read_status(status), width)]
        if lines == self._shown:
            return
        higher = len(lines) != len(self._shown)
        self._shown = lines
        text = Content("\n").join(Content.assemble(*line) for line in lines)
        words.update(text, layout=higher)

    def action_reconnect(self) -> None:
        """Connect again."""
        self._tell(self._port.reconnect())

    def action_reset(self) -> None:
        """Begin anew what can be stuck."""
        self._tell(self._port.reset())

    def action_save(self) -> None:
        """Save a bundle for support, in the background."""
        if not self._saving:
            self._saving = True
            self._tell("Saving a bundle for support ...")
            self.run_worker(self._save(), name="support bundle")

    async def _save(self) -> None:
        try:
            self._tell(await self._port.save_bundle())
        finally:
            self._saving = False

    def _tell(self, words: str) -> None:
        """Say what came of an action, where it is seen."""
        self._told = words
        self.look()
        self.box.scroll_home(animate=False)
