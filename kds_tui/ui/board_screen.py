"""The screen of the kitchen: header, grid of tickets, keys.

Shows what the app tells it and asks the app for what the cook wants; it fetches nothing and owns no
fact but what is looked at. Between header and footer stands one of its views, which has page and
selection; the screen hands it the keys.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from textual import on
from textual.app import ComposeResult
from textual.containers import Container

from kds_tui.core.cards import Direction
from kds_tui.core.command import Verb
from kds_tui.core.link import LinkState
from kds_tui.ui.alert_bar import Flash
from kds_tui.ui.board_lists import BoardLists
from kds_tui.ui.board_view import BoardView
from kds_tui.ui.card_face import is_leaving
from kds_tui.ui.diagnostics import DiagnosticsDialog
from kds_tui.ui.grid_view import GridView
from kds_tui.ui.held_key import HOLD_GAP, REPEAT_GAP, HeldKey
from kds_tui.ui.key_table import KeyTable
from kds_tui.ui.messages import (
    SEVERAL_GUESTS,
    BoardChanged,
    LinkChanged,
    LooksRequested,
    NoticeTaken,
    QuitRequested,
    ReconnectRequested,
    Refused,
    RestaurantNamed,
    SoundRequested,
    TicketRecalled,
    WishRequested,
    slot_changed_words,
)
from kds_tui.ui.notice import notice_words
from kds_tui.ui.shown import Shown
from kds_tui.ui.slot_number import ChosenSlot, SlotNumber
from kds_tui.ui.status_line import Banner, Counts, KeyLine, StatusLine, banner_words
from kds_tui.ui.view_actions import ViewActions
from kds_tui.ui.views import Views

if TYPE_CHECKING:
    from voice_tui.ui.panel import VoicePanel

PANEL_BESIDE: Final = 110
"""Columns from which the voice panel stands beside the tickets, not under them: three columns of
cards are left."""


class BoardScreen(ViewActions, BoardLists):
    """The board.

    Args:
        shown: what it shows.
        keys: what the keys do.
    """

    HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (PANEL_BESIDE, "-wide")]  # noqa: RUF012 - Textual's

    DEFAULT_CSS = """
    BoardScreen {
        #line { layout: horizontal; width: 1fr; height: 1fr; }
        VoicePanel { width: 34; height: 1fr; }
        /* It grows over the tickets, which must not change slots because somebody speaks. */
        &.-narrow #line { layers: tickets voice; }
        &.-narrow #line > Views { layer: tickets; }
        &.-narrow AllDayPanel { layer: panel; }
        &.-narrow VoicePanel { layer: voice; dock: bottom; width: 1fr; height: 3; }
        &.-narrow VoicePanel:focus-within { height: 9; }
        &.-narrow.-voice #line > Views { margin: 0 0 3 0; }
    }
    """

    def __init__(self, shown: Shown, keys: KeyTable) -> None:
        super().__init__(keys, shown.keep_keys)
        self._shown = shown
        self._held_key = HeldKey()
        self._closing_key = HeldKey()
        self._link = shown.link()
        self._ever_live = False
        self._typed = SlotNumber()
        self._chosen = ChosenSlot()
        self._panel: VoicePanel | None = None
        self._tells_key_up = False
        self.flash = Flash(self, self.look_again)
        """Lights up header and footer for a moment."""

        self._views = Views(
            shown, lambda: notice_words(self._link, shown.server, ever_live=self._ever_live)
        )
        if len(keys.bars) > 1:
            for view in self._views.all:
                view.mark_second_bar(keys.layers.second_from_column)

    @property
    def talk_key(self) -> str:
        """The talk key as it is printed on the keyboard; empty when it has none."""
        return self.key("voice.talk").upper()

    @property
    def selected(self) -> str | None:
        """The id of the selected ticket."""
        return self.view.selected

    def compose(self) -> ComposeResult:
        """Lay the screen out.

        Yields:
            Header, banner, the row with the views, footer.
        """
        shown = self._shown
        yield StatusLine(str(shown.kitchen.stations))
        yield Banner("trouble")
        yield Banner("link")
        yield Banner("hidden")
        with Container(id="line"):
            yield self._views
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
        self.view.take_focus()

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
        self._held_key.released()
        self._closing_key.released()
        talk_keys = {each.key for each in self.keys.of("voice.talk")}
        if self._panel is not None and key in talk_keys:
            self._panel.talk_up(held)

    def on_mount(self) -> None:
        """Start the one clock of the screen."""
        self.view.take_focus()
        self.set_interval(1.0, self._tick)
        self.watch_keys()
        self._show_words()

    @on(BoardView.Moved)
    def _moved(self, message: BoardView.Moved) -> None:
        message.stop()
        self._show_words()

    @on(Refused)
    def _refused(self, message: Refused) -> None:
        message.stop()
        self.notify(message.words, severity="warning", timeout=8, markup=False)

    def on_board_changed(self, message: BoardChanged) -> None:
        """Draw what changed, and nothing else.

        Args:
            message: what became of the tickets.
        """
        self._views.take(message)
        self._show_words()
        self.look_at_list()

    def on_link_changed(self, message: LinkChanged) -> None:
        """Show how the link is.

        Args:
            message: its new state.
        """
        self._link = message.status
        self._ever_live = self._ever_live or message.status.state is LinkState.LIVE
        self.view.look()
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
        self.view.reveal(message.ticket_id)

    def look_again(self) -> None:
        """Write header and footer anew."""
        # At the end of the app they are gone before the last alert is (Textual 8.2.8).
        if self.query(StatusLine):
            self._show_words()

    def action_bump(self) -> None:
        """Bump the slot that was typed, else the selected ticket, else select one."""
        selected = self.view.selected
        if self._typed.digits:
            # Held down, the first repeat would bump the selected ticket, which nobody meant.
            self._is_held("bump", HOLD_GAP)
            self._bump_typed()
        elif selected is not None:
            # What it bumps may stay: held down, it would serve a table that it has just bumped.
            if not self._is_held("bump", HOLD_GAP):
                self.post_message(self.view.wish(selected))
        elif self.view.select_again():
            self._held_key.released()
            self._is_held("bump", REPEAT_GAP)

    def _bump_typed(self) -> None:
        slot, meant = self._typed.slot, self._typed.meant
        if self.view.in_slot(slot) != meant:
            # A ticket left or came while the number was typed: nobody means what stands there now.
            self._slot_changed(slot)
        else:
            self._bump_slot(slot)

    def action_bump_slot(self, slot: int) -> None:
        """Bump the ticket in a slot of this page, by the slot's own key.

        Args:
            slot: 1 for the first one.
        """
        # Held down it would bump the next ticket as well, which has just taken the slot.
        if not self._is_held(f"slot {slot}", HOLD_GAP):
            (self._slot_changed if self.view.is_new_in(slot) else self._bump_slot)(slot)

    def action_bump_slot_right(self, slot: int) -> None:
        """Bump the ticket in a slot of the right half, by a key of the second bump bar.

        Args:
            slot: 1 for the first one there.
        """
        self.action_bump_slot(self.view.slot_from(self.keys.layers.second_from_column, slot))

    def _slot_changed(self, slot: int) -> None:
        self._typed.clear()
        self.notify(slot_changed_words(slot), severity="warning", markup=False)
        self._show_words()

    def _bump_slot(self, slot: int) -> None:
        self._typed.clear()
        ticket_id = self.view.in_slot(slot)
        if ticket_id is None:
            words = f"Slot {slot} is empty."
            if self._views.focused is not None:
                words = f"No slot is seen here: {self.key('board.clear')} shows the tickets again."
            self.notify(words, severity="warning", markup=False)
        elif self._only_selects(ticket_id):
            self.view.select(ticket_id)
        else:
            self.post_message(self.view.wish(ticket_id))
        self._show_words()

    def _only_selects(self, ticket_id: str) -> bool:
        """Whether a slot's key selects its ticket now, and bumps it the next time."""
        if not self._shown.select_first:
            return False
        return not self._chosen.again(ticket_id, self._shown.monotonic())

    def action_digit(self, digit: int) -> None:
        """Take a digit of a slot's number.

        Args:
            digit: 0 to 9.
        """
        self._typed.type(digit, self._shown.monotonic())
        slot = self._typed.slot
        self._typed.meant = self.view.in_slot(slot) if not self.view.is_new_in(slot) else None
        self._show_words()

    def action_clear(self) -> None:
        """Forget the number that was begun, else the selection, else the search."""
        if self._typed.digits:
            self._typed.clear()
        elif self.view.selected is not None or not self.end_search():
            self.view.select(None)
        self._show_words()

    def action_move(self, direction: str) -> None:
        """Move the selection.

        Args:
            direction: LEFT, RIGHT, UP or DOWN.
        """
        self._typed.clear()  # the selected ticket is meant from now on
        self._held_key.released()
        self.view.move(Direction[direction])

    def action_turn(self, step: int) -> None:
        """Turn the page.

        Args:
            step: 1 or -1.
        """
        self.view.turn(step)

    def action_turn_around(self) -> None:
        """Turn to the next page, and from the last one to the first: for bars with one page key."""
        self.view.turn_around()

    def action_tidy(self) -> None:
        """Put the tickets in order again."""
        self.view.tidy()

    def _view_changed(self) -> None:
        """Begin anew with what was typed or held, and write the words around the view."""
        self._typed.clear()
        self._held_key.released()
        if self._panel is None or not self._panel.has_focus_within:
            self.view.take_focus()
        self._show_words()

    def action_recall(self) -> None:
        """Bring the last bumped ticket back."""
        if not self._is_held("recall", REPEAT_GAP):
            self.post_message(WishRequested(Verb.RECALL))

    def action_acknowledge(self) -> None:
        """Take notice of the selected ticket, else select one."""
        selected = self.view.selected
        if selected is None:
            self.view.select_again()
            return
        together = self.view.orders_of(selected)
        if together is not None and not together:
            self.notify(SEVERAL_GUESTS, severity="warning", markup=False)
        for order_id in (selected,) if together is None else together:
            self.post_message(NoticeTaken(order_id))

    def action_acknowledge_all(self) -> None:
        """Take notice of all that is new, changed, cancelled or back, but for what a filter hides:
        nobody has seen that."""
        kitchen = self._kitchen
        if kitchen.filters and self._views.current is kitchen:
            for order_id in kitchen.looked_at:
                self.post_message(NoticeTaken(order_id))
        else:
            self.post_message(NoticeTaken())

    def action_mute(self) -> None:
        """Have no sounds for a while, or have them back."""
        if not self._is_held("mute", HOLD_GAP):
            self.post_message(SoundRequested())

    def action_looks(self) -> None:
        """Pick colours and size of the cards."""
        self.post_message(LooksRequested())

    def refit(self) -> None:
        """Lay the cards of all views out anew, by the density of now."""
        for grid in self.query(GridView):
            grid.refit()
        self._show_words()

    def action_test_sounds(self) -> None:
        """Hear every sound."""
        if not self._is_held("test", HOLD_GAP):
            self.post_message(SoundRequested(test=True))

    def action_reconnect(self) -> None:
        """Connect again without waiting."""
        self.post_message(ReconnectRequested())

    def action_diagnostics(self) -> None:
        """Show how the display is."""
        keys = self.keys.closing("app.diagnostics")
        self.app.push_screen(DiagnosticsDialog(self._shown.diagnosis, keys))

    def action_palette(self) -> None:
        """Search the commands."""
        from kds_tui.ui.palette import BoardPalette

        if not BoardPalette.is_open(self.app):
            self.app.push_screen(BoardPalette(self.keys, self._shown.monotonic))

    def action_quit(self) -> None:
        """Leave, with a question where something is unsent."""
        self.post_message(QuitRequested())

    def _tick(self) -> None:
        self._typed.expire(self._shown.monotonic())
        self._views.tick(self._shown.server_now())
        self._show_words()

    def _show_words(self) -> None:
        shown = self._shown
        self._link = shown.link()
        monotonic, now = shown.monotonic(), shown.server_now()
        counts = Counts(
            open=len(shown.tickets) - len(self._views.kitchen.waiting()),
            late=shown.tickets.late_count(now, shown.rules),
            ready=shown.tickets.ready_count,
            unsent=shown.unsent(),
            unsent_age=shown.unsent_age(),
            skew=shown.skew() or 0.0,
            sound=shown.sound(),
        )
        line = self.query_one(StatusLine)
        line.name_stations(str(shown.kitchen.stations))
        line.show(self._link, counts, self._views.current.TITLE, monotonic=monotonic, now=now)
        words = banner_words(
            self._link,
            monotonic,
            shown.server,
            ever_live=self._ever_live,
            reconnect_key=self.key("app.reconnect"),
            last_known_age=shown.last_known_age(),
        )
        self.query_one("#link", Banner).show(words)
        self.query_one("#trouble", Banner).show(shown.trouble())
        right = (self.unread_words(), self.stock_words(), self.view.right_words(now))
        self.query_one(KeyLine).show(self._key_words(), "  ".join(filter(None, right)))
        self._show_hidden(now)

    def _is_ours(self, action_id: str) -> bool:
        """Whether the key that the footer names for an action is not the voice panel's now."""
        keys = self.keys.of(action_id)
        return self._panel is None or not keys or not self._panel.takes(keys[0].key)

    def _typed_word(self) -> str:
        """What Enter does with the slot whose number is typed."""
        meant = self._typed.meant or ""
        if self._shown.select_first and not self._chosen.holds(meant, self._shown.monotonic()):
            return "select"
        return self.view.bump_word(meant)

    def _key_words(self) -> list[tuple[str, str]]:
        key = self.key
        if self._typed.digits:
            does, *what = self._typed_word().split()
            words = " ".join((f"{does}s", *what))
            return [(f"Slot {self._typed.digits}", ""), ("Enter", words), ("Esc", "forgets")]
        shown: list[tuple[str, str]] = []
        if self.view.has_cards:
            selected = self.view.selected
            found = self._views.current.card(selected) if selected is not None else None
            if found is None or not is_leaving(found[0]):  # else it does nothing
                does = "select" if selected is None else self.view.bump_word(selected)
                shown.append((key("board.bump"), does))
            # On a bar the slots have keys of their own; in large letters none is seen.
            if self.keys.of("board.digit_1") and self._views.focused is None:
                shown.append(("1-9 Enter", "slot"))
        if pages := self.view.page_words:
            shown.append((f"{key('board.page_previous')} {key('board.page_next')}", pages))
        if (sorted_by := self.view.sorted_by) and self._is_ours("board.sort"):
            shown.append((key("board.sort"), f"by {sorted_by}"))
        shown.append((key("app.help"), "help"))
        if self._is_ours("board.recall"):
            can_undo = self._shown.kitchen.outbox.can_undo
            shown.append((key("board.recall"), "undo" if can_undo else "recall"))
        shown.append((key("app.quit"), "quit"))
        return shown
