"""Times: read as Restaurant OS writes them, told by the server's clock, judged by the age."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kds_tui.core.clock import (
    DRIFT,
    SAMPLES,
    SLEW,
    ServerClock,
    Thresholds,
    Urgency,
    UrgencyRules,
    format_age,
    format_time,
    parse_time,
)
from kds_tui.core.order import Item, Order, OrderStatus, OrderType
from kds_tui.core.tickets import Ticket
from tests.unit.orders import make_item, make_order

SECOND = 1_795_394_898.0  # 2026-11-23T00:48:18Z


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("2026-11-23T00:48:18.182+00:00", SECOND + 0.182),
        ("2026-11-23T00:48:18.182Z", SECOND + 0.182),
        ("2026-11-23T00:48:18Z", SECOND),
        ("2026-11-23T00:48:18+00:00", SECOND),
        ("2026-11-23T00:48:18.1+00:00", SECOND + 0.1),  # PostgREST trims zeros
        ("2026-11-23T00:48:18.18+00:00", SECOND + 0.18),
        ("2026-11-23T00:48:18.1824+00:00", SECOND + 0.1824),
        ("2026-11-23T00:48:18.18245+00:00", SECOND + 0.18245),
        ("2026-11-23T00:48:18.182456+00:00", SECOND + 0.182456),
        ("2026-11-23T00:48:18.182456789Z", SECOND + 0.182456),
        ("2026-11-23T00:48:18", SECOND),  # check_closed_at has no zone
        ("2026-11-23 00:48:18.5", SECOND + 0.5),
        ("2026-11-23T01:48:18+01:00", SECOND),
        ("2026-11-22T19:18:18-05:30", SECOND),
        (None, None),
        ("", None),
        ("soon", None),
        ("2026-13-01T00:00:00Z", None),
        ("2026-11-23T25:00:00Z", None),
        ("0001-01-01T00:00:00+14:00", None),  # the year 0 in UTC
        ("9999-12-31T23:59:59-14:00", None),  # the year 10000
    ],
)
def test_times_on_the_wire(text: str | None, seconds: float | None) -> None:
    assert parse_time(text) == (None if seconds is None else pytest.approx(seconds, abs=1e-6))


@given(st.text(max_size=30) | st.from_regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d"))
def test_no_text_is_too_strange_for_a_time(text: str) -> None:
    moment = parse_time(text)
    assert moment is None or format_time(moment)


@given(st.floats(0, 4e9))
def test_a_written_time_is_read_back_to_the_millisecond(seconds: float) -> None:
    read = parse_time(format_time(seconds))
    assert read is not None
    assert -1e-6 <= seconds - read < 0.0011  # cut to milliseconds, after rounding to microseconds


def test_the_wall_clock_stands_in_until_the_server_has_told_its_time() -> None:
    clock = ServerClock(wall=5000.0, monotonic=100.0)
    assert clock.now(107.0) == 5007.0
    clock.set_server_time(900.0, monotonic=110.0)
    assert clock.now(110.0) == 900.0, "however far off the terminal's own clock is"


def heard(offset: float, monotonic: float, round_trip: float | None = None) -> tuple[float, ...]:
    """What is told, when the server's clock is so far ahead and the answer took half the time."""
    told = offset + monotonic - (round_trip or 0.0) / 2
    return (told, monotonic) if round_trip is None else (told, monotonic, round_trip)


def clock_at(offset: float) -> ServerClock:
    """A clock that has known its offset for long, from answers that took 20 ms."""
    clock = ServerClock(0.0, 0.0)
    for second in range(20):
        clock.set_server_time(*heard(offset, float(second), 0.02))
    return clock


def test_the_quickest_answer_of_the_last_sixteen_is_believed() -> None:
    clock = ServerClock(0.0, 0.0)
    clock.set_server_time(*heard(1000.0, 0.0, 0.02))
    for second in range(1, SAMPLES):
        slow = 1.5  # all of it on the way back: the told time is 0.75 s behind the middle
        clock.set_server_time(1000.0 + second - slow, float(second), slow)
    assert clock.now(100.0) == pytest.approx(1100.0)
    assert clock.round_trip == pytest.approx(0.02)
    clock.set_server_time(*heard(1000.0, 100.0, 1.0))
    assert clock.round_trip == pytest.approx(1.0), "the quick one is forgotten"


