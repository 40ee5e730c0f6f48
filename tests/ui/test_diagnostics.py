"""The diagnostics screen: what is the matter, every figure beside its limit, and the actions."""

from __future__ import annotations

import asyncio
import json
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from rich.cells import cell_len
from textual.containers import VerticalScroll

from kds_tui.config.sections import LogSettings
from kds_tui.core.diagnosis import diagnose
from kds_tui.core.link import LinkState
from kds_tui.core.readings import read_status
from kds_tui.process_figures import ProcessFigures
from kds_tui.services.display_facts import Place
from kds_tui.ui.diagnosis_lines import diagnosis_lines, group_lines
from tests.ui.conftest import Run
from tests.ui.golden import check_golden
from tests.ui.still_kitchen import NOW, StillKitchen, order, orders, still_report
from tests.ui.test_golden import name
from tests.unit.display_facts import WELL_STATUS
from tests.unit.test_diagnosis import LEAVES

SIZES = pytest.mark.parametrize("size", [(85, 24), (120, 36), (200, 50)])

FIGURES = ProcessFigures(rss_bytes=61_800_000, tasks=14, timers=9, threads=5, fds=23, sockets=4)


@pytest.fixture(autouse=True)
def still_figures(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kds_tui.services.display_watch.process_figures", lambda: FIGURES)
    monkeypatch.setattr("kds_tui.services.display_facts.__version__", "1.2.3")


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
    kitchen.app.desk.watch._facts._place = Place(4711, "all", "http://127.0.0.1:3001")


async def get_into_trouble(kitchen: StillKitchen) -> None:
    confirm(kitchen)
    await kitchen.press("1", "enter", every=0)
    await kitchen.lose_link()
    kitchen.clock.passed += 75
    now = kitchen.clock.monotonic()
    confirm(
        kitchen,
        confirmed_at=now - 77,
        digest_agrees=False,
        differing_counts=(15, 16),
        digest_mismatches=3,
        connect_count=32,
        live_count=20,
        is_reconnecting=True,
        down_since=now - 75,
        open_sockets=0,
        gaps=4,
        bad_frames=2,
    )
    kitchen.app.terminal.clock.set_server_time(NOW - 182, now, 0.012)
    await kitchen.tick(0)  # the board under the dialog must not be drawn in its own time


async def scroll_to_the_end(kitchen: StillKitchen) -> None:
    await kitchen.press("end", every=0)
    box = kitchen.app.screen.query_one(VerticalScroll)
    await kitchen.until(lambda: box.scroll_y == box.max_scroll_y)  # it moves there in steps
    await kitchen.settle()


@SIZES
async def test_golden_diagnostics(run: Run, size: tuple[int, int]) -> None:
    async with run(orders(14), size) as kitchen:
        confirm(kitchen)
        await kitchen.press("ctrl+d", every=0)
        check_golden(kitchen.app, name("diagnostics", size))


@SIZES
async def test_golden_diagnostics_in_trouble(run: Run, size: tuple[int, int]) -> None:
    async with run(orders(14), size) as kitchen:
        await get_into_trouble(kitchen)
        await kitchen.press("ctrl+d", every=0)
        check_golden(kitchen.app, name("diagnostics-trouble", size))


async def test_golden_diagnostics_of_voice(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Voice and memory, on the last page of a small screen."""
    assert WELL_STATUS.voice is not None
    voice = replace(WELL_STATUS.voice, turn_state="waiting_user_final", turn_for=12.0)
    process = replace(WELL_STATUS.process, growth=12e6, timers=24)
    status = replace(WELL_STATUS, voice=voice, process=process)
    async with run(orders(3), (85, 24)) as kitchen:
        monkeypatch.setattr(kitchen.app.desk, "status", lambda: status)
        await kitchen.press("ctrl+d", every=0)
        assert "WARNING: No transcript was received" in kitchen.text
        assert "WARNING: Memory grows (62 MB, +12.0 MB an hour)" in kitchen.text
        await scroll_to_the_end(kitchen)
        assert "version, process" in kitchen.text
        check_golden(kitchen.app, name("diagnostics-voice", (85, 24)))


async def test_the_most_telling_is_seen_first_on_the_smallest_screen(run: Run) -> None:
    async with run(orders(14), (80, 24)) as kitchen:
        await get_into_trouble(kitchen)
        await kitchen.press("ctrl+d", every=0)
        for words in (
            "CRITICAL: The server has not been there for 1:15",
            "Do: Check the network",
            "Asked: Is the board without its server? yes",
            "state",
            "reconnecting",
        ):
            assert words in kitchen.text
        await scroll_to_the_end(kitchen)
        assert "tasks, threads" in kitchen.text


async def test_everything_is_looked_at_again_every_second(run: Run) -> None:
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
        assert "52;c;cm0=[@click=app.quit]no[/]" in kitchen.text


async def test_reconnect_hurries_a_link_that_waits_and_replaces_one_that_does_not(run: Run) -> None:
    async with run(orders(3)) as kitchen:
        await kitchen.lose_link()
        await kitchen.press("ctrl+d", "r", every=0)
        assert "Connecting now." in kitchen.text
        assert (kitchen.link.reconnects, kitchen.link.replaced) == (1, 0)
        await kitchen.link_is(LinkState.LIVE)
        await kitchen.press("ctrl+r", every=0)
        assert "closed and made anew" in kitchen.text
        assert (kitchen.link.reconnects, kitchen.link.replaced) == (1, 1)


async def test_a_forced_reset_begins_link_and_board_anew_and_keeps_bumps(run: Run) -> None:
    async with run(orders(3)) as kitchen:
        await kitchen.press("1", "enter", every=0)
        await kitchen.press("ctrl+d", "x", every=0)
        assert "Reset: the link is made anew and the orders are listed anew." in kitchen.text
        assert kitchen.link.replaced == 1
        assert len(kitchen.app.kitchen.outbox) == 1


def bundle_in(folder: Path) -> Path:
    (path,) = folder.glob("kds-tui-support-*.zip")
    return path


async def test_a_bundle_is_saved_its_path_told_and_no_name_in_it(run: Run, tmp_path: Path) -> None:
    log = tmp_path / "kds-tui.log"
    lines = [
        {"time": "t", "level": "INFO", "component": "link", "message": "link: live"},
        {"message": "server error (1 so far): no Zerbinetta here"},
        {"message": "notice", "fields": {"text": "two burgers for Bob", "attempt": 3}},
        {"message": "order not placed", "fields": {"reason": "HTTP 503", "why": "Zerbinetta"}},
        {"message": "sent", "fields": {"header": "Bearer abc.def.ghi"}},
    ]
    log.write_text("".join(json.dumps(line) + "\n" for line in lines) + "half a li")
    row = order(1, customer_name="Zerbinetta", notes="allergic to nuts")
    async with run([row], log=LogSettings(file=log)) as kitchen:
        confirm(kitchen)
        await kitchen.press("ctrl+d", "s", every=0)
        await kitchen.until(lambda: "Saved" in kitchen.text)
        path = bundle_in(tmp_path)
        assert path.stem in re.sub(r"[^\w-]", "", kitchen.text)
    assert path.stat().st_mode & 0o777 == 0o600
    with zipfile.ZipFile(path) as bundle:
        files = {name: bundle.read(name).decode() for name in bundle.namelist()}
    assert set(files) == {
        "diagnosis.txt",
        "status.json",
        "settings.txt",
        "versions.txt",
        "log.jsonl",
        "metrics.prom",
    }
    everything = "".join(files.values())
    for personal in ("Zerbinetta", "allergic", "Bob", "abc.def"):
        assert personal not in everything
    assert "link: live" in files["log.jsonl"]
    assert '"attempt": 3' in files["log.jsonl"]
    assert '"reason": "HTTP 503"' in files["log.jsonl"]
    assert "OK: Nothing is wrong with this display." in files["diagnosis.txt"]
    assert "all 1 tickets" not in files["diagnosis.txt"]
    assert "server.url" in files["settings.txt"]
    assert json.loads(files["status.json"])[0]["board"]["tickets"] == 1
    assert "textual" in files["versions.txt"]
    assert "websocket_connections_attempted" in files["metrics.prom"]


async def test_a_bundle_that_cannot_be_written_says_why(run: Run, tmp_path: Path) -> None:
    (tmp_path / "taken").write_text("")
    async with run(orders(1), log=LogSettings(file=tmp_path / "taken" / "log")) as kitchen:
        await kitchen.press("ctrl+d", "s", every=0)
        await kitchen.until(lambda: "cannot be written" in kitchen.text)


async def test_leaving_while_a_bundle_is_saved_does_no_harm(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with run(orders(1)) as kitchen:
        begun = asyncio.Event()

        async def never() -> str:
            begun.set()
            return await asyncio.Future()

        monkeypatch.setattr(kitchen.app.desk, "save_bundle", never)
        await kitchen.press("ctrl+d", "s", "s", every=0)
        await begun.wait()
        await kitchen.press("escape", every=0)
        assert kitchen.app.screen is kitchen.app.board_screen


@pytest.mark.parametrize("width", [1, 20, 40, 63, 72, 77, 96, 149, 150, 190])
def test_no_line_is_wider_than_the_screen_and_no_figure_is_left_out(width: int) -> None:
    for _, status, seen in LEAVES:
        groups = read_status(status)
        lines = diagnosis_lines(diagnose(status, seen), "Saved /a/very/long/path.zip", width)
        lines += group_lines(groups, width)
        shown = ["".join(text for text, _ in line) for line in lines]
        if width >= 40:
            assert all(cell_len(line) <= width for line in shown)
            for group in groups:
                assert any(group.title in line for line in shown)
                for reading in group.readings:
                    label = reading.label[:16]
                    assert any(label in line for line in shown)
                    if width >= 60 and reading.limit:
                        word = reading.level or "-"
                        assert any(label in line and word in line for line in shown)


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
