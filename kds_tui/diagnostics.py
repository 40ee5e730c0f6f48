"""What the diagnostics screen tells: link, board, clock, unsent commands, this process, in words.

Each function makes one section of plain figures; whoever owns the figures calls it.
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Final

from kds_tui.core.clock import SKEW_SHOWN, ServerClock, format_age
from kds_tui.core.link import LinkState
from kds_tui.process_figures import ProcessFigures, process_figures
from kds_tui.ui.diagnostics import Row, Section

if TYPE_CHECKING:
    from kds_tui.services.terminal import Terminal
    from kds_tui.services.websocket import LinkReport

CONFIRMED_LATELY: Final = 10.0
"""Seconds for which a confirmation is good: a few heartbeats."""

UNSENT_LATELY: Final = 30.0
"""Seconds for which a command may wait for its answer without a mark."""

NOT_YET: Final = "not known yet"


def display_sections(terminal: Terminal, server: str) -> list[Section]:
    """Tell everything; to be called in the display's event loop.

    Args:
        terminal: about which.
        server: the address of the order server.

    Returns:
        The sections, the most telling one first.
    """
    report = terminal.link.get_status() if terminal.link is not None else None
    now, kitchen = terminal.monotonic(), terminal.kitchen
    return [
        server_section(report, server, len(kitchen.tickets), now, terminal.last_known_age),
        link_section(report),
        clock_section(terminal.clock, terminal.skew(), now),
        unsent_section(len(kitchen.outbox), terminal.unsent_age, terminal.trouble),
        process_section(process_figures()),
    ]


def server_section(
    report: LinkReport | None,
    server: str,
    tickets: int,
    now: float,
    last_known_age: float | None = None,
) -> Section:
    """Tell how the server is, and whether the board is the server's.

    Args:
        report: of the link; None before there is one.
        server: its address.
        tickets: how many are on this display's board.
        now: the monotonic clock, in seconds.
        last_known_age: how old the board is, in seconds, when it is that of the last run.

    Returns:
        The first section.
    """
    rows = [Row("order server", server)]
    if report is None:
        return Section("Server", [*rows, Row("link", "not begun", ok=None)])
    rows.append(Row("link", *_link_words(report, now)))
    if last_known_age is None:
        rows.append(Row("tickets", *_confirmed_words(report, tickets, now)))
    else:
        rows.append(Row("tickets", f"of the last run, {ago(last_known_age)}", ok=False))
    if report["reason"]:
        rows.append(Row("last trouble", report["reason"], ok=False))
    return Section("Server", rows)


def _link_words(report: LinkReport, now: float) -> tuple[str, bool]:
    words = report["state"]
    heard_at, retry_at = report["last_heartbeat"], report["retry_at"]
    if report["stale"]:
        words += ", gone silent"
    if report["reconnect_attempts"]:
        words += f", try {report['reconnect_attempts']}"
    if retry_at is not None:
        words += f", next in {max(0, round(retry_at - now))} s"
    if heard_at is not None:
        words += f", last word {ago(now - heard_at)}"
    return words, report["state"] == LinkState.LIVE and not report["stale"]


def _confirmed_words(report: LinkReport, tickets: int, now: float) -> tuple[str, bool | None]:
    confirmed_at, counts = report["confirmed_at"], report["differing_counts"]
    live = report["state"] == LinkState.LIVE
    if counts is not None:
        here, there = counts
        last = ", to be listed anew" if live else " when last compared"
        return f"not as the server's: {here} orders here, {there} there{last}", False
    if confirmed_at is None:
        # A Restaurant OS server never tells a digest: that is no fault of anybody's.
        words = "not compared: the server tells no digest" if live else "not compared yet"
        return words, None
    age = now - confirmed_at
    what = "the only ticket" if tickets == 1 else f"all {tickets} tickets"
    what = what if tickets else "an empty board"
    return f"{what} confirmed {ago(age)}", age < CONFIRMED_LATELY


def link_section(report: LinkReport | None) -> Section:
    """Tell what happened to the link since the program began.

    Args:
        report: of the link; None before there is one.

    Returns:
        A section of counters.
    """
    if report is None:
        return Section("Link", [Row("connections", "0")])
    sockets = report["open_sockets"]
    return Section(
        "Link",
        [
            Row("connections", f"{report['connect_count']}", ok=None),
            Row("open sockets", f"{sockets}", ok=None if sockets <= 1 else False),
            Row("snapshots", f"{report['snapshots']}"),
            Row("gaps", f"{report['gaps']}"),
            _count("mismatches", report["digest_mismatches"]),
            _count("bad frames", report["bad_frames"]),
            _count("unknown types", report["unknown_types"]),
            _count("server errors", report["server_errors"]),
            _count("handler errors", report["handler_errors"]),
            Row("journal", report["epoch"] or "none"),
            Row("last event", "-" if report["seq"] is None else f"{report['seq']}"),
        ],
    )


def clock_section(clock: ServerClock, skew: float | None, now: float) -> Section:
    """Tell what the ages go by.

    Args:
        clock: the server's, as known here.
        skew: seconds that the terminal's wall clock is ahead of it; None while it is not known.
        now: the monotonic clock, in seconds.

    Returns:
        A section.
    """
    trip = clock.round_trip
    told = datetime.fromtimestamp(clock.now(now)).astimezone()
    return Section(
        "Clock",
        [
            Row("server's time", told.strftime("%H:%M:%S")),
            Row("round trip", NOT_YET if trip is None else f"{trip * 1000:.0f} ms"),
            Row("wall clock", *_skew_words(skew)),
        ],
    )


def _skew_words(skew: float | None) -> tuple[str, bool | None]:
    if skew is None:
        return "in use", None  # the server has told no time
    if abs(skew) <= SKEW_SHOWN:
        return f"right ({skew:+.1f} s)", True
    # No fault of the display's: ages do not go by it.
    return f"{format_age(round(abs(skew)))} {'ahead' if skew > 0 else 'behind'}", False


def unsent_section(depth: int, oldest: float | None, trouble: str) -> Section:
    """Tell what the server has not answered, and whether it is safe on the disk.

    Args:
        depth: how many commands.
        oldest: the age of the oldest, in seconds; None when there is none.
        trouble: what is wrong with the disk; empty when nothing is.

    Returns:
        A section.
    """
    rows = [Row("commands", f"{depth}")]
    if oldest is not None:
        rows.append(Row("oldest", format_age(oldest), ok=oldest < UNSENT_LATELY))
    rows.append(Row("on the disk", trouble or "yes", ok=not trouble))
    return Section("Unsent", rows)


def process_section(figures: ProcessFigures) -> Section:
    """Tell what this program holds.

    Args:
        figures: of this moment.

    Returns:
        A section.
    """
    return Section(
        "This program",
        [
            Row("memory", f"{figures.rss_bytes / 1e6:.0f} MB"),
            Row("open files", f"{figures.fds}"),
            Row("tasks, threads", f"{figures.tasks}, {figures.threads}"),
        ],
    )


def ago(seconds: float) -> str:
    """Say how long ago something was.

    Args:
        seconds: since then.

    Returns:
        For example `2 s ago` or `4:07 ago`.
    """
    return f"{max(0, int(seconds))} s ago" if seconds < 60 else f"{format_age(seconds)} ago"


def _count(label: str, count: int) -> Row:
    return Row(label, f"{count}", ok=None if count == 0 else False)
