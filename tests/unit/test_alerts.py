"""What is worth a sound: once, one at a time, the most urgent first."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kds_tui.core.alerts import (
    LINK_PATIENCE,
    LINK_QUIET,
    SAME_GAP,
    Alert,
    Happened,
    LinkWatch,
    Repeats,
    SoundQueue,
    together,
)
from kds_tui.core.link import LinkState, LinkStatus

LIVE = LinkStatus(LinkState.LIVE)
STALE = LinkStatus(LinkState.LIVE, stale=True)
LOST = LinkStatus(LinkState.RECONNECTING)

alerts = st.sampled_from(list(Alert))


def test_what_a_cook_may_be_wasting_food_on_goes_before_all() -> None:
    happened = [Happened(alert) for alert in reversed(Alert)]
    assert together(happened) == Happened(Alert.CANCELLED)
    assert together([]) is None


def test_what_happened_together_names_all_tickets_of_what_is_heard() -> None:
    new = [Happened(Alert.NEW, (f"TABLE {number}",)) for number in (1, 2, 1)]
    late = Happened(Alert.LATE, ("TABLE 9",))
    assert together([late, *new]) == Happened(Alert.NEW, ("TABLE 1", "TABLE 2"))


def test_the_words_name_one_ticket_and_count_more() -> None:
    assert Happened(Alert.NEW, ("TABLE 5",)).words == "NEW TABLE 5"
    assert Happened(Alert.CANCELLED, ("TABLE 5", "Ana")).words == "CANCELLED 2 tickets"
    assert Happened(Alert.LINK_LOST).words == "LINK LOST"


@given(st.lists(alerts, max_size=60))
def test_however_many_are_put_one_is_heard_and_none_is_more_urgent(put: list[Alert]) -> None:
    queue = SoundQueue()
    for alert in put:
        queue.put(Happened(alert))
    heard = queue.take(0)
    assert heard == together(Happened(alert) for alert in put)
    assert not queue
    assert queue.take(100) is None


def test_the_same_sound_does_not_come_twice_in_a_moment_but_another_one_may() -> None:
    queue = SoundQueue()
    queue.put(Happened(Alert.NEW))
    assert queue.take(0) is not None
    queue.put(Happened(Alert.NEW))
    assert queue.take(SAME_GAP - 0.1) is None
    assert queue
    assert queue.take(SAME_GAP) is not None
    queue.put(Happened(Alert.NEW))
    queue.put(Happened(Alert.CHANGED))
    assert queue.take(SAME_GAP + 0.1) == Happened(Alert.CHANGED)


def test_a_short_loss_of_the_link_makes_no_sound() -> None:
    watch = LinkWatch()
    assert not watch.look(LIVE, 0)
    assert not watch.look(LOST, 1)
    assert not watch.look(LOST, LINK_PATIENCE)
    assert not watch.look(LIVE, LINK_PATIENCE + 0.5)
    assert not watch.look(LOST, LINK_PATIENCE + 1)


@pytest.mark.parametrize("lost", [LOST, STALE, LinkStatus(LinkState.FAILED)])
def test_a_lost_link_makes_one_sound(lost: LinkStatus) -> None:
    watch = LinkWatch()
    watch.look(LIVE, 0)
    heard = [second for second in range(1, 500) if watch.look(lost, second)]
    assert heard == [1 + LINK_PATIENCE]
    assert watch.is_lost
    watch.look(LIVE, 500)
    assert not watch.is_lost


def test_a_display_that_was_never_live_says_so_on_the_screen_and_not_aloud() -> None:
    watch = LinkWatch()
    assert not any(watch.look(LOST, second) for second in range(100))


def test_a_link_that_comes_and_goes_is_heard_once_a_minute() -> None:
    watch = LinkWatch()
    heard: list[int] = []
    for second in range(300):
        if watch.look(LOST if second % 10 else LIVE, second):
            heard.append(second)
    assert len(heard) >= 3
    assert all(later - sooner >= LINK_QUIET for sooner, later in pairwise(heard))


def test_what_waits_is_heard_again_until_it_does_not_wait() -> None:
    repeats = Repeats({Alert.NEW: 20})
    heard = [now for now in range(61) if repeats.due({Alert.NEW}, now)]
    assert heard == [20, 40, 60]
    assert repeats.due(set(), 61) is None
    assert repeats.due({Alert.NEW}, 90) is None, "it counts anew"
    assert repeats.due({Alert.NEW}, 110) is Alert.NEW


def test_what_is_not_set_to_repeat_does_not() -> None:
    repeats = Repeats({Alert.NEW: 20})
    assert not any(repeats.due({Alert.CANCELLED}, now) for now in range(100))


def test_two_that_are_due_together_are_one_sound() -> None:
    repeats = Repeats({Alert.NEW: 20, Alert.CANCELLED: 20})
    both = {Alert.NEW, Alert.CANCELLED}
    heard = [(now, alert) for now in range(41) if (alert := repeats.due(both, now))]
    assert heard == [(20, Alert.CANCELLED), (40, Alert.CANCELLED)]
