"""The voice panel: talk, see what was understood, correct it, send it.

It sits beside the tickets of a kitchen display, or fills a screen of its own. It fetches nothing:
voice client and order dialogue are given to it, and outlive it.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import ExitStack
from typing import ClassVar, Final

from textual import on, work
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.content import Content
from textual.message import Message
from textual.timer import Timer
from textual.widgets import Static

from voice_tui.core.turn import TurnState
from voice_tui.services.dialogue import OrderDialogue
from voice_tui.services.dialogue_view import DialogueView
from voice_tui.services.voice_status import VoiceStatus
from voice_tui.ui.device_dialog import DeviceDialog
from voice_tui.ui.order_entry import OrderEntry
from voice_tui.ui.panel_words import Picture, body_lines, slash_words, state_words, talk_words
from voice_tui.ui.talk_bar import TAP_S, TalkBar
from voice_tui.ui.voice_port import VoicePort

LOOK_S: Final = 0.1
"""Seconds between two looks at the level, and at whether somebody is still there, in a recording.
Not a subscription to the app's focus: Textual 8.2.8 keeps such watchers for the app's life."""

NOTICE_S: Final = 20.0
"""Seconds for which a notice of the voice client is shown: an old one looks like news."""

REPEAT_S: Final = 0.7
"""Seconds in which the talk key, come again, counts as held down where the terminal does not tell
when it comes up. The first repeat comes after 250 to 660 ms, by the usual defaults."""


class VoicePanel(Vertical, can_focus=True):
    """Push-to-talk in a column of 30 cells or more, or in a strip of three lines.

    Args:
        voice: the voice client; started and closed by the host.
        dialogue: the order; started and closed by the host.
        talk_key: the talk key as it is printed on the keyboard. The host binds it, and calls
            `talk_down`, and `talk_up` where the terminal tells when keys come up.
    """

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("y", "yes", "Yes", show=False),
        Binding("n,escape", "no", "No", show=False),
        Binding("up", "move(-1)", "Line above", show=False),
        Binding("down", "move(1)", "Line below", show=False),
        Binding("plus,equals_sign", "change(1)", "One more", show=False),
        Binding("minus", "change(-1)", "One fewer", show=False),
        Binding("delete,backspace", "remove", "Take the line out", show=False),
        Binding("slash", "type_order", "Type an order", show=False),
        Binding("m", "microphone", "Choose the microphone", show=False),
        Binding("r", "reset", "Reset voice", show=False),
    ]

    DEFAULT_CSS = """
    VoicePanel {
        width: 1fr; height: 1fr; background: $kds-page; color: $kds-text;
        & > #voice-body { height: 1fr; padding: 0 1; }
    }
    """

    class Finished(Message):
        """Nothing is left to answer or to correct: the host may take the keyboard back."""

    def __init__(self, voice: VoicePort, dialogue: OrderDialogue, talk_key: str = "T") -> None:
        super().__init__()
        self._voice = voice
        self._dialogue = dialogue
        self._talk_key = talk_key
        self._view = dialogue.view
        self._turn = TurnState.IDLE
        self._selected = 0
        self._key_is_down = False
        self._repeats_until = 0.0
        self._tapped = False
        self._looking: Timer | None = None
        self._subscriptions = ExitStack()
        self._holds = False

    @property
    def holds(self) -> bool:
        """Whether the terminal tells when a key comes up; the host sets it when it finds out."""
        return self._holds

    @holds.setter
    def holds(self, holds: bool) -> None:
        self._holds = holds
        self._key_is_down = False
        self.show()

    def takes(self, key: str) -> bool:
        """Tell whether a key is the panel's at this moment, and not the host's.

        Args:
            key: Textual's name for it.
        """
        return self.has_focus_within and key in self._bindings.key_to_bindings

    def compose(self) -> ComposeResult:
        """Lay the panel out.

        Yields:
            The bar to talk with, the line to type in, the words.
        """
        yield TalkBar()
        yield OrderEntry()
        yield _Body(id="voice-body")

    def on_mount(self) -> None:
        """Begin to listen to the client and to the dialogue."""
        self._looking = self.set_interval(LOOK_S, self._look, pause=True)
        self.set_interval(NOTICE_S / 4, self.show)
        self._subscriptions.callback(self._voice.subscribe(self._voice_changed))
        self._subscriptions.callback(self._dialogue.subscribe(self._order_changed))
        self.call_after_refresh(self.show)

    def on_unmount(self) -> None:
        """Leave no open microphone behind."""
        self._subscriptions.close()
        self._abandon("The panel was closed.")

    def on_focus(self) -> None:
        """Show which line the keys change."""
        self.call_next(self.show)  # the base class, which notes it, is told after this one

    def on_blur(self) -> None:
        """Show that keys go elsewhere."""
        self.call_next(self.show)

    def toggle(self) -> None:
        """Take a tap of the talk key: it begins a recording, or ends the one under way."""
        if self._recording:
            self._voice.release()
        else:
            self._press()

    def talk_down(self) -> None:
        """Take the news that the talk key went down; its repeats count for nothing."""
        now = time.monotonic()
        repeated = self._key_is_down if self._holds else now < self._repeats_until
        self._repeats_until = now + REPEAT_S
        if not repeated:
            self._key_is_down = self._holds
            self.toggle()

    def talk_up(self, held: float) -> None:
        """Take the news that the talk key came up; a tap leaves the recording running.

        Args:
            held: seconds since it went down.
        """
        was_down, self._key_is_down = self._key_is_down, False
        if was_down and self._recording and held >= TAP_S:
            self._voice.release()
        self.show()

    @on(TalkBar.Pressed)
    def _bar_pressed(self) -> None:
        # A second tap ends what a first one began.
        self._tapped = self._recording
        if self._tapped:
            self._voice.release()
        else:
            self._press()

    @on(TalkBar.Released)
    def _bar_released(self, message: TalkBar.Released) -> None:
        if self._recording and not self._tapped and message.held >= TAP_S:
            self._voice.release()

    def action_yes(self) -> None:
        """Agree to what is asked, as it stands on the screen."""
        self._dialogue.confirm(self._view.cart)

    def action_no(self) -> None:
        """Refuse what is asked, or throw the order away; with nothing to refuse, leave."""
        if self._recording:
            self._abandon("")
        elif self._view.asks:
            self._dialogue.cancel()
        else:
            self.post_message(self.Finished())

    def action_move(self, step: int) -> None:
        """Choose another line of the order.

        Args:
            step: 1 or -1.
        """
        last = len(self._view.cart.lines) - 1
        self._selected = max(0, min(self._selected + step, last))
        self.show()

    def action_change(self, delta: int) -> None:
        """Change how many of the chosen line are ordered.

        Args:
            delta: 1 or -1.
        """
        self._dialogue.change_quantity(self._selected, delta)

    def action_remove(self) -> None:
        """Take the chosen line out of the order."""
        self._dialogue.remove(self._selected)

    def action_type_order(self) -> None:
        """Open the line to type in."""
        self.query_one(OrderEntry).open()

    def action_reset(self) -> None:
        """Bring voice back to idle, whatever it waits for."""
        self._voice.force_reset()

    @work(group="voice-microphone", exclusive=True)
    async def action_microphone(self) -> None:
        """Choose another microphone."""
        devices = await self._voice.devices()
        current = self._voice.status.microphone.device
        chosen = await self.app.push_screen_wait(DeviceDialog(devices, current))
        if chosen is not None:
            await self._voice.choose_device(chosen)

    @on(OrderEntry.Typed)
    def _typed(self, message: OrderEntry.Typed) -> None:
        self._close_entry()
        if message.text.strip():
            self._dialogue.type_text(message.text)

    @on(OrderEntry.Left)
    def _close_entry(self) -> None:
        self.query_one(OrderEntry).close()
        self.focus()

    def show(self) -> None:
        """Show everything as it is now."""
        # At the end of the app the parts are gone before the panel hears of it (Textual 8.2.8).
        if not self.is_mounted or not self.query(TalkBar) or not self.query(_Body):
            return
        status = self._voice.status
        words = state_words(status)
        # A recording that a tap began, or the mouse, is not ended by letting go of the key.
        holds = self._key_is_down if self._recording else self._holds
        slash = slash_words(self._talk_key, active=self.has_focus_within)
        talk = talk_words(status, self._talk_key, holds=holds, slash=slash)
        level = status.level if self._recording else None
        self.query_one(TalkBar).show(words.word, words.colour, talk, level)
        entries = self._voice.conversation.transcripts.entries()
        now = asyncio.get_running_loop().time()
        fresh = [notice.text for notice in status.notices if now - notice.at < NOTICE_S]
        notice = fresh[-1] if fresh else ""
        selected, active = self._selected, self.has_focus
        answers = self.has_focus_within
        picture = Picture(status, self._view, entries, notice, selected, active, slash, answers)
        self.query_one(_Body).show(picture)

    @property
    def _recording(self) -> bool:
        return self._voice.status.turn is TurnState.RECORDING

    def _press(self) -> None:
        self._voice.press()
        # Not `focus()`, which waits its turn: the next key may be typed already.
        self.screen.set_focus(self)

    def _abandon(self, why: str) -> None:
        if self._recording:
            self._voice.abandon(why)

    def _look(self) -> None:
        """While recording: show the level, and end when nobody can be there any more."""
        if not self.app.app_focus:
            self._key_is_down = False  # it comes up in another window
            self._abandon("Recording stopped: the window lost the focus.")
        elif self.app.screen is not self.screen:
            self._abandon("Recording stopped: another screen came up.")
        self.show()

    def _voice_changed(self, status: VoiceStatus) -> None:
        before, self._turn = self._turn, status.turn
        if self._looking is not None:
            if status.turn is TurnState.RECORDING:
                self._looking.resume()
            else:
                self._looking.pause()
        if before is not status.turn and status.turn is TurnState.IDLE:
            self._finish_unless_asking()
        self.show()

    def _order_changed(self, view: DialogueView) -> None:
        had = self._view.asks or self._view.sending
        self._view = view
        self._selected = max(0, min(self._selected, len(view.cart.lines) - 1))
        if had:
            self._finish_unless_asking()
        self.show()

    def _finish_unless_asking(self) -> None:
        view = self._view
        if not (view.asks or view.sending or view.questions):
            self.post_message(self.Finished())


class _Body(Static):
    """Everything below the bar, as much of it as fits."""

    def __init__(self, *, id: str) -> None:
        super().__init__(markup=False, id=id)
        self._picture: Picture | None = None
        self._shown: object = None

    def show(self, picture: Picture) -> None:
        """Show a picture.

        Args:
            picture: what there is to show.
        """
        self._picture = picture
        self._draw()

    def on_resize(self) -> None:
        """Fit what is shown into the new size."""
        self._draw()

    def _draw(self) -> None:
        size = self.content_size
        if self._picture is None or not size:
            return
        lines = body_lines(self._picture, size.width, size.height)
        if lines != self._shown:
            self._shown = lines
            self.update(Content("\n").join(lines), layout=False)
