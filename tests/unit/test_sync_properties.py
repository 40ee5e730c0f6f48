"""Whatever is lost, doubled or swapped on the way: every event once and in order, or a listing."""

from __future__ import annotations

import json
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from kds_tui.core.board import Board, SnapshotListed, SnapshotStarted
from kds_tui.core.frames import OrderUpserted
from kds_tui.core.order import Order
from kds_tui.core.session_events import Expired, SnapshotWanted
from kds_tui.core.sync import Cursor, Phase, Session, Timing
from kds_tui.core.wire import decode_order

FAULTS = st.sampled_from(["pass", "pass", "pass", "drop", "double", "swap"])
STEPS = st.lists(
    st.sampled_from(["event", "event", "event", "beat", "listed", "cut", "restart"]),
    max_size=60,
)


class Hub:
    """A model: a journal in which every event is an order of its own."""

    def __init__(self) -> None:
        self.epoch = 1
        self.rows: list[dict[str, Any]] = []

    def happen(self) -> str:
        self.rows.append({"id": f"o{len(self.rows)}", "order_number": "1", "status": "new"})
        return self.frame(len(self.rows))

    def frame(self, seq: int) -> str:
        return json.dumps(
            {"type": "order:created", "payload": {"order": self.rows[seq - 1]}, "seq": seq}
        )

    def beat(self) -> str:
        payload = {"epoch": f"e{self.epoch}", "head_seq": len(self.rows)}
        return json.dumps({"type": "heartbeat", "payload": payload})

    def answer(self, frame: dict[str, Any]) -> list[str]:
        head = {"epoch": f"e{self.epoch}", "head_seq": len(self.rows)}
        if frame["type"] == "auth":
            return [json.dumps({"type": "auth:success", "heartbeat_interval": 2.0, **head})]
        wanted = frame["payload"]
        known = wanted.get("epoch") == head["epoch"]
        replay = range(wanted["since_seq"] + 1, len(self.rows) + 1) if known else ()
        status = "synced" if known else "snapshot_required"
        payload = {"epoch": head["epoch"], "seq": len(self.rows), "status": status}
        end = json.dumps({"type": "sync_complete", "payload": payload})
        return [*(self.frame(seq) for seq in replay), end]

    def orders(self) -> tuple[Order, ...]:
        return tuple(decode_order(json.dumps(row).encode()) for row in self.rows)


class Display:
    """A board behind a session, behind a line that can fail."""

    def __init__(self, hub: Hub) -> None:
        self.hub = hub
        self.board = Board()
        self.applied: list[str] = []
        self.listings = 0
        self.cursor: Cursor | None = None
        self.connect()

    def connect(self) -> None:
        self.listing: tuple[Order, ...] | None = None
        self.session = Session(
            token="t",
            restaurant_id="",
            cursor=self.cursor,
            timing=Timing(),
            now=0.0,
            server_now=0.0,
        )
        self.talk()

    def cut(self) -> None:
        self.cursor = self.session.resume_point
        self.connect()

    def talk(self) -> None:
        """Say what is to be said, and hear the answers, which do not get lost."""
        while frames := self.session.frames_to_send():
            for frame in frames:
                for answer in self.hub.answer(json.loads(frame)):
                    self.hear(answer)

    def hear(self, frame: str) -> None:
        for event in self.session.receive(frame, 0.0):
            match event:
                case OrderUpserted(order=order):
                    self.applied.append(order.id)
                    self.board.apply(event)
                case SnapshotWanted():
                    self.listings += 1
                    self.board.apply(SnapshotStarted())
                    self.listing = self.hub.orders()
                case Expired():
                    self.cut()
                case _:
                    continue

    def finish_listing(self) -> None:
        if self.listing is not None:
            self.board.apply(SnapshotListed(self.listing))
            self.listing = None
            self.session.snapshot_loaded(0.0)


@given(steps=STEPS, faults=st.lists(FAULTS, min_size=60, max_size=60))
def test_any_schedule_of_faults_ends_with_all_orders(steps: list[str], faults: list[str]) -> None:
    hub = Hub()
    display = Display(hub)
    held: str | None = None  # a frame that another one overtakes
    for step, fault in zip(steps, faults, strict=False):
        if step == "event":
            frame = hub.happen()
            late, held = held, frame if fault == "swap" else None
            copies = {"drop": 0, "swap": 0, "double": 2}.get(fault, 1)
            for heard in [frame] * copies + ([late] if late else []):
                display.hear(heard)
                display.talk()
        elif step == "beat":
            display.hear(hub.beat())
            display.talk()
        elif step == "listed":
            display.finish_listing()
        else:
            if step == "restart":
                hub.epoch += 1
            held = None
            display.cut()
    display.hear(hub.beat())
    display.talk()
    display.finish_listing()
    display.hear(hub.beat())  # finds what was lost while the orders were being read
    display.talk()
    display.finish_listing()

    assert display.session.phase is Phase.LIVE
    assert {order.id for order in display.board} == {row["id"] for row in hub.rows}
    numbers = [int(order_id[1:]) for order_id in display.applied]
    assert numbers == sorted(set(numbers))  # each at most once, and in order
    if display.listings == 1 and numbers:
        assert numbers == list(range(numbers[0], len(hub.rows)))  # and none left out
