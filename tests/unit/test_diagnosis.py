"""The decision tree: every leaf is reached by what it is about, and every walk ends in one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kds_tui.core.decision import Leaf, Node
from kds_tui.core.decision_tree import TREE, WELL
from kds_tui.core.diagnosis import diagnose
from kds_tui.core.display_status import (
    BoardFacts,
    CommandFacts,
    DisplayStatus,
    LinkFacts,
    ProcessFacts,
    Seen,
    VoiceFacts,
)
from kds_tui.core.limits import LIMITS, Level
from kds_tui.core.link import LinkState
from kds_tui.core.symptoms import FAILED_OUTCOMES
from tests.unit.display_facts import WELL_STATUS
from voice_tui.core.turn import TurnState
from voice_tui.core.turn_effects import Outcome

assert WELL_STATUS.voice is not None
VOICE = WELL_STATUS.voice


def link(**fields: Any) -> DisplayStatus:
    return replace(WELL_STATUS, link=replace(WELL_STATUS.link, **fields))  # type: ignore[type-var]


def down(**fields: Any) -> DisplayStatus:
    return link(**{"state": LinkState.SYNCING, "down_for": 12.0, **fields})


def voice(**fields: Any) -> DisplayStatus:
    return replace(WELL_STATUS, voice=replace(VOICE, **fields))


def process(**fields: Any) -> DisplayStatus:
    held = replace(WELL_STATUS.process, growth=12e6)
    return replace(WELL_STATUS, process=replace(held, **fields))


RUNS = Seen()
FROZEN = Seen(age=60.0)

LEAVES = [
    ("gone", WELL_STATUS, Seen(is_running=False, age=90.0)),
    ("stopped", WELL_STATUS, replace(FROZEN, is_stopped=True)),
    ("frozen", WELL_STATUS, FROZEN),
    ("not written", WELL_STATUS, replace(FROZEN, disk_trouble="No space left on device")),
    ("ending", replace(WELL_STATUS, ending_for=3.0), RUNS),
    ("does not end", replace(WELL_STATUS, ending_for=11.0), RUNS),
    # What it told at its beginning is the last that it tells.
    ("does not end", replace(WELL_STATUS, ending_for=60.0), FROZEN),
    ("duplicate initialisation", down(open_sockets=2), RUNS),
    ("subscriptions", down(doubled_subscriptions=("feed",)), RUNS),
    ("subscriptions", down(missing_subscriptions=("feed",)), RUNS),
    ("silent server", down(), RUNS),
    ("silent server", link(stale=True, heartbeat_age=8.0), RUNS),
    ("refused", down(state=LinkState.FAILED, open_sockets=0), RUNS),
    ("not trusted", down(state=LinkState.FAILED, open_sockets=0, untrusted=True), RUNS),
    ("unreachable", down(state=LinkState.RECONNECTING, open_sockets=0), RUNS),
    ("board differs", replace(WELL_STATUS, board=BoardFacts(differing=(4, 3))), RUNS),
    ("disk", replace(WELL_STATUS, commands=CommandFacts(trouble="Disk full")), RUNS),
    ("unanswered bumps", replace(WELL_STATUS, commands=CommandFacts(unsent=1, oldest=31.0)), RUNS),
    ("no transcript", voice(turn_state="waiting_user_final", turn_for=10.1), RUNS),
    ("no response", voice(turn_state="waiting_response", turn_for=15.1), RUNS),
    ("logic bug", voice(turn_state="committing", turn_for=6.0), RUNS),
    ("voice not connected", voice(connection_state="failed", down_for=31.0), RUNS),
    ("microphone", voice(records=False, deaf_for=31.0), RUNS),
    ("microphone", voice(silent_turns=3, last_outcome="nothing_heard"), RUNS),
    (
        "no transcript events",
        voice(last_outcome="no_transcript", last_turn_heard=True),
        RUNS,
    ),
    (
        "voice state machine",
        voice(last_outcome="no_response", last_turn_heard=True, last_turn_events=3),
        RUNS,
    ),
    ("interval leak", process(timers=21), RUNS),
    ("interval leak", process(timers_growth=8.0), RUNS),
    ("connection leak", process(sockets=51), RUNS),
    ("connection leak", process(sockets_growth=8.0), RUNS),
    ("heap", process(), RUNS),
    ("heap", process(growth=None, rss_bytes=1_100_000_000), RUNS),
    ("well", WELL_STATUS, RUNS),
    ("well", replace(WELL_STATUS, voice=None), RUNS),
]


def leaves(place: Node | Leaf) -> Iterator[Leaf]:
    if isinstance(place, Leaf):
        yield place
        return
    for branch in place.branches.values():
        yield from leaves(branch)


ALL = [WELL, *(leaf for node in TREE for leaf in leaves(node))]


@pytest.mark.parametrize(("name", "status", "seen"), LEAVES)
def test_each_leaf(name: str, status: DisplayStatus, seen: Seen) -> None:
    diagnosis = diagnose(status, seen)
    assert diagnosis.walk.leaf.id == name
    assert diagnosis.also == ()
    assert diagnosis.walk.sentence.endswith((".", "full"))
    assert bool(diagnosis.walk.leaf.do) == (name not in ("well", "ending"))
    assert diagnosis.walk.steps


def test_no_leaf_is_left_out() -> None:
    assert {leaf.id for leaf in ALL} == {name for name, _, _ in LEAVES}
    assert len({leaf.id for leaf in ALL}) == len(ALL)


def test_the_branches_of_the_quick_reference_are_all_there() -> None:
    assert {leaf.id for leaf in ALL if leaf.source.startswith("quick reference")} == {
        "no transcript events",  # voice: audio, no events
        "voice state machine",  # voice: audio, events
        "microphone",  # voice: no audio
        "duplicate initialisation",  # loading: count > 1
        "subscriptions",  # loading: count = 1
        "silent server",
        "interval leak",
        "connection leak",
        "heap",
        "ending",
        "does not end",
        "no transcript",  # stuck: waiting_user_final
        "no response",  # stuck: waiting_response
        "logic bug",  # stuck: another
    }


def test_a_turn_is_held_against_the_settings_where_they_allow_more() -> None:
    late = voice(turn_state="waiting_response", turn_for=31.0, turn_deadline=30.0)
    walk = diagnose(late).walk
    assert walk.leaf.id == "no response"
    assert walk.sentence.endswith("has waited 0:31, and 30 s is the limit.")


def test_the_walk_tells_what_was_asked_and_answered() -> None:
    steps = diagnose(down(state=LinkState.RECONNECTING, open_sockets=0, reason="no route")).walk
    assert [(step.question, step.answer) for step in steps.steps] == [
        ("Is the board without its server?", "yes"),
        ("Open connections?", "none"),
        ("Why?", "nobody answers"),
    ]
    assert steps.sentence == "The server has not been there for 0:12: no route."


def test_the_kitchen_comes_before_voice_and_memory() -> None:
    status = replace(process(), voice=replace(VOICE, records=False, deaf_for=40.0))
    diagnosis = diagnose(replace(status, link=down().link))
    assert diagnosis.walk.leaf.id == "silent server"
    assert [walk.leaf.id for walk in diagnosis.also] == ["microphone", "heap"]


def test_what_a_frozen_display_told_long_ago_is_not_judged() -> None:
    assert diagnose(down(), FROZEN).also == ()
    assert diagnose(replace(down(), ending_for=1.0)).also == ()


@pytest.mark.parametrize(
    "status",
    [
        down(down_for=9.0),
        voice(turn_state="waiting_user_final", turn_for=9.9),
        # A kitchen that gives its guests, or its server, more time than the quick reference.
        voice(turn_state="recording", turn_for=50.0, turn_deadline=120.0),
        voice(turn_state="waiting_response", turn_for=20.0, turn_deadline=30.0),
        voice(connection_state="connecting", down_for=20.0),
        voice(records=False, deaf_for=20.0),
        voice(last_outcome="superseded"),
        process(growth=9.9e6),
        replace(
            link(state=LinkState.RECONNECTING, down_for=5.0),
            commands=CommandFacts(unsent=1, oldest=31.0),
        ),
    ],
)
def test_what_will_pass_by_itself_is_no_symptom(status: DisplayStatus) -> None:
    assert diagnose(status).walk.leaf is WELL


def test_the_words_for_turns_are_those_of_the_voice_client() -> None:
    assert {str(outcome) for outcome in Outcome} >= FAILED_OUTCOMES
    states = {str(state) for state in TurnState} - {"idle"}
    assert states <= LIMITS.keys()


def optional(numbers: st.SearchStrategy[float]) -> st.SearchStrategy[float | None]:
    return st.none() | numbers


SECONDS = st.sampled_from([0.0, 5.0, 9.9, 10.0, 14.9, 15.0, 30.0, 31.0, 60.0, 1e6])
COUNT = st.integers(0, 60)
STATUS = st.builds(
    DisplayStatus,
    ending_for=optional(SECONDS),
    link=st.none()
    | st.builds(
        LinkFacts,
        state=st.sampled_from(LinkState),
        stale=st.booleans(),
        untrusted=st.booleans(),
        reason=st.sampled_from(["", "no route"]),
        down_for=optional(SECONDS),
        heartbeat_age=optional(SECONDS),
        open_sockets=st.integers(-1, 4),
        subscriptions=st.lists(st.sampled_from(["feed", "status"])).map(tuple),
        doubled_subscriptions=st.sampled_from([(), ("feed",)]),
        missing_subscriptions=st.sampled_from([(), ("feed",)]),
    ),
    board=st.builds(BoardFacts, differing=st.sampled_from([None, (1, 2)])),
    commands=st.builds(
        CommandFacts, oldest=optional(SECONDS), trouble=st.sampled_from(["", "Disk full."])
    ),
    voice=st.none()
    | st.builds(
        VoiceFacts,
        connection_state=st.sampled_from(["connected", "failed", "whatever"]),
        down_for=optional(SECONDS),
        turn_state=st.sampled_from([*TurnState, "whatever"]),
        turn_for=SECONDS,
        records=st.booleans(),
        deaf_for=optional(SECONDS),
        silent_turns=st.integers(0, 5),
        last_turn_heard=st.booleans(),
        last_turn_events=COUNT,
        last_outcome=st.sampled_from(["", "whatever", *Outcome]),
    ),
    process=st.builds(
        ProcessFacts,
        rss_bytes=st.sampled_from([0, 10**8, 10**9, 10**10]),
        growth=optional(st.sampled_from([-1e9, 0.0, 1e7, 1e9])),
        timers=COUNT,
        sockets=COUNT,
        timers_growth=optional(st.sampled_from([-50.0, 0.0, 50.0])),
        sockets_growth=optional(st.sampled_from([-50.0, 0.0, 50.0])),
    ),
)
SEEN = st.builds(Seen, is_running=st.booleans(), age=SECONDS, is_stopped=st.booleans())


@given(STATUS, SEEN)
def test_every_walk_ends_in_exactly_one_leaf(status: DisplayStatus, seen: Seen) -> None:
    diagnosis = diagnose(status, seen)
    walks = (diagnosis.walk, *diagnosis.also)
    for walk in walks:
        assert walk.leaf in ALL
        assert walk.sentence
        assert walk.steps
        for step in walk.steps:
            assert step.question
            assert step.answer
    assert len({walk.leaf.id for walk in walks}) == len(walks)
    assert diagnosis.level is not Level.NONE