@pytest.mark.parametrize("off", [0.8, -0.8, 1.99, -1.99])
def test_a_small_difference_is_made_up_for_slowly(off: float) -> None:
    clock = clock_at(1000.0)
    clock.set_server_time(*heard(1000.0 + off, 20.0, 0.001))
    before, steps = clock.now(20.0), 0
    assert before == pytest.approx(1020.0)
    for tenth in range(1, 500):
        now = clock.now(20.0 + tenth / 10)
        assert abs(now - before - 0.1) <= SLEW / 10 + 1e-9, "50 ms a second at the most"
        steps += abs(now - before - 0.1) > 1e-6
        before = now
    assert before == pytest.approx(1069.9 + off)
    assert steps == pytest.approx(abs(off) / SLEW * 10, abs=1)


@pytest.mark.parametrize("off", [2.1, -2.1, 7 * 3600.0, -7 * 3600.0])
def test_a_large_one_is_set_at_once_when_an_answer_proves_it(off: float) -> None:
    clock = clock_at(1000.0)
    clock.set_server_time(*heard(1000.0 + off, 20.0, 0.02))
    assert clock.now(20.0) == pytest.approx(1020.0 + off)
    clock.set_server_time(*heard(1000.0 + off, 21.0, 0.5))
    assert clock.now(500.0) == pytest.approx(1500.0 + off), "what was before does not come back"


def test_after_a_sleep_one_heartbeat_is_enough() -> None:
    """The monotonic clock of Linux stands while the machine sleeps."""
    clock = clock_at(1000.0)
    clock.set_server_time(*heard(1000.0 + 3600.0, 21.0))
    assert clock.now(21.0) == pytest.approx(4621.0)
    clock.set_server_time(*heard(1000.0 + 3600.0, 22.0, 0.5))
    assert clock.now(23.0) == pytest.approx(4623.0)


def test_times_that_come_by_themselves_are_taken_as_the_least_delayed_tells_them() -> None:
    clock = ServerClock(0.0, 0.0)
    for delay in (0.5, 60.0, 0.25, 1.0):
        clock.set_server_time(*heard(1000.0 - delay, 10.0))
    assert clock.now(100.0) == pytest.approx(1099.75)


def test_a_heartbeat_narrows_down_what_a_slow_answer_left_open() -> None:
    clock = ServerClock(0.0, 0.0)
    clock.set_server_time(*heard(1000.0, 10.0, 3.0))
    clock.set_server_time(*heard(1001.0, 11.0))
    assert clock.now(100.0) == pytest.approx(1101.0)


@pytest.mark.parametrize("delay", [0.01, 1.0, 60.0])
def test_a_heartbeat_that_was_delayed_sets_nothing_back(delay: float) -> None:
    clock = clock_at(1000.0)
    clock.set_server_time(*heard(1000.0 - delay, 20.0))
    assert clock.now(60.0) == pytest.approx(1060.0)


def test_the_skew_of_the_wall_clock_is_told_once_the_server_is_known() -> None:
    clock = ServerClock(wall=5000.0, monotonic=100.0)
    assert clock.skew(5000.0, 100.0) is None
    clock.set_server_time(4818.0, 100.0)
    assert clock.skew(5000.0, 100.0) == pytest.approx(182.0)


@given(
    words=st.lists(
        st.tuples(
            st.floats(0.1, 30.0),  # seconds since the word before
            st.floats(0.0, 3.0),  # on the way there
            st.floats(0.0, 3.0),  # on the way back
            st.booleans(),  # asked for
            st.sampled_from([0.0] * 9 + [600.0]),  # slept before it
        ),
        min_size=1,
        max_size=40,
    )
)
def test_the_clock_is_never_off_by_more_than_the_best_answer_leaves_open(
    words: list[tuple[float, float, float, bool, float]],
) -> None:
    offset, monotonic, clock = 5000.0, 0.0, ServerClock(0.0, 0.0)
    for pause, there, back, asked, slept in words:
        offset += slept
        monotonic += pause + there + back
        told = offset + monotonic - back
        clock.set_server_time(told, monotonic, there + back if asked else None)
    settled = monotonic + 2 * 3.0 / SLEW
    # Asked or not, nobody knows more than the longest way leaves open.
    assert abs(clock.now(settled) - settled - offset) <= 3.0 + 1e-6
    if clock.round_trip is not None:
        error = abs(clock.now(settled) - settled - offset)
        assert error <= clock.round_trip / 2 + DRIFT + 1e-6


