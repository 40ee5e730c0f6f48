"""Every figure beside its limit: the words, the level, the source."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from kds_tui.core.display_status import BoardFacts, CommandFacts, DisplayStatus
from kds_tui.core.latencies import LATENCY_BOUNDS, Latencies, buckets, latency_below
from kds_tui.core.limits import LIMITS, Level
from kds_tui.core.link import LinkState
from kds_tui.core.readings import Reading, read_status, worst_level
from tests.unit.display_facts import WELL_STATUS
from tests.unit.test_diagnosis import STATUS, down, link, process, voice

OK, WARNING, CRITICAL = Level.OK, Level.WARNING, Level.CRITICAL


def found(status: DisplayStatus, title: str, label: str) -> Reading:
    (group,) = [group for group in read_status(status) if group.title.startswith(title)]
    (reading,) = [reading for reading in group.readings if reading.label == label]
    return reading


def test_a_display_that_is_well_has_no_warning() -> None:
    groups = read_status(WELL_STATUS)
    assert worst_level(groups) is OK
    judged = [reading for group in groups for reading in group.readings if reading.limit]
    assert len(judged) >= 20
    assert all(reading.source and reading.level in (OK, Level.NONE) for reading in judged)


@pytest.mark.parametrize(
    ("status", "title", "label", "value", "limit", "level"),
    [
        (link(), "Server", "state", "live", "live", OK),
        (link(stale=True), "Server", "state", "live, gone silent", "live", WARNING),
        (down(), "Server", "state", "syncing, for 12 s", "live", WARNING),
        (
            down(is_connecting=True, down_for=3.0),
            "Server",
            "state",
            "syncing, for 3 s",
            "live",
            OK,
        ),
        (down(state=LinkState.FAILED), "Server", "state", "failed, for 12 s", "live", CRITICAL),
        (link(heartbeat_age=31.0), "Server", "last heartbeat", "31 s ago", "30 s", WARNING),
        (link(heartbeat_age=61.0), "Server", "last heartbeat", "1:01 ago", "30 s", CRITICAL),
        (link(reconnect_attempts=3), "Server", "try number", "3", "0", WARNING),
        (
            link(is_reconnecting=True, retry_in=9.0),
            "Server",
            "reconnecting",
            "yes, next try in 9 s",
            "no",
            WARNING,
        ),
        (link(open_sockets=2), "Server", "open sockets", "2", "1", CRITICAL),
        (
            link(missing_subscriptions=("status",), subscriptions=("feed", "feed")),
            "Server",
            "subscriptions",
            "2: feed ×2; missing: status",
            "none twice",
            CRITICAL,
        ),
        (
            link(connect_count=19, live_count=1),
            "Link",
            "connections",
            "1 of 19 became live",
            "95 % succeed",
            Level.NONE,
        ),
        (
            link(connect_count=20, live_count=18),
            "Link",
            "connections",
            "18 of 20 became live",
            "95 % succeed",
            WARNING,
        ),
        (link(handler_errors=1), "Link", "handler errors", "1", "0", WARNING),
        (
            replace(WELL_STATUS, commands=CommandFacts(unsent=1, oldest=30.0)),
            "Bumps",
            "oldest",
            "0:30",
            "30 s",
            WARNING,
        ),
        (
            replace(WELL_STATUS, commands=CommandFacts(trouble="Disk full")),
            "Bumps",
            "on the disk",
            "Disk full",
            "yes",
            CRITICAL,
        ),
        (voice(turn_state="idle"), "Voice", "turn", "idle", "", OK),
        (
            voice(turn_state="waiting_user_final", turn_for=4.0),
            "Voice",
            "turn",
            "waiting_user_final, 4 s",
            "10 s",
            OK,
        ),
        (
            voice(turn_state="waiting_response", turn_for=16.0),
            "Voice",
            "turn",
            "waiting_response, 16 s",
            "15 s",
            WARNING,
        ),
        (
            voice(transcript_map_size=2),
            "Voice",
            "transcript map",
            "2 open, 0 kept",
            "0 when idle",
            WARNING,
        ),
        (
            voice(transcript_map_size=1, turn_state="committing"),
            "Voice",
            "transcript map",
            "1 open, 0 kept",
            "0 when idle",
            OK,
        ),
        (
            voice(data_channel_ready=False),
            "Voice",
            "data channel",
            "not ready",
            "ready",
            WARNING,
        ),
        (
            voice(orders_started=10, orders_completed=9),
            "Voice",
            "orders",
            "9 of 10 placed",
            "90 % placed",
            WARNING,
        ),
        (
            voice(state_timeouts=40, timeouts_per_minute=6.0),
            "Voice",
            "state timeouts",
            "40, 6.0 a minute",
            "6 a minute",
            WARNING,
        ),
        (
            replace(WELL_STATUS, clock=replace(WELL_STATUS.clock, skew=-7500.0)),
            "Clock",
            "wall clock",
            "2h05 behind",
            "2 s",
            WARNING,
        ),
        (process(), "This", "memory growth", "+12.0 MB an hour", "10 MB an hour", WARNING),
        (
            process(growth=51e6),
            "This",
            "memory growth",
            "+51.0 MB an hour",
            "10 MB an hour",
            CRITICAL,
        ),
        (
            process(growth=None, growth_known_in=700.0),
            "This",
            "memory growth",
            "warming up, known in 11:40",
            "10 MB an hour",
            Level.NONE,
        ),
        (process(rss_bytes=1_000_000_000), "This", "memory", "1000 MB", "1 GB", WARNING),
        (process(rss_bytes=2_000_000_000), "This", "memory", "2000 MB", "1 GB", CRITICAL),
        (process(timers=20, sockets=30), "This", "handles", "50", "50", OK),
        (process(timers=20, sockets=31), "This", "handles", "51", "50", WARNING),
        (process(timers=21), "This", "timers", "21", "20", WARNING),
        (process(sockets=51), "This", "sockets", "51", "50", WARNING),
    ],
)  # fmt: skip
def test_each_figure_against_its_limit(
    status: DisplayStatus, title: str, label: str, value: str, limit: str, level: Level
) -> None:
    reading = found(status, title, label)
    assert (reading.value, reading.limit, reading.level) == (value, limit, level)


@pytest.mark.parametrize(
    ("board", "fields", "words", "level"),
    [
        ({"tickets": 3, "confirmed_age": 2.0}, {}, "all 3 tickets confirmed 2 s ago", OK),
        ({"tickets": 1, "confirmed_age": 2.0}, {}, "the only ticket confirmed 2 s ago", OK),
        ({"confirmed_age": 2.0}, {}, "an empty board confirmed 2 s ago", OK),
        (
            {"tickets": 3, "confirmed_age": 100.0},
            {},
            "all 3 tickets confirmed 1:40 ago",
            WARNING,
        ),
        (
            {"differing": (4, 3)},
            {},
            "not as the server's: 4 orders here, 3 there, to be listed anew",
            WARNING,
        ),
        (
            {"differing": (4, 3)},
            {"state": LinkState.RECONNECTING},
            "not as the server's: 4 orders here, 3 there, when last compared",
            WARNING,
        ),
        ({}, {}, "not compared: the server tells no digest", Level.NONE),
        ({}, {"state": LinkState.SYNCING}, "not compared yet", Level.NONE),
        ({"last_known_age": 720.0}, {}, "of the last run, 12:00 ago", WARNING),
    ],
)
def test_what_is_said_about_the_tickets(
    board: dict[str, Any], fields: dict[str, Any], words: str, level: Level
) -> None:
    status = replace(link(**fields), board=BoardFacts(**board))
    reading = found(status, "Server", "tickets")
    assert (reading.value, reading.level) == (words, level)


def test_without_voice_or_link_there_is_a_word_for_it() -> None:
    status = replace(WELL_STATUS, voice=None, no_voice="Voice is off here.", link=None)
    assert found(status, "Voice", "voice").value == "Voice is off here."
    assert found(status, "Server", "state").value == "not begun"


def test_a_limit_without_a_source_is_none() -> None:
    assert all(limit.source and limit.words for limit in LIMITS.values())
    from_the_reference = [name for name, limit in LIMITS.items() if "quick" in limit.source]
    assert len(from_the_reference) > len(LIMITS) / 2


@given(STATUS)
def test_whatever_is_told_can_be_read(status: DisplayStatus) -> None:
    for group in read_status(status):
        assert group.readings
        labels = [reading.label for reading in group.readings if reading.label != "metrics"]
        assert len(set(labels)) == len(labels)
        for reading in group.readings:
            assert reading.value or reading.label == "order server"
            assert bool(reading.limit) == bool(reading.source)


def test_latencies_fall_into_classes() -> None:
    taken = Latencies()
    assert latency_below(taken.counts, 0.99) is None
    for _ in range(99):
        taken.note(0.004)
    taken.note(3.0)
    assert latency_below(taken.counts, 0.5) == 0.005
    assert latency_below(taken.counts, 0.99) == 0.005
    assert latency_below(taken.counts, 1.0) == 5.0
    taken.note(1e9)
    taken.note(-5.0)  # the server's clock, which is measured, may be a little ahead
    assert latency_below(taken.counts, 1.0) == float("inf")
    assert sum(taken.counts) == 102
    assert len(taken.counts) == len(LATENCY_BOUNDS) + 1
    assert buckets(taken.counts)[0] == ("0.005", 100.0)
    assert buckets(taken.counts)[-1] == ("+Inf", 102.0)
    assert buckets(())[-1] == ("+Inf", 0.0)
