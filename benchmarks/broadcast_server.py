"""A server that broadcasts when it is told to: our hub, or a bare one of the `websockets` library.

Reads commands on stdin, one a line, and answers each with a line of JSON:

    clients              {"clients": how many are listening}
    send COUNT INTERVAL  broadcasts so many events, one each INTERVAL seconds;
                         {"sent": [when each was sent], "cpu": seconds used since before the first}
    memory               {"rss": MB}

    python -m benchmarks.broadcast_server hub|bare
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from websockets.asyncio.server import ServerConnection, broadcast, serve

from benchmarks.orders import OrderBook
from benchmarks.process import memory
from kds_tui.core.clock import format_time
from kds_tui.hub import frames
from kds_tui.hub.ledger import Event
from kds_tui.hub.open_files import allow_many
from kds_tui.hub.order_row import encode_row
from kds_tui.hub.server import HubServer
from kds_tui.hub.settings import HubSettings

SETTLING: Final = 1.0
"""Seconds after the last event in which what it costs is still counted."""


@dataclass(frozen=True, slots=True)
class Broadcaster:
    """A server under test."""

    url: str
    token: str
    clients: Callable[[], int]
    publish: Callable[[int, bytes], None]
    """Broadcast a frame, with its number."""


@asynccontextmanager
async def hub() -> AsyncGenerator[Broadcaster]:
    """Run our hub as it is; events go to its fan-out without being stored first."""
    with TemporaryDirectory(prefix="kds-tui-hub-") as folder:
        async with HubServer(HubSettings(port=0, data_dir=Path(folder))) as server:
            yield Broadcaster(
                url=server.url.replace("http", "ws"),
                token=await server.issue_token(),
                clients=lambda: len(server.fanout.clients),
                publish=lambda seq, frame: server.fanout.publish(Event(seq, frame)),
            )


@asynccontextmanager
async def bare() -> AsyncGenerator[Broadcaster]:
    """Run the least that can be written with `websockets`: no sign-in, no order, no limits."""
    listening: set[ServerConnection] = set()

    async def listen(connection: ServerConnection) -> None:
        listening.add(connection)
        try:
            await connection.wait_closed()
        finally:
            listening.discard(connection)

    async with serve(listen, "127.0.0.1", 0, compression=None, ping_interval=None) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        yield Broadcaster(
            url=f"ws://127.0.0.1:{port}",
            token="",
            clients=lambda: len(listening),
            publish=lambda _, frame: broadcast(listening, frame, raise_exceptions=False),
        )


async def serve_commands(broadcaster: Broadcaster) -> None:
    """Do what stdin says, until it ends."""
    loop = asyncio.get_running_loop()
    reader = asyncio.StreamReader()
    await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(reader), sys.stdin)
    frame = _event()
    _tell({"url": broadcaster.url, "token": broadcaster.token, "bytes": len(frame)})
    seq = 0
    while line := (await reader.readline()).split():
        match line:
            case [b"clients"]:
                _tell({"clients": broadcaster.clients()})
            case [b"memory"]:
                _tell({"rss": memory(os.getpid())[1]})
            case [b"send", count, interval]:
                used = time.process_time()
                sent: list[float] = []
                begun = loop.time()
                for number in range(int(count)):
                    await asyncio.sleep(begun + number * float(interval) - loop.time())
                    seq += 1
                    sent.append(time.perf_counter())
                    broadcaster.publish(seq, frame)
                await asyncio.sleep(SETTLING)
                _tell({"sent": sent, "cpu": time.process_time() - used})
            case _:
                raise SystemExit(f"what is {line!r}?")


def _event() -> bytes:
    """An event of an order as the hub sends it, of some 1.5 KB."""
    row = encode_row(OrderBook(1).changed(0, "window table, guest in a hurry"))
    return frames.order_event("order:updated", row, 1, format_time(time.time()))


def _tell(answer: object) -> None:
    print(json.dumps(answer), flush=True)


async def _main(kind: str) -> None:
    allow_many()
    async with hub() if kind == "hub" else bare() as broadcaster:
        await serve_commands(broadcaster)


if __name__ == "__main__":
    asyncio.run(_main(sys.argv[1]))