_SCHEDULED = make_order(
    status=OrderStatus.CONFIRMED, created_at=100.0, is_scheduled=True, fire_at=500.0
)
_FIRED = replace(_SCHEDULED, status=OrderStatus.PREPARING)


def _served(*items: Item) -> Order:
    return make_order(created_at=100.0, items=items)


_DONE = make_item("Soup", is_done=True)
_HELD = make_item("Cake", is_held=True)
_COURSE = make_item("Steak", fired_at=700.0)
_ADDED = make_item("Fries", added_at=800.0)


@pytest.mark.parametrize(
    ("order", "now", "age"),
    [
        pytest.param(make_order(created_at=100.0), 160.0, 60.0, id="cooked now"),
        pytest.param(_SCHEDULED, 440.0, -60.0, id="waits for another minute"),
        pytest.param(_SCHEDULED, 560.0, 60.0, id="due for a minute"),
        pytest.param(replace(_FIRED, preparing_at=400.0), 460.0, 60.0, id="fired early"),
        pytest.param(replace(_FIRED, preparing_at=550.0), 560.0, 60.0, id="fired late"),
        pytest.param(replace(_SCHEDULED, fire_at=None), 160.0, 60.0, id="no time known"),
        pytest.param(_served(make_item(), _COURSE), 760.0, 660.0, id="the first line is open"),
        pytest.param(_served(_DONE, _COURSE), 760.0, 60.0, id="what is open was fired later"),
        pytest.param(_served(_DONE, _ADDED, _HELD), 860.0, 60.0, id="what is open was added"),
        pytest.param(_served(_DONE, _COURSE, _ADDED), 860.0, 160.0, id="fired, then added to"),
        pytest.param(_served(_DONE, replace(_COURSE, is_done=True)), 760.0, 60.0, id="all is done"),
        pytest.param(_served(_HELD), 160.0, 60.0, id="all of it waits"),
        pytest.param(_served(), 160.0, 60.0, id="nothing in it"),
    ],
)
def test_ages(order: Order, now: float, age: float) -> None:
    assert Ticket(order).age(now) == age


@pytest.mark.parametrize(
    ("order_type", "age", "urgency"),
    [
        (OrderType.DINE_IN, -60, Urgency.ON_TIME),
        (OrderType.DINE_IN, 599.9, Urgency.ON_TIME),
        (OrderType.DINE_IN, 600, Urgency.WARNING),
        (OrderType.DINE_IN, 899.9, Urgency.WARNING),
        (OrderType.DINE_IN, 900, Urgency.LATE),
        (OrderType.DRIVE_THRU, 119, Urgency.ON_TIME),
        (OrderType.DRIVE_THRU, 120, Urgency.WARNING),
        (OrderType.DRIVE_THRU, 210, Urgency.LATE),
    ],
)
def test_urgency_by_type(order_type: OrderType, age: float, urgency: Urgency) -> None:
    rules = UrgencyRules(by_type={OrderType.DRIVE_THRU: Thresholds(120.0, 210.0)})
    assert rules.urgency(order_type, age) is urgency
    assert Ticket(make_order(type=order_type, created_at=0.0)).urgency(age, rules) is urgency


@pytest.mark.parametrize(
    ("age", "text"),
    [
        (-5, "0:00"),
        (0, "0:00"),
        (59.9, "0:59"),
        (247, "4:07"),
        (3599, "59:59"),
        (3600, "1h00"),
        (3900, "1h05"),
        (86399, "23h59"),
        (86400, "1d"),
        (99 * 86400, "99d"),
    ],
)
def test_ages_on_a_card(age: float, text: str) -> None:
    assert format_age(age) == text
    assert len(text) <= 5
