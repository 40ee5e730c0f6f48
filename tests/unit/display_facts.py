"""A display that is well, as it tells it of itself."""

from __future__ import annotations

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
from kds_tui.core.latencies import LATENCY_BOUNDS
from kds_tui.core.link import LinkState

WELL_STATUS = DisplayStatus(
    version="1.2.3",
    pid=4711,
    station="grill",
    server="http://127.0.0.1:3001",
    written_at=1000.0,
    link=LinkFacts(
        state=LinkState.LIVE,
        heartbeat_age=2.0,
        connect_count=1,
        live_count=1,
        open_sockets=1,
        subscriptions=("feed", "status", "server time"),
        snapshots=1,
        epoch="925efdf08a604074",
        seq=1234,
    ),
    board=BoardFacts(tickets=14, confirmed_age=2.0),
    commands=CommandFacts(given={"bump": 3, "recall": 1}, answered=4),
    events=EventFacts(50, 12, (40, 10, *(0 for _ in LATENCY_BOUNDS[1:])), 0.3),
    voice=VoiceFacts(
        connection_state="connected",
        has_data_channel=True,
        data_channel_ready=True,
        records=True,
        microphone="USB headset",
        connections_attempted=1,
        connections_successful=1,
        open_connections=1,
    ),
    clock=ClockFacts(server_time=1_795_437_240.0, round_trip=0.012, skew=0.1),
    process=ProcessFacts(
        rss_bytes=61_800_000,
        growth=400_000.0,
        tasks=14,
        timers=9,
        timers_growth=0.0,
        sockets=4,
        sockets_growth=0.0,
        files=19,
        threads=5,
        up_for=7200.0,
    ),
)
