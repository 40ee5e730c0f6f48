"""Of many sentences at once a few show by themselves; the others wait until they are read."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from kds_tui.core.endings import AT_ONCE, MAX_ENDINGS, SHOWN, Endings


def test_the_last_one_is_at_the_front_and_what_did_not_show_is_unread_once() -> None:
    endings = Endings()
    shown = [endings.add(f"#{number}", 50.0 + number, 100.0) for number in range(5)]
    assert shown == [True, True, True, False, False]
    assert endings.unread == 2
    told = endings.read()
    assert [each.words for each in told] == ["#4", "#3", "#2", "#1", "#0"]
    assert [each.is_unread for each in told] == [True, True, False, False, False]
    assert told[0].at == 54.0
    assert endings.unread == 0
    assert not any(each.is_unread for each in endings.read())


def test_there_is_room_again_when_the_first_one_has_gone() -> None:
    endings = Endings()
    for moment in (100.0, 105.0, 110.0):
        assert endings.add("", 0.0, moment)
    assert not endings.add("", 0.0, 100.0 + SHOWN - 0.1)
    assert endings.add("", 0.0, 100.0 + SHOWN)
    assert not endings.add("", 0.0, 105.0 + SHOWN - 0.1)


@given(st.lists(st.floats(0.0, 20.0), max_size=MAX_ENDINGS))
def test_no_more_than_fit_show_at_the_same_time_and_none_is_lost(gaps: list[float]) -> None:
    endings, now = Endings(), 0.0
    shown: list[float] = []
    for gap in gaps:
        now += gap
        if endings.add("", 0.0, now):
            shown.append(now)
        assert sum(now - each < SHOWN for each in shown) <= AT_ONCE
    assert len(shown) + endings.unread == len(endings.read()) == len(gaps)


def test_the_oldest_go_when_there_are_too_many() -> None:
    endings = Endings()
    for number in range(MAX_ENDINGS + 7):
        endings.add(str(number), 0.0, 0.0)
    assert endings.unread == MAX_ENDINGS
    assert [each.words for each in endings.read()][-1] == "7"
