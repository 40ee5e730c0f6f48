"""A hub whose disk is put back to an older copy, with terminals that know better.

What was done since the copy is lost by definition. All else must hold: the boards become those of
the restored hub, what was not answered is delivered, and what is given from then on is done once.
"""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Final

from tests.chaos.convergence import wait_until_equal
from tests.chaos.evidence import Evidence
from tests.chaos.fault_proxy import FaultProxy
from tests.chaos.guests import Guests
from tests.chaos.hub import Hub
from tests.chaos.invariants import Verdict, Witness, differences, judge
from tests.chaos.terminals import TerminalUnderTest

TERMINALS: Final = 2
GIVE_TIME: Final = 120.0
LOOK_EVERY: Final = 0.05


async def run_restore(folder: Path, commands: int) -> Verdict:
    """Work, copy the hub's disk, work on, put the copy back, and work on.

    Args:
        folder: an empty one, for everything.
        commands: of each of the three parts.

    Returns:
        What did not hold.
    """
    verdict = Verdict()
    async with AsyncExitStack() as stack:
        hub = Hub(folder, voice=False)
        await hub.start()
        stack.push_async_callback(hub.kill)
        log = stack.enter_context((folder / "evidence.log").open("w"))
        evidence = Evidence(log)
        terminals: list[TerminalUnderTest] = []
        for number in range(TERMINALS):
            proxy = await stack.enter_async_context(FaultProxy.before(hub.port))
            terminal = TerminalUnderTest(number, folder, hub, proxy, "restore", evidence)
            await terminal.start()
            stack.push_async_callback(terminal.kill)
            terminals.append(terminal)
        guests = Guests(hub, "restore")
        ordering = asyncio.create_task(guests.run())
        stack.callback(ordering.cancel)

        await _give(terminals, commands)
        async with guests.at_work:
            await wait_until_equal(hub, terminals)
            await hub.end()
            hub.back_up(folder / "copy")
            await hub.start()
        await _give(terminals, commands)
        async with guests.at_work:
            # Both see the restored hub; one of them has commands that no hub has answered.
            terminals[0].proxy.refuse = True
            terminals[0].proxy.reset()
            await _give(terminals[:1], commands // 10)
            before = set(evidence.commands)
            ended = {told.id for told in evidence.commands.values() if told.outcome}
            await hub.kill()
            hub.restore(folder / "copy")
            await hub.start()
            terminals[0].proxy.calm()
            calm = await wait_until_equal(hub, terminals)
            verdict.wrong += calm.problems
        await _give(terminals, commands)
        ordering.cancel()
        await asyncio.gather(ordering, return_exceptions=True)
        verdict.wrong += (await wait_until_equal(hub, terminals)).problems
        boards = {terminal.name: await terminal.show() for terminal in terminals}
        witness = Witness.read(hub.data)
        verdict.wrong += differences(boards, witness)
        kept = {order.id for order in witness.orders}
        for told in tuple(evidence.commands.values()):
            # May be lost with what came after the copy; or its order was, and the cook was told.
            order_lost = told.outcome == "declined" and told.lane not in kept
            if told.id in before & ended or order_lost:
                del evidence.commands[told.id]
        judge(evidence, witness, verdict)
    return verdict


async def _give(terminals: list[TerminalUnderTest], count: int) -> None:
    for terminal in terminals:
        terminal.to_give = count
        terminal.give()
    async with asyncio.timeout(GIVE_TIME):
        while any(terminal.to_give > 0 for terminal in terminals):  # noqa: ASYNC110
            await asyncio.sleep(LOOK_EVERY)
