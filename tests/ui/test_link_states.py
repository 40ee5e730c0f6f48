"""The display never lies about its link: header, banner and the words of an empty screen."""

from __future__ import annotations

from typing import Any

import pytest

from kds_tui.core.link import LinkState
from tests.ui.conftest import Run
from tests.ui.still_kitchen import orders

SERVER = "http://127.0.0.1:3001"

WITH_BOARD: list[tuple[LinkState, dict[str, Any], list[str]]] = [
    (LinkState.LIVE, {}, ["● LIVE 0s"]),
    (LinkState.LIVE, {"silent": 4}, ["● LIVE 4s"]),
    (
        LinkState.LIVE,
        {"silent": 6, "stale": True},
        ["◌ STALE 6s", "The order server has gone silent: orders may be missing."],
    ),
    (
        LinkState.RECONNECTING,
        {"silent": 75, "attempt": 2, "retry_in": 8, "reason": "no route"},
        [
            "○ OFFLINE 1:15",
            "Offline: new orders do not arrive (no route). Next try in 8 s, ^r tries now.",
        ],
    ),
    (
        LinkState.CONNECTING,
        {"silent": 80, "attempt": 3},
        ["○ OFFLINE 1:20", "Offline: connecting again ..."],
    ),
    (
        LinkState.FAILED,
        {"silent": 80, "reason": "token expired", "retry_in": 58},
        ["✖ LOGIN REFUSED", "Login refused: token expired. Log in again with: kds-tui login."],
    ),
    (
        LinkState.FAILED,
        {"silent": 80, "reason": "no file X. Run: kds-tui login", "retry_in": 58},
        ["Login refused: no file X. Run: kds-tui login. Next try in 58 s"],
    ),
    (
        LinkState.FAILED,
        {"untrusted": True, "reason": "Another certificate", "retry_in": 58},
        ["✖ NOT TRUSTED", "Another certificate · Next try in 58 s, ^r tries now."],
    ),
]

WITHOUT_BOARD: list[tuple[LinkState, dict[str, Any], list[str]]] = [
    (LinkState.CONNECTING, {}, ["◌ CONNECTING", "Connecting ...", f"to {SERVER}"]),
    (LinkState.AUTHENTICATING, {}, ["◌ AUTHENTICATING", "Connecting ..."]),
    (LinkState.SYNCING, {}, ["◌ SYNCING", "Loading the orders ...", f"from {SERVER}"]),
    (
        LinkState.RECONNECTING,
        {"attempt": 1, "retry_in": 3, "reason": "connection refused"},
        [
            "○ OFFLINE",
            "Connection refused. Next try in 3 s, ^r tries now.",
            f"The order server at {SERVER} does not answer.",
        ],
    ),
    (
        LinkState.FAILED,
        {"reason": "expired"},
        ["✖ LOGIN REFUSED", "Not logged in", "kds-tui login"],
    ),
    (
        LinkState.FAILED,
        {"untrusted": True, "reason": "Another certificate"},
        ["✖ NOT TRUSTED", "This server is not trusted", f"kds-tui enrol {SERVER}"],
    ),
    (LinkState.LIVE, {}, ["● LIVE 0s", "All caught up"]),
]


@pytest.mark.parametrize(("state", "fields", "words"), WITH_BOARD)
async def test_words_over_a_board(
    run: Run, state: LinkState, fields: dict[str, Any], words: list[str]
) -> None:
    async with run(orders(3)) as kitchen:
        await kitchen.link_is(state, **fields)
        for expected in (*words, "#0001", "#0003"):
            assert expected in kitchen.text


@pytest.mark.parametrize(("state", "fields", "words"), WITHOUT_BOARD)
async def test_words_without_a_board(
    run: Run, state: LinkState, fields: dict[str, Any], words: list[str]
) -> None:
    async with run(None) as kitchen:
        await kitchen.link_is(state, **fields)
        for expected in words:
            assert expected in kitchen.text


async def test_an_empty_board_offline_says_that_it_is_old(run: Run) -> None:
    async with run([]) as kitchen:
        await kitchen.lose_link()
        assert "No open tickets" in kitchen.text
        assert "All caught up" not in kitchen.text


async def test_the_age_of_the_last_word_runs(run: Run) -> None:
    async with run(orders(1)) as kitchen:
        kitchen.real_clock.resume()
        kitchen.clock.passed = 3
        await kitchen.until(lambda: "● LIVE 3s" in kitchen.text)


async def test_a_banner_names_the_key_that_there_is(run: Run) -> None:
    async with run(orders(1), keys={"app.reconnect": "f9", "board.slot_9": "%"}) as kitchen:
        await kitchen.lose_link()
        assert "F9 tries now" in " ".join(kitchen.text.split())


async def test_what_to_do_about_a_refused_certificate_is_whole_on_a_narrow_screen(run: Run) -> None:
    url = "https://kitchen-hub.local:3001"
    reason = (
        f"{url} shows another certificate than the one compared here: a new one, or an"
        f" impostor's. Compare again with: kds-tui enrol {url}"
    )
    async with run(orders(3), (80, 24)) as kitchen:
        await kitchen.link_is(LinkState.FAILED, silent=80, untrusted=True, reason=reason)
        assert reason in " ".join(kitchen.text.split())


async def test_a_sentence_that_is_too_long_for_the_banner_says_so(run: Run) -> None:
    async with run(orders(3), (80, 24)) as kitchen:
        await kitchen.link_is(LinkState.FAILED, silent=80, untrusted=True, reason="word " * 99)
        rows = kitchen.text.splitlines()
        assert rows[3].rstrip().endswith("…")
        assert "#0001" in rows[4]
