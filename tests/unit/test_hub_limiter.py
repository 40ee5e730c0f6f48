from __future__ import annotations

import pytest

from kds_tui.hub import limiter as module
from kds_tui.hub.limiter import BLOCK, BLOCK_AFTER, FORGET_AFTER, WINDOW, AttemptLimiter, TurnedAway


def fail(limiter: AttemptLimiter, count: int, now: float = 0.0) -> None:
    for _ in range(count):
        limiter.failed("a", now)


@pytest.mark.parametrize(
    ("failures", "now", "answer"),
    [
        (0, 0, None),
        (2, 0, None),
        (3, 10, TurnedAway(291, blocked=False)),
        (3, WINDOW, None),
        (BLOCK_AFTER, 10, TurnedAway(int(BLOCK) - 9, blocked=True)),
        (BLOCK_AFTER, BLOCK, None),
    ],
)
def test_who_is_turned_away(failures: int, now: float, answer: TurnedAway | None) -> None:
    limiter = AttemptLimiter()
    fail(limiter, failures)
    assert limiter.turn_away("a", now) == answer
    assert limiter.turn_away("b", now) is None


def test_tries_that_are_turned_away_count_for_the_block() -> None:
    limiter = AttemptLimiter()
    fail(limiter, 3)
    answers = [limiter.turn_away("a", 1.0) for _ in range(8)]
    assert [answer.blocked for answer in answers if answer] == [False] * 7 + [True]


def test_success_starts_afresh() -> None:
    limiter = AttemptLimiter()
    fail(limiter, 2)
    limiter.succeeded("a")
    fail(limiter, 2)
    assert limiter.turn_away("a", 0.0) is None


def test_what_is_known_is_forgotten_in_time_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MAX_CLIENTS", 100)
    limiter = AttemptLimiter()
    for number in range(1000):
        limiter.failed(f"client {number}", float(number))
    assert len(limiter) == 100
    fail(limiter, BLOCK_AFTER, now=1000.0)
    limiter.forget(1000.0 + FORGET_AFTER)
    assert (len(limiter), limiter.blocked) == (1, 1), "the blocked one stays for its day"
    limiter.forget(1000.0 + BLOCK)
    assert len(limiter) == 0
