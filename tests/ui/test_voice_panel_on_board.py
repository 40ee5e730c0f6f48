"""The voice panel on the board: where it stands, whose keys are whose, and a board without it."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from kds_tui.voice import mount as mount_module
from kds_tui.voice import wiring
from tests.ui.conftest import Run
from tests.ui.golden import check_golden
from tests.ui.still_kitchen import orders
from tests.ui.voice_kitchen import voice_kitchen
from voice_tui.core.turn import TurnState
from voice_tui.services.microphone import MicrophoneState, MicrophoneStatus

SIZES = [(80, 24), (120, 36), (200, 50)]


@pytest.mark.parametrize("size", SIZES, ids=lambda size: f"{size[0]}x{size[1]}")
async def test_golden_with_voice(run: Run, size: tuple[int, int]) -> None:
    name = f"{size[0]}x{size[1]}"
    async with voice_kitchen(run, orders(14), size=size) as it:
        check_golden(it.kitchen.app, f"voice-idle-{name}")
        await it.order()
        await it.kitchen.tick(0)  # else the heads show the time only if a second passed outside
        check_golden(it.kitchen.app, f"voice-asks-{name}")


@pytest.mark.parametrize(
    ("columns", "beside"), [(80, False), (109, False), (110, True), (200, True)]
)
async def test_it_stands_beside_the_tickets_or_under_them(
    run: Run, columns: int, beside: bool
) -> None:
    async with voice_kitchen(run, orders(40), size=(columns, 30)) as it:
        grid, panel = it.kitchen.grid.region, it.panel.region
        assert (panel.x == grid.right, panel.y == grid.bottom) == (beside, not beside)
        assert panel.height == (grid.height if beside else 3)
        assert len(it.kitchen.shown) >= 9


async def test_the_terminal_changes_its_size_and_the_panel_its_side(run: Run) -> None:
    async with voice_kitchen(run, orders(40), size=(200, 50)) as it:
        for columns, beside in ((80, False), (200, True)):
            await it.kitchen.pilot.resize_terminal(columns, 24)
            await it.kitchen.settle()
            assert (it.panel.region.y == it.kitchen.grid.region.y) is beside
            assert {card.x < it.kitchen.grid.size.width for card in it.kitchen.cards} == {True}


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_no_ticket_changes_its_slot_because_somebody_speaks(
    run: Run, size: tuple[int, int]
) -> None:
    async with voice_kitchen(run, orders(40), size=size) as it:
        before = it.places
        await it.kitchen.press("t")
        await it.shows("LISTENING")
        assert it.places == before
        await it.kitchen.press("t")
        it.voice.becomes(turn=TurnState.IDLE)
        await it.shows("READY")
        assert not it.has_keys
        assert it.places == before


async def test_an_order_by_voice_and_then_the_keys_are_the_boards_again(run: Run) -> None:
    async with voice_kitchen(run, orders(4)) as it:
        await it.order()
        assert it.has_keys
        await it.kitchen.press("y")
        await it.shows("0042")
        ((body, _),) = it.desk.placed
        assert body["table_number"] == "5"
        assert not it.has_keys
        await it.kitchen.press("right", "space")
        assert it.kitchen.bumped == ["o1"]


async def test_an_order_that_is_not_wanted_gives_the_keys_back(run: Run) -> None:
    async with voice_kitchen(run, orders(4)) as it:
        await it.order()
        await it.kitchen.press("n")
        assert not it.has_keys
        assert it.desk.placed == []
        await it.kitchen.press("2", "enter")
        assert it.kitchen.bumped == ["o2"]


async def test_an_empty_kitchen_takes_orders_too(run: Run) -> None:
    async with voice_kitchen(run, ()) as it:
        await it.order()
        await it.kitchen.press("y")
        await it.shows("0042")
        assert len(it.desk.placed) == 1


async def test_the_boards_keys_work_beside_the_panel(run: Run) -> None:
    async with voice_kitchen(run, orders(4)) as it:
        await it.kitchen.press("right", "space")
        assert it.kitchen.bumped == ["o1"]
        await it.kitchen.press("3", "enter")
        assert it.kitchen.bumped == ["o1", "o3"]
        await it.kitchen.press("r")
        verbs = [command.verb.value for command in it.kitchen.app.kitchen.outbox]
        assert verbs == ["bump", "bump", "recall"]
        assert it.voice.told == []
        await it.kitchen.press("q")
        await it.shows("sent when this display")


async def test_numbers_bump_also_while_the_panel_asks(run: Run) -> None:
    """A cook does not wait for a guest who cannot make up his mind."""
    async with voice_kitchen(run, orders(4)) as it:
        await it.order()
        await it.kitchen.press("2", "enter")
        assert it.kitchen.bumped == ["o2"]
        assert it.has_keys
        assert it.dialogue.view.asks


async def test_the_footer_names_no_key_that_is_the_panels_now(run: Run) -> None:
    async with voice_kitchen(run, orders(4), size=(120, 36), display={"sort": "age"}) as it:
        for has_keys in (False, True, False):
            assert it.has_keys is has_keys
            await it.kitchen.tick()
            assert ("r recall" in it.kitchen.text) is not has_keys
            assert ("y by age" in it.kitchen.text) is not has_keys
            assert "? help" in it.kitchen.text
            if has_keys:
                await it.kitchen.press("r")
                assert it.voice.told[-1] == "reset"
                await it.kitchen.click(3, 1)
            else:
                await it.order()


@pytest.mark.parametrize("size", SIZES, ids=str)
async def test_whose_keys_yes_and_no_are_is_said_when_a_ticket_was_clicked(
    run: Run, size: tuple[int, int]
) -> None:
    async with voice_kitchen(run, orders(4), size=size) as it:
        await it.order()
        await it.shows("y place")
        await it.kitchen.click(3, 1)
        assert not it.has_keys
        await it.shows("click here to answer")
        assert "y place" not in it.kitchen.text
        rows = it.kitchen.text.splitlines()
        y = next(at for at, row in enumerate(rows) if "click here" in row)
        await it.kitchen.pilot.click(offset=(rows[y].index("click here") + 2, y))
        await it.shows("y place")
        assert it.has_keys
        await it.kitchen.press("y")
        await it.shows("0042")
        assert len(it.desk.placed) == 1


async def test_a_bump_by_voice_is_a_bump(run: Run) -> None:
    async with voice_kitchen(run, orders(4)) as it:
        await it.kitchen.press("t", "t")
        it.voice.hears("bump order two", agreed=True)
        await it.dialogue.call_tool("bump_order", '{"order_number": "2"}')
        await it.kitchen.settle()
        assert it.kitchen.bumped == ["o2"]
        assert "o2" not in it.kitchen.shown


async def test_without_voice_the_talk_key_says_so(run: Run) -> None:
    async with run(orders(4)) as kitchen:
        await kitchen.press("t")
        await kitchen.until(lambda: "Voice is off here" in kitchen.text)


class NoVoice:
    """Voice that cannot be entered."""

    def __init__(self, *_: Any) -> None:
        pass

    async def __aenter__(self) -> None:
        raise RuntimeError("no sound at all")

    async def __aexit__(self, *_: object) -> None:
        raise AssertionError


def missing(_: str) -> None:
    raise ModuleNotFoundError("No module named 'aiortc'", name="aiortc")


@pytest.mark.parametrize(
    ("where", "what", "instead", "said"),
    [
        (mount_module, "import_module", missing, "pip install 'kds-tui[voice]'"),
        (wiring, "DisplayVoice", NoVoice, "the tickets go on"),
    ],
    ids=["packages missing", "voice fails"],
)
async def test_without_what_voice_needs_the_board_goes_on(
    run: Run, monkeypatch: pytest.MonkeyPatch, where: Any, what: str, instead: Any, said: str
) -> None:
    monkeypatch.setattr(where, what, instead)
    async with run(orders(4), display={"voice": True}) as kitchen:
        voice = kitchen.app.voice
        assert voice is not None
        await kitchen.press("t")
        await kitchen.until(lambda: "Voice is starting" in kitchen.text)
        voice.start()
        await kitchen.until(lambda: said in " ".join(kitchen.text.replace("▌", " ").split()))
        await kitchen.press("1", "enter")
        assert kitchen.bumped == ["o1"]
        assert said in voice.absence
        async with asyncio.timeout(5):
            await voice.end()
    assert kitchen.app.crash is None


async def test_it_says_at_once_whose_key_the_slash_is(run: Run) -> None:
    async with voice_kitchen(run, orders(4)) as it:
        assert "or T and / to" in it.kitchen.text
        it.voice.becomes(microphone=MicrophoneStatus(MicrophoneState.NO_DEVICE, "None is there."))
        await it.shows("T and / types")
        await it.kitchen.press("t")
        assert "and / types" not in it.kitchen.text
        await it.kitchen.press("slash", "escape", "escape")
        assert "T and / types" in it.kitchen.text
        await it.kitchen.press("slash")
        assert "Find number" in it.kitchen.text
