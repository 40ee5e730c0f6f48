"""The diagnostics screen: every fact in words, at every size, also while the link is down."""

from __future__ import annotations

from typing import Any

import pytest
from rich.cells import cell_len

from kds_tui import diagnostics
from kds_tui.core.clock import ServerClock
from kds_tui.core.link import LinkState
from kds_tui.process_figures import ProcessFigures
from kds_tui.ui.diagnostics import Row, Section, lay_out
from tests.ui.conftest import Run
from tests.ui.golden import check_golden
from tests.ui.still_kitchen import NOW, StillKitchen, order, orders, still_report
from tests.ui.test_golden import SIZES, name

FIGURES = ProcessFigures(rss_bytes=61_800_000, tasks=14, timers=9, threads=5, fds=23)


@pytest.fixture(autouse=True)
def still_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(diagnostics, "process_figures", lambda: FIGURES)


def confirm(kitchen: StillKitchen, **fields: Any) -> None:
    """The board was compared two seconds ago, and the clock is right."""
    now = kitchen.clock.monotonic()
    told = {
        "confirmed_at": now - 2,
        "confirmed_count": 16,
        "digest": "5cc8e915a52693d6",
        "digest_agrees": True,
    }
    kitchen.link.report = {**still_report(), **told, **fields}
    kitchen.app.terminal.clock.set_server_time(NOW + kitchen.clock.passed - 0.006, now, 0.012)


@SIZES
async def test_golden_diagnostics(run: Run, size: tuple[int, int]) -> None:
    async with run(orders(14), size) as kitchen:
        confirm(kitchen)
        await kitchen.press("ctrl+d", every=0)
        check_golden(kitchen.app, name("diagnostics", size))


@SIZES
async def test_golden_diagnostics_in_trouble(run: Run, size: tuple[int, int]) -> None:
    async with run(orders(14), size) as kitchen:
        confirm(kitchen)
        await kitchen.press("1", "enter", every=0)
        await kitchen.lose_link()
        kitchen.clock.passed += 75
        confirm(
            kitchen,
            confirmed_at=kitchen.clock.monotonic() - 77,
            digest_agrees=False,
            differing_counts=(15, 16),
            digest_mismatches=3,
            connect_count=12,
            open_sockets=0,
            gaps=4,
            bad_frames=2,
        )
        kitchen.app.terminal.clock.set_server_time(NOW - 182, kitchen.clock.monotonic(), 0.012)
        await kitchen.press("ctrl+d", every=0)
        check_golden(kitchen.app, name("diagnostics-trouble", size))


async def test_the_facts_are_looked_at_again_every_second(run: Run) -> None:
    async with run(orders(14)) as kitchen:
        confirm(kitchen)
        await kitchen.press("ctrl+d", every=0)
        assert "all 14 tickets confirmed 2 s ago" in kitchen.text
        await kitchen.tell(order(15))
        kitchen.clock.passed += 1
        await kitchen.until(lambda: "all 15 tickets confirmed 3 s ago" in kitchen.text)


@pytest.mark.parametrize("key", ["escape", "ctrl+d", "q", "enter"])
async def test_it_closes(run: Run, key: str) -> None:
    async with run(orders(3)) as kitchen:
        await kitchen.press("ctrl+d", every=0)
        assert len(kitchen.app.screen_stack) == 2
        await kitchen.press(key, every=0)
        assert kitchen.app.screen is kitchen.app.board_screen


async def test_it_opens_before_there_is_a_link(run: Run) -> None:
    async with run(None, (80, 24)) as kitchen:
        kitchen.app.terminal._link = None
        await kitchen.press("ctrl+d", every=0)
        assert "not begun" in kitchen.text


async def test_what_comes_from_outside_is_text(run: Run) -> None:
    hostile = "\x1b]52;c;cm0=\x07[@click=app.quit]no[/] \u202enuts"
    async with run(orders(3)) as kitchen:
        await kitchen.link_is(LinkState.RECONNECTING, silent=4, reason=hostile)
        await kitchen.press("ctrl+d", every=0)
        assert "52;c;cm0=[@click=app.quit]no[/] nuts" in kitchen.text


@pytest.mark.parametrize(
    ("fields", "words", "ok"),
    [
        ({}, "all 3 tickets confirmed 2 s ago", True),
        ({"confirmed_at": 900.0}, "all 3 tickets confirmed 1:40 ago", False),
        (
            {"differing_counts": (4, 3)},
            "not as the server's: 4 orders here, 3 there, to be listed anew",
            False,
        ),
        (
            {"differing_counts": (4, 3), "state": "reconnecting"},
            "not as the server's: 4 orders here, 3 there when last compared",
            False,
        ),
        ({"confirmed_at": None}, "not compared: the server tells no digest", None),
        ({"confirmed_at": None, "state": "syncing"}, "not compared yet", None),
    ],
)
def test_what_is_said_about_the_tickets(
    fields: dict[str, Any], words: str, ok: bool | None
) -> None:
    report = {**still_report(), "confirmed_at": 998.0, **fields}
    section = diagnostics.server_section(report, "http://hub", 3, 1000.0)
    (row,) = [row for row in section.rows if row.label == "tickets"]
    assert row.value.startswith(words)
    assert row.ok is ok


@pytest.mark.parametrize(
    ("skew", "words", "ok"),
    [
        (0.4, "right (+0.4 s)", True),
        (-1.9, "right (-1.9 s)", True),
        (182.0, "3:02 ahead", False),
        (-7500.0, "2h05 behind", False),
    ],
)
def test_what_is_said_about_this_clock(skew: float, words: str, ok: bool) -> None:
    clock = ServerClock(0.0, 0.0)
    clock.set_server_time(1000.0, 10.0, 0.02)
    row = diagnostics.clock_section(clock, skew, 10.0).rows[-1]
    assert (row.value, row.ok) == (words, ok)


@pytest.mark.parametrize("width", [1, 20, 40, 63, 64, 72, 96])
def test_no_line_is_wider_than_the_screen_and_no_fact_is_left_out(width: int) -> None:
    rows = [Row(f"label {number}", "value " * number) for number in range(12)]
    sections = [Section(title, rows) for title in ("A", "B", "C", "D")]
    lines = ["".join(text for text, _ in line) for line in lay_out(sections, width)]
    if width >= 40:
        assert all(cell_len(line) <= width for line in lines)
        assert sum(line.count("label 7") for line in lines) == len(sections)
    assert lay_out([], width) == []


@pytest.mark.parametrize(
    ("skew", "shown"), [(1.9, False), (-1.9, False), (182.5, True), (-182.5, True)]
)
async def test_a_wall_clock_that_is_off_is_shown_small(run: Run, skew: float, shown: bool) -> None:
    async with run(orders(3), (80, 24)) as kitchen:
        now = kitchen.clock.monotonic()
        kitchen.app.terminal.clock.set_server_time(NOW + kitchen.clock.passed - skew, now, 0.0)
        await kitchen.tick(0.0)
        assert ("clock 3:02 off" in kitchen.text) is shown
        assert "● LIVE" in kitchen.text
