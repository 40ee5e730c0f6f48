"""The decision tree of the quick reference. Branches that it lacks are marked as ours.

First the leaves, then the tree that leads to them.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from kds_tui.core import symptoms
from kds_tui.core.clock import format_age
from kds_tui.core.decision import Facts, Leaf, Node
from kds_tui.core.limits import LIMITS, Level

SOURCE: Final = "quick reference, decision tree"
OURS: Final = "ours"

_RESET: Final = "Force reset: ctrl+d, then x."
_BUNDLE: Final = "Save a bundle for support: ctrl+d, then s, or kds-tui doctor --bundle FILE."
_RESTART: Final = f"{_BUNDLE} Then restart the display in a quiet moment: bumps are kept."


def _leaf(
    name: str, level: Level, sentence: Callable[[Facts], str], do: str, source: str = SOURCE
) -> Leaf:
    return Leaf(name, level, sentence, do, source)


def _frozen_words(facts: Facts, why: str) -> str:
    return f"The display has been frozen for {format_age(facts.seen.age)}: {why}."


_GONE: Final = _leaf(
    "gone",
    Level.WARNING,
    lambda facts: f"The display was killed, or crashed, {format_age(facts.seen.age)} ago.",
    "Start it again: bumps that were not sent are kept. The log tells what it did last.",
    OURS,
)
_STOPPED: Final = _leaf(
    "stopped",
    Level.CRITICAL,
    lambda facts: _frozen_words(facts, "somebody stopped it (ctrl+z, SIGSTOP)"),
    "Let it go on: fg in its shell, or kill -CONT with its process id.",
    OURS,
)
_FROZEN: Final = _leaf(
    "frozen",
    Level.CRITICAL,
    lambda facts: _frozen_words(facts, "its process lives and does nothing"),
    "Save a bundle (kds-tui doctor --bundle FILE), end it (kill, after 10 s kill -9) and start it"
    " again: bumps are kept.",
    OURS,
)
_NOT_WRITTEN: Final = _leaf(
    "not written",
    Level.CRITICAL,
    lambda facts: (
        f"The disk takes nothing ({facts.seen.disk_trouble}): how the display has been for"
        f" {format_age(facts.seen.age)} is not known."
    ),
    "Make room on the disk, or mend it, and leave the display running: bumps that the disk has not"
    " taken are in its memory only.",
    OURS,
)
_ENDING: Final = _leaf("ending", Level.OK, lambda _: "The display ends.", "")
_DOES_NOT_END: Final = _leaf(
    "does not end",
    Level.CRITICAL,
    lambda facts: (
        f"The display was told to end {format_age(facts.status.ending_for or 0.0)} ago, and does"
        " not: its cleanup is stuck."
    ),
    "End it with kill -9: bumps are kept. The end of the log tells at which step it is.",
)
_DUPLICATE: Final = _leaf(
    "duplicate initialisation",
    Level.CRITICAL,
    lambda facts: (
        f"{facts.link.open_sockets} connections are open where there is to be one: it was begun"
        " twice."
    ),
    f"{_RESET} {_BUNDLE}",
)
_SUBSCRIPTIONS: Final = _leaf(
    "subscriptions",
    Level.CRITICAL,
    lambda facts: f"Not every subscription is there once: {symptoms.subscribed(facts.link)}.",
    f"{_BUNDLE} Then start the display again: bumps are kept.",
)
_SILENT: Final = _leaf(
    "silent server",
    Level.WARNING,
    lambda facts: (
        f"The server is connected and has not told its orders for {symptoms.down_for(facts)}"
        f"{symptoms.reason(facts)}."
    ),
    "Nothing: a dead link is replaced by itself. If it lasts, look at the hub: kds-tui doctor.",
)
_REFUSED: Final = _leaf(
    "refused",
    Level.CRITICAL,
    lambda facts: f"The server does not take this display{symptoms.reason(facts)}.",
    "Sign in again, in any shell of the same user: kds-tui login.",
    OURS,
)
_UNTRUSTED: Final = _leaf(
    "not trusted",
    Level.CRITICAL,
    lambda facts: f"The server is not trusted{symptoms.reason(facts)}.",
    "Compare the fingerprint on the hub's screen, then run kds-tui enrol URL.",
    OURS,
)
_UNREACHABLE: Final = _leaf(
    "unreachable",
    Level.CRITICAL,
    lambda facts: (
        f"The server has not been there for {symptoms.down_for(facts)}{symptoms.reason(facts)}."
    ),
    "Check the network, and that the hub runs. Bumps are kept; the display tries again by itself,"
    " ctrl+r at once.",
    OURS,
)
_DIFFERS: Final = _leaf(
    "board differs",
    Level.WARNING,
    lambda facts: "The board is not as the server's: {} orders here, {} there.".format(
        *(facts.status.board.differing or (0, 0))
    ),
    f"Nothing: the orders are listed anew by themselves. If it stays: {_RESET}",
    OURS,
)
_DISK: Final = _leaf(
    "disk",
    Level.CRITICAL,
    lambda facts: facts.status.commands.trouble,
    "Make room on the disk, or mend it: bumps are then written by themselves.",
    OURS,
)
_UNANSWERED: Final = _leaf(
    "unanswered bumps",
    Level.WARNING,
    lambda facts: (
        "The server is there, and has not answered a bump for"
        f" {format_age(facts.status.commands.oldest or 0.0)}."
    ),
    "Look at the hub: kds-tui doctor. Bumps are kept, and sent again by themselves.",
    OURS,
)


def _waits(facts: Facts, what: str) -> str:
    turn, state = format_age(facts.voice.turn_for), facts.voice.turn_state
    limit = max(LIMITS[state].warning or 0.0, facts.voice.turn_deadline)
    return f"No {what} was received: the turn has waited {turn}, and {limit:g} s is the limit."


_NO_TRANSCRIPT: Final = _leaf(
    "no transcript",
    Level.WARNING,
    lambda facts: _waits(facts, "transcript"),
    f"{_RESET} Then say it again. It should have ended by itself: {_BUNDLE}",
)
_NO_RESPONSE: Final = _leaf(
    "no response",
    Level.WARNING,
    lambda facts: _waits(facts, "AI response"),
    f"{_RESET} Then say it again. It should have ended by itself: {_BUNDLE}",
)
_LOGIC: Final = _leaf(
    "logic bug",
    Level.WARNING,
    lambda facts: (
        f"The turn has been {facts.voice.turn_state} for {format_age(facts.voice.turn_for)}: a"
        " defect of this program."
    ),
    f"{_RESET} {_BUNDLE}",
)
_VOICE_DOWN: Final = _leaf(
    "voice not connected",
    Level.WARNING,
    lambda facts: f"Voice is not connected: {facts.voice.reason.rstrip('.') or 'no answer'}.",
    "Look at the voice server: voice-tui doctor tells which step fails. Orders can be typed: t,"
    " then /.",
    OURS,
)
_MICROPHONE: Final = _leaf(
    "microphone",
    Level.WARNING,
    lambda facts: (
        f"No sound leaves this machine ({facts.voice.microphone.rstrip('.') or 'no microphone'})."
    ),
    "Check the microphone's plug, mute switch and permissions; voice-tui doctor measures it.",
)
_NO_EVENTS: Final = _leaf(
    "no transcript events",
    Level.WARNING,
    lambda _: "Sound was sent, and not one transcript event came back.",
    f"Say it again. If it comes again: voice-tui doctor. {_BUNDLE}",
)
_VOICE_LOGIC: Final = _leaf(
    "voice state machine",
    Level.WARNING,
    lambda facts: (
        "Words came back, and the turn ended badly all the same:"
        f" {facts.voice.last_outcome.replace('_', ' ')}."
    ),
    f"Say it again. If it comes again: {_RESET} {_BUNDLE}",
)
_INTERVAL_LEAK: Final = _leaf(
    "interval leak",
    Level.WARNING,
    lambda facts: (
        f"Memory grows ({symptoms.grown(facts)}) with {facts.status.process.timers} timers: an"
        " interval leaks."
    ),
    _RESTART,
)
_CONNECTION_LEAK: Final = _leaf(
    "connection leak",
    Level.WARNING,
    lambda facts: (
        f"Memory grows ({symptoms.grown(facts)}) with {facts.status.process.sockets} sockets: a"
        " connection leaks."
    ),
    _RESTART,
)
_HEAP: Final = _leaf(
    "heap",
    Level.WARNING,
    lambda facts: (
        f"Memory grows ({symptoms.grown(facts)}), timers and sockets do not: it is in the heap."
    ),
    _RESTART,
)

WELL: Final = _leaf("well", Level.OK, lambda _: "Nothing is wrong with this display.", "", OURS)

TREE: Final[tuple[Node, ...]] = (
    Node(
        "Does it tell how it is?",
        symptoms.alive,
        {
            "no, its process is gone": _GONE,
            "no, its process lives": Node(
                "Is it stopped by a signal?",
                lambda facts: symptoms.yes(facts.seen.is_stopped),
                {
                    "yes": _STOPPED,
                    "no": Node(
                        "Does its disk take anything?",
                        lambda facts: symptoms.yes(not facts.seen.disk_trouble),
                        {"no": _NOT_WRITTEN, "yes": _FROZEN},
                    ),
                },
            ),
        },
        hides_rest=True,
    ),
    Node(
        "Was it told to end?",
        lambda facts: symptoms.yes(facts.status.ending_for is not None),
        {
            "yes": Node(
                "Within the last 10 s?",
                lambda facts: symptoms.yes(
                    LIMITS["ending"].judge(facts.status.ending_for) is not Level.CRITICAL
                ),
                {"yes": _ENDING, "no": _DOES_NOT_END},
            )
        },
        hides_rest=True,
    ),
    Node(
        "Is the board without its server?",
        symptoms.is_down,
        {
            "yes": Node(
                "Open connections?",
                symptoms.sockets,
                {
                    "more than 1": _DUPLICATE,
                    "1": Node(
                        "Is every subscription there, and none twice?",
                        lambda facts: symptoms.yes(not symptoms.subscriptions_wrong(facts.link)),
                        {"no": _SUBSCRIPTIONS, "yes": _SILENT},
                    ),
                    "none": Node(
                        "Why?",
                        symptoms.refusal,
                        {
                            "it refuses us": _REFUSED,
                            "not the server that was compared": _UNTRUSTED,
                            "nobody answers": _UNREACHABLE,
                        },
                    ),
                },
            )
        },
    ),
    Node(
        "Does the board differ from the server's?",
        symptoms.differs,
        {"yes": _DIFFERS},
    ),
    Node(
        "Are bumps kept and answered?",
        symptoms.bumps,
        {"no, the disk takes none": _DISK, "no, the server is silent": _UNANSWERED},
    ),
    Node(
        "Is the voice turn stuck?",
        symptoms.is_stuck,
        {
            "yes": Node(
                "In which state?",
                symptoms.state,
                {
                    "waiting_user_final": _NO_TRANSCRIPT,
                    "waiting_response": _NO_RESPONSE,
                    "another": _LOGIC,
                },
            )
        },
    ),
    Node(
        "Does voice ordering fail?",
        symptoms.voice_fails,
        {
            "yes": Node(
                "Is voice connected?",
                lambda facts: symptoms.yes(not symptoms.voice_is_down(facts.voice)),
                {
                    "no": _VOICE_DOWN,
                    "yes": Node(
                        "Audio transmitted?",
                        symptoms.transmits,
                        {
                            "no": _MICROPHONE,
                            "yes": Node(
                                "Transcript events?",
                                symptoms.events,
                                {"none": _NO_EVENTS, "received": _VOICE_LOGIC},
                            ),
                        },
                    ),
                },
            )
        },
    ),
    Node(
        "Does memory grow?",
        symptoms.grows,
        {
            "yes": Node(
                "Which handles grow?",
                symptoms.handles,
                {"timers": _INTERVAL_LEAK, "sockets": _CONNECTION_LEAK, "none": _HEAP},
            )
        },
    ),
)
"""The symptoms, in the order in which they are asked about. An answer without a branch means that
the symptom is not there."""
