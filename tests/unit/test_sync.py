"""The conversation of one connection, frame by frame, without a socket or a clock."""

from __future__ import annotations

import json
from typing import Any

import pytest

from kds_tui.core.digest import BoardDigest
from kds_tui.core.frames import OrderUpserted
from kds_tui.core.session_events import (
    Complaint,
    DigestTold,
    Expired,
    FreshnessChanged,
    GapFound,
    Refused,
    ServerTimeTold,
    SessionEvent,
    SnapshotWanted,
    WentLive,
)
from kds_tui.core.sync import Cursor, Phase, Session, Timing

TIMING = Timing()
HEARTBEAT = 2.0


class Talk:
    """A session whose server is the test."""

    def __init__(self, cursor: Cursor | None = None) -> None:
        self.now = 100.0
        self.session = Session(
            token="a token",
            restaurant_id="r1",
            cursor=cursor,
            timing=TIMING,
            now=self.now,
            server_now=1_700_000_000.0,
        )

    def hear(self, kind: str, **fields: Any) -> list[SessionEvent]:
        return self.session.receive(json.dumps({"type": kind, **fields}), self.now)

    def auth(self, head_seq: int = 0, epoch: str = "e1", **fields: Any) -> list[SessionEvent]:
        return self.hear(
            "auth:success",
            epoch=epoch,
            head_seq=head_seq,
            heartbeat_interval=HEARTBEAT,
            **fields,
        )

    def synced(self, seq: int | None, epoch: str | None = "e1", **payload: Any) -> list[Any]:
        return self.hear("sync_complete", payload={"seq": seq, "epoch": epoch, **payload})

    def beat(self, head_seq: int, epoch: str = "e1", **told: Any) -> list[SessionEvent]:
        return self.hear("heartbeat", payload={"epoch": epoch, "head_seq": head_seq, **told})

    def order(self, seq: int | None = None) -> list[SessionEvent]:
        row = {"id": f"o{seq}", "order_number": "1", "status": "new"}
        fields = {} if seq is None else {"seq": seq}
        return self.hear("order:created", payload={"order": row}, **fields)

    def sent(self) -> list[dict[str, Any]]:
        return [json.loads(frame) for frame in self.session.frames_to_send()]

    def tick(self, seconds: float) -> list[SessionEvent]:
        self.now += seconds
        return self.session.tick(self.now)

    def go_live(self, seq: int = 0) -> None:
        self.auth(seq)
        self.synced(seq, status="snapshot_required")
        self.session.snapshot_loaded(self.now)
        self.sent()
        assert self.session.phase is Phase.LIVE


def orders_in(events: list[SessionEvent]) -> list[str]:
    return [event.order.id for event in events if isinstance(event, OrderUpserted)]


def test_the_first_frame_is_the_authentication() -> None:
    talk = Talk()
    (auth,) = talk.sent()
    assert auth == {
        "type": "auth",
        "token": "a token",
        "restaurant_id": "r1",
        "timestamp": "2023-11-14T22:13:20.000Z",
    }
    assert talk.sent() == []


def test_a_first_connection_lists_the_orders_and_goes_live() -> None:
    talk = Talk()
    talk.sent()
    assert talk.hear("connected") == []
    talk.now += 0.04
    told = ServerTimeTold(1795428000.0, round_trip=pytest.approx(0.04))
    assert talk.auth(7, server_time="2026-11-23T10:00:00.000Z") == [told]
    (sync,) = talk.sent()
    assert sync["type"] == "orders:sync"
    assert sync["payload"] == {"request_full_sync": True}
    assert talk.synced(7) == [SnapshotWanted("nothing is known yet", authoritative=True)]
    assert orders_in(talk.order(8)) == ["o8"]  # while the orders are being read
    assert talk.session.snapshot_loaded(talk.now) == [WentLive(resumed=False)]
    assert talk.session.resume_point == Cursor("e1", 8)


