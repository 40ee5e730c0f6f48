"""The screen of the kitchen: header, grid of tickets, keys.

Shows what the app tells it and asks the app for what the cook wants; it fetches nothing and owns no
fact but what is looked at: page, selection, a number half typed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from textual import on
from textual.app import ComposeResult
from textual.binding import Binding
from textual.containers import Container
from textual.message import Message
from textual.screen import Screen

from kds_tui.core.clock import UrgencyRules
from kds_tui.core.layout import Direction, fit_grid
from kds_tui.core.link import LinkState, LinkStatus
from kds_tui.core.tickets import TicketList
from kds_tui.ui.diagnostics import DiagnosticsDialog, Section
from kds_tui.ui.dialogs import HelpDialog
from kds_tui.ui.held_key import HOLD_GAP, REPEAT_GAP, HeldKey
from kds_tui.ui.keymap import key_words
from kds_tui.ui.messages import (
    BoardChanged,
    BumpRequested,
    LinkChanged,
    QuitRequested,
    RecallRequested,
    ReconnectRequested,
    RestaurantNamed,
    TicketRecalled,
)
from kds_tui.ui.notice import Notice, notice_words, too_small_words
from kds_tui.ui.order_grid import OrderGrid
from kds_tui.ui.paging import Paging
from kds_tui.ui.status_line import Banner, Counts, KeyLine, StatusLine, banner_words
from kds_tui.ui.ticket_strips import head

if TYPE_CHECKING:
    from voice_tui.ui.panel import VoicePanel

TYPING_TIME: Final = 4.0
"""Seconds after which a slot number that was begun and not ended with Enter is forgotten."""


PANEL_BESIDE: Final = 110
"""Columns from which the voice panel stands beside the tickets, not under them: three columns of
cards are left."""


@dataclass(frozen=True, slots=True)
class Shown:
    """What the screen shows, and the clocks it goes by."""

    tickets: TicketList
    rules: UrgencyRules
    station: str
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
    """What is wrong with the disk, in words for the cook; empty when nothing is."""

    last_known_age: Callable[[], float | None]
    """How old the board is, in seconds, when it is that of the last run."""

    diagnostics: Callable[[], Sequence[Section]]
    """What the diagnostics screen tells."""

    skew: Callable[[], float | None]
    """How many seconds the terminal's wall clock is ahead of the server's; None while unknown."""

    no_voice: Callable[[], str]
    """Why there is no voice panel, in words for the cook."""

    columns: int = 0
    """Cells beside each other; 0 chooses by the width."""

    rows: int = 0
    """Cells above each other; 0 chooses by the height."""


class _GridPlace(Container):
    """Where the grid stands: as large as header, banner, footer and voice panel leave it."""

    class Resized(Message):
        """The size is another one: the terminal's changed, or something beside it came or went."""

    def on_resize(self) -> None:
        """Tell the screen, which is told of its own size only."""
        self.post_message(self.Resized())


