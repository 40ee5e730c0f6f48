"""What the screen says about the link, and what it says when there are no tickets."""

from __future__ import annotations

from typing import Any

import pytest
from textual.geometry import Size

from kds_tui.core.link import LinkState, LinkStatus
from kds_tui.ui.notice import notice_words, too_small_words
from kds_tui.ui.status_line import banner_words, link_words
from kds_tui.ui.themes import DEFAULT_VARIABLES

L = LinkState
NOW = 1000.0


def status(state: LinkState, heard: float | None = None, **fields: Any) -> LinkStatus:
    """A link that was heard so many seconds ago."""
    heard_at = None if heard is None else NOW - heard
    return LinkStatus(state, heard_at=heard_at, **fields)


@pytest.mark.parametrize(
    ("link", "words", "colour"),
    [
        (status(L.LIVE, 0.4), "● LIVE 0s", "$kds-good"),
        (status(L.LIVE, 59.9), "● LIVE 59s", "$kds-good"),
        (status(L.LIVE, 61), "● LIVE 1:01", "$kds-good"),
        (status(L.LIVE, -1), "● LIVE 0s", "$kds-good"),
        (status(L.LIVE, 7, stale=True), "◌ STALE 7s", "$kds-caution"),
        (status(L.RECONNECTING, 247, attempt=3), "○ OFFLINE 4:07", "$kds-bad"),
        (status(L.RECONNECTING, attempt=1), "○ OFFLINE", "$kds-bad"),
        (status(L.DISCONNECTED), "○ OFFLINE", "$kds-bad"),
        (status(L.FAILED, 5), "✖ LOGIN REFUSED", "$kds-bad"),
        (status(L.CONNECTING, attempt=1), "◌ CONNECTING", "$kds-caution"),
        (status(L.CONNECTING, 65, attempt=4), "○ OFFLINE 1:05", "$kds-bad"),
        (status(L.AUTHENTICATING, attempt=1), "◌ AUTHENTICATING", "$kds-caution"),
        (status(L.SYNCING, 1, attempt=1), "◌ SYNCING", "$kds-caution"),
    ],
)
def test_the_link_in_the_header(link: LinkStatus, words: str, colour: str) -> None:
    assert link_words(link, NOW) == (words, colour)
    assert colour.removeprefix("$") in DEFAULT_VARIABLES


@pytest.mark.parametrize("state", LinkState)
@pytest.mark.parametrize("heard", [None, 0.0, 10.0, 4000.0])
@pytest.mark.parametrize("attempt", [0, 1, 5])
def test_only_a_live_link_says_so(state: LinkState, heard: float | None, attempt: int) -> None:
    words, _ = link_words(status(state, heard, attempt=attempt), NOW)
    assert ("LIVE" in words) == (state is L.LIVE)


@pytest.mark.parametrize(
    ("link", "ever_live", "parts"),
    [
        (status(L.LIVE, 1), True, []),
        (status(L.LIVE, 9, stale=True), True, ["silent", "orders may be missing"]),
        (status(L.CONNECTING, attempt=1), False, []),
        (status(L.SYNCING, 1, attempt=0), True, []),
        (status(L.CONNECTING, 9, attempt=2), True, ["Offline", "connecting again"]),
        (
            status(L.RECONNECTING, 9, attempt=2, retry_at=NOW + 7, reason="refused"),
            True,
            ["Offline", "new orders do not arrive", "refused", "Next try in 7 s", "^r tries now"],
        ),
        (
            status(L.RECONNECTING, attempt=1, retry_at=NOW - 1),
            False,
            ["hub:3001", "Next try in 0 s"],
        ),
        (
            status(L.FAILED, reason="bad token", retry_at=NOW + 60),
            True,
            ["Login refused", "bad token", "kds-tui login", "Next try in 60 s"],
        ),
    ],
)
def test_the_banner_says_what_is_wrong_and_what_follows(
    link: LinkStatus, ever_live: bool, parts: list[str]
) -> None:
    words = banner_words(link, NOW, "hub:3001", ever_live=ever_live, reconnect_key="^r")
    assert bool(words) == bool(parts)
    assert [part for part in parts if part not in words] == []


@pytest.mark.parametrize(
    ("state", "ever_live", "headline"),
    [
        (L.LIVE, True, "All caught up"),
        (L.RECONNECTING, True, "No open tickets"),
        (L.FAILED, False, "Not logged in"),
        (L.RECONNECTING, False, "No connection"),
        (L.DISCONNECTED, False, "No connection"),
        (L.CONNECTING, False, "Connecting ..."),
        (L.AUTHENTICATING, False, "Connecting ..."),
        (L.SYNCING, False, "Loading the orders ..."),
    ],
)
def test_an_empty_screen_says_why(state: LinkState, ever_live: bool, headline: str) -> None:
    words = notice_words(status(state), "hub:3001", ever_live=ever_live)
    assert words[0] == headline
    assert words[1]


@pytest.mark.parametrize("state", [state for state in LinkState if state is not L.LIVE])
def test_nobody_is_caught_up_while_the_link_is_down(state: LinkState) -> None:
    for ever_live in (False, True):
        words = notice_words(status(state), "hub:3001", ever_live=ever_live)
        assert "caught up" not in words[0]


def test_a_screen_that_is_too_small_says_what_it_needs() -> None:
    headline, explanation = too_small_words(Size(20, 7), Size(20, 4))
    assert headline == "Too small"
    assert explanation == "20x7 here, 24x9 needed"