def test_a_later_connection_replays_what_was_missed() -> None:
    talk = Talk(Cursor("e1", 5))
    talk.sent()
    talk.auth(7)
    (sync,) = talk.sent()
    assert sync["payload"] == {"request_full_sync": False, "epoch": "e1", "since_seq": 5}
    assert orders_in(talk.order(6) + talk.order(7)) == ["o6", "o7"]
    assert orders_in(talk.order(8)) == ["o8"]  # new, before the end of the replay was said
    assert talk.synced(7) == [WentLive(resumed=True)]
    assert talk.session.resume_point == Cursor("e1", 8)


@pytest.mark.parametrize(
    ("cursor", "head", "answer", "reason"),
    [
        (None, 5, {}, "nothing is known yet"),
        (Cursor("e0", 5), 5, {}, "nothing is known yet"),
        (Cursor("e1", 9), 5, {}, "nothing is known yet"),  # the server's journal was set back
        (Cursor("e1", 3), 5, {"status": "snapshot_required"}, "too much was missed"),
        (Cursor("e1", 3), 5, {"epoch": "e2"}, "too much was missed"),
        (Cursor("e1", 3), 5, {}, "the replay was not complete"),
        (Cursor("e1", 3), 5, {"epoch": None}, "the server keeps no journal"),
    ],
)
def test_when_the_orders_must_be_listed(
    cursor: Cursor | None, head: int, answer: dict[str, Any], reason: str
) -> None:
    talk = Talk(cursor)
    talk.auth(head)
    journal = reason != "the server keeps no journal"
    wanted = SnapshotWanted(reason, authoritative=journal)
    assert talk.synced(**{"seq": head} | answer) == [wanted]
    assert talk.session.phase is Phase.SYNCING
    # A position taken is no place to resume from until the orders are there.
    assert talk.session.resume_point is None
    assert talk.session.snapshot_loaded(talk.now) == [WentLive(resumed=False)]


def test_a_server_without_a_journal_is_listed_and_its_events_taken_as_they_come() -> None:
    talk = Talk()
    talk.hear("auth:success")
    assert talk.hear("sync_complete", payload={"status": "synced"}) == [
        SnapshotWanted("the server keeps no journal")
    ]
    talk.session.snapshot_loaded(talk.now)
    assert orders_in(talk.order() + talk.order()) == ["oNone", "oNone"]
    assert talk.session.resume_point is None


def test_a_gap_stops_the_events_until_they_are_replayed() -> None:
    talk = Talk()
    talk.go_live(seq=3)
    assert orders_in(talk.order(4)) == ["o4"]
    assert orders_in(talk.order(4)) == []
    assert talk.order(7) == [GapFound(5, 7)]
    assert talk.session.phase is Phase.SYNCING
    assert talk.order(8) == []  # asked already, and not yet its turn
    (sync,) = talk.sent()
    assert sync["payload"]["since_seq"] == 4
    assert orders_in([e for seq in (5, 6, 7, 8) for e in talk.order(seq)]) == [
        "o5",
        "o6",
        "o7",
        "o8",
    ]
    assert talk.synced(8) == [WentLive(resumed=True)]


def test_a_gap_while_the_orders_are_read_waits_for_both() -> None:
    for listed_first in (True, False):
        talk = Talk()
        talk.auth(3)
        talk.synced(3)
        assert talk.order(5) == [GapFound(4, 5)]
        loaded: list[SessionEvent] = []
        if listed_first:
            loaded = talk.session.snapshot_loaded(talk.now)
        replayed = talk.order(4) + talk.order(5) + talk.synced(5)
        if not listed_first:
            assert talk.session.phase is Phase.SYNCING
            assert talk.session.resume_point is None
            loaded = talk.session.snapshot_loaded(talk.now)
        assert orders_in(replayed) == ["o4", "o5"]
        assert [type(event) for event in loaded + replayed].count(WentLive) == 1
        assert talk.session.phase is Phase.LIVE


NOON = "2026-11-23T12:00:00.000Z"
NOON_SECONDS = 1795435200.0


def test_a_ping_is_asked_for_its_round_trip_and_a_hub_at_once() -> None:
    talk = Talk()
    talk.go_live()
    assert talk.tick(0.0) == []
    assert [frame["type"] for frame in talk.sent()] == ["ping"]
    talk.now += 0.25
    assert talk.hear("pong", server_time=NOON) == [ServerTimeTold(NOON_SECONDS, 0.25)]
    assert talk.hear("pong", server_time=NOON) == [ServerTimeTold(NOON_SECONDS, None)]
    assert talk.hear("pong") == []


