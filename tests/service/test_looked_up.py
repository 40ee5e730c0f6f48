"""The menu and the shift's orders on a terminal: fetched, followed, and known without a server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest

from kds_tui.core.kitchen import Kitchen
from kds_tui.core.order import Order, OrderStatus
from kds_tui.core.outbox import Outbox
from kds_tui.core.shift_log import Reading
from kds_tui.core.stock import Stock
from kds_tui.services import live_menu
from kds_tui.services.backend_errors import Forbidden, Unreachable
from kds_tui.services.live_menu import LiveMenu
from kds_tui.services.shift_reader import DEADLINE, ShiftReader
from kds_tui.services.terminal import Terminal
from tests.service.hub_kitchen import eventually
from tests.service.site import Site
from tests.unit.orders import make_order
from voice_tui.core.menu import Menu, MenuItem

SALMON = MenuItem("salmon", "Cedar Salmon", category="Mains")


def out(terminal: Terminal) -> list[str]:
    return [line.item.name for line in terminal.kitchen.stock.lines() if line.item.is_out]


@pytest.mark.usefixtures("released_link")
async def test_a_terminal_follows_the_menu_of_its_hub_and_remembers_it(tmp_path: Path) -> None:
    site = Site(tmp_path)
    async with site.hub(), site.terminal() as terminal:
        await terminal.connect(20)
        await eventually(lambda: len(terminal.kitchen.stock) > 0)
        assert out(terminal) == []
        items = await site.ask("GET", "/menu/items")
        salmon = next(item for item in items if item["name"] == "Cedar Salmon")
        path = f"/menu/items/{salmon['id']}/availability"
        await site.ask("PUT", path, {"available": False})  # somebody else's 86
        await eventually(lambda: out(terminal) == ["Cedar Salmon"])
        terminal.set_stock(salmon["id"], "Cedar Salmon", available=True)
        await eventually(lambda: len(terminal.kitchen.outbox) == 0 and out(terminal) == [])
        await site.ask("PUT", path, {"available": False})
        await eventually(lambda: out(terminal) == ["Cedar Salmon"])
    async with site.terminal() as terminal:  # and nobody serves
        assert out(terminal) == ["Cedar Salmon"]


@pytest.mark.usefixtures("released_link")
async def test_a_terminal_reads_the_shift_when_somebody_looks(tmp_path: Path) -> None:
    site = Site(tmp_path)
    async with site.hub():
        closed, cancelled = await site.order("1"), await site.order("2")
        for status in ("confirmed", "preparing", "ready", "completed"):
            await site.ask("PATCH", f"/orders/{closed}/status", {"status": status})
        await site.ask("DELETE", f"/orders/{cancelled}", {})
        async with site.terminal() as terminal:
            await terminal.connect(20)
            shift = terminal.looked_up.shift
            assert (shift.known, terminal.kitchen.shift.past()) == ((Reading.SEEN, ""), [])
            shift.want()
            await eventually(lambda: shift.known == (Reading.READ, ""))
            past = {each.id: each.status for each in terminal.kitchen.shift.past()}
            assert past == {closed: OrderStatus.COMPLETED, cancelled: OrderStatus.CANCELLED}
            terminal.recall(closed)
            await eventually(lambda: terminal.kitchen.tickets.get(closed) is not None)
            assert [each.id for each in terminal.kitchen.shift.past()] == [cancelled]


class Server:
    """Answers a menu, or as it is told to; counts the questions."""

    def __init__(self, *answers: Menu | Exception) -> None:
        self.answers = list(answers)
        self.asked = 0

    async def menu(self) -> Menu:
        self.asked += 1
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


async def following(server: Server, after: Callable[[LiveMenu, Stock], Awaitable[None]]) -> None:
    stock = Stock(Outbox())
    menu = LiveMenu(stock)
    menu.attach(server.menu)
    try:
        await after(menu, stock)
    finally:
        await menu.close()


@pytest.mark.virtual_time
async def test_a_menu_that_does_not_come_is_asked_for_again_and_told() -> None:
    server = Server(Unreachable("No answer."), Unreachable("No answer."), Menu((SALMON,)))

    async def after(menu: LiveMenu, stock: Stock) -> None:
        await asyncio.sleep(60)
        assert (server.asked, menu.problem) == (0, ""), "nobody is asked before the link is live"
        menu.set_live(True)
        await asyncio.sleep(0.1)
        assert (menu.problem, len(stock)) == ("No answer.", 0)
        await asyncio.sleep(120)
        assert (server.asked, menu.problem, len(stock)) == (3, "", 1)

    await following(server, after)


@pytest.mark.virtual_time
async def test_a_refusal_is_told_and_not_repeated_until_somebody_looks() -> None:
    server = Server(Forbidden("Not allowed."), Menu((SALMON,)))

    async def after(menu: LiveMenu, stock: Stock) -> None:
        menu.set_live(True)
        await asyncio.sleep(live_menu.STALE - 1)
        assert (server.asked, menu.problem) == (1, "Not allowed.")
        menu.refresh()
        await asyncio.sleep(0.1)
        assert (server.asked, menu.problem, len(stock)) == (2, "", 1)

    await following(server, after)


@pytest.mark.virtual_time
async def test_changes_that_come_together_are_one_question_and_a_quiet_server_is_asked() -> None:
    server = Server(Menu((SALMON,)))

    async def after(menu: LiveMenu, stock: Stock) -> None:
        menu.set_live(True)
        for _ in range(20):
            menu.refresh()
        await asyncio.sleep(1)
        assert server.asked == 1
        await asyncio.sleep(live_menu.STALE + 1)
        assert server.asked == 2
        menu.set_live(False)
        menu.refresh()
        await asyncio.sleep(1)
        assert server.asked == 2, "offline nobody is asked"

    await following(server, after)


@pytest.mark.virtual_time
async def test_a_shift_that_cannot_be_read_says_why_and_is_read_when_the_link_is_back() -> None:
    kitchen = Kitchen()
    asked: list[OrderStatus] = []
    failing = True

    async def list_finished(status: OrderStatus, since: float) -> tuple[Order, ...]:
        asked.append(status)
        if failing:
            raise Unreachable("No answer.")
        return (make_order(status.value, status=status, updated_at=5.0),)

    reader = ShiftReader(kitchen.shift, lambda: 100_000.0)
    reader.attach(list_finished)
    reader.want()
    await asyncio.sleep(1)
    assert asked == [], "offline nobody is asked"
    reader.set_live(True)
    await asyncio.sleep(1)
    assert reader.known == (Reading.FAILED, "No answer.")
    failing = False
    reader.want()
    await asyncio.sleep(1)
    assert reader.known == (Reading.READ, "")
    assert {past.id for past in kitchen.shift.past()} == {"completed", "cancelled"}
    reader.set_live(False)
    assert reader.known == (Reading.SEEN, ""), "what happens now is not seen"
    await reader.close()


@pytest.mark.virtual_time
async def test_a_list_that_never_comes_has_a_deadline() -> None:
    async def never(status: OrderStatus, since: float) -> tuple[Order, ...]:
        await asyncio.Event().wait()
        return ()

    reader = ShiftReader(Kitchen().shift, lambda: 0.0)
    reader.attach(never)
    reader.set_live(True)
    reader.want()
    await asyncio.sleep(0)
    assert reader.known == (Reading.READING, "")
    await asyncio.sleep(DEADLINE + 1)
    reading, why = reader.known
    assert reading is Reading.FAILED
    assert "30 s" in why
    reader.want()
    await reader.close()


@pytest.mark.virtual_time
async def test_who_asks_for_the_menu_at_once_shares_one_question() -> None:
    server = Server(Unreachable("No answer."), Menu((SALMON,)))

    async def after(menu: LiveMenu, stock: Stock) -> None:
        failed = await asyncio.gather(*(menu.menu() for _ in range(3)), return_exceptions=True)
        assert [str(each) for each in failed] == ["No answer."] * 3
        both = await asyncio.gather(menu.menu(), menu.menu())
        assert (server.asked, both[0]) == (2, both[1])
        assert len(stock) == 1, "what voice asked for is the display's too"

    await following(server, after)


async def test_before_there_is_a_way_to_the_server_there_is_no_menu() -> None:
    with pytest.raises(Unreachable, match="no way"):
        await LiveMenu(Stock(Outbox())).menu()


@pytest.mark.virtual_time
async def test_an_answer_that_is_older_than_a_change_is_nobodys() -> None:
    answers: list[asyncio.Future[Menu]] = []

    async def fetch() -> Menu:
        answers.append(asyncio.get_running_loop().create_future())
        return await answers[-1]

    stock = Stock(Outbox())
    menu = LiveMenu(stock)
    menu.attach(fetch)
    menu.set_live(True)
    await asyncio.sleep(1)
    menu.refresh()  # the server says that something changed, and the first answer is under way
    asked = asyncio.create_task(menu.menu())
    await asyncio.sleep(1)
    answers[1].set_result(Menu((SALMON,)))
    assert (await asked).items == (SALMON,)
    answers[0].set_result(Menu())
    await asyncio.sleep(1)
    assert len(stock) == 1
    for answer in answers:
        answer.cancel()
    await menu.close()
