"""Times: read as Restaurant OS writes them, told by the server's clock, judged by the age."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kds_tui.core.clock import (
    ServerClock,
    Thresholds,
    Urgency,
    UrgencyRules,
    format_age,
    format_time,
    parse_time,
)
from kds_tui.core.order import Order, OrderStatus, OrderType
from kds_tui.core.tickets import Ticket
from tests.unit.orders import make_order

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
    ],
)
def test_times_on_the_wire(text: str | None, seconds: float | None) -> None:
    assert parse_time(text) == (None if seconds is None else pytest.approx(seconds, abs=1e-6))


@given(st.text(max_size=30) | st.from_regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[+-]\d\d:\d\d"))
def test_no_text_is_too_strange_for_a_time(text: str) -> None:
    assert isinstance(parse_time(text), float | None)


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


@pytest.mark.parametrize(
    ("told", "believed"),
    [
        pytest.param(1000.5, 1000.5, id="a later time: the way was shorter"),
        pytest.param(999.0, 1000.0, id="an earlier one: only a delay"),
        pytest.param(998.0, 1000.0, id="two seconds are a delay too"),
        pytest.param(997.9, 997.9, id="more: the server's clock was set back"),
        pytest.param(90000.0, 90000.0, id="set forward, or this terminal slept"),
    ],
)
def test_which_told_time_is_believed(told: float, believed: float) -> None:
    clock = ServerClock(0.0, 0.0)
    clock.set_server_time(990.0, monotonic=10.0)
    clock.set_server_time(told, monotonic=20.0)
    assert clock.now(20.0) == believed


_SCHEDULED = make_order(
    status=OrderStatus.CONFIRMED, created_at=100.0, is_scheduled=True, fire_at=500.0
)
_FIRED = replace(_SCHEDULED, status=OrderStatus.PREPARING)


@pytest.mark.parametrize(
    ("order", "now", "age"),
    [
        pytest.param(make_order(created_at=100.0), 160.0, 60.0, id="cooked now"),
        pytest.param(_SCHEDULED, 440.0, -60.0, id="waits for another minute"),
        pytest.param(_SCHEDULED, 560.0, 60.0, id="due for a minute"),
        pytest.param(replace(_FIRED, preparing_at=400.0), 460.0, 60.0, id="fired early"),
        pytest.param(replace(_FIRED, preparing_at=550.0), 560.0, 60.0, id="fired late"),
        pytest.param(replace(_SCHEDULED, fire_at=None), 160.0, 60.0, id="no time known"),
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
