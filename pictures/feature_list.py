"""What the kitchen display does for a kitchen, and where to find it: the rows of docs/features.md.

`{board.bump}` stands for the key that an action has by default.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Feature:
    """One row."""

    what: str
    where: str
    scene: str = ""
    """Its picture, by the name of the scene."""


SECTIONS: Final[Sequence[tuple[str, Sequence[Feature]]]] = (
    (
        "The ticket",
        (
            Feature(
                "Slot, table or name, clock and urgency as a word, a shape and a colour",
                "on every card",
                "kitchen",
            ),
            Feature("What the headline is: table, number or name", "`[display] headline`"),
            Feature(
                "Type, dine-in in its own colour; number, covers, server, seats, courses, paid or"
                " not, voice",
                "on every card",
                "kitchen",
            ),
            Feature(
                "Allergies in words, at the top and at the item; removals before additions",
                "on every card",
                "line",
            ),
            Feature("Identical lines combined", "`[display] combine`"),
            Feature(
                "ADD-ON with its own age, CHANGED 1 → 3, VOID until somebody took notice",
                "on every card",
                "kitchen",
            ),
            Feature(
                "New and changed tickets draw the eye until taken notice of",
                "{board.acknowledge}, {board.acknowledge_all}; `[display] attention`",
            ),
        ),
    ),
    (
        "Actions",
        (
            Feature(
                "Bump a ticket: by key, slot number, slot key, click on its foot, voice",
                "{board.bump}, F1 to F12, 1-99 Enter",
            ),
            Feature(
                "Undo window: the card stays, greyed, with a countdown",
                "{board.recall} takes it back; `[bump] undo_seconds`",
                "undo",
            ),
            Feature("Select before bump", "`[bump] select_first`"),
            Feature(
                "Bump a line, or not done after all",
                "{board.item_next}, {board.bump_item}; a click on the line",
                "item",
            ),
            Feature("Start", "{board.start}"),
            Feature("Rush, to the front on all screens", "{board.rush}", "kitchen"),
            Feature(
                "Hold and fire a ticket, a course or a line; fire a scheduled order now",
                "{board.hold}, {board.fire}",
                "fire",
            ),
            Feature("Bump a whole table", "{board.bump_table}"),
            Feature("Picked up by a runner or a driver", "{board.pick_up}", "expo"),
            Feature("Served or sold, on the pass", "{board.serve}", "expo"),
            Feature(
                "Recall the last one, or any of the whole shift",
                "{board.recall}, {board.recall_list}",
                "recall",
            ),
            Feature("Why a command did not count, said and to be read again", "{board.endings}"),
            Feature(
                "86 an item and bring it back; voice and the hub's menu follow",
                "{board.stock}",
                "stock",
            ),
            Feature(
                "By voice: order, 86, bump, rush, hold, fire, recall",
                "{voice.talk}; `[display] voice`",
            ),
            Feature(
                "From a shell",
                "`kds-tui bump 412`, `recall`, `rush`, `86 salmon`, `orders --json`, `watch`",
            ),
        ),
    ),
    (
        "Views",
        (
            Feature("The kitchen's tickets of a station", "`--station grill`", "line"),
            Feature(
                "Several stations on one screen; ALSO AT tells what the others still owe",
                "`--station grill,fry`",
                "stations",
            ),
            Feature(
                "Which station cooks what: by item, category, word or order type",
                "`[stations.NAME]`",
            ),
            Feature("Take over another station", "{board.take_over}, {board.give_back}"),
            Feature(
                "The pass: readiness of each line, what is ready and since when",
                "{view.next}; `--view expo`",
                "expo",
            ),
            Feature("The same on a small screen", "`--view expo`", "expo-line"),
            Feature(
                "Tables: progress, when they will be ready",
                "{view.next}; `--view tables`",
                "tables",
            ),
            Feature(
                "Scheduled orders with countdown", "{view.next}; `--view scheduled`", "scheduled"
            ),
            Feature("All-day counts, by item or with modifiers", "{view.all_day}", "all-day"),
            Feature("One ticket in large text", "{view.focus}", "focus"),
            Feature("Filters with counts", "{board.filters}", "filters"),
            Feature("Sort by urgency, age, number or table", "{board.sort}; `[display] sort`"),
            Feature("Search as you type", "{board.search}", "search"),
            Feature(
                "Themes and densities; how far away the screen can be read",
                "{app.looks}",
                "looks",
            ),
            Feature(
                "Themes for colour-blind cooks, checked as they see them",
                "`[display] theme`",
                "colour-blind",
            ),
            Feature("To be read from further away", "`[display] density`", "far"),
        ),
    ),
    (
        "Keys, bump bars and sound",
        (
            Feature("Every key, found by typing", "{app.help}", "help"),
            Feature(
                "Bump bars: KB1700 legend sheets, numeric pads, two bars on one screen",
                "`[bump_bar] profiles`; `kds-tui keys profiles`",
            ),
            Feature("Learn mode for any bar", "{app.learn}; `kds-tui keys learn`", "learn"),
            Feature(
                "A sound for each event, repeated until taken notice of; quiet hours",
                "`[sound]`; {sound.mute} mutes, {sound.test} tests",
            ),
            Feature("Header and footer light up beside the sound", "`[sound]`"),
        ),
    ),
    (
        "Proof and diagnosis",
        (
            Feature(
                "The link: live, stale or offline, with the age of the last word",
                "in the header",
                "kitchen",
            ),
            Feature(
                "Every figure against its limit, decision tree walked; reconnect, reset, bundle",
                "{app.diagnostics}",
                "diagnostics",
            ),
            Feature(
                "The doctor, of the way of an order and of displays that run", "`kds-tui doctor`"
            ),
            Feature(
                "Prometheus metrics and alert rules",
                "`/metrics` on the hub; `[metrics]`; docs/prometheus",
            ),
        ),
    ),
)

NOT_THERE: Final = (
    "A printer beside the screen, or instead of it when it fails.",
    "A customer's board, and messages to guests or servers when food is ready.",
    "Auto-fire by preparation time, and counts of ingredients.",
    "An assembly line, in which an item walks from one station to the next.",
    "Reports of preparation times by station, item and hour.",
    "Recipe cards, other languages than English, roles within the kitchen.",
    "Throttling and quoting, automatic bumps.",
)
"""What others have, and this does not."""