def test_the_answer_to_an_earlier_ping_is_not_taken_for_a_later_ones() -> None:
    talk = Talk()
    talk.go_live()
    talk.tick(0.0)
    for _ in range(4):
        talk.now += TIMING.app_ping_interval / 4
        talk.beat(0)
    talk.tick(0.0)
    assert [frame["type"] for frame in talk.sent()] == ["ping", "ping"]
    talk.now += 1
    told = talk.hear("pong", server_time=NOON)
    assert told == [ServerTimeTold(NOON_SECONDS, TIMING.app_ping_interval + 1)]


def test_a_server_whose_time_falls_back_is_asked_at_once() -> None:
    talk = Talk()
    talk.go_live()
    talk.tick(0.0)
    talk.hear("pong", server_time=NOON)
    talk.sent()
    earlier = "2026-11-23T11:59:58.500Z"
    assert talk.beat(0, server_time=NOON) == [ServerTimeTold(NOON_SECONDS)]
    assert talk.session.next_tick() > talk.now
    assert talk.beat(0, server_time=earlier) == [ServerTimeTold(NOON_SECONDS - 1.5)]
    assert talk.session.next_tick() == talk.now
    talk.tick(0.0)
    assert [frame["type"] for frame in talk.sent()] == ["ping"]
    talk.beat(0, server_time=earlier)
    assert talk.session.next_tick() > talk.now, "it is being asked"
    talk.hear("pong", server_time=earlier)
    talk.beat(0, server_time=earlier)
    assert talk.session.next_tick() > talk.now, "it was set back"


def test_a_lost_tail_is_found_by_the_heartbeat() -> None:
    talk = Talk()
    talk.go_live(seq=3)
    assert talk.beat(3) == []
    assert talk.beat(4) == [GapFound(4, 4)]
    assert talk.beat(5) == []  # asked already


DIGEST = {"open_count": 3, "digest": "00ff00ff00ff00ff"}


def test_a_digest_is_told_when_the_board_holds_what_it_stands_for() -> None:
    talk = Talk()
    talk.auth(3)
    talk.synced(3)
    assert talk.beat(3, **DIGEST) == [], "the orders are still being read"
    talk.session.snapshot_loaded(talk.now)
    assert talk.beat(3, **DIGEST) == [DigestTold(BoardDigest(3, "00ff00ff00ff00ff"))]
    assert talk.beat(4, **DIGEST) == [GapFound(4, 4)]
    assert talk.beat(4, **DIGEST) == [], "the gap is still being closed"


@pytest.mark.parametrize(
    "told",
    [{}, {"open_count": 3}, {"digest": "00"}, {"open_count": -1, "digest": "00"}, {"digest": 7}],
)
def test_a_server_that_tells_no_digest_is_not_held_against_one(told: dict[str, Any]) -> None:
    talk = Talk()
    talk.go_live(seq=3)
    assert talk.beat(3, **told) == []


def test_a_board_that_differs_is_listed_anew_and_its_position_waits_for_that() -> None:
    talk = Talk()
    talk.go_live(seq=3)
    assert talk.session.list_anew("it differs", talk.now) == [
        SnapshotWanted("it differs", authoritative=True)
    ]
    assert (talk.session.phase, talk.session.resume_point) == (Phase.SYNCING, None)
    assert talk.session.next_tick() == talk.now + TIMING.sync_timeout
    assert talk.session.list_anew("it differs", talk.now) == [], "it is being listed"
    assert orders_in(talk.order(4)) == ["o4"]
    assert talk.session.snapshot_loaded(talk.now) == [WentLive(resumed=False)]
    assert talk.session.resume_point == Cursor("e1", 4)


def test_a_journal_that_was_set_back_replaces_the_connection() -> None:
    talk = Talk()
    talk.go_live(seq=3)
    assert talk.beat(2, **DIGEST) == [Expired("the server's journal was set back")]