class BoardScreen(Screen[None]):
    """The board.

    Args:
        shown: what it shows.
        bindings: the keys, from the keymap.
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (PANEL_BESIDE, "-wide")]  # noqa: RUF012 - Textual's

    DEFAULT_CSS = """
    BoardScreen {
        #line { layout: horizontal; width: 1fr; height: 1fr; }
        _GridPlace { width: 1fr; height: 1fr; }
        VoicePanel { width: 34; height: 1fr; }
        /* It grows over the tickets, which must not change slots because somebody speaks. */
        &.-narrow #line { layers: tickets voice; }
        &.-narrow _GridPlace { layer: tickets; }
        &.-narrow VoicePanel { layer: voice; dock: bottom; width: 1fr; height: 3; }
        &.-narrow VoicePanel:focus-within { height: 9; }
        &.-narrow.-voice _GridPlace { margin: 0 0 3 0; }
    }
    """

    def __init__(self, shown: Shown, bindings: Iterable[Binding]) -> None:
        super().__init__()
        self._shown = shown
        self._paging = Paging(shown.tickets)
        self._link = shown.link()
        self._ever_live = False
        self._typed = ""
        self._typed_at = 0.0
        self._typed_for: str | None = None
        self._held_key = HeldKey()
        self._panel: VoicePanel | None = None
        self._tells_key_up = False
        self._keys: dict[str, list[str]] = {}
        for binding in bindings:
            self._bindings.key_to_bindings.setdefault(binding.key, []).append(binding)
            self._keys.setdefault(binding.id or "", []).append(binding.key)

    @property
    def talk_key(self) -> str:
        """The talk key as it is printed on the keyboard; empty when it has none."""
        keys = self._keys.get("voice.talk", ())
        return key_words(keys[0]).upper() if keys else ""

    @property
    def selected(self) -> str | None:
        """The id of the selected ticket."""
        return self._paging.selected

    def compose(self) -> ComposeResult:
        """Lay the screen out.

        Yields:
            Header, banner, the row with the grid, footer.
        """
        shown = self._shown
        yield StatusLine(shown.station)
        yield Banner("trouble")
        yield Banner("link")
        with Container(id="line"), _GridPlace():
            yield OrderGrid(shown.tickets, self._paging, shown.rules)
            yield Notice()
        yield KeyLine()

    async def show_panel(self, panel: VoicePanel) -> None:
        """Show the voice panel beside the tickets, or under them where the screen is narrow.

        Args:
            panel: not mounted yet.
        """
        self._panel = panel
        self.add_class("-voice")
        panel.holds = self._tells_key_up
        await self.query_one("#line").mount(panel)
        panel.show()

    def on_voice_panel_finished(self) -> None:
        """Give the keyboard back to the tickets: nothing is left to say."""
        self.query_one(OrderGrid).focus()

    def action_talk(self) -> None:
        """Take a press of the talk key, which records an order."""
        if self._panel is None:
            self.notify(self._shown.no_voice(), markup=False)
        else:
            self._panel.talk_down()

    def hear_key_protocol(self, *, tells_key_up: bool) -> None:
        """Let the talk key be held where the terminal tells when it comes up."""
        self._tells_key_up = tells_key_up
        if self._panel is not None:
            self._panel.holds = tells_key_up

    def hear_key_up(self, key: str, held: float) -> None:
        """Take the news that a key came up.

        Args:
            key: which one.
            held: seconds since it went down.
        """
        if self._panel is not None and key in self._keys.get("voice.talk", ()):
            self._panel.talk_up(held)

    def on_mount(self) -> None:
        """Start the one clock of the screen."""
        self.query_one(OrderGrid).focus()
        self.set_interval(1.0, self._tick)
        self._show_words()

    @on(_GridPlace.Resized)
    def _fit_grid(self) -> None:
        size = self.query_one(_GridPlace).size
        shown = self._shown
        grid = fit_grid(size.width, size.height, shown.columns, shown.rows)
        self._paging.resize(grid)
        self._choose_view()
        self.query_one(OrderGrid).redraw(shown.server_now())
        self._show_words()

    def on_board_changed(self, message: BoardChanged) -> None:
        """Draw what changed, and nothing else.

        Args:
            message: what became of the tickets.
        """
        grid = self.query_one(OrderGrid)
        now = self._shown.server_now()
        if self._paging.update(message.changes):
            grid.redraw(now)
            self._choose_view()
        else:
            grid.redraw_tickets(message.changes.changed, now)
        self._show_words()

    def on_link_changed(self, message: LinkChanged) -> None:
        """Show how the link is.

        Args:
            message: its new state.
        """
        self._link = message.status
        self._ever_live = self._ever_live or message.status.state is LinkState.LIVE
        self._choose_view()
        self._show_words()

    def on_restaurant_named(self, message: RestaurantNamed) -> None:
        """Show the restaurant's name.

        Args:
            message: the name.
        """
        self.query_one(StatusLine).name_restaurant(message.name)
        self._show_words()

    def on_ticket_recalled(self, message: TicketRecalled) -> None:
        """Show the ticket that is back: its old slot may be taken, and it may be on another page.

        Args:
            message: which one.
        """
        before, page = self._paging.selected, self._paging.page
        if self._paging.reveal(message.ticket_id):
            self._show_moved(before, page)

    @on(OrderGrid.Selected)
    def _select_clicked(self, message: OrderGrid.Selected) -> None:
        self._select(message.ticket_id)

    @on(OrderGrid.Bumped)
    def _bump_clicked(self, message: OrderGrid.Bumped) -> None:
        self.post_message(BumpRequested(message.ticket_id))

    def action_bump(self) -> None:
        """Bump the slot that was typed, else the selected ticket, else select one."""
        if self._typed:
            # Held down, the first repeat would bump the selected ticket, which nobody meant.
            self._is_held("bump", HOLD_GAP)
            self._bump_typed()
        elif self._paging.selected is not None:
            if not self._is_held("bump", REPEAT_GAP):
                self.post_message(BumpRequested(self._paging.selected))
        elif self._paging.select_again():
            self._held_key.released()
            self._is_held("bump", REPEAT_GAP)
            self._redraw_selection(None)

    def _bump_typed(self) -> None:
        slot, meant = int(self._typed), self._typed_for
        if meant is not None and self._paging.in_slot(slot) != meant:
            # The ticket left while the number was typed, and another one stands there now.
            self._typed = ""
            self.notify(f"Slot {slot} changed just now.", severity="warning", markup=False)
            self._show_words()
        else:
            self._bump_slot(slot)

    def action_bump_slot(self, slot: int) -> None:
        """Bump the ticket in a slot of this page, by the slot's own key.

        Args:
            slot: 1 for the first one.
        """
        # Held down it would bump the next ticket as well, which has just taken the slot.
        if not self._is_held(f"slot {slot}", HOLD_GAP):
            self._bump_slot(slot)

    def _bump_slot(self, slot: int) -> None:
        self._typed = ""
        ticket_id = self._paging.in_slot(slot)
        if ticket_id is None:
            self.notify(f"Slot {slot} is empty.", severity="warning", markup=False)
        else:
            self.post_message(BumpRequested(ticket_id))
        self._show_words()

    def action_digit(self, digit: int) -> None:
        """Take a digit of a slot's number.

        Args:
            digit: 0 to 9.
        """
        self._typed = (self._typed + str(digit)).lstrip("0")[-2:]
        self._typed_at = self._shown.monotonic()
        self._typed_for = self._paging.in_slot(int(self._typed)) if self._typed else None
        self._show_words()

    def action_clear(self) -> None:
        """Forget the number that was begun, else the selection."""
        if self._typed:
            self._typed = ""
        else:
            self._select(None)
        self._show_words()

    def action_move(self, direction: str) -> None:
        """Move the selection.

        Args:
            direction: LEFT, RIGHT, UP or DOWN.
        """
        self._held_key.released()
        before, page = self._paging.selected, self._paging.page
        if self._paging.move(Direction[direction]):
            self._show_moved(before, page)

    def action_turn(self, step: int) -> None:
        """Turn the page.

        Args:
            step: 1 or -1.
        """
        before, page = self._paging.selected, self._paging.page
        if self._paging.turn(step):
            self._show_moved(before, page)

    def action_tidy(self) -> None:
        """Put the tickets in order again."""
        self._paging.tidy()
        self.query_one(OrderGrid).redraw(self._shown.server_now())
        self._show_words()

    def action_recall(self) -> None:
        """Bring the last bumped ticket back."""
        if not self._is_held("recall", REPEAT_GAP):
            self.post_message(RecallRequested())

    def action_reconnect(self) -> None:
        """Connect again without waiting."""
        self.post_message(ReconnectRequested())

    def action_help(self) -> None:
        """Show the keys."""
        self.app.push_screen(HelpDialog(self._keys))

    def action_diagnostics(self) -> None:
        """Show how the display is."""
        keys = self._keys.get("app.diagnostics", ())
        self.app.push_screen(DiagnosticsDialog(self._shown.diagnostics, keys))

    def action_palette(self) -> None:
        """Search the commands."""
        self.app.action_command_palette()

    def action_quit(self) -> None:
        """Leave, with a question where something is unsent."""
        self.post_message(QuitRequested())

    def _is_held(self, key: str, gap: float) -> bool:
        return self._held_key.repeats(key, self._shown.monotonic(), gap)

    def _select(self, ticket_id: str | None) -> None:
        before = self._paging.selected
        self._paging.select(ticket_id)
        self._redraw_selection(before)

    def _show_moved(self, before: str | None, page: int) -> None:
        if page != self._paging.page:
            self.query_one(OrderGrid).redraw(self._shown.server_now())
            self._show_words()
        else:
            self._redraw_selection(before)

    def _redraw_selection(self, before: str | None) -> None:
        both = [ticket_id for ticket_id in (before, self._paging.selected) if ticket_id]
        self.query_one(OrderGrid).redraw_tickets(both, self._shown.server_now())
        self._show_words()

    def _tick(self) -> None:
        if self._typed and self._shown.monotonic() - self._typed_at > TYPING_TIME:
            self._typed = ""
        self.query_one(OrderGrid).tick(self._shown.server_now())
        self._show_words()

    def _choose_view(self) -> None:
        """Show the grid, or say why there is none."""
        size = self.query_one(_GridPlace).size
        shown = self._shown
        fits = fit_grid(size.width, size.height, shown.columns, shown.rows) is not None
        show_grid = fits and len(shown.tickets) > 0
        self.query_one(OrderGrid).display = show_grid
        notice = self.query_one(Notice)
        notice.display = not show_grid
        if not fits:
            notice.show(too_small_words(self.size, self.size.height - size.height))
        elif not show_grid:
            notice.show(notice_words(self._link, shown.server, ever_live=self._ever_live))

    def _show_words(self) -> None:
        shown = self._shown
        self._link = shown.link()
        monotonic, now = shown.monotonic(), shown.server_now()
        counts = Counts(
            open=len(shown.tickets),
            late=shown.tickets.late_count(now, shown.rules),
            ready=shown.tickets.ready_count,
            unsent=shown.unsent(),
            unsent_age=shown.unsent_age(),
            skew=shown.skew() or 0.0,
        )
        self.query_one(StatusLine).show(self._link, counts, monotonic=monotonic, now=now)
        words = banner_words(
            self._link,
            monotonic,
            shown.server,
            ever_live=self._ever_live,
            reconnect_key=self._key("app.reconnect"),
            last_known_age=shown.last_known_age(),
        )
        self.query_one("#link", Banner).show(words)
        self.query_one("#trouble", Banner).show(shown.trouble())
        self.query_one(KeyLine).show(self._key_words(), self._right_words(now))

    def _key(self, action_id: str) -> str:
        keys: Sequence[str] = self._keys.get(action_id, ())
        return key_words(keys[0]) if keys else ""

    def _key_words(self) -> list[tuple[str, str]]:
        key = self._key
        if self._typed:
            return [(f"Slot {self._typed}", ""), ("Enter", "bumps"), ("Esc", "forgets")]
        shown: list[tuple[str, str]] = []
        if self._paging.cards:
            selected = self._paging.selected is not None
            shown.append((key("board.bump"), "bump" if selected else "select"))
            shown.append(("1-9 Enter", "slot"))
        if self._paging.page_count > 1:
            pages = f"page {self._paging.page + 1}/{self._paging.page_count}"
            shown.append((f"{key('board.page_previous')} {key('board.page_next')}", pages))
        shown.append((key("app.help"), "help"))
        shown.append((key("board.recall"), "recall"))
        shown.append((key("app.quit"), "quit"))
        return shown

    def _right_words(self, now: float) -> str:
        count, oldest = self._paging.elsewhere()
        ticket = self._shown.tickets.get(oldest) if oldest else None
        if ticket is None:
            return ""
        return f"{count} more, oldest {head(ticket, now, self._shown.rules).clock}"
