"""Transcripts: whose words they are, whatever the server calls them, and how much is kept."""

from __future__ import annotations

import pytest

from voice_tui.core.json_fields import MAX_TEXT
from voice_tui.core.transcripts import MAX_ENTRIES, MAX_EVENT_IDS, Transcripts


def words(transcripts: Transcripts) -> list[tuple[int | None, str]]:
    return [(entry.turn, entry.text) for entry in transcripts.entries()]


@pytest.fixture
def transcripts() -> Transcripts:
    return Transcripts()


def test_words_go_to_the_turn_of_their_item(transcripts: Transcripts):
    for turn in (1, 2):
        transcripts.expect(turn)
        transcripts.bind(turn, f"item{turn}")
    transcripts.delta("item2", "a large")
    assert transcripts.completed("item1", "two burgers", 0.9, True) == 1
    assert transcripts.completed("item2", "a large fries") == 2
    assert words(transcripts) == [(1, "two burgers"), (2, "a large fries")]
    first = transcripts.entries()[0]
    assert (first.final, first.confidence, first.agreed) == (True, 0.9, True)


def test_an_unknown_item_is_adopted_by_the_only_open_turn(transcripts: Transcripts):
    transcripts.expect(1)
    transcripts.bind(1, "the commit's name for it")
    assert transcripts.delta("another name", "two") == 1
    assert transcripts.completed("another name", "two burgers") == 1


@pytest.mark.parametrize("open_turns", [(), (1, 2)])
def test_an_unknown_item_is_not_guessed(transcripts: Transcripts, open_turns: tuple[int, ...]):
    for turn in open_turns:
        transcripts.expect(turn)
    assert transcripts.completed("unknown", "two burgers") is None
    assert words(transcripts)[-1] == (None, "two burgers"), "kept all the same"


def test_late_words_reach_their_own_turn_and_not_the_open_one(transcripts: Transcripts):
    transcripts.expect(1)
    transcripts.bind(1, "item1")
    transcripts.close(1, "no transcript")
    transcripts.expect(2)
    assert transcripts.completed("item1", "late") == 1
    assert transcripts.completed("item2", "in time") == 2
    assert words(transcripts) == [(1, "late"), (2, "in time")]
    assert transcripts.entries()[0].problem == ""


def test_a_second_transcript_of_an_item_changes_nothing(transcripts: Transcripts):
    transcripts.expect(1)
    transcripts.completed("item1", "two burgers")
    transcripts.delta("item1", " and more")
    assert transcripts.completed("item1", "three burgers") == 1
    assert transcripts.failed("item1", "no") == 1
    assert words(transcripts) == [(1, "two burgers")]
    assert transcripts.entries()[0].problem == ""


def test_a_failed_one_says_why(transcripts: Transcripts):
    transcripts.expect(1)
    assert transcripts.failed("", "too noisy") == 1
    assert transcripts.entries()[0].problem == "too noisy"


def test_pieces_keep_their_blanks_and_their_bound(transcripts: Transcripts):
    transcripts.expect(1)
    for piece in ("two", " burgers", " ", " please"):
        transcripts.delta("item1", piece)
    assert words(transcripts) == [(1, "two burgers please")]
    for _ in range(20):
        transcripts.delta("item1", "x" * 1_000)
    assert len(transcripts.entries()[0].text) == MAX_TEXT


def test_answers_and_typed_orders_stand_between(transcripts: Transcripts):
    transcripts.typed(1, "one\x1b cola")
    transcripts.answer_delta(1, "a", "One")
    transcripts.answer_delta(1, "a", " cola")
    transcripts.answer_done(1, "a", "")
    transcripts.answer_done(1, "b", "Anything else?")
    assert words(transcripts) == [(1, "one cola"), (1, "One cola"), (1, "Anything else?")]


def test_entries_are_bounded_and_an_evicted_turn_is_not_open(transcripts: Transcripts):
    transcripts.expect(0)
    for turn in range(1, MAX_ENTRIES + 1):
        transcripts.typed(turn, "x")
    assert len(transcripts.entries()) == MAX_ENTRIES
    assert transcripts.of_turn(0) is None
    transcripts.expect(99)
    assert transcripts.completed("unknown", "x") == 99


def test_event_ids_are_remembered_for_a_thousand(transcripts: Transcripts):
    assert transcripts.first_time("e0")
    assert not transcripts.first_time("e0")
    assert all(transcripts.first_time("") for _ in range(2))
    for number in range(1, MAX_EVENT_IDS):
        assert transcripts.first_time(f"e{number}")
    assert not transcripts.first_time("e0")
    assert transcripts.first_time("one more")
    assert transcripts.first_time("e0")


@pytest.mark.parametrize("committed_first", [True, False])
def test_words_written_along_become_the_turns_own(transcripts: Transcripts, committed_first: bool):
    assert transcripts.delta("i", "two ") is None
    transcripts.expect(1)
    if committed_first:
        transcripts.bind(1, "i")
        assert words(transcripts) == [(1, "two ")]
    assert transcripts.completed("i", "two burgers") == 1
    transcripts.bind(1, "i")
    assert words(transcripts) == [(1, "two burgers")]
