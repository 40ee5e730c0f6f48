"""The hub's figures in the words of Prometheus.

Figures that the quick reference names in its queries have exactly that name, and so no `_total`,
which prometheus_client would give them as counters: they are written as untyped, for which `rate`
works as well. The process's own (`process_resident_memory_bytes` and so on) are the library's.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from prometheus_client import CollectorRegistry, ProcessCollector, generate_latest
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
    UnknownMetricFamily,
)
from prometheus_client.registry import Collector

from kds_tui.core.latencies import buckets
from kds_tui.hub.tally import HubTally
from kds_tui.process_figures import ProcessFigures

CONTENT_TYPE: Final = "text/plain; version=0.0.4; charset=utf-8"


@dataclass(frozen=True, slots=True)
class HubFigures:
    """The figures of one moment."""

    tally: HubTally
    held: ProcessFigures
    attempted: int
    """Websockets that were asked for."""

    admitted: int
    """Those that showed a good token."""

    cut: int
    """Those that were cut because they were too slow, or sent too much."""

    connections: int
    clients: int
    queued: int
    """Frames that wait, over all clients."""

    deepest: int
    """Frames that wait for the slowest client."""

    pending: int
    """Changes that wait for the journal."""

    open_orders: int
    bad_frames: int
    requests_refused: int


def render_hub_metrics(figures: HubFigures) -> bytes:
    """Write a hub's figures as a scrape of Prometheus gets them.

    Args:
        figures: of this moment.

    Returns:
        Prometheus's text format.
    """
    # Of its own: the library's global one would mix the hubs of one process.
    registry = CollectorRegistry(auto_describe=False)
    registry.register(_HubCollector(figures))
    if sys.platform == "linux":
        ProcessCollector(registry=registry)  # it knows no other system
    return generate_latest(registry)


class _HubCollector(Collector):
    def __init__(self, figures: HubFigures) -> None:
        self._figures = figures

    def collect(self) -> Iterator[Metric]:
        """Give every figure.

        Yields:
            A family each.
        """
        told, tally = self._figures, self._figures.tally
        yield UnknownMetricFamily(
            "websocket_connections_attempted", "Websockets that were asked for.", told.attempted
        )
        yield UnknownMetricFamily(
            "websocket_connections_successful", "Websockets with a good token.", told.admitted
        )
        yield CounterMetricFamily(
            "kds_hub_clients_cut", "Displays that were cut: too slow, or too talkative.", told.cut
        )
        yield CounterMetricFamily("kds_hub_orders", "Orders that were placed.", tally.orders)
        yield CounterMetricFamily("kds_hub_events", "Events that were published.", tally.events)
        yield self._commands()
        yield HistogramMetricFamily(
            "kds_hub_change_seconds",
            "From a request to its change being on the disk and given to every display.",
            buckets(tally.changes.counts),
            tally.changes.total,
        )
        yield CounterMetricFamily(
            "kds_hub_digests_mended",
            "Times that the running digest was not the database's.",
            tally.digests_mended,
        )
        yield CounterMetricFamily(
            "kds_hub_bad_frames", "Websocket messages that could not be read.", told.bad_frames
        )
        yield CounterMetricFamily(
            "kds_hub_requests_refused", "Requests over the limit.", told.requests_refused
        )
        yield from self._gauges()
        if sys.platform != "linux":
            words = "Resident memory size in bytes."
            yield GaugeMetricFamily("process_resident_memory_bytes", words, told.held.rss_bytes)

    def _commands(self) -> Metric:
        family = CounterMetricFamily(
            "kds_hub_commands", "Commands of cooks: bump, recall and so on.",
            labels=["verb", "outcome"],
        )  # fmt: skip
        none = {("bump", "done"): 0, ("recall", "done"): 0}
        for labels, count in {**none, **self._figures.tally.commands}.items():
            family.add_metric(labels, count)
        return family

    def _gauges(self) -> Iterator[Metric]:
        told, held = self._figures, self._figures.held
        for name, words, value in (
            ("connections", "Open websockets.", told.connections),
            ("clients", "Those with a good token.", told.clients),
            ("fanout_queued", "Frames that wait, over all clients.", told.queued),
            ("fanout_deepest", "Frames that wait for the slowest client.", told.deepest),
            ("journal_pending", "Changes that wait for the journal.", told.pending),
            ("orders_open", "Open orders.", told.open_orders),
            ("tasks", "Tasks of the event loop.", held.tasks),
            ("timers", "Timers of the event loop.", held.timers),
            ("sockets", "Open sockets.", held.sockets),
            ("threads", "Threads.", held.threads),
        ):
            yield GaugeMetricFamily(f"kds_hub_{name}", words, value)
