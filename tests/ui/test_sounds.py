"""Sounds on the display: heard, seen, muted, tried; the sound card is a virtual sink."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from kds_tui.core.alerts import WORDS, Alert
from kds_tui.core.link import LinkState
from kds_tui.ui.alert_bar import AlertBar
from kds_tui.ui.status_line import StatusLine
from tests.service.virtual_sink import VirtualSink
from tests.ui.conftest import Run
from tests.ui.still_kitchen import Row, StillKitchen, order, orders
from tests.ui.test_tables_view import later


class Heard:
    """A kitchen with a loudspeaker."""

    def __init__(self, kitchen: StillKitchen) -> None:
        self.kitchen = kitchen
        self.sink = VirtualSink(kitchen.clock.monotonic, seconds=0.0)
        sounding = kitchen.app.sounding
        sounding.begin(self.sink, kitchen.app.board_screen.flash)

    async def sounds(self, count: int) -> list[Alert]:
        """Wait for so many sounds."""
        await self.kitchen.until(lambda: len(self.sink.heard) >= count)
        await self.kitchen.settle()
        return self.sink.heard

    @property
    def header(self) -> str:
        return self.kitchen.text.splitlines()[0]

    @property
    def lit(self) -> set[str]:
        """The looks of the bars that are lit."""
        bars = self.kitchen.app.board_screen.query(AlertBar)
        return {name for bar in bars if bar.alert for name in bar.classes}


@asynccontextmanager
async def hearing(run: Run, rows: list[Row], **settings: Any) -> AsyncIterator[Heard]:
    async with run(rows, (85, 24), **settings) as kitchen:
        yield Heard(kitchen)


async def test_a_new_order_is_heard_and_seen_and_the_first_board_is_not(run: Run) -> None:
    async with hearing(run, orders(40)) as heard:
        await heard.kitchen.tell(order(50, age=0, type="dine-in", table_number="5"))
        assert await heard.sounds(1) == [Alert.NEW]
        assert heard.header.startswith(" NEW TABLE 5 ")
        await heard.kitchen.until(lambda: heard.kitchen.app.sounding.state == "virtual sink")
        assert heard.lit == {"-on-time"}
        heard.kitchen.app.board_screen.flash.end()
        await heard.kitchen.settle()
        assert "Kitchen · all stations" in heard.header
        assert heard.lit == set()
        await heard.kitchen.tell(order(51, age=0))
        await heard.kitchen.until(lambda: heard.kitchen.app.sounding._timer is None)
        assert heard.lit == set(), "in a rush it is not lit all the time"


async def test_the_flash_ends_by_itself(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kds_tui.ui.alert_bar.FLASH", 0.05)
    async with hearing(run, orders(2)) as heard:
        await heard.kitchen.tell(order(50, age=0))
        await heard.sounds(1)
        await heard.kitchen.until(lambda: not heard.lit)


@pytest.mark.parametrize(
    "settings", [{"sound": {"flash": False}}, {"display": {"attention": "off"}}], ids=str
)
async def test_a_kitchen_that_wants_no_flash_has_none(run: Run, settings: dict[str, Any]) -> None:
    async with hearing(run, orders(2), **settings) as heard:
        await heard.kitchen.tell(order(50, age=0))
        await heard.sounds(1)
        await heard.kitchen.until(lambda: heard.kitchen.app.sounding._timer is None)
        assert heard.lit == set()
        assert "Kitchen · all stations" in heard.header


async def test_many_at_once_and_a_reconnect_are_one_sound(run: Run) -> None:
    async with hearing(run, [order(1, age=500)]) as heard:
        await heard.kitchen.link_is(LinkState.SYNCING, silent=1.0)
        for number in range(2, 30):
            await heard.kitchen.tell(order(number, age=10))
        listed = [order(number, age=10) for number in range(1, 30)]
        await heard.kitchen.list_orders([*listed, *(order(n, age=5) for n in range(30, 52))])
        assert heard.sink.heard == []
        await heard.kitchen.link_is(LinkState.LIVE)
        assert await heard.sounds(1) == [Alert.NEW]
        assert heard.header.startswith(" NEW 50 tickets ")


async def test_what_the_clock_tells_is_heard_though_the_server_is_away(run: Run) -> None:
    async with hearing(run, [order(1, age=60), later(2, 120)]) as heard:
        tick = heard.kitchen.app.sounding.tick
        tick()
        await heard.kitchen.lose_link()
        for _ in range(6):
            heard.kitchen.clock.passed += 1
            tick()
        assert await heard.sounds(1) == [Alert.LINK_LOST]
        heard.kitchen.clock.passed += 120
        tick()
        assert (await heard.sounds(2))[1:] == [Alert.NEW]
        heard.kitchen.clock.passed += 1200
        await heard.kitchen.link_is(LinkState.CONNECTING, silent=1400, attempt=9)
        tick()
        assert heard.kitchen.app.sounding._timer is None, "a list may come at any moment"
        await heard.kitchen.lose_link()
        assert (await heard.sounds(3))[2:] == [Alert.LATE]


async def test_mute_is_seen_and_ends_and_flashes_still(run: Run) -> None:
    async with hearing(run, orders(2)) as heard:
        await heard.kitchen.press("b")
        assert "MUTED 5:00" in heard.header
        await heard.kitchen.tick(60)
        assert "MUTED 4:00" in heard.header
        await heard.kitchen.tell(order(50, age=0))
        await heard.kitchen.until(lambda: bool(heard.lit))
        assert heard.sink.heard == []
        await heard.kitchen.press("b")
        assert "MUTED" not in heard.header
        heard.kitchen.clock.passed += 10
        await heard.kitchen.tell(order(51, age=0))
        assert await heard.sounds(1) == [Alert.NEW]


async def test_a_mute_key_held_down_mutes_once(run: Run) -> None:
    async with hearing(run, orders(2)) as heard:
        await heard.kitchen.hold("b", 4)
        assert "MUTED" in heard.header
        await heard.kitchen.hold("b", 5)
        assert "MUTED" not in heard.header


async def test_a_test_key_held_down_does_not_end_the_test(run: Run) -> None:
    async with hearing(run, orders(2)) as heard:
        await heard.kitchen.hold("ctrl+t", 4)
        assert heard.sink.heard
        assert "The test of the sounds has ended." not in heard.kitchen.text


async def test_where_sounds_are_off_there_is_nothing_to_mute(run: Run) -> None:
    async with hearing(run, orders(2), sound={"enabled": False}) as heard:
        for key in ("b", "ctrl+t"):
            await heard.kitchen.press(key)
            await heard.kitchen.until(lambda: "Sounds are off here" in heard.kitchen.text)
            heard.kitchen.app.clear_notifications()
            await heard.kitchen.settle()
        assert "MUTED" not in heard.header


async def test_the_test_key_plays_each_sound_with_its_name(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kds_tui.services.sound.PAUSE", 0.0)
    shown: list[str] = []
    light = StatusLine.light

    def noting(bar: StatusLine, words: str, alert: Alert) -> None:
        shown.append(words)
        light(bar, words, alert)

    monkeypatch.setattr(StatusLine, "light", noting)
    async with hearing(run, orders(2)) as heard:
        await heard.kitchen.press("ctrl+t")
        assert await heard.sounds(7) == list(Alert)
        assert shown == [f"SOUND {n} OF 7: {WORDS[a]}" for n, a in enumerate(Alert, 1)]
        await heard.kitchen.until(lambda: "Sounds come from virtual sink." in heard.kitchen.text)


async def test_a_sound_card_that_vanishes_is_told(run: Run) -> None:
    async with hearing(run, orders(2)) as heard:
        await heard.kitchen.tell(order(50, age=0))
        await heard.sounds(1)
        heard.sink.broken = "The USB speaker is gone."
        await heard.kitchen.tell(order(51, age=0, notes="x"), order(50, age=0, notes="y"))
        await heard.kitchen.until(lambda: "The USB speaker is gone." in heard.kitchen.text)
        assert "terminal's bell" in heard.kitchen.text
        assert heard.kitchen.app.sounding.state == "the terminal's bell: The USB speaker is gone."


async def test_what_waits_is_heard_again_until_a_cook_takes_notice(run: Run) -> None:
    settings = {"sound": {"repeat_seconds": {"new": 20}}}
    async with hearing(run, orders(2), **settings) as heard:
        await heard.kitchen.tell(order(50, age=0))
        await heard.sounds(1)
        tick = heard.kitchen.app.sounding.tick
        tick()
        heard.kitchen.clock.passed += 20
        tick()
        assert await heard.sounds(2) == [Alert.NEW, Alert.NEW]
        await heard.kitchen.press("A")
        tick()
        heard.kitchen.clock.passed += 100
        tick()
        assert len(heard.sink.heard) == 2


async def test_a_link_that_stays_lost_is_heard(run: Run) -> None:
    async with hearing(run, orders(2)) as heard:
        heard.kitchen.app.sounding.tick()
        await heard.kitchen.lose_link()
        for _ in range(7):
            heard.kitchen.clock.passed += 1
            heard.kitchen.app.sounding.tick()
        assert await heard.sounds(1) == [Alert.LINK_LOST]
        assert heard.header.startswith(" LINK LOST ")
