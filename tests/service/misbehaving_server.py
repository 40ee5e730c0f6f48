"""A real websocket server whose path chooses its misbehaviour, and that counts who comes.

It speaks the Restaurant OS protocol with the hub's additions, keeps a journal, and lists its orders
to the client in the same process, so that a test needs no REST server.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from http import HTTPStatus
from typing import Any, Self

from websockets.asyncio.server import Request, Response, Server, ServerConnection, broadcast, serve
from websockets.datastructures import Headers
from websockets.exceptions import ConnectionClosed

from kds_tui.core.order import Order
from kds_tui.core.wire import decode_order

HTTP_ANSWERS = {
    "/http-401": (HTTPStatus.UNAUTHORIZED, {}),
    "/http-403": (HTTPStatus.FORBIDDEN, {}),
    "/http-429": (HTTPStatus.TOO_MANY_REQUESTS, {"Retry-After": "20"}),
    "/http-503": (HTTPStatus.SERVICE_UNAVAILABLE, {}),
    "/redirect": (HTTPStatus.TEMPORARY_REDIRECT, {"Location": "/elsewhere"}),
}
# What the server's library logs is not the client's doing.
_log = logging.getLogger("misbehaving server")
_log.setLevel(logging.ERROR)

NO_HEARTBEAT = {"/no-heartbeat", "/no-journal"}


class MisbehavingServer:
    """See the module. `path` may be changed at any time and holds for later connections."""

    def __init__(self, heartbeat: float) -> None:
        self.path = "/"
        self.heartbeat = heartbeat
        self.epoch = "first life"
        self.refused_tokens: set[str] = set()
        self.accepted = 0
        """Opening handshakes completed."""
        self.knocks: list[float] = []
        """When each one began, refused ones too."""
        self.most_open = 0
        self.listings = 0
        self.close_codes: list[int | None] = []
        self.received: list[dict[str, Any]] = []
        self.lose_next = False
        """Journal the next event, but send it to nobody."""
        self._journal: list[dict[str, Any]] = []
        self._open: set[ServerConnection] = set()
        self._following: set[ServerConnection] = set()
        self._server: Server

    @classmethod
    @asynccontextmanager
    async def running(cls, heartbeat: float = 2.0) -> AsyncIterator[Self]:
        """Serve on a free port."""
        self = cls(heartbeat)
        async with serve(
            self._talk,
            "127.0.0.1",
            0,
            process_request=self._before_handshake,
            compression=None,
            ping_interval=None,
            close_timeout=0.5,
            logger=_log,
        ) as self._server:
            yield self

    @property
    def port(self) -> int:
        return self._server.sockets[0].getsockname()[1]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}{self.path}"

    @property
    def open_count(self) -> int:
        return len(self._open)

    def place(self, order_id: str, version: int = 1) -> None:
        """Create or change an order, and tell it to everybody."""
        row = {"id": order_id, "order_number": order_id, "status": "new", "version": version}
        event = {"type": "order:created", "payload": {"order": row}, "seq": len(self._journal) + 1}
        self._journal.append(event)
        if self.lose_next:
            self.lose_next = False
            return
        for socket in self._following:
            self._tell(socket, event)

    async def list_orders(self, on_page: Callable[[], None]) -> tuple[Order, ...]:
        """Be the client's lister."""
        self.listings += 1
        rows = {
            event["payload"]["order"]["id"]: event["payload"]["order"] for event in self._journal
        }
        on_page()
        return tuple(decode_order(json.dumps(row).encode()) for row in rows.values())

    async def list_cancelled(self) -> tuple[Order, ...]:
        """Be the client's lister: nothing ever was."""
        return ()

    async def close_all(self, code: int = 1001) -> None:
        """Close every connection from this side."""
        for socket in tuple(self._open):
            await socket.close(code)

    async def send_all(self, frames: Iterable[str | bytes]) -> None:
        """Send frames of any kind to everybody, as fast as they are taken."""
        for frame in frames:
            for socket in tuple(self._following):
                await _send(socket, frame)

    def _tell(self, socket: ServerConnection, event: dict[str, Any]) -> None:
        path = socket.request.path if socket.request else "/"
        frames = [json.dumps(event)]
        if path == "/garbage":
            frames = ["{not json", "[1]", b"\xff\xfe", '{"type":"order:created"}', *frames, "null"]
            frames.append('{"type":"weather:changed","payload":7}')
        elif path == "/duplicate":
            frames *= 2
        elif path == "/no-journal":
            frames = [json.dumps({key: event[key] for key in ("type", "payload")})]
        for frame in frames:
            broadcast([socket], frame)

    async def _before_handshake(
        self, connection: ServerConnection, request: Request
    ) -> Response | None:
        self.knocks.append(asyncio.get_running_loop().time())
        if self.path not in HTTP_ANSWERS or request.path == "/elsewhere":
            return None
        status, headers = HTTP_ANSWERS[self.path]
        return Response(status.value, status.phrase, Headers(headers))

    async def _talk(self, socket: ServerConnection) -> None:
        self.accepted += 1
        self._open.add(socket)
        self.most_open = max(self.most_open, len(self._open))
        try:
            await self._converse(socket)
        except ConnectionClosed:
            return
        finally:
            self._open.discard(socket)
            self._following.discard(socket)
            await socket.wait_closed()
            self.close_codes.append(socket.close_code)

    async def _converse(self, socket: ServerConnection) -> None:
        if self.path == "/accept-then-close":
            await socket.close()
            return
        await _send(socket, '{"type":"connected","auth_required":true}')
        token = json.loads(await socket.recv())["token"]
        if self.path == "/silent":
            await socket.wait_closed()
        elif self.path == "/close-4401":
            await socket.close(4401, "token expired")
        elif self.path == "/auth-failed" or token in self.refused_tokens:
            await _send(socket, '{"type":"auth:failed","error":"Authentication failed"}')
            await socket.close(1008, "Authentication failed")
        else:
            await self._serve(socket)

    async def _serve(self, socket: ServerConnection) -> None:
        self._following.add(socket)
        await _send(socket, json.dumps({"type": "auth:success"} | self._about_journal()))
        async with asyncio.TaskGroup() as tasks:
            heart = tasks.create_task(self._beat(socket))
            try:
                async for message in socket:
                    await self._answer(socket, json.loads(message))
            finally:
                heart.cancel()

    def _about_journal(self) -> dict[str, Any]:
        if self.path == "/no-journal":
            return {}
        return {
            "epoch": self.epoch,
            "head_seq": len(self._journal),
            "heartbeat_interval": self.heartbeat,
        }

    async def _answer(self, socket: ServerConnection, message: dict[str, Any]) -> None:
        self.received.append(message)
        if message["type"] == "ping":
            await _send(socket, '{"type":"pong"}')
        if message["type"] != "orders:sync" or self.path == "/no-sync":
            return
        if self.path == "/no-journal":
            await _send(socket, '{"type":"sync_complete","payload":{"status":"synced"}}')
            return
        wanted, head = message["payload"], len(self._journal)
        resumable = wanted.get("epoch") == self.epoch
        if resumable:
            for event in self._journal[wanted["since_seq"] :]:
                await _send(socket, json.dumps(event))
        payload = {
            "epoch": self.epoch,
            "seq": head,
            "status": "synced" if resumable else "snapshot_required",
        }
        await _send(socket, json.dumps({"type": "sync_complete", "payload": payload}))

    async def _beat(self, socket: ServerConnection) -> None:
        while self.path not in NO_HEARTBEAT:
            payload = {"epoch": self.epoch, "head_seq": len(self._journal)}
            await _send(socket, json.dumps({"type": "heartbeat", "payload": payload}))
            await asyncio.sleep(self.heartbeat)


async def _send(socket: ServerConnection, frame: str | bytes) -> None:
    try:
        await socket.send(frame)
    except ConnectionClosed:
        return  # the client went first
