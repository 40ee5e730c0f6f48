"""Golden screens: text and styles, kept in tests/golden and read by people in a diff.

A file shows the screen as it is, then for each row its runs of one style (`27a 1b`: 27 columns of
style a, one of style b), then what the letters mean. `make golden` writes the files anew.
"""

from __future__ import annotations

import difflib
import os
import string
from pathlib import Path
from typing import Any

from rich.style import Style
from textual.app import App

FOLDER = Path(__file__).parents[1] / "golden"
_LETTERS = string.ascii_lowercase + string.ascii_uppercase


def screen_picture(app: App[Any]) -> str:
    """Write down what is on the screen, with its styles."""
    styles: dict[str, str] = {}
    text: list[str] = []
    runs: list[str] = []
    for number, strip in enumerate(app.screen._compositor.render_strips(), 1):
        text.append(strip.text.rstrip())
        row: list[tuple[int, str]] = []
        for segment in strip:
            letter = styles.setdefault(_words(segment.style), _LETTERS[len(styles)])
            before = row.pop() if row and row[-1][1] == letter else (0, letter)
            row.append((before[0] + segment.cell_length, letter))
        runs.append(f"{number:>2}: " + " ".join(f"{count}{letter}" for count, letter in row))
    legend = [f"{letter}: {words}" for words, letter in styles.items()]
    parts = (f"{app.size.width}x{app.size.height} {app.theme}", *text, "-- runs", *runs)
    return "\n".join((*parts, "-- styles", *legend)) + "\n"


def _words(style: Style | None) -> str:
    style = style or Style()
    shown = (
        f"{style.color.name if style.color else 'default'}",
        f"on {style.bgcolor.name if style.bgcolor else 'default'}",
        *(name for name in ("bold", "dim", "italic", "underline", "reverse") if _is(style, name)),
    )
    return " ".join(shown)


def _is(style: Style, attribute: str) -> bool:
    return bool(getattr(style, attribute))


def check_golden(app: App[Any], name: str) -> None:
    """Compare the screen with its golden file, or write that when KDS_GOLDEN_UPDATE is set."""
    picture, path = screen_picture(app), FOLDER / f"{name}.txt"
    if os.environ.get("KDS_GOLDEN_UPDATE"):
        path.write_text(picture)
    golden = path.read_text() if path.exists() else ""
    if picture != golden:
        lines = difflib.unified_diff(golden.splitlines(), picture.splitlines(), "golden", "now")
        diff = "\n".join(lines)
        raise AssertionError(f"{path} differs; if that is meant, run make golden\n{diff}")
