"""How long a display waits before it tries again."""

from __future__ import annotations

import random

import pytest

from kds_tui.services.backoff import RETRY_AFTER_CAP, Backoff, retry_after_seconds


def test_the_limit_doubles_up_to_the_cap() -> None:
    backoff = Backoff(0.25, 15.0, random=lambda: 1.0)
    waits = [backoff.next_delay() for _ in range(9)]
    assert waits == [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 15.0, 15.0, 15.0]
    assert backoff.attempts == 9
    backoff.reset()
    assert backoff.next_delay() == 0.25


def test_the_wait_is_spread_over_the_whole_limit_but_never_nothing() -> None:
    dice = random.Random(1)
    backoff = Backoff(0.25, 15.0, random=dice.random)
    waits = [backoff.next_delay() for _ in range(5000)]  # long past where 2 ** n overflows a float
    assert min(waits) >= 0.125
    assert max(waits) <= 15.0
    assert 6.5 < sum(waits[10:]) / len(waits[10:]) < 8.5


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        (None, 0.0),
        ("", 0.0),
        ("20", 20.0),
        (" 7 ", 7.0),
        ("0", 0.0),
        ("-5", 0.0),
        ("1e9", 0.0),
        ("soon", 0.0),
        ("99999999999999999999", RETRY_AFTER_CAP),
        ("\u0665", 0.0),
        ("Mon, 23 Nov 2026 12:00:30 GMT", 30.0),
        ("Mon, 23 Nov 2026 11:00:00 GMT", 0.0),
        ("Tue, 24 Nov 2026 12:00:00 GMT", RETRY_AFTER_CAP),
        ("Mon, 23 Nov 2026 12:00:10", 10.0),
        ("Mon, 99 Nov 2026 12:00:10 GMT", 0.0),
    ],
)
def test_retry_after(header: str | None, seconds: float) -> None:
    noon = 1795435200.0
    assert retry_after_seconds(header, noon) == seconds
