"""Text of strangers: it neither crashes, nor vanishes, nor acts, wherever it is shown."""

from __future__ import annotations

from itertools import islice
from xml.etree import ElementTree

import pytest
from textual.events import Paste
from textual.widgets import Input

from kds_tui.core.link import LinkState
from kds_tui.core.text import clean
from kds_tui.ui.messages import RestaurantNamed
from tests.hostile.corpus import ALL, CORPUS, MARKUP
from tests.hostile.mutations import hostile_texts
from tests.hostile.oracle import forbidden, lost_words
from tests.ui.conftest import Run
from tests.ui.hostile import HOSTILE_ROWS, hostile_row
from tests.ui.still_kitchen import StillKitchen, item, order

CORPUS_CASES = pytest.mark.parametrize("text", CORPUS, ids=ascii)


def written(kitchen: StillKitchen, order_id: str) -> str:
    """Tell what stands on the cards of an order, without spaces and edges."""
    rows = kitchen.text.split("\n")
    return "".join(
        row[card.x + 1 : card.x + card.width - 1].replace(" ", "")
        for card in kitchen.cards
        if card.ticket_id == order_id
        for row in rows[card.y + kitchen.top : card.y + kitchen.top + card.height]
    )


@CORPUS_CASES
async def test_a_card_shows_it_harmless_and_whole(run: Run, text: str) -> None:
    async with run([hostile_row(1, text)]) as kitchen:
        assert forbidden(kitchen.text) == []
        shown = written(kitchen, "o1")
        if text in MARKUP:
            # Item, modifier, removal, allergy, note of the item; note and number of the order.
            assert shown.count(text.replace(" ", "")) >= 7


async def test_no_word_of_all_of_it_is_missing_on_the_card(run: Run) -> None:
    texts = [*ALL, *islice(hostile_texts(seed=7), 60)]
    async with run([order(1)]) as kitchen:
        for number, text in enumerate((text for text in texts if len(text) < 400), 2):
            soup = item(text, text, notes=text)
            fields = {"notes": text, "customer_name": text[:80], "version": number}
            await kitchen.tell(order(1, soup, **fields))
            assert forbidden(kitchen.text) == [], ascii(text)
            paging = kitchen.app.board_screen.view.paging
            lines = [line for card in kitchen.cards for line in paging.lines(card)]
            shown = "".join(piece.strip() for line in lines for piece, _ in line)
            assert lost_words(" ".join([text] * 3), shown) == [], ascii(text)


async def test_a_link_in_markup_is_no_link(run: Run) -> None:
    async with run([hostile_row(1, "[@click=app.quit]free[/]")]) as kitchen:
        for y in range(0, kitchen.card("o1").height - 1, 3):
            await kitchen.click(8, y)
        assert kitchen.app.is_running
        assert kitchen.selected == "o1"


async def test_no_word_of_an_allergy_is_lost_to_markup(run: Run) -> None:
    soup = item("Soup [no nuts] [/] [b]today", "allergy [nuts] [/nuts]")
    async with run([order(1, soup)], (80, 24)) as kitchen:
        shown = written(kitchen, "o1")
        assert "Soup[nonuts][/][b]today" in shown
        assert "[nuts][/nuts]" in shown


@CORPUS_CASES
async def test_notices_header_and_banner_take_it_as_text(run: Run, text: str) -> None:
    cleaned = clean(text)
    async with run([hostile_row(1, text), order(2)], (200, 50)) as kitchen:
        kitchen.app.board_screen.post_message(RestaurantNamed(cleaned))
        await kitchen.link_is(LinkState.RECONNECTING, reason=cleaned, silent=5)
        await kitchen.press("f1")
        (command,) = kitchen.app.kitchen.outbox
        await kitchen.decline(command, cleaned)
        await kitchen.press("f1", "r")
        assert forbidden(kitchen.text) == []
        if text in MARKUP:
            header, banner, *rest = kitchen.text.split("\n")
            assert text in header
            assert text in banner
            assert any(text in row[100:] for row in rest)  # the notice
        assert kitchen.app.is_running


async def test_all_of_it_on_every_page(run: Run) -> None:
    async with run(HOSTILE_ROWS, (80, 24)) as kitchen:
        pages: list[str] = []
        while not pages or pages[-1] != kitchen.text:
            assert forbidden(kitchen.text) == []
            pages.append(kitchen.text)
            kitchen.clock.passed -= 1  # so that the last page reads the same after one key more
            await kitchen.press("]")
        assert len(pages) > 5


async def test_what_is_pasted_into_an_input_is_text(run: Run) -> None:
    async with run([order(1)]) as kitchen:
        await kitchen.press("ctrl+p")
        await kitchen.until(lambda: bool(kitchen.app.screen.query(Input)))
        field = kitchen.app.screen.query_one(Input)
        for text in ALL:
            field.value = ""
            kitchen.app.post_message(Paste(text))
            await kitchen.settle()
            assert forbidden(field.value + kitchen.text) == [], ascii(text)
        field.value = ""
        kitchen.app.post_message(Paste("\x1b]52;c;eA==\x07two burgers"))
        await kitchen.settle()
        assert "two burgers" in field.value


async def test_a_picture_of_the_screen_is_whole_and_harmless(run: Run) -> None:
    async with run(HOSTILE_ROWS, (200, 50)) as kitchen:
        picture = kitchen.app.export_screenshot()
    assert forbidden(picture) == []
    drawn = ElementTree.fromstring(picture)
    assert not [each for each in drawn.iter() if each.tag.endswith("script")]
    assert "no onion [/]" in "".join(drawn.itertext()).replace("\u00a0", " ")
