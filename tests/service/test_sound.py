"""The service of sounds, through a virtual sink and in virtual time."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise
from typing import Any

import pytest

from kds_tui.config.sound_section import SoundSettings
from kds_tui.core.alerts import Alert, Happened
from kds_tui.core.clock import parse_time
from kds_tui.services.sound import PAUSE, RETRY, STROKES, SoundListener, SoundService
from tests.service.virtual_sink import VirtualSink

pytestmark = pytest.mark.virtual_time


class Kitchen:
    """A service of sounds and what surrounds it."""

    def __init__(self, *, sink: bool = True, server_time: str = "", **settings: Any) -> None:
        self._loop = asyncio.get_running_loop()
        self._began = self._loop.time()
        self.server_began = parse_time(server_time or "2026-11-23T12:00:00Z") or 0.0
        self.sink = VirtualSink(self.passed)
        self.strokes: list[float] = []
        self.lost: list[str] = []
        self.found: list[str] = []
        self.tried: list[tuple[Alert, int, int]] = []
        self.tests_ended = 0
        self.service = SoundService(
            SoundSettings(**settings),
            self.sink if sink else None,
            lambda: self.strokes.append(self.passed()),
            lambda: self.server_began + self.passed(),
            self._loop.time,
            SoundListener(
                lost=self.lost.append,
                found=self.found.append,
                trying=lambda *told: self.tried.append(told),
                tried=self._test_ended,
            ),
        )

    def _test_ended(self) -> None:
        self.tests_ended += 1

    def passed(self) -> float:
        return self._loop.time() - self._began

    def put(self, *alerts: Alert) -> None:
        for alert in alerts:
            self.service.put(Happened(alert))


@asynccontextmanager
async def kitchen(**settings: Any) -> AsyncIterator[Kitchen]:
    made = Kitchen(**settings)
    try:
        yield made
    finally:
        await made.service.close()


async def test_a_sound_is_played_at_the_volume_of_the_settings() -> None:
    async with kitchen(volume=0.4) as it:
        it.put(Alert.NEW)
        await asyncio.sleep(5)
        assert it.sink.played == [(0.0, Alert.NEW, 0.4)]
        assert it.strokes == []


async def test_many_at_once_are_one_sound_and_the_most_urgent_one_after_it() -> None:
    async with kitchen() as it:
        it.put(Alert.NEW)
        await asyncio.sleep(0.1)
        it.put(*[Alert.NEW] * 50, Alert.LATE, Alert.CANCELLED, Alert.CHANGED)
        await asyncio.sleep(60)
        assert it.sink.heard == [Alert.NEW, Alert.CANCELLED]
        assert it.sink.most_at_once == 1
        first, second = (began for began, _, _ in it.sink.played)
        assert second - first >= 0.5 + PAUSE


async def test_an_event_can_be_silent_and_all_of_them() -> None:
    async with kitchen(silent_events=("ready", "late")) as it:
        it.put(Alert.READY, Alert.LATE)
        await asyncio.sleep(5)
        assert it.sink.heard == []
    async with kitchen(enabled=False) as it:
        it.put(Alert.CANCELLED)
        await asyncio.sleep(5)
        assert (it.sink.heard, it.strokes) == ([], [])


async def test_mute_ends_by_itself() -> None:
    async with kitchen(mute_minutes=5) as it:
        assert it.service.toggle_mute()
        assert it.service.muted_for == 300
        await asyncio.sleep(299)
        it.put(Alert.CANCELLED)
        await asyncio.sleep(0.5)
        assert (it.sink.heard, it.strokes) == ([], [])
        assert it.service.muted_for == 0.5
        await asyncio.sleep(0.5)
        assert it.service.muted_for == 0
        it.put(Alert.NEW)
        await asyncio.sleep(1)
        assert it.sink.heard == [Alert.NEW], "nothing of what was muted comes later"


async def test_mute_ends_by_a_second_press() -> None:
    async with kitchen() as it:
        assert it.service.toggle_mute()
        assert not it.service.toggle_mute()
        it.put(Alert.NEW)
        await asyncio.sleep(1)
        assert it.sink.heard == [Alert.NEW]


async def test_mute_silences_what_waits_behind_a_sound() -> None:
    async with kitchen() as it:
        it.put(Alert.NEW)
        await asyncio.sleep(0.1)
        it.put(Alert.LATE)
        it.service.toggle_mute()
        await asyncio.sleep(20)
        assert it.sink.heard == [Alert.NEW]


@pytest.fixture
def in_chicago(monkeypatch: pytest.MonkeyPatch) -> Any:
    """Six hours behind UTC in November."""
    monkeypatch.setenv("TZ", "America/Chicago")
    time.tzset()
    yield
    monkeypatch.undo()
    time.tzset()


@pytest.mark.usefixtures("in_chicago")
@pytest.mark.parametrize(
    ("server_time", "quiet"),
    [
        ("2026-11-24T03:59:00Z", False),  # 21:59 here
        ("2026-11-24T04:00:00Z", True),  # 22:00
        ("2026-11-24T06:30:00Z", True),  # half past midnight
        ("2026-11-24T12:59:00Z", True),  # 6:59
        ("2026-11-24T13:00:00Z", False),  # 7:00
        ("9999-12-31T23:59:59-12:00", False),  # no calendar has it
    ],
)
async def test_quiet_hours_go_over_midnight_by_the_servers_clock_in_the_zone_of_the_kitchen(
    server_time: str, quiet: bool
) -> None:
    settings = {"quiet_from": "22:00", "quiet_until": "07:00", "quiet_volume": 0.1}
    async with kitchen(server_time=server_time, **settings) as it:
        it.put(Alert.NEW)
        await asyncio.sleep(1)
        assert it.sink.played[0][2] == (0.1 if quiet else 0.6)


async def test_in_quiet_hours_a_bell_which_has_no_volume_is_silent() -> None:
    settings = {"quiet_from": "00:00", "quiet_until": "00:00"}
    async with kitchen(sink=False, **settings) as it:
        it.put(Alert.NEW)
        await asyncio.sleep(5)
        assert it.strokes == []


async def test_without_a_sound_card_the_bell_is_struck_differently_often() -> None:
    async with kitchen(sink=False) as it:
        for alert in (Alert.NEW, Alert.CHANGED, Alert.CANCELLED):
            it.strokes.clear()
            it.put(alert)
            await asyncio.sleep(10)
            assert len(it.strokes) == STROKES[alert]
            apart = [later - sooner for sooner, later in pairwise(it.strokes)]
            assert all(0.2 < gap < 0.5 for gap in apart)
    assert STROKES[Alert.NEW] < STROKES[Alert.CHANGED] < STROKES[Alert.CANCELLED]


async def test_a_sound_card_that_vanishes_is_told_once_and_the_bell_stands_in() -> None:
    async with kitchen() as it:
        it.put(Alert.NEW)
        await asyncio.sleep(5)
        it.sink.broken = "USB Audio is gone."
        for _ in range(3):
            it.put(Alert.NEW)
            await asyncio.sleep(5)
        assert len(it.strokes) == 3
        assert it.lost == ["USB Audio is gone."]
        assert it.service.trouble == "USB Audio is gone."
        it.sink.broken = ""
        await asyncio.sleep(RETRY)
        it.put(Alert.NEW)
        await asyncio.sleep(5)
        assert len(it.sink.heard) == 2
        assert it.found == ["virtual sink"]
        assert it.service.trouble == ""


async def test_a_sound_card_that_was_never_there_is_no_news() -> None:
    async with kitchen() as it:
        it.sink.broken = "There is no sound device."
        it.put(Alert.NEW)
        await asyncio.sleep(5)
        assert (it.lost, len(it.strokes)) == ([], 1)
        assert it.service.trouble == "There is no sound device."


async def test_the_test_plays_each_sound_with_its_name_also_while_muted() -> None:
    async with kitchen(volume=0.5) as it:
        it.service.toggle_mute()
        assert it.service.try_all()
        await asyncio.sleep(60)
        assert it.sink.heard == list(Alert)
        assert it.tried == [(alert, place, 7) for place, alert in enumerate(Alert, 1)]
        assert {volume for _, _, volume in it.sink.played} == {0.5}
        assert it.tests_ended == 1


async def test_a_second_press_ends_the_test_and_an_order_goes_before_it() -> None:
    async with kitchen() as it:
        it.service.try_all()
        await asyncio.sleep(0.1)
        it.put(Alert.NEW)
        await asyncio.sleep(1.5)
        assert it.sink.heard == [Alert.CANCELLED, Alert.NEW]
        assert not it.service.try_all()
        await asyncio.sleep(60)
        assert len(it.sink.heard) == 2


async def test_an_end_in_the_middle_of_a_sound_does_not_wait_for_it() -> None:
    async with kitchen() as it:
        it.put(Alert.LINK_LOST)
        await asyncio.sleep(0.1)
        await it.service.close()
        assert it.passed() == pytest.approx(0.1)
        assert (it.sink.closed, it.sink.sounding) == (True, 0)
