"""The figures of a display as a person reads them: each beside its limit, with a word for it.

The diagnostics screen, `kds-tui doctor` and the support bundle show the same table.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from kds_tui.core.clock import format_age
from kds_tui.core.display_status import (
    BoardFacts,
    ClockFacts,
    CommandFacts,
    DisplayStatus,
    EventFacts,
    LinkFacts,
    ProcessFacts,
    VoiceFacts,
)
from kds_tui.core.latencies import LATENCY_BOUNDS, latency_below
from kds_tui.core.limits import ENOUGH_CONNECTIONS, ENOUGH_ORDERS, LIMITS, MB, Level, worst
from kds_tui.core.link import LinkState
from kds_tui.core.symptoms import subscriptions_wrong, turn_level, voice_is_down
from kds_tui.core.time_of_day import time_of_day

NOT_YET: Final = "not known yet"


@dataclass(frozen=True, slots=True)
class Reading:
    """One figure."""

    label: str
    value: str
    """In words; may hold text from outside."""

    limit: str = ""
    """What it should be; empty for what has no limit."""

    level: Level = Level.NONE
    source: str = ""
    """Where the limit is from."""


@dataclass(frozen=True, slots=True)
class Group:
    """Figures that belong together."""

    title: str
    readings: Sequence[Reading]


def read_status(status: DisplayStatus) -> tuple[Group, ...]:
    """Read a display's figures.

    Args:
        status: of the display.

    Returns:
        The groups, the most telling one first.
    """
    link = status.link
    groups = [Group("Server and board", tuple(_server(status, link)))]
    groups.append(Group("Bumps", tuple(_bumps(status.commands))))
    if link is not None:
        told = tuple(_link(link, status.board, status.events))
        groups.append(Group("Link since the start", told))
    groups.append(Group("Voice", tuple(_voice(status.voice, status.no_voice))))
    if status.sound:
        groups.append(Group("Sound", (Reading("heard from", status.sound),)))
    groups.append(Group("Clock", tuple(_clock(status.clock))))
    groups.append(Group("This program", tuple(_program(status))))
    return tuple(groups)


def worst_level(groups: Sequence[Group]) -> Level:
    """Give the worst level of all figures.

    Args:
        groups: as read.
    """
    return worst(*(reading.level for group in groups for reading in group.readings))


def ago(seconds: float) -> str:
    """Say how long ago something was.

    Args:
        seconds: since then.

    Returns:
        For example `2 s ago` or `4:07 ago`.
    """
    return f"{duration(seconds)} ago"


def duration(seconds: float) -> str:
    """Say how long something takes.

    Args:
        seconds: of it.

    Returns:
        For example `2 s` or `4:07`.
    """
    return f"{max(0, int(seconds))} s" if seconds < 60 else format_age(seconds)


def _judged(label: str, value: str, name: str, figure: float | None) -> Reading:
    limit = LIMITS[name]
    return Reading(label, value, limit.words, limit.judge(figure), limit.source)


def _said(label: str, value: str, name: str, level: Level) -> Reading:
    limit = LIMITS[name]
    return Reading(label, value, limit.words, level, limit.source)


def _server(status: DisplayStatus, link: LinkFacts | None) -> Iterator[Reading]:
    yield Reading("order server", status.server)
    if link is None:
        yield _said("state", "not begun", "state", Level.NONE)
        return
    yield _said("state", *_state(link))
    heard = link.heartbeat_age
    yield _judged("last heartbeat", NOT_YET if heard is None else ago(heard), "heartbeat", heard)
    yield _tickets(status.board, link)
    if link.reason:
        yield Reading("last trouble", link.reason, "", Level.WARNING)
    yield _judged(
        "try number", f"{link.reconnect_attempts}", "reconnect attempts", link.reconnect_attempts
    )
    waits = "no"
    if link.is_reconnecting:
        waits = "yes" if link.retry_in is None else f"yes, next try in {duration(link.retry_in)}"
    yield _judged("reconnecting", waits, "reconnecting", link.is_reconnecting)
    sockets = _judged("open sockets", f"{link.open_sockets}", "open sockets", link.open_sockets)
    yield sockets
    yield _judged("subscriptions", _topics(link), "subscriptions", subscriptions_wrong(link))


def _topics(link: LinkFacts) -> str:
    counts = Counter(link.subscriptions)
    names = (name if count == 1 else f"{name} ×{count}" for name, count in counts.items())
    told = f"{len(link.subscriptions)}: {', '.join(names) or 'none'}"
    for what, wrong in (
        ("missing", link.missing_subscriptions),
        ("doubled", link.doubled_subscriptions),
    ):
        told += f"; {what}: {', '.join(wrong)}" if wrong else ""
    return told


def _state(link: LinkFacts) -> tuple[str, str, Level]:
    words = link.state.value
    if link.stale:
        words += ", gone silent"
    elif link.down_for is not None:
        words += f", for {duration(link.down_for)}"
    level = Level.WARNING
    if link.state is LinkState.LIVE and not link.stale:
        level = Level.OK
    elif link.state is LinkState.FAILED:
        level = Level.CRITICAL
    elif link.is_connecting and LIMITS["down"].judge(link.down_for) is Level.OK:
        level = Level.OK
    return words, "state", level


def _tickets(board: BoardFacts, link: LinkFacts) -> Reading:
    if board.last_known_age is not None:
        words = f"of the last run, {ago(board.last_known_age)}"
        return _said("tickets", words, "confirmed", Level.WARNING)
    live = link.state is LinkState.LIVE
    if board.differing is not None:
        here, there = board.differing
        last = "to be listed anew" if live else "when last compared"
        words = f"not as the server's: {here} orders here, {there} there, {last}"
        return _said("tickets", words, "confirmed", Level.WARNING)
    if board.confirmed_age is None:
        # A Restaurant OS server never tells a digest: that is no fault of anybody's.
        words = "not compared: the server tells no digest" if live else "not compared yet"
        return _said("tickets", words, "confirmed", Level.NONE)
    what = "the only ticket" if board.tickets == 1 else f"all {board.tickets} tickets"
    what = what if board.tickets else "an empty board"
    age = board.confirmed_age
    return _judged("tickets", f"{what} confirmed {ago(age)}", "confirmed", age)


def _link(link: LinkFacts, board: BoardFacts, events: EventFacts) -> Iterator[Reading]:
    tried, live = link.connect_count, link.live_count
    failed = (tried - live) / tried if tried >= ENOUGH_CONNECTIONS else None
    told = f"{live} of {tried} became live"
    yield _judged("connections", told, "connections", failed)
    yield Reading("snapshots", f"{link.snapshots}")
    yield Reading("sequence gaps", f"{link.gaps}")
    yield _judged("mismatches", f"{board.mismatches}", "mismatches", board.mismatches)
    yield _judged("handler errors", f"{link.handler_errors}", "handler errors", link.handler_errors)
    yield _judged("bad frames", f"{link.bad_frames}", "bad frames", link.bad_frames)
    yield Reading("unknown types", f"{link.unknown_types}")
    yield Reading("server errors", f"{link.server_errors}")
    yield Reading("journal", link.epoch or "the server has none")
    yield Reading("last event", "-" if link.seq is None else f"{link.seq}")
    below = latency_below(events.latency, 0.99)
    if below is not None:
        late = below == float("inf")
        words = f"over {LATENCY_BOUNDS[-1]:g} s" if late else f"under {below:g} s"
        yield _judged("99 % of news", f"{words} old", "latency", below)


def _bumps(commands: CommandFacts) -> Iterator[Reading]:
    yield Reading("unsent", f"{commands.unsent}")
    oldest = commands.oldest
    if oldest is not None:
        yield _judged("oldest", format_age(oldest), "oldest unsent", oldest)
    trouble = commands.trouble
    if trouble:
        yield _said("on the disk", trouble, "disk", Level.CRITICAL)
    else:
        yield _said("on the disk", "yes", "disk", Level.OK)
    given = sum(commands.given.values())
    yield Reading(
        "since the start", f"{given} given, {commands.answered} done, {commands.declined} declined"
    )


def _voice(voice: VoiceFacts | None, why_not: str) -> Iterator[Reading]:
    if voice is None:
        yield Reading("voice", why_not or "off")
        return
    level = Level.OK if voice.connection_state == "connected" else Level.WARNING
    level = Level.CRITICAL if voice_is_down(voice) else level
    yield _said("connection", voice.connection_state, "voice connection", level)
    if voice.reason:
        yield Reading("why", voice.reason, "", Level.WARNING)
    turn = voice.turn_state
    if turn == "idle" or turn not in LIMITS:
        yield Reading("turn", turn, "", Level.OK)
    else:
        yield _said("turn", f"{turn}, {duration(voice.turn_for)}", turn, turn_level(voice))
    waited_for = voice.transcript_map_size if turn == "idle" else 0
    size = f"{voice.transcript_map_size} open, {voice.transcripts_kept} kept"
    yield _judged("transcript map", size, "transcript map", waited_for)
    channel = "ready" if voice.data_channel_ready else "not ready"
    channel = channel if voice.has_data_channel else "none"
    yield _said(
        "data channel",
        channel,
        "data channel",
        Level.OK if voice.data_channel_ready else Level.WARNING,
    )
    yield _said(
        "microphone",
        voice.microphone or ("records" if voice.records else "silent"),
        "microphone",
        Level.OK if voice.records else Level.WARNING,
    )
    connections = voice.open_connections
    yield _judged("connections", f"{connections}", "voice connections", connections)
    yield _orders(voice)
    per_minute = voice.timeouts_per_minute
    told = f"{voice.state_timeouts}, {per_minute:.1f} a minute"
    yield _judged("state timeouts", told, "state timeouts", per_minute)


def _orders(voice: VoiceFacts) -> Reading:
    begun, placed = voice.orders_started, voice.orders_completed
    failed = (begun - placed) / begun if begun >= ENOUGH_ORDERS else None
    return _judged("orders", f"{placed} of {begun} placed", "voice orders", failed)


def _clock(clock: ClockFacts) -> Iterator[Reading]:
    yield Reading("server's time", time_of_day(clock.server_time, "%H:%M:%S"))
    trip = clock.round_trip
    yield Reading("round trip", NOT_YET if trip is None else f"{trip * 1000:.0f} ms")
    skew = clock.skew
    if skew is None:
        yield _said("wall clock", "in use: the server has told no time", "skew", Level.NONE)
        return
    figure = abs(skew)
    words = f"right ({skew:+.1f} s)"
    if LIMITS["skew"].judge(figure) is not Level.OK:
        words = f"{format_age(round(figure))} {'ahead' if skew > 0 else 'behind'}"
    yield _judged("wall clock", words, "skew", figure)


def _program(status: DisplayStatus) -> Iterator[Reading]:
    held = status.process
    yield _judged("memory", f"{held.rss_bytes / MB:.0f} MB", "memory", float(held.rss_bytes))
    yield _judged("memory growth", _growth(held), "growth", held.growth)
    handles = held.timers + held.sockets
    yield _judged("handles", f"{handles}", "handles", handles)
    yield _judged("timers", f"{held.timers}", "timers", held.timers)
    yield _judged("sockets", f"{held.sockets}", "sockets", held.sockets)
    yield Reading("files", f"{held.files}")
    yield Reading("tasks, threads", f"{held.tasks}, {held.threads}")
    yield Reading("running for", duration(held.up_for))
    yield Reading("version, process", f"{status.version}, {status.pid}")
    for trouble in status.trouble:
        yield Reading("metrics", trouble, "", Level.WARNING)


def _growth(held: ProcessFacts) -> str:
    if held.growth is None:
        return f"warming up, known in {duration(held.growth_known_in)}"
    return f"{held.growth / MB:+.1f} MB an hour"
