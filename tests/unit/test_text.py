"""Foreign text on its way to a terminal, or to a file that is read in one."""

from __future__ import annotations

import json
import time
import unicodedata
from itertools import islice

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from kds_tui.core.text import ELLIPSIS, NOTE_LIMIT, clean
from tests.hostile.corpus import ALL
from tests.hostile.mutations import hostile_texts
from tests.hostile.oracle import forbidden, lost_words
from voice_tui.core import text as voice_text
from voice_tui.core.text import escaped

HOSTILE = [
    pytest.param("\x1b]52;c;cm0gLXJmIH4=\x07No nuts", "52;c;cm0gLXJmIH4=No nuts", id="clipboard"),
    pytest.param("\x1b]0;owned\x1b\\Soup", "0;owned Soup", id="title"),
    pytest.param("\x1b[2J\x1b[HSoup", "HSoup", id="rather a letter too many"),
    pytest.param("\x1b[31mHot\x1b[0m soup", "31mHot soup", id="colour"),
    pytest.param("\x9b2J Soup", "Soup", id="C1 CSI"),
    pytest.param("\x9d0;t\x9cSoup", "0;tSoup", id="C1 OSC"),
    pytest.param("\x1bPq#0\x1b\\Soup", "Pq#0 Soup", id="DCS"),
    pytest.param("\x1b[6n Soup", "Soup", id="asks where the cursor is"),
    pytest.param("\x1b]8;;http://x\x07link\x1b]8;;\x07", "8;;http://xlink 8;;", id="hyperlink"),
    pytest.param("\x1b\x1b[31m[31mSoup", "[31mSoup", id="nested"),
    pytest.param("\x1b[nuts", "nuts", id="a word after CSI"),
    pytest.param("\x1b[1mustard", "1mustard", id="a word after a parameter"),
    pytest.param("\x1b[3 peanuts", "3 peanuts", id="a number after CSI"),
    pytest.param("\x1b[n\x00uts", "nuts", id="a word with NUL after CSI"),
    pytest.param("\x1bPeanuts", "Peanuts", id="a word after ESC"),
    pytest.param("\x1b[ñuts \x9bpé", "ñuts pé", id="words with accents after CSI"),
    pytest.param("\x1b[3~nuts", "nuts", id="a sequence whose end is no letter"),
    pytest.param("no \x1b[", "no", id="cut CSI"),
    pytest.param("\u202estun on\u202c", "stun on", id="bidi override"),
    pytest.param("\u2066a\u2069\u061c\u200eb", "ab", id="bidi isolates and marks"),
    pytest.param("No\u200b nu\u00adts\ufeff", "No nuts", id="invisible"),
    pytest.param("tag\U000e0041\U000e0042", "tag", id="tag characters"),
    pytest.param("a\x00b\x07c\x7fd", "abcd", id="NUL BEL DEL"),
    pytest.param("bell\bback", "bellback", id="backspace"),
    pytest.param("one\ntwo\r\nthree\u2028four\u0085five", "one two three four five", id="breaks"),
    pytest.param("a\tb\u00a0c\u3000d", "a b c d", id="spaces"),
    pytest.param("\ud800half", "half", id="lone surrogate"),
    pytest.param("e\u0301", "é", id="NFC"),
    pytest.param("Z" + "\u0335" * 50 + "!", "Z\u0335\u0335\u0335!", id="tower of marks"),
    pytest.param(
        "q" + "\u0335\u200c" * 50, "q" + "\u0335\u200c" * 2 + "\u0335", id="tower with joiners"
    ),
    pytest.param("[red]burger[/] [no cheese]", "[red]burger[/] [no cheese]", id="markup stays"),
    pytest.param("👩\u200d🍳 نمی\u200cخواهم", "👩\u200d🍳 نمی\u200cخواهم", id="joiners stay"),
    pytest.param(
        "\u200c\u200c a\u200c\u200cb\u200c", "a\u200cb", id="non-joiners that part nothing"
    ),
    pytest.param("n\u200du\u200dt\u200d👩 \u200d👩\u200d", "nut👩 👩", id="that join nothing"),
    pytest.param("  Soup  ", "Soup", id="ends"),
    pytest.param(" \t\n", "", id="nothing"),
]


