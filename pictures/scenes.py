"""The scenes that docs/features.md has pictures of: how to get there, and what is to be seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final

LINE: Final = (85, 24)
"""Columns and rows of a 21-inch panel that is read from a metre."""

WIDE: Final = (120, 36)

_SELECTING: Final = {"bump": {"select_first": True}}
"""A slot's number selects its ticket, and does not bump it yet."""


@dataclass(frozen=True, slots=True)
class Scene:
    """What is done, and what is seen then."""

    title: str
    shows: tuple[str, ...]
    """Words that must stand on the screen before the picture is taken."""

    before: tuple[str, ...] = ("LIVE", "Bistro")
    """Words that must stand there before a key is pressed."""

    keys: tuple[str, ...] = ()
    size: tuple[int, int] = WIDE
    settings: Mapping[str, Any] = field(default_factory=dict[str, Any])


SCENES: Final[Mapping[str, Scene]] = {
    "kitchen": Scene("The kitchen's tickets", ("TABLE 12", "CHANGED 1 → 3", "VOID", "ADD-ON")),
    "line": Scene("The same at 85x24", ("RUSH",), size=LINE),
    "undo": Scene(
        "A bump that can still be taken back",
        ("undo",),
        ("TABLE 12", "Bistro"),
        ("6", "enter"),
        settings={"bump": {"undo_seconds": 60}},
    ),
    "item": Scene(
        "A line is marked done",
        ("✓ 1",),
        ("TABLE 12", "Bistro"),
        ("3", "enter", "i", "x"),
        settings=_SELECTING,
    ),
    "fire": Scene(
        "A course is fired",
        ("FIRED",),
        ("TABLE 12", "Bistro"),
        ("7", "enter", "f"),
        settings=_SELECTING,
    ),
    "expo": Scene(
        "The pass", ("READY FOR THE GUESTS", "TABLE 21"), settings={"display": {"view": "expo"}}
    ),
    "expo-line": Scene(
        "The pass at 85x24",
        ("READY FOR THE GUESTS", "TABLE 21"),
        size=LINE,
        settings={"display": {"view": "expo"}},
    ),
    "tables": Scene("Tables", ("TABLE 12",), settings={"display": {"view": "tables"}}),
    "scheduled": Scene(
        "Scheduled orders", ("Hopper",), settings={"display": {"view": "scheduled"}}
    ),
    "all-day": Scene("All-day counts", ("Classic Burger",), ("TABLE 12", "Bistro"), ("d",)),
    "focus": Scene(
        "One ticket, read from across the kitchen",
        ("▀",),
        ("TABLE 12", "Bistro"),
        ("3", "enter", "z"),
        settings=_SELECTING,
    ),
    "stations": Scene(
        "Two stations on one screen", ("ALSO",), settings={"display": {"station": "grill, fry"}}
    ),
    "filters": Scene("Filters with counts", ("TAKEOUT",), ("TABLE 12", "Bistro"), ("c",)),
    "search": Scene("Search", ("burger", "hidden"), ("TABLE 12", "Bistro"), ("slash", *"burger")),
    "recall": Scene("Recall from the whole shift", ("Recall",), ("TABLE 12", "Bistro"), ("R",)),
    "stock": Scene("86 an item", ("Classic Burger",), ("TABLE 12", "Bistro"), ("m",)),
    "looks": Scene(
        "Themes and densities, and from how far they are read",
        ("m ",),
        ("TABLE 12", "Bistro"),
        ("ctrl+o",),
    ),
    "colour-blind": Scene(
        "A theme for colour-blind cooks",
        ("TABLE 12", "Bistro"),
        settings={"display": {"theme": "red-green-safe"}},
    ),
    "far": Scene("To be read from further away", ("12",), settings={"display": {"density": "far"}}),
    "help": Scene("Every key", ("Bump",), ("TABLE 12", "Bistro"), ("question_mark",), size=LINE),
    "learn": Scene(
        "Learn the keys of a bump bar", ("Press",), ("TABLE 12", "Bistro"), ("ctrl+k",), size=LINE
    ),
    "diagnostics": Scene("Diagnosis", ("confirmed",), ("TABLE 12", "Bistro"), ("ctrl+d",)),
}
