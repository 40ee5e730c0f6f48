"""What the cook is told of the disk, of what is unsent, and of a board that may be old."""

from __future__ import annotations

import pytest

from kds_tui.core.link import LinkState
from kds_tui.ui.dialogs import QuitDialog
from kds_tui.ui.status_line import age_words
from tests.ui.conftest import Run
from tests.ui.still_kitchen import orders

FULL = "Disk full: 3 bumps are kept in memory only, lost if this display is turned off."


async def test_trouble_with_the_disk_has_a_banner_of_its_own_and_goes_with_it(run: Run) -> None:
    async with run(orders(2)) as kitchen:
        kitchen.app.terminal._journal.trouble = FULL  # type: ignore[misc]
        await kitchen.tick()
        assert FULL in kitchen.text
        await kitchen.lose_link()
        assert FULL in kitchen.text
        assert "new orders do not arrive" in kitchen.text
        kitchen.app.terminal._journal.trouble = ""  # type: ignore[misc]
        await kitchen.tick()
        assert "Disk full" not in kitchen.text


async def test_bumps_that_wait_for_a_login_have_a_banner_though_the_link_is_live(run: Run) -> None:
    async with run(orders(2)) as kitchen:
        kitchen.link.signed_out = "Token expired."
        await kitchen.tick()
        said = " ".join(kitchen.text.split())
        assert "not sent: Token expired. Log in again with: kds-tui login." in said
        kitchen.link.signed_out = ""
        await kitchen.tick()
        assert "not sent" not in kitchen.text


async def test_the_header_tells_how_long_the_oldest_bump_waits(run: Run) -> None:
    async with run(orders(3)) as kitchen:
        await kitchen.lose_link()
        await kitchen.press("f1")
        await kitchen.tick(40)
        await kitchen.press("f2")
        assert "2 unsent 0:41" in kitchen.text
        await kitchen.answer(next(iter(kitchen.app.kitchen.outbox)), status="ready")
        assert "1 unsent 0:00" in kitchen.text


async def test_the_board_of_the_last_run_is_marked_with_its_age_until_the_server_lists(
    run: Run,
) -> None:
    async with run(None) as kitchen:
        await kitchen.list_orders(orders(2))
        kitchen.app.terminal.last_known_at = kitchen.clock.time() - 12 * 60
        await kitchen.tick()
        assert "LAST KNOWN BOARD, 12 min old. Connecting ..." in kitchen.text
        await kitchen.lose_link()
        assert "LAST KNOWN BOARD, 12 min old. Cannot connect to http" in kitchen.text
        assert "#0001" in kitchen.text
        await kitchen.list_orders(orders(2))
        await kitchen.link_is(LinkState.LIVE)
        assert "LAST KNOWN" not in kitchen.text


@pytest.mark.parametrize(
    ("unsent", "in_memory", "said"),
    [
        (1, 0, "It is kept, and sent when this display runs again."),
        (2, 0, "They are kept, and sent when this display runs again."),
        (3, 1, "2 of them are kept, and sent when this display runs again. The disk did not take"),
        (2, 2, "other screens still show their tickets. The disk did not take bumps: leaving now"),
    ],
)
def test_the_question_before_leaving_says_what_becomes_of_unsent_bumps(
    unsent: int, in_memory: int, said: str
) -> None:
    assert said in QuitDialog(unsent, in_memory).question


@pytest.mark.parametrize(
    ("age", "words"),
    [(0, "0 s"), (59.9, "59 s"), (60, "1 min"), (3599, "59 min"), (3660, "1 h 1 min")],
)
def test_an_age_in_words(age: float, words: str) -> None:
    assert age_words(age) == words


def test_an_age_of_days() -> None:
    assert age_words(3 * 86400) == "3 days"
