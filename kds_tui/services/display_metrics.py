"""A display's figures in the words of Prometheus.

Figures that the quick reference names in its queries have exactly that name, and so no `_total`,
which prometheus_client would give them as counters: they are written as untyped, for which `rate`
works as well. All others are counters, gauges and one histogram of this program's own, and begin
with `kds_`. Every one carries the station, so that displays of one machine differ, and
`process_resident_memory_bytes` differs from node_exporter's own.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
    UnknownMetricFamily,
)
from prometheus_client.registry import Collector

from kds_tui.core.display_status import (
    CommandFacts,
    DisplayStatus,
    EventFacts,
    LinkFacts,
    ProcessFacts,
    VoiceFacts,
)
from kds_tui.core.latencies import buckets
from kds_tui.core.link import LinkState

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"

_NO_VOICE: Final = VoiceFacts()


def render_metrics(status: DisplayStatus) -> bytes:
    """Write a display's figures as a scrape of Prometheus gets them.

    Args:
        status: of the display.

    Returns:
        Prometheus's text format.
    """
    return generate_latest(_registry(status))


def write_metrics(path: Path, status: DisplayStatus) -> None:
    """Write a display's figures into a file for node_exporter; whole or not at all.

    Args:
        path: in the folder of its textfile collector.
        status: of the display.

    Raises:
        OSError: it cannot be written.
    """
    # Not the library's own way, which leaves the mode to the umask: node_exporter is another user.
    fresh = path.with_name(f".{path.name}-{os.getpid()}")  # it reads what ends in .prom
    try:
        with open(fresh, "wb") as file:
            os.fchmod(file.fileno(), 0o644)
            file.write(render_metrics(status))
        fresh.replace(path)
    except BaseException:
        fresh.unlink(missing_ok=True)
        raise


def _registry(status: DisplayStatus) -> CollectorRegistry:
    # Of its own: the library's global one would mix the displays and hubs of one process.
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_DisplayCollector(status))
    return registry


class _DisplayCollector(Collector):
    """The figures of one moment."""

    def __init__(self, status: DisplayStatus) -> None:
        self._status = status
        self._labels = {"station": status.station}

    def collect(self) -> Iterator[Metric]:
        """Give every figure.

        Yields:
            A family each.
        """
        status = self._status
        yield from self._link(status.link or LinkFacts())
        yield from self._voice(status.voice or _NO_VOICE)
        yield from self._process(status.process)
        yield from self._commands(status.commands)
        yield from self._events(status.events)
        yield self._gauge("kds_tickets", "Tickets on the board.", status.board.tickets)
        confirmed = status.board.confirmed_age
        if confirmed is not None:
            words = "Since the board was last confirmed by the server's digest."
            yield self._gauge("kds_board_confirmed_age_seconds", words, confirmed)
        words = "Times that the board differed from the server's digest."
        yield self._counter("kds_digest_mismatches", words, status.board.mismatches)
        if status.clock.skew is not None:
            words = "How far the wall clock is ahead of the server's."
            yield self._gauge("kds_clock_skew_seconds", words, status.clock.skew)
        words = "When these figures were told, in seconds since the epoch."
        yield self._gauge("kds_status_time_seconds", words, status.wall_time)

    def _link(self, link: LinkFacts) -> Iterator[Metric]:
        words = "Websocket connections that were tried."
        yield self._named("websocket_connections_attempted", words, link.connect_count)
        words = "Websocket connections that became live."
        yield self._named("websocket_connections_successful", words, link.live_count)
        live = link.state is LinkState.LIVE and not link.stale
        yield self._gauge("kds_link_live", "1 while the link is live and not stale.", live)
        yield self._gauge(
            "kds_link_open_sockets", "Open websockets; never over 1.", link.open_sockets
        )
        age = link.heartbeat_age
        if age is not None:
            yield self._gauge("kds_link_heartbeat_age_seconds", "Since the server spoke.", age)
        for name, words, count in (
            ("sequence_gaps", "Gaps in the sequence of events.", link.gaps),
            ("snapshots", "Times that all orders were listed.", link.snapshots),
            ("bad_frames", "Frames that could not be read.", link.bad_frames),
            ("handler_errors", "Times that a subscriber failed.", link.handler_errors),
        ):
            yield self._counter(f"kds_{name}", words, count)

    def _voice(self, voice: VoiceFacts) -> Iterator[Metric]:
        words = "Orders begun in the voice panel."
        yield self._named("voice_orders_started", words, voice.orders_started)
        words = "Orders of the voice panel that are in the kitchen."
        yield self._named("voice_orders_completed", words, voice.orders_completed)
        words = "Voice turns that the deadline of a waiting state ended."
        yield self._named("voice_state_timeouts", words, voice.state_timeouts)

    def _process(self, held: ProcessFacts) -> Iterator[Metric]:
        # The help is that of every client library: one name may have only one.
        words = "Resident memory size in bytes."
        yield self._gauge("process_resident_memory_bytes", words, held.rss_bytes)
        for name, words, count in (
            ("tasks", "Tasks of the event loop.", held.tasks),
            ("timers", "Timers of the event loop.", held.timers),
            ("sockets", "Open sockets.", held.sockets),
            ("files", "Open files that are no sockets.", held.files),
            ("threads", "Threads.", held.threads),
        ):
            yield self._gauge(f"kds_{name}", words, count)

    def _commands(self, commands: CommandFacts) -> Iterator[Metric]:
        words = "Commands in the journal that the server has not answered."
        yield self._gauge("kds_journal_depth", words, commands.unsent)
        words = "Age of the oldest of them; 0 without one."
        yield self._gauge("kds_journal_oldest_seconds", words, commands.oldest or 0.0)
        words = "1 while the disk takes no commands."
        yield self._gauge("kds_journal_failing", words, bool(commands.trouble))
        family = CounterMetricFamily(
            "kds_commands", "Commands of cooks: bump, recall and so on.", labels=["station", "verb"]
        )
        for verb, count in {"bump": 0, "recall": 0, **commands.given}.items():
            family.add_metric([self._status.station, verb], count)
        yield family
        yield self._counter("kds_commands_answered", "Commands that were done.", commands.answered)
        words = "Commands that the server declined."
        yield self._counter("kds_commands_declined", words, commands.declined)

    def _events(self, events: EventFacts) -> Iterator[Metric]:
        yield self._counter("kds_events", "Events of the server.", events.count)
        yield self._counter("kds_orders", "New orders that the server told.", events.orders)
        family = HistogramMetricFamily(
            "kds_event_latency_seconds",
            "From a change on the server to this board, by the server's clock.",
            labels=list(self._labels),
        )
        classes = buckets(events.latency)
        family.add_metric(list(self._labels.values()), classes, events.latency_sum)
        yield family

    def _named(self, name: str, words: str, count: int) -> Metric:
        """A counter that the quick reference names."""
        family = UnknownMetricFamily(name, words, labels=list(self._labels))
        family.add_metric(list(self._labels.values()), count)
        return family

    def _counter(self, name: str, words: str, count: int) -> Metric:
        family = CounterMetricFamily(name, words, labels=list(self._labels))
        family.add_metric(list(self._labels.values()), count)
        return family

    def _gauge(self, name: str, words: str, value: float) -> Metric:
        family = GaugeMetricFamily(name, words, labels=list(self._labels))
        family.add_metric(list(self._labels.values()), value)
        return family
