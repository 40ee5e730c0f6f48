"""Large letters: every letter has one of its own, and every line is as wide as it should be."""

from __future__ import annotations

import string

from hypothesis import given
from rich.cells import cell_len

from kds_tui.ui.block_letters import LETTER_WIDTH, block_rows
from tests.unit.orders import sentences


def test_every_letter_and_digit_looks_different() -> None:
    drawn = {char: block_rows(char) for char in string.ascii_uppercase + string.digits}
    assert len(set(drawn.values())) == len(drawn)
    for char, rows in drawn.items():
        assert char not in "".join(rows)
        assert set("".join(rows)) <= set(" ▀▄█")


def test_accents_are_left_out_and_strange_letters_stand_small() -> None:
    assert block_rows("Ñé") == block_rows("NE")
    assert block_rows("a") == block_rows("A")
    assert block_rows("漢")[1].strip() == "漢"


@given(sentences)
def test_a_line_is_as_wide_as_its_text_times_four(text: str) -> None:
    for row in block_rows(text):
        assert cell_len(row) == cell_len(text) * LETTER_WIDTH
