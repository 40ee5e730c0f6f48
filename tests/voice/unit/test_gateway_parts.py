"""Small parts of the gateway that need no connection."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest
from aiortc import RTCRtpReceiver
from aiortc.rtp import RtpPacket

from tests.voice.service.scripted_recogniser import ScriptedRecogniser
from voice_tui.core import server_events as say
from voice_tui.core.request_error import RequestError
from voice_tui.gateway.hearing import Hearing, StableWords
from voice_tui.gateway.items import MAX_ITEMS, Items
from voice_tui.gateway.tokens import MAX_TOKENS, TokenStore
from voice_tui.rtc_patches import Arrivals, watch_arrivals


def arrive(arrivals: Arrivals, number: int, timestamp: int) -> None:
    packet = RtpPacket(sequence_number=number % 65_536, timestamp=timestamp % (1 << 32))
    packet._data = b""
    arrivals.add(packet)


def test_positions_count_from_the_first_frame_also_where_the_clock_wraps() -> None:
    arrivals = Arrivals()
    start = (1 << 32) - 960
    seen: list[int | None] = []
    for number in (0, 1, 3, 2, 4):  # One is late.
        arrive(arrivals, number, start + number * 960)
        seen.append(arrivals.newest_pts)
    assert seen == [None, 960, 2880, 2880, 3840]


def test_a_receiver_whose_inside_has_changed_is_left_alone() -> None:
    class Changed:
        pass

    assert watch_arrivals(Changed()) is None  # pyright: ignore[reportArgumentType]
    assert hasattr(RTCRtpReceiver, "receive")


def test_words_are_told_when_two_guesses_agree_and_never_taken_back() -> None:
    words = StableWords()
    guesses = ["two", "two cheese", "two cheeseburgers", "two cheeseburgers no", "to", "to the"]
    assert [words.feed(guess) for guess in guesses] == ["", "two", "", " cheeseburgers", "", ""]


async def test_silence_costs_the_recogniser_nothing_and_the_pre_roll_is_kept() -> None:
    recogniser = ScriptedRecogniser("fries")
    silence, tone = np.zeros(320, np.int16), np.full(320, 500, np.int16)
    with ThreadPoolExecutor(1) as executor:
        hearing = Hearing(recogniser.utterance(), executor, lambda _: None)
        for block in [silence] * 100 + [tone] * 2:
            hearing.feed(block)
        assert (await hearing.finish(10)).text == "fries"
        quiet = Hearing(recogniser.utterance(), executor, lambda _: None)
        quiet.feed(silence)
        assert (await quiet.finish(10)).text == ""
    heard, nothing = recogniser.utterances
    assert 10 * 320 < len(heard.samples()) < 20 * 320
    assert not nothing.sound


def test_tokens_are_bounded_and_forgotten() -> None:
    now = 0.0
    tokens = TokenStore(60, lambda: now)
    first = tokens.issue({})
    for _ in range(MAX_TOKENS):
        tokens.issue({})
    assert len(tokens) == MAX_TOKENS
    with pytest.raises(RequestError):
        tokens.redeem(first)
    now = 61.0
    tokens.issue({})
    assert len(tokens) == 1


def test_items_are_bounded_and_their_ids_are_used_once() -> None:
    items = Items()
    for number in range(MAX_ITEMS + 5):
        items.add(say.user_text_item(f"i{number}", "x"))
    assert len(items) == MAX_ITEMS
    with pytest.raises(RequestError, match="already exists"):
        items.add(say.user_text_item(f"i{MAX_ITEMS}", "x"))
    with pytest.raises(RequestError, match="no item"):
        items.delete("i0")
