"""The panel: talking by key and by mouse, answering, correcting, typing, and never left open."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

import pytest
from textual.screen import Screen
from textual.widgets import OptionList

from tests.voice.order_desks import settled
from tests.voice.ui.conftest import Booth, Enter
from voice_tui.core.turn import TurnState
from voice_tui.services.microphone import InputDevice
from voice_tui.ui.talk_bar import TAP_S, TalkBar


async def told(booth: Booth, what: str) -> None:
    """Wait until the client was told something."""
    for _ in range(200):
        if booth.voice.told and booth.voice.told[-1].startswith(what):
            return
        await booth.pilot.pause(0.02)
    raise AssertionError(f"told {booth.voice.told}, not {what}")


async def test_a_tap_begins_and_a_tap_ends(enter: Enter) -> None:
    async with enter() as booth:
        await booth.shows("Tap T")
        booth.app.panel.toggle()
        await booth.shows("T ends")
        booth.app.panel.toggle()
        await booth.shows("SENDING")
        assert booth.voice.told == ["press", "release"]


async def test_a_key_that_is_held_repeats_and_is_one_recording(enter: Enter) -> None:
    async with enter() as booth:
        panel = booth.app.panel
        panel.holds = True
        await booth.shows("Hold T")
        for _ in range(5):
            panel.talk_down()
        await booth.shows("Release T")
        panel.talk_up(TAP_S)
        panel.talk_up(TAP_S)
        panel.talk_down()
        assert booth.voice.told == ["press", "release", "press"]


async def test_a_tap_of_a_key_that_could_be_held_leaves_the_recording_running(
    enter: Enter,
) -> None:
    async with enter() as booth:
        panel = booth.app.panel
        panel.holds = True
        panel.talk_down()
        panel.talk_up(TAP_S / 2)
        await booth.shows("T ends")
        panel.talk_down()
        panel.talk_up(TAP_S / 2)
        await booth.shows("SENDING")
        assert booth.voice.told == ["press", "release"]


async def test_typing_the_talk_key_ends_no_recording(enter: Enter) -> None:
    async with enter() as booth:
        booth.app.panel.holds = True
        booth.app.panel.toggle()
        booth.app.panel.talk_up(TAP_S)  # the press of it went to the line to type in
        assert booth.voice.told == ["press"]


async def test_a_key_that_is_held_where_nothing_tells_is_one_tap(
    enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voice_tui.ui.panel.REPEAT_S", 600.0)
    async with enter() as booth:
        for _ in range(20):
            booth.app.panel.talk_down()
        await booth.shows("T ends")
        assert booth.voice.told == ["press"]


async def test_a_key_still_held_begins_no_second_recording(enter: Enter) -> None:
    async with enter() as booth:
        booth.app.panel.holds = True
        booth.app.panel.talk_down()
        booth.voice.becomes(turn=TurnState.IDLE)  # it lasted as long as one may
        booth.app.panel.talk_down()
        assert booth.voice.told == ["press"]


async def test_the_arrow_keys_do_not_talk(enter: Enter) -> None:
    async with enter() as booth:
        await booth.press("down", "up", "down")
        assert booth.voice.told == []


async def test_the_bar_is_held_with_the_mouse_and_released_anywhere(
    enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voice_tui.ui.panel.TAP_S", 0.0)
    async with enter() as booth:
        await booth.pilot.mouse_down(TalkBar)
        await told(booth, "press")
        await booth.pilot.mouse_up(offset=(5, 20))
        await told(booth, "release")


async def test_a_touch_that_is_down_and_up_at_once_is_a_tap(
    enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("voice_tui.ui.panel.TAP_S", 60.0)
    async with enter() as booth:
        await booth.pilot.click(TalkBar)
        await booth.shows("LISTENING")
        assert booth.voice.told == ["press"]
        await booth.pilot.click(TalkBar)
        await booth.shows("SENDING")
        assert booth.voice.told == ["press", "release"]


async def blur(booth: Booth) -> None:
    booth.app.app_focus = False


async def other_screen(booth: Booth) -> None:
    await booth.app.push_screen(Screen())


async def remove(booth: Booth) -> None:
    await booth.app.panel.remove()


async def escape(booth: Booth) -> None:
    await booth.press("escape")


@pytest.mark.parametrize("leave", [blur, other_screen, remove, escape])
async def test_a_recording_ends_when_nobody_is_there_any_more(
    enter: Enter, leave: Callable[[Booth], Awaitable[None]]
) -> None:
    async with enter() as booth:
        booth.app.panel.toggle()
        await leave(booth)
        await told(booth, "abandon")
        assert booth.voice.told[0] == "press"


async def test_the_level_moves_while_recording(enter: Enter) -> None:
    async with enter() as booth:
        booth.app.panel.toggle()
        await booth.shows("░░░")
        booth.voice.status = type(booth.voice.status)(
            booth.voice.status.link, TurnState.RECORDING, booth.voice.status.microphone, -6.0, 0, ()
        )
        for _ in range(100):
            await booth.pilot.pause(0.02)
            if "███" in (text := await booth.text()):
                break
        assert "░" not in text


async def test_a_typed_order_goes_all_the_way(enter: Enter) -> None:
    async with enter() as booth:
        await booth.press("slash", *"two classic burgers for table 5", "enter")
        await booth.shows("2 Classic Burger")
        await booth.shows("Table 5")
        assert booth.desk.placed == []
        await booth.press("plus")
        await booth.shows("3 Classic Burger")
        await booth.press("minus", "y")
        await booth.shows("Order 0042 is in the")
        ((body, _),) = booth.desk.placed
        assert body["items"][0]["quantity"] == 2
        assert booth.app.finished == 1


async def test_typing_can_be_left(enter: Enter) -> None:
    async with enter() as booth:
        await booth.press("slash", *"yyy", "escape")
        assert "yyy" not in await booth.text()
        assert booth.app.panel.has_focus
        await booth.press("slash", "enter")
        assert booth.dialogue.view.notice == ""


async def test_lines_are_chosen_changed_and_taken_out(enter: Enter) -> None:
    async with enter() as booth:
        booth.dialogue.type_text("two classic burgers and a french fries")
        await booth.shows("▸ 2 Classic Burger")
        await booth.press("down", "down", "plus")
        await booth.shows("▸ 2 French Fries")
        await booth.press("up", "delete")
        await booth.shows("▸ 2 French Fries")
        assert "Classic" not in await booth.text()
        await booth.press("n")
        await booth.shows("thrown away")
        assert booth.app.finished == 1
        await booth.press("n")
        assert booth.app.finished == 2


async def test_yes_twice_places_once(enter: Enter) -> None:
    async with enter() as booth:
        booth.dialogue.type_text("two classic burgers")
        booth.desk.open_.clear()
        await booth.press("y", "y", "n", "minus")
        await booth.shows("Sending the order")
        booth.desk.open_.set()
        await settled(booth.dialogue, lambda view: not view.sending)
        await booth.press("y")
        assert len(booth.desk.placed) == 1


async def test_a_turn_that_leaves_nothing_to_do_gives_the_keyboard_back(enter: Enter) -> None:
    async with enter() as booth:
        booth.app.panel.toggle()
        booth.voice.becomes(turn=TurnState.IDLE, notice="Nothing heard")
        await booth.shows("Nothing heard")
        assert booth.app.finished == 1


async def test_an_old_notice_is_no_news(enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    async with enter() as booth:
        booth.voice.becomes(notice="Nothing heard")
        await booth.shows("Nothing heard")
        monkeypatch.setattr("voice_tui.ui.panel.NOTICE_S", 0.0)
        booth.app.panel.show()
        await booth.shows("Say an order")
        assert "Nothing heard" not in await booth.text()


async def test_another_microphone_is_chosen(enter: Enter) -> None:
    async with enter((60, 20)) as booth:
        booth.voice.found = (InputDevice("[red]Webcam", False), InputDevice("USB Mic", True))
        await booth.press("m")
        await booth.shows("USB Mic (in use, default)")
        await booth.shows("[red]Webcam")
        booth.app.screen.query_one(OptionList).highlighted = 1
        await booth.press("enter")
        await told(booth, "device: [red]Webcam")
        await booth.press("m")
        await booth.shows("system's own choice")
        await booth.press("escape")
        assert booth.voice.told == ["device: [red]Webcam"]


async def test_reset_is_always_there(enter: Enter) -> None:
    async with enter() as booth:
        booth.voice.becomes(turn=TurnState.WAITING_RESPONSE)
        await booth.press("r")
        await booth.shows("READY")


async def test_words_from_outside_are_only_words(enter: Enter) -> None:
    async with enter((60, 12)) as booth:
        booth.voice.hears("[bold red]two[/] \\[x] $kds-bad")
        await booth.shows("“[bold red]two[/] \\[x] $kds-bad”")


async def test_a_narrower_panel_shows_the_same_again(enter: Enter) -> None:
    async with enter((60, 12)) as booth:
        booth.dialogue.type_text("two classic burgers and a blorf")
        await booth.pilot.resize_terminal(30, 5)
        text = await booth.shows("y place n cancel")
        assert all(len(line) <= 30 for line in text.splitlines())


async def test_news_that_come_while_the_screen_is_taken_down_break_nothing(enter: Enter) -> None:
    async with enter() as booth:
        await booth.app.panel.remove_children()
        booth.app.panel.show()
        assert not booth.app.panel.query(TalkBar)