@pytest.mark.parametrize(("text", "expected"), HOSTILE)
def test_hostile_text_is_made_harmless_and_stays_readable(text: str, expected: str) -> None:
    assert clean(text) == expected


# Weighted towards what terminals obey, so that a few hundred examples meet it in every mixture.
_PIECES = st.one_of(
    st.characters(),
    st.sampled_from("\x1b\x9b[]P^_\\;:0123456789 mnHJ\x07\x00\n\r\t\x85\u0301\u0335\u200c\u200d"),
    st.characters(categories=["Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs", "Mn", "Me"]),
)
HOSTILE_TEXT = st.lists(_PIECES, max_size=200).map("".join)


@given(HOSTILE_TEXT)
def test_nothing_that_a_terminal_obeys_survives(text: str) -> None:
    assert forbidden(clean(text, NOTE_LIMIT), breaks="") == []


@given(HOSTILE_TEXT, st.integers(1, 100))
@example("\u0300\u0344\u200c\u0300", 4)
def test_cleaning_twice_changes_nothing_more_and_the_length_is_bounded(
    text: str, limit: int
) -> None:
    once = clean(text, limit)
    assert clean(once, limit) == once
    assert len(once) <= limit


_LETTERS = st.characters(categories=["L", "N", "P", "S", "Zs"], exclude_characters="\x1b")


@given(st.text(_LETTERS, max_size=NOTE_LIMIT // 4))
def test_no_word_is_lost_from_text_without_escape_sequences(text: str) -> None:
    # NFC may write a character with up to three others, hence a quarter of the limit.
    fillers = str.maketrans("", "", "\u115f\u1160\u3164\uffa0")
    expected = unicodedata.normalize("NFC", text.translate(fillers)).split()
    assert clean(text, NOTE_LIMIT).split() == expected


@given(HOSTILE_TEXT)
def test_no_word_is_lost_between_and_inside_escape_sequences(text: str) -> None:
    assert lost_words(text, clean(text, 2000)) == []


_NAMES = st.sampled_from(["nuts", "Peanut", "élan", "ñoquis", "寿司", "نمی", "Ωμέγα", "mJPX"])
_CONTROL = st.sampled_from([chr(c) for c in (*range(9), *range(14, 27), *range(0x7F, 0x85), 0x90)])


@given(st.lists(st.tuples(_NAMES, _CONTROL, st.integers(0, 8), _PIECES), max_size=12))
def test_a_control_inside_a_word_takes_no_letter_of_it(
    parts: list[tuple[str, str, int, str]],
) -> None:
    text = " ".join(f"{name[:at]}{control}{name[at:]}" for name, control, at, _ in parts)
    assert clean(text, 2000).split() == [unicodedata.normalize("NFC", part[0]) for part in parts]
    text = "".join(f"{between}{name}" for name, _, _, between in parts)
    assert lost_words(text, clean(text, 2000)) == []


def test_the_short_form_of_the_fuzzer_finds_nothing() -> None:
    for text in (*ALL, *islice(hostile_texts(seed=1), 5_000)):
        shown = voice_text.clean(text, 100_000)
        assert forbidden(shown, breaks="") == [], ascii(text)
        assert lost_words(text, shown) == [], ascii(text)
        assert voice_text.clean(shown, 100_000) == shown, ascii(text)
        piece = voice_text.clean(text, 100, strip=False)
        assert forbidden(piece, breaks="") == [], ascii(text)
        assert voice_text.clean(piece, 100, strip=False) == piece, ascii(text)


@given(HOSTILE_TEXT)
def test_escaped_json_says_the_same_and_obeys_nobody(text: str) -> None:
    written = escaped(json.dumps({"text": text}, ensure_ascii=False))
    assert json.loads(written) == {"text": text}
    assert forbidden(written, breaks="") == []


@pytest.mark.parametrize(
    "text",
    ["x" * 600, "\u200b" * 5000 + "NO NUTS", "é" * 600],
    ids=["ascii", "words behind invisible ones", "other"],
)
def test_a_cut_is_always_visible(text: str) -> None:
    assert clean(text, NOTE_LIMIT).endswith(ELLIPSIS)


def test_a_huge_hostile_text_does_not_stop_the_display() -> None:
    began = time.process_time()
    clean("a" + "\u0316\u0301" * 4_000_000)
    clean("\x1b[" * 4_000_000)
    assert time.process_time() - began < 5  # quadratic code would take hours
