"""What a terminal believes of its server when questions get lost."""

from __future__ import annotations

import asyncio
import time
from pathlib import Path

import pytest

from kds_tui.config.sections import LinkSettings, ServerSettings
from kds_tui.core.board import Board
from kds_tui.core.kitchen import Kitchen
from kds_tui.core.outbox import Outbox
from kds_tui.services.backend import Backend
from kds_tui.services.backend_errors import BackendError, Refused, Unreachable
from kds_tui.services.credentials import FixedToken
from kds_tui.services.kitchen_link import KitchenLink, Listener
from kds_tui.services.looked_up import LookedUp
from tests.service.hub_kitchen import kitchen

DEADLINE = 30.0

LOST = [
    Unreachable("lost"),
    Unreachable("the journal is unavailable", 0.1, answered=True),
]
"""Our hub's: nothing is known of what it offers."""

UNWELL = [Unreachable("unwell", answered=True), Refused(500, "unwell")]
"""A Restaurant OS server's: it offers nothing, and is not asked again and again."""


async def offered_after(
    folder: Path, monkeypatch: pytest.MonkeyPatch, first: BackendError
) -> frozenset[str]:
    """What the terminal is told that the server offers, when its first answer is an error."""
    errors = [first]
    ask = Backend.capabilities

    async def capabilities(self: Backend) -> frozenset[str]:
        if errors:
            raise errors.pop()
        return await ask(self)

    monkeypatch.setattr(Backend, "capabilities", capabilities)
    told: asyncio.Queue[frozenset[str]] = asyncio.Queue()
    nobody = lambda *_: None  # noqa: E731 - the part of the listener that this is not about
    listener = Listener(nobody, nobody, nobody, nobody, lambda _, offered: told.put_nowait(offered))
    async with kitchen(folder) as here:
        server = ServerSettings(url=here.hub.url)
        tokens = FixedToken(here.token)
        looked_up = LookedUp(Kitchen(), time.time)
        async with (
            asyncio.timeout(DEADLINE),
            KitchenLink(
                server, LinkSettings(), tokens, Outbox(), Board(), listener, looked_up
            ) as link,
        ):
            await link.connect(DEADLINE)
            return await told.get()


@pytest.mark.parametrize("error", LOST, ids=["no answer", "not now"])
async def test_a_question_that_gets_lost_is_asked_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BackendError
) -> None:
    assert "recall" in await offered_after(tmp_path, monkeypatch, error)


@pytest.mark.parametrize("error", UNWELL, ids=["bare 503", "500"])
async def test_a_server_that_says_no_offers_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, error: BackendError
) -> None:
    assert await offered_after(tmp_path, monkeypatch, error) == frozenset()
