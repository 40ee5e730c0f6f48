"""What the screen is told by the app: facts to look at, and the clocks it goes by."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from kds_tui.core.card_style import CardStyle
from kds_tui.core.clock import UrgencyRules
from kds_tui.core.density import Density
from kds_tui.core.endings import Endings
from kds_tui.core.expo import ExpoRules
from kds_tui.core.kitchen import Kitchen
from kds_tui.core.link import LinkStatus
from kds_tui.core.tickets import TicketList
from kds_tui.ui.diagnostics import DiagnosisPort
from kds_tui.ui.recall_list import ShiftShown
from kds_tui.ui.stock_list import StockShown


@dataclass(frozen=True, slots=True)
class Shown:
    """What the screen shows, and the clocks it goes by."""

    kitchen: Kitchen
    """What the terminal knows of the orders."""

    rules: UrgencyRules
    server: str
    """The address of the order server, as people know it."""

    link: Callable[[], LinkStatus]
    """How the link is at this moment."""

    server_now: Callable[[], float]
    """The server's time, in seconds since the epoch."""

    monotonic: Callable[[], float]
    unsent: Callable[[], int]
    """How many commands the server has not answered."""

    unsent_age: Callable[[], float | None]
    """How long the oldest of them waits, in seconds."""

    trouble: Callable[[], str]
    """What is wrong with the disk, or keeps bumps from being sent though the link is live, in words
    for the cook; empty when nothing is."""

    last_known_age: Callable[[], float | None]
    """How old the board is, in seconds, when it is that of the last run."""

    diagnosis: DiagnosisPort
    """What the diagnostics screen tells and does."""

    skew: Callable[[], float | None]
    """How many seconds the terminal's wall clock is ahead of the server's; None while unknown."""

    no_voice: Callable[[], str]
    """Why there is no voice panel, in words for the cook."""

    sound: Callable[[], str]
    """For how long sounds are muted, in words; empty when they are not."""
    shift: ShiftShown
    stock: StockShown
    endings: Endings

    keep_keys: Callable[[Mapping[str, str]], None]
    """Keeps keys that were learned, by the id of their action."""

    view: str = "kitchen"
    """The view that it begins with."""

    expo: ExpoRules = field(default_factory=ExpoRules)
    """How the pass works."""
    select_first: bool = False
    """Whether a slot's key selects before it bumps."""

    style: CardStyle = field(default_factory=CardStyle)
    """How cards are written."""

    flashing: Callable[[], str | None] = lambda: None
    """The ticket that may flash."""

    density: Callable[[], Density] = lambda: Density.LINE
    """How large the cards are now."""

    columns: int = 0
    """Cells beside each other; 0 chooses by the width."""

    rows: int = 0
    """Cells above each other; 0 chooses by the height."""

    @property
    def tickets(self) -> TicketList:
        """The open tickets of this screen's stations."""
        return self.kitchen.tickets
