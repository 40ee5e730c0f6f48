"""Whatever happens in which order, a display that synchronised sees every number once, in order."""

from __future__ import annotations

import asyncio

from hypothesis import given, settings
from hypothesis import strategies as st
from websockets.frames import Frame, Opcode

from kds_tui.hub.fanout import Client, Ending, Fanout
from kds_tui.hub.frames import websocket_frame
from kds_tui.hub.ledger import Event


@settings(deadline=None)
@given(st.lists(st.sampled_from(["commit", "publish", "ask", "read", "answer"]), max_size=40))
def test_replays_and_broadcasts_join_without_a_seam(steps: list[str]) -> None:
    asyncio.run(_join(steps))


async def _join(steps: list[str]) -> None:
    fanout, client = Fanout(0), Client(1, 1000)
    fanout.clients.add(client)
    committed, since = 0, 0
    asked, read_head = False, None
    synchronised_at: int | None = None  # what the queue held when the last replay began
    for step in [*steps, *["publish"] * 50]:
        if step == "commit":
            committed += 1
        elif step == "publish" and fanout.head < committed:
            fanout.publish(Event(fanout.head + 1, b"%d" % (fanout.head + 1)))
        elif step == "ask" and not asked:
            client.hold()
            asked = True
        elif step == "read" and asked and read_head is None:
            read_head = committed
        elif step == "answer" and read_head is not None:
            # The journal publishes what it committed before it answers the one who asked.
            while fanout.head < read_head:
                fanout.publish(Event(fanout.head + 1, b"%d" % (fanout.head + 1)))
            synchronised_at = client.queue.qsize()
            client.release([b"%d" % seq for seq in range(since + 1, read_head + 1)], read_head)
            asked, read_head = False, None
    if synchronised_at is None:
        return
    frames = [client.queue.get_nowait() for _ in range(client.queue.qsize())]
    got = [int(frame) for frame in frames[synchronised_at:] if frame is not None]
    expected = list(range(since + 1, committed + 1))
    assert got == expected if not asked else got == expected[: len(got)]


async def test_a_client_that_ended_gets_nothing_more() -> None:
    client = Client(1, 2)
    client.direct = lambda framed: True
    assert client.send_now(b"x")
    client.end(Ending(1001, "first"))
    client.end(Ending(1013, "second"))
    client.offer(b"x")
    assert client.queue.empty()
    assert not client.send_now(b"x"), "it would come behind the close"
    assert client.ended.result() == Ending(1001, "first")


async def test_held_broadcasts_are_bounded() -> None:
    client = Client(1, 4)
    client.hold()
    for seq in range(1, 6):
        client.offer_event(Event(seq, b"x"))
    assert client.ended.result().code == 1013


@settings(deadline=None)
@given(
    st.lists(
        st.sampled_from(["publish", "stall", "flow", "take", "sent"]), min_size=20, max_size=60
    )
)
def test_what_is_written_past_the_queue_overtakes_nothing(steps: list[str]) -> None:
    asyncio.run(_write_past_the_queue(steps))


async def _write_past_the_queue(steps: list[str]) -> None:
    fanout, client = Fanout(0), Client(1, 1000)
    fanout.clients.add(client)
    got: list[int] = []
    flows = True

    def direct(framed: bytes) -> bool:
        if flows:
            got.append(int(framed[2:]))
        return flows

    client.direct = direct
    taken: bytes | None = None  # by the writer, from the queue
    for step in [*steps, "flow", *["take", "sent"] * len(steps)]:
        if step == "publish":
            fanout.publish(Event(fanout.head + 1, b"%d" % (fanout.head + 1)))
        elif step in ("stall", "flow"):
            flows = step == "flow"
        elif step == "take" and taken is None and not client.queue.empty():
            taken, client.is_sending = client.queue.get_nowait(), True
        elif step == "sent" and taken is not None:
            got.append(int(taken))
            taken, client.is_sending = None, False
    assert got == list(range(1, fanout.head + 1))


def test_a_frame_is_one_that_the_library_reads() -> None:
    for size in (0, 125, 126, 65_535, 65_536):
        message = b"x" * size
        assert websocket_frame(message) == Frame(Opcode.TEXT, message).serialize(mask=False)
