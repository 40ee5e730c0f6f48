"""Large letters made of half blocks: read from four times as far as those of the terminal.

A letter is three by five dots, a dot half a cell high; with the space beside and below it takes
four columns and three rows.
"""

from __future__ import annotations

import unicodedata
from typing import Final

from rich.cells import cell_len, set_cell_size

LETTER_WIDTH: Final = 4
"""Columns of a letter, for each cell that it would take in small."""

LETTER_ROWS: Final = 3
"""Rows of a line of letters."""

# Five rows of three dots each: 4 is the left one, 2 that in the middle, 1 the right one.
_DOTS: Final = {
    **{"0": "75557", "1": "26227", "2": "71747", "3": "71317", "4": "55711", "5": "74717"},
    **{"6": "74757", "7": "71122", "8": "75757", "9": "75717"},
    **{"A": "25755", "B": "65656", "C": "34443", "D": "65556", "E": "74647", "F": "74644"},
    **{"G": "34553", "H": "55755", "I": "72227", "J": "11152", "K": "55655", "L": "44447"},
    **{"M": "57755", "N": "65555", "O": "25552", "P": "65644", "Q": "25563", "R": "65655"},
    **{"S": "34216", "T": "72222", "U": "55557", "V": "55552", "W": "55775", "X": "55255"},
    **{"Y": "55222", "Z": "71247", " ": "00000"},
    **{"-": "00700", "+": "02720", "=": "07070", "~": "00360", "·": "00200", "!": "22202"},
    **{"?": "71202", ".": "00002", ",": "00024", ":": "02020", ";": "02024", "'": "22000"},
    **{'"': "55000", "/": "11244", "(": "12221", ")": "42224", "#": "57575", "&": "25635"},
    **{"%": "51245", "*": "52725", "_": "00007", "<": "12421", ">": "42124", "|": "22222"},
    **{"✓": "01152", "■": "07770", "▲": "02270", "»": "42124", "→": "02720", "…": "00005"},
    **{"–": "00700", "—": "00700", "’": "22000", "×": "05250", "█": "77777", "░": "25252"},
}

_HALVES: Final = {(False, False): " ", (True, False): "▀", (False, True): "▄", (True, True): "█"}


def block_rows(text: str) -> tuple[str, str, str]:
    """Write a text in large letters.

    Accents are left out; a letter that has no dots stands small in the middle of its place.

    Args:
        text: clean text.

    Returns:
        Three rows of `LETTER_WIDTH` columns for each cell of the text.
    """
    rows = ["", "", ""]
    for char in text:
        width = cell_len(char) * LETTER_WIDTH
        if not width:
            continue
        dots = _dots_of(char)
        if dots is None:
            rows[0] += " " * width
            rows[1] += set_cell_size(char, width)
            rows[2] += " " * width
            continue
        lit = [[bool(int(row) >> bit & 1) for bit in (2, 1, 0)] for row in (*dots, "0")]
        for place in range(LETTER_ROWS):
            upper, lower = lit[2 * place], lit[2 * place + 1]
            letter = "".join(_HALVES[pair] for pair in zip(upper, lower, strict=True))
            rows[place] += letter + " " * (width - 3)
    width = cell_len(text) * LETTER_WIDTH
    first, second, third = (set_cell_size(row, width) for row in rows)
    return first, second, third


def _dots_of(char: str) -> str | None:
    upper = char.upper()
    for one in (upper, unicodedata.normalize("NFKD", upper)[:1]):
        if one in _DOTS:
            return _DOTS[one]
    return None