def test_a_heartbeat_of_another_journal_replaces_the_connection() -> None:
    talk = Talk()
    talk.go_live(seq=3)
    assert talk.beat(3, epoch="e2") == [Expired("the server began a new journal")]
    assert talk.session.phase is Phase.CLOSED
    assert talk.order(4) == []
    assert talk.tick(1000) == []


@pytest.mark.parametrize(
    "frame",
    [
        {"type": "auth:failed", "error": "Authentication failed"},
        {"type": "error", "error": "Authentication failed"},
        {"error": "Authentication failed"},
    ],
)
def test_a_refusal_ends_the_conversation(frame: dict[str, str]) -> None:
    talk = Talk()
    events = talk.session.receive(json.dumps(frame), talk.now)
    assert events == [Refused("Authentication failed")]
    assert talk.session.phase is Phase.CLOSED


def test_nothing_is_taken_from_a_server_that_has_not_accepted_us() -> None:
    talk = Talk()
    assert talk.order(1) == talk.synced(1) == talk.beat(9) == []
    assert talk.session.phase is Phase.AUTHENTICATING


def test_complaints_neither_end_the_conversation_nor_hold_up_the_journal() -> None:
    talk = Talk()
    talk.go_live(seq=0)
    assert talk.hear("weather:changed", seq=1) == [Complaint("unknown type", "weather:changed")]
    assert talk.hear("table:updated", seq=2) == []
    assert talk.hear("error", payload={"message": "no"}) == [Complaint("server error", "no")]
    (complaint,) = talk.session.receive(b"\xff{", talk.now)
    assert isinstance(complaint, Complaint)
    assert complaint.kind == "bad frame"
    assert orders_in(talk.order(3)) == ["o3"]


@pytest.mark.parametrize("phase", [Phase.AUTHENTICATING, Phase.SYNCING])
def test_every_state_but_live_has_a_deadline(phase: Phase) -> None:
    talk = Talk()
    limit = TIMING.auth_timeout
    if phase is Phase.SYNCING:
        talk.auth(0)
        limit = TIMING.sync_timeout
    assert talk.session.next_tick() == talk.now + limit
    assert talk.tick(limit - 0.1) == []
    assert talk.tick(0.1) == [Expired(f"no progress while {phase}")]


def test_progress_moves_the_deadline_of_syncing() -> None:
    talk = Talk(Cursor("e1", 0))
    talk.auth(100)
    for seq in range(1, 6):
        talk.now += TIMING.sync_timeout - 1
        assert orders_in(talk.order(seq)) == [f"o{seq}"]
    talk.synced(100)
    for _ in range(5):
        assert talk.tick(TIMING.sync_timeout - 1) == []
        talk.session.snapshot_progressed(talk.now)
    assert [type(event) for event in talk.tick(TIMING.sync_timeout)] == [Expired]


def test_silence_is_stale_and_then_the_end() -> None:
    talk = Talk()
    talk.go_live()
    talk.tick(0.0)
    assert talk.session.next_tick() == talk.now + HEARTBEAT + TIMING.stale_after
    assert talk.tick(HEARTBEAT + TIMING.stale_after) == [FreshnessChanged(stale=True)]
    assert talk.beat(0) == [FreshnessChanged(stale=False)]
    assert talk.tick(HEARTBEAT + TIMING.stale_after) == [FreshnessChanged(stale=True)]
    assert talk.session.next_tick() == talk.now + TIMING.replace_after - TIMING.stale_after
    assert talk.tick(TIMING.replace_after - TIMING.stale_after) == [
        Expired("no word from the server")
    ]


def test_a_server_without_heartbeats_owes_an_answer_to_our_ping_only() -> None:
    talk = Talk()
    talk.hear("auth:success")
    talk.hear("sync_complete", payload={"status": "synced"})
    talk.session.snapshot_loaded(talk.now)
    talk.sent()
    assert talk.session.next_tick() == talk.now + TIMING.app_ping_interval
    assert talk.tick(TIMING.app_ping_interval) == []
    assert [frame["type"] for frame in talk.sent()] == ["ping"]
    assert talk.tick(TIMING.stale_after) == [FreshnessChanged(stale=True)]
    assert talk.hear("pong") == [FreshnessChanged(stale=False)]
    assert talk.session.next_tick() == talk.now + TIMING.app_ping_interval - TIMING.stale_after
