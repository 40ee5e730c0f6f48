"""The lines of words around the grid: status above, a banner while something is wrong, keys."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from rich.cells import cell_len
from textual.content import Content
from textual.message import Message
from textual.widgets import Static

from kds_tui.core.clock import SKEW_SHOWN, format_age
from kds_tui.core.link import LinkState, LinkStatus
from kds_tui.core.time_of_day import time_of_day
from kds_tui.ui.alert_bar import AlertBar
from kds_tui.ui.card_lines import truncate, wrap

_LOGIN: Final = "kds-tui login"

MOST_LINES: Final = 3
"""Most lines of a banner: as many as a refused certificate needs on 80 columns, with what to do."""


@dataclass(frozen=True, slots=True)
class Counts:
    """What the header counts."""

    open: int = 0
    late: int = 0
    ready: int = 0
    unsent: int = 0
    """Commands that the server has not answered yet."""

    unsent_age: float | None = None
    """Seconds that the oldest of them waits."""

    skew: float = 0.0
    """Seconds that the terminal's wall clock is ahead of the server's."""

    sound: str = ""
    """For how long sounds are muted, in words; empty when they are not."""


def link_words(status: LinkStatus, now: float) -> tuple[str, str]:
    """Say how the link is.

    Args:
        status: of the link.
        now: the monotonic clock, in seconds.

    Returns:
        The words, and the variable of the theme that colours them.
    """
    silent = max(0.0, now - status.heard_at) if status.heard_at is not None else None
    if status.state is LinkState.LIVE:
        age = f"{int(silent)}s" if silent is not None and silent < 60 else format_age(silent or 0)
        if status.stale:
            return f"◌ STALE {age}", "$kds-caution"
        return f"● LIVE {age}", "$kds-good"
    if status.state is LinkState.FAILED:
        if status.untrusted:
            return "✖ NOT TRUSTED", "$kds-bad"
        return "✖ LOGIN REFUSED", "$kds-bad"
    if status.state in (LinkState.RECONNECTING, LinkState.DISCONNECTED):
        return f"○ OFFLINE {format_age(silent)}" if silent is not None else "○ OFFLINE", "$kds-bad"
    if status.attempt > 1 and silent is not None:
        return f"○ OFFLINE {format_age(silent)}", "$kds-bad"
    return f"◌ {status.state.value.upper()}", "$kds-caution"


def age_words(age: float) -> str:
    """Say how old something is, in words that are read from across a kitchen.

    Args:
        age: seconds.

    Returns:
        Such as `12 min` or `3 h 5 min`.
    """
    minutes = int(age) // 60
    if minutes < 1:
        return f"{int(age)} s"
    if minutes < 60:
        return f"{minutes} min"
    if minutes < 48 * 60:
        return f"{minutes // 60} h {minutes % 60} min"
    return f"{minutes // 60 // 24} days"


def banner_words(
    status: LinkStatus,
    now: float,
    server: str,
    *,
    ever_live: bool,
    reconnect_key: str,
    last_known_age: float | None = None,
) -> str:
    """Say what is wrong and what happens next.

    Args:
        status: of the link.
        now: the monotonic clock, in seconds.
        server: the address of the order server.
        ever_live: whether there is a board to look at.
        reconnect_key: as it is printed on the keyboard.
        last_known_age: how old the board is, in seconds, when it is that of the last run.

    Returns:
        One sentence or two; empty when nothing is wrong.
    """
    if last_known_age is not None:
        words = banner_words(status, now, server, ever_live=False, reconnect_key=reconnect_key)
        said = words or "Connecting ..."
        return f"LAST KNOWN BOARD, {age_words(last_known_age)} old. {said}"
    retry = ""
    if status.retry_at is not None:
        seconds = max(0, round(status.retry_at - now))
        retry = f" Next try in {seconds} s, {reconnect_key} tries now."
    match status.state:
        case LinkState.FAILED if status.untrusted:
            return f"{status.reason} ·{retry}" if retry else status.reason
        case LinkState.FAILED:
            reason = status.reason.rstrip(".")
            advice = "" if _LOGIN in reason else f" Log in again with: {_LOGIN}."
            return f"Login refused: {reason}.{advice}{retry}"
        case LinkState.LIVE if status.stale:
            return "The order server has gone silent: orders may be missing."
        case LinkState.RECONNECTING if ever_live:
            return f"Offline: new orders do not arrive ({status.reason or server}).{retry}"
        case LinkState.RECONNECTING:
            reason = status.reason or f"no answer from {server}"
            return f"{reason[:1].upper()}{reason[1:]}.{retry}"
        case LinkState.CONNECTING | LinkState.AUTHENTICATING | LinkState.SYNCING if ever_live:
            return "Offline: connecting again ..." if status.attempt else ""
        case _:
            return ""


def signed_out_words(reason: str) -> str:
    """Say that bumps wait for a person, though orders arrive.

    Args:
        reason: why the order server takes none, in its words; empty when it does.

    Returns:
        A sentence or two; empty when nothing is wrong.
    """
    if not reason:
        return ""
    reason = reason.rstrip(".")
    advice = "" if _LOGIN in reason else f" Log in again with: {_LOGIN}."
    return f"Bumps are kept and not sent: {reason}.{advice} The next bump then sends all."


class StatusLine(AlertBar):
    """The header: restaurant, station, link, counts, clock; while it is lit, what happened."""

    DEFAULT_CSS = """
    StatusLine {
        height: 1; background: $kds-bar-back; color: $kds-bar; text-style: bold; padding: 0 1;
    }
    """

    class Tapped(Message):
        """The header was clicked, which goes to the next view."""

    def __init__(self, station: str) -> None:
        super().__init__()
        self._restaurant = "Kitchen"
        self._station = station
        self._shown: object = None

    def name_restaurant(self, name: str) -> None:
        """Take the restaurant's name; it is shown from the next `show` on.

        Args:
            name: clean text.
        """
        self._restaurant = name

    def name_stations(self, words: str) -> None:
        """Take whose screen it is; it is shown from the next `show` on.

        Args:
            words: the stations.
        """
        self._station = words

    def on_click(self) -> None:
        """Go to the next view: a touch screen has no tab key."""
        self.post_message(self.Tapped())

    def show(
        self, status: LinkStatus, counts: Counts, view: str = "", *, monotonic: float, now: float
    ) -> None:
        """Say how things are.

        Args:
            status: of the link.
            counts: of the board.
            view: what is looked at; empty for the kitchen's tickets.
            monotonic: the monotonic clock, in seconds.
            now: the server's time, in seconds since the epoch.
        """
        words, colour = link_words(status, monotonic)
        clock = time_of_day(now)
        parts: list[tuple[str, str]] = [
            (words, colour),
            (f"{counts.open} open", ""),
            (f"{counts.late} late", "$kds-bad" if counts.late else ""),
            (f"{counts.ready} ready", ""),
        ]
        if counts.unsent:
            age = f" {format_age(counts.unsent_age)}" if counts.unsent_age is not None else ""
            parts.append((f"{counts.unsent} unsent{age}", "$kds-caution"))
        if counts.sound:
            parts.append((counts.sound, "$kds-caution"))
        width = self.content_size.width
        gap = "   " if width >= 90 else "  "
        if abs(counts.skew) > SKEW_SHOWN:
            # Ages are right all the same: for the one who looks after the machine, if it fits.
            off = f"clock {format_age(round(abs(counts.skew)))} off"
            if cell_len(gap.join([*(text for text, _ in parts), off, clock])) <= width:
                parts.append((off, ""))
        parts.append((clock, ""))
        if self.alert:  # words of their own colour might not be read on the bar's new one
            parts = [(words, "") for words, _ in parts]
        shown = (parts, self.alert or self._restaurant, self._station, view, width)
        if shown == self._shown:
            return
        self._shown = shown
        right = Content(gap).join([Content.styled(text, style) for text, style in parts])
        room = width - right.cell_length - 2
        names = [name for name in (view, self._restaurant, self._station) if name]
        # Whose items these are matters more than which restaurant it is.
        if cell_len(" · ".join(names)) > room:
            names.remove(self._restaurant)
        left = truncate(self.alert or " · ".join(names), room)
        if room < 8:
            left, room = "", width - right.cell_length - 2
        filler = " " * max(0, room - cell_len(left) + 2)
        self.update(Content.assemble(left, filler, right), layout=False)


class Banner(Static):
    """A sentence in a loud colour, there only while something is wrong.

    Args:
        id: of the widget: the screen has more than one.
    """

    DEFAULT_CSS = """
    Banner {
        display: none; height: auto; padding: 0 1;
        background: $kds-late-back; color: $kds-late; text-style: $kds-late-style;
        &.-shown { display: block; }
    }
    """

    def __init__(self, id: str) -> None:
        super().__init__(id=id, markup=False)
        self._lines: list[str] = []

    def show(self, words: str) -> None:
        """Say what is wrong.

        Args:
            words: a sentence; empty takes the banner away.
        """
        width = max(2, self.screen.size.width - 2)  # its own is none while it does not show
        lines = wrap(words, width) if words else []
        if len(lines) > MOST_LINES:
            rest = " ".join(lines[MOST_LINES - 1 :])
            lines = [*lines[: MOST_LINES - 1], truncate(rest, width)]
        if lines == self._lines:
            return
        # A countdown that stays on its lines needs no layout.
        higher = len(lines) != len(self._lines)
        self._lines = lines
        self.update("\n".join(lines), layout=higher)
        self.set_class(bool(lines), "-shown")


class KeyLine(AlertBar):
    """The footer: the keys that work now, what the other pages hold; a tap opens the commands."""

    DEFAULT_CSS = """
    KeyLine { height: 1; background: $kds-bar-back; color: $kds-bar; padding: 0 1; }
    """

    def __init__(self) -> None:
        super().__init__()
        self._shown: object = None

    async def on_click(self) -> None:
        """Show all commands: a touch screen has no keys."""
        await self.run_action("screen.palette")

    def show(self, keys: list[tuple[str, str]], right: str) -> None:
        """Say which keys work.

        Args:
            keys: key and what it does, the most useful one first; what does not fit is left out.
            right: what stands at the right edge, never left out.
        """
        width = self.content_size.width
        right = truncate(right, width)
        shown = (keys, right, width, bool(self.alert))
        if shown == self._shown:
            return
        self._shown = shown
        loud = "bold" if self.alert else "bold $kds-caution"
        pieces: list[Content] = []
        used = cell_len(right)
        for key, words in keys:
            needed = cell_len(key) + cell_len(words) + 3
            if used + needed > width:
                continue
            used += needed
            pieces.append(Content.assemble((key, loud), " ", words, "  "))
        filler = " " * max(0, width - used)
        self.update(Content.assemble(*pieces, filler, (right, loud)), layout=False)
