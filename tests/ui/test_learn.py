"""Learn mode on the display: what it asks, what it shows, what it keeps."""

from __future__ import annotations

from pathlib import Path

import pytest

from kds_tui.config.loading import load
from kds_tui.ui import key_screen
from kds_tui.ui.learn_dialog import END_S, SKIP_S, LearnDialog
from tests.ui.conftest import Run
from tests.ui.golden import check_golden
from tests.ui.still_kitchen import Clock, StillKitchen, orders
from voice_tui.terminal import KeyPress, KeyUp

BOARD = orders(6)

SIZES = pytest.mark.parametrize(
    "size", [(85, 24), (120, 36), (200, 50)], ids=lambda size: f"{size[0]}x{size[1]}"
)


@pytest.fixture
def clock(clock: Clock, monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The lesson goes by the same clock as the display."""
    monkeypatch.setattr(key_screen, "time", clock)
    return clock


async def send(kitchen: StillKitchen, key: str, arrived: str = "", keypad: str = "") -> None:
    kitchen.app.post_message(KeyPress(key, None, arrived, keypad))
    await kitchen.settle()


async def wait(kitchen: StillKitchen, seconds: float) -> None:
    kitchen.clock.passed += seconds
    dialog = kitchen.app.screen
    assert isinstance(dialog, LearnDialog)
    dialog.tick()
    await kitchen.settle()


def bar(name: str) -> dict[str, object]:
    return {"bump_bar": {"profiles": [name]}}


@SIZES
async def test_golden_learn(run: Run, size: tuple[int, int]) -> None:
    async with run(BOARD, size, **bar("kb1700-b")) as kitchen:
        await kitchen.press("ctrl+k", every=0)
        check_golden(kitchen.app, f"learn-{size[0]}x{size[1]}")


@SIZES
async def test_golden_learn_half_way(run: Run, size: tuple[int, int]) -> None:
    async with run(BOARD, size) as kitchen:
        await kitchen.press("ctrl+k", every=0)
        await send(kitchen, "left_control_alone", "\x1b[57442;5u")
        await kitchen.press("ctrl+n", every=0)
        await send(kitchen, "minus", "-")
        await send(kitchen, "minus", "-")
        check_golden(kitchen.app, f"learn-half-way-{size[0]}x{size[1]}")


async def test_keys_are_learned_and_count_at_once(run: Run, tmp_path: Path) -> None:
    file = tmp_path / "keys.toml"
    async with run(BOARD, keys_file=file, **bar("toast")) as kitchen:
        await kitchen.press("ctrl+k")
        assert "Press the key for  ENTER" in kitchen.text
        await send(kitchen, "f13", "\x1b[25~")
        assert "Arrived: F13   sent ESC [25~" in kitchen.text
        assert "Press the key for  1 " in kitchen.text
        await send(kitchen, "f14")
        await kitchen.press("ctrl+s")
        assert kitchen.app.screen is kitchen.app.board_screen
        await kitchen.until(lambda: "They are kept in" in kitchen.text)
        await kitchen.press("f14")
        assert kitchen.bumped == ["o1"]
    assert '"board.bump" = "f13"' in file.read_text()


async def test_the_bump_key_saves_at_the_end(run: Run, tmp_path: Path) -> None:
    async with run(BOARD, keys_file=tmp_path / "keys.toml", **bar("toast")) as kitchen:
        await kitchen.press("ctrl+k")
        await send(kitchen, "f13")
        while "learned." not in kitchen.text:
            await send(kitchen, "f13")  # no such key on this bar
        assert "1 key learned." in kitchen.text
        await kitchen.press("x")
        assert isinstance(kitchen.app.screen, LearnDialog)
        await send(kitchen, "f13")
        await kitchen.until(lambda: (tmp_path / "keys.toml").exists())


@pytest.mark.parametrize("key", ["escape", "q", "space", "question_mark", "tab", "r", "f1"])
async def test_every_key_is_one_of_the_bar(run: Run, key: str) -> None:
    async with run(BOARD, **bar("toast")) as kitchen:
        await kitchen.press("ctrl+k", "f13", key)
        assert isinstance(kitchen.app.screen, LearnDialog)
        assert kitchen.bumped == []
        assert "2 of" not in kitchen.text


@pytest.mark.parametrize("key", ["ctrl+c", "ctrl+q"])
async def test_leaving_keeps_nothing(run: Run, tmp_path: Path, key: str) -> None:
    async with run(BOARD, keys_file=tmp_path / "keys.toml") as kitchen:
        await kitchen.press("ctrl+k", "f13", key)
        assert kitchen.app.screen is kitchen.app.board_screen
        assert kitchen.app.is_running
        assert kitchen.app.board_screen.keys.at("f13") is None
        assert not (tmp_path / "keys.toml").exists()


async def test_what_the_config_fixes_is_counted(run: Run) -> None:
    async with run(BOARD, keys={"board.recall": "f20"}) as kitchen:
        await kitchen.press("ctrl+k")
        assert "1 fixed by [keys]" in kitchen.text


async def test_it_is_worked_by_mouse_alone(run: Run, tmp_path: Path) -> None:
    async with run(BOARD, keys_file=tmp_path / "keys.toml") as kitchen:
        await kitchen.press("ctrl+k")
        await kitchen.pilot.click("#skip")
        await kitchen.until(lambda: "2 of" in kitchen.text)
        await kitchen.pilot.click("#back")
        await kitchen.until(lambda: "1 of" in kitchen.text)
        await kitchen.press("f13")
        await kitchen.pilot.click("#save")
        await kitchen.until(lambda: "They are kept in" in kitchen.text)
        await kitchen.press("ctrl+k")
        await kitchen.pilot.click("#leave")
        await kitchen.until(lambda: kitchen.app.screen is kitchen.app.board_screen)


async def test_a_step_without_a_key_is_skipped_and_nobody_there_gets_the_board_back(
    run: Run,
) -> None:
    async with run(BOARD) as kitchen:
        await kitchen.press("ctrl+k", every=0)
        await wait(kitchen, SKIP_S - 1)
        assert "1 of" in kitchen.text
        await wait(kitchen, 1)
        assert "2 of" in kitchen.text
        await wait(kitchen, END_S - SKIP_S)
        assert kitchen.app.screen is kitchen.app.board_screen


async def test_a_key_that_comes_up_is_not_learned(run: Run) -> None:
    async with run(BOARD) as kitchen:
        await kitchen.press("ctrl+k")
        kitchen.app.post_message(KeyUp("ctrl+k", 0.1))
        await kitchen.settle()
        assert "1 of" in kitchen.text


async def test_a_disk_that_takes_nothing_is_told_and_the_keys_count_all_the_same(
    run: Run, tmp_path: Path
) -> None:
    (tmp_path / "file").touch()
    async with run(BOARD, keys_file=tmp_path / "file" / "keys.toml") as kitchen:
        await kitchen.press("ctrl+k", "f13", "ctrl+s")
        await kitchen.until(lambda: "keys count until this" in kitchen.text)
        await kitchen.press("right", "f13")
        assert kitchen.bumped == ["o1"]


async def test_a_display_that_keeps_nothing_says_so(run: Run) -> None:
    async with run(BOARD) as kitchen:
        await kitchen.press("ctrl+k", "f13", "ctrl+s")
        await kitchen.until(lambda: "keys count until this" in kitchen.text)


async def test_what_was_kept_is_there_at_the_next_start(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "kds-tui" / "keys.toml"
    async with run(BOARD, keys_file=file) as kitchen:
        await kitchen.press("ctrl+k", "f13", "ctrl+s")
        await kitchen.until(lambda: "They are kept in" in kitchen.text)
    loaded = load(None, {})
    assert loaded.settings.bump_bar.learned == {"board.bump": "f13"}
    assert loaded.sources["bump_bar.learned.board.bump"] == f"learned {file}"
