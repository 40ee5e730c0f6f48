"""A double of the real Restaurant OS server, with its faults: the client must live with each.

What it gets wrong is what the real one was measured to get wrong: fields in snake_case dropped, a
masked 500 for an illegal step and for a race, 50 rows by default, no filter by several statuses, a
stale cookie preferred to a good token, another restaurant's id accepted on the websocket,
`sync_complete` without orders, no sequence numbers. On top of that come faults on demand.
"""

from __future__ import annotations

import asyncio
import itertools
import json
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any, Self
from uuid import UUID, uuid4

import jwt
from aiohttp import WSMsgType, web

from kds_tui.core.order import LEGAL_STEPS, OrderStatus

RESTAURANT_ID = "11111111-1111-4111-8111-111111111111"
SECRET = "a secret of the double, long enough for HS256"
PIN = "2468"

MENU_CATEGORIES = [{"id": "c1", "name": "Soups", "slug": "soups", "active": True}]
MENU_ITEMS = [
    {"id": "m1", "menu_item_id": str(uuid4()), "category_id": "c1", "name": "Soup", "price": 5},
    {"id": "m2", "menu_item_id": str(uuid4()), "category_id": "c1", "name": "Bisque", "price": 7,
     "available": False},
]  # fmt: skip
"""It shows what is sold out, and has no route for a cook to say so."""

Hook = Callable[[web.Request], Awaitable[None]]


def make_token(*, role: str = "kitchen", restaurant_id: str = RESTAURANT_ID, **claims: Any) -> str:
    known = {"sub": "u1", "role": role, "restaurant_id": restaurant_id, "auth_method": "pin"}
    return jwt.encode({**known, "exp": 4_000_000_000, **claims}, SECRET, "HS256")


class RestaurantOS:
    """The double. `async with RestaurantOS() as server:` serves it on a free port of loopback."""

    def __init__(self) -> None:
        self.orders: dict[str, dict[str, Any]] = {}
        self.requests: list[tuple[str, str]] = []
        self.idempotency_keys: list[str] = []
        self.sockets: set[web.WebSocketResponse] = set()
        self.before: Hook | None = None
        """Called before each request is served: a test changes orders here, or waits."""
        self.fail_next: list[web.Response] = []
        """Answers given instead of serving the next requests."""
        self.lose_answers = 0
        """How many of the next changes are made without the answer getting through."""
        self.stale_rows: dict[str, dict[str, Any]] | None = None
        """What reading answers instead of the truth, as a lagging replica does."""
        self._numbers = itertools.count(1)
        self._wrong_pins = 0
        self._runner: web.AppRunner | None = None
        self.url = ""

    async def __aenter__(self) -> Self:
        app = web.Application(middlewares=[self._faults, self._csrf, self._auth])
        app.add_routes(
            [
                web.get("/api/v1/health", self._health),
                web.get("/api/v1/restaurants/{name}/public", self._restaurant),
                web.post("/api/v1/auth/pin-login", self._pin_login),
                web.get("/api/v1/menu", self._menu),
                web.get("/api/v1/orders", self._list),
                web.post("/api/v1/orders", self._create),
                web.get("/api/v1/orders/{id}", self._get),
                web.patch("/api/v1/orders/{id}/status", self._patch),
                web.get("/{any:.*}", self._websocket_or_404),
                web.route("*", "/{any:.*}", self._html_404),
            ]
        )
        # No waiting for handlers at the end: a test may leave one hanging on purpose.
        self._runner = web.AppRunner(app, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(self, *_: object) -> None:
        for socket in list(self.sockets):
            await socket.close(code=1001, message=b"Server shutting down")
        assert self._runner is not None
        await self._runner.cleanup()

    # What a test does to it

    def add(self, status: str | None = "pending", **fields: Any) -> str:
        """Put an order in, newest of all."""
        number = next(self._numbers)
        now = _timestamp(number)
        row = {
            "id": str(uuid4()),
            "restaurant_id": RESTAURANT_ID,
            "order_number": f"20261123-{number:04d}",
            "type": "online",
            "status": status,
            "items": [
                {"id": "i1", "menu_item_id": "m1", "name": "Soup", "quantity": 1, "price": 5}
            ],
            "notes": None,
            "customer_name": None,
            "table_number": None,
            "seat_number": None,
            "metadata": {},
            "created_at": now,
            "updated_at": now,
            "is_scheduled": False,
            "version": 1,
            **fields,
        }
        self.orders[row["id"]] = row
        return row["id"]

    def force(self, order_id: str, status: str) -> None:
        """Set a status as another terminal would have, step by step."""
        row = self.orders[order_id]
        row.update(status=status, version=row["version"] + 1)

    def fail(self, times: int, status: int = 500, **kwargs: Any) -> None:
        """Answer the next requests with an error, by default the masked 500."""
        kwargs = kwargs or {"body": _envelope("Internal server error", status)}
        kwargs.setdefault("content_type", "text/plain" if "text" in kwargs else "application/json")
        self.fail_next += [web.Response(status=status, **kwargs) for _ in range(times)]

    async def broadcast(self, kind: str, row: dict[str, Any]) -> None:
        """Tell all sockets, whatever restaurant they gave: without a sequence number."""
        frame = {"type": kind, "payload": {"order": row}, "timestamp": _now()}
        for socket in list(self.sockets):
            await socket.send_json(frame)

    # What stands before every route

    @web.middleware
    async def _faults(self, request: web.Request, handler: Any) -> web.StreamResponse:
        self.requests.append((request.method, request.path))
        if self.before is not None:
            await self.before(request)
        if self.fail_next:
            return self.fail_next.pop(0)
        response = await handler(request)
        if request.method != "GET" and self.lose_answers:
            self.lose_answers -= 1
            assert request.transport is not None
            request.transport.abort()
        return response

    @web.middleware
    async def _csrf(self, request: web.Request, handler: Any) -> web.StreamResponse:
        exempt = request.path.startswith("/api/v1/auth/pin-login")
        if request.method not in ("GET", "HEAD", "OPTIONS") and not exempt:
            cookie = request.cookies.get("csrf_token")
            header = request.headers.get("X-CSRF-Token")
            if not cookie or not header:
                return web.json_response({"error": "CSRF token required"}, status=403)
            if cookie != header:
                return web.json_response({"error": "CSRF token invalid"}, status=403)
        return await handler(request)

    @web.middleware
    async def _auth(self, request: web.Request, handler: Any) -> web.StreamResponse:
        if request.path.startswith("/api/v1/orders"):
            # The cookie wins, however stale it is.
            bearer = request.headers.get("Authorization", "").removeprefix("Bearer ")
            token = request.cookies.get("auth_token") or bearer
            if reason := _token_fault(token):
                return _error(reason, 401)
        return await handler(request)

    # Routes

    async def _health(self, _: web.Request) -> web.Response:
        return web.json_response({"status": "healthy", "version": "6.0", "services": {}})

    async def _restaurant(self, request: web.Request) -> web.Response:
        if request.match_info["name"] not in ("grow", RESTAURANT_ID):
            return _error("Restaurant not found", 404)
        return web.json_response({"id": RESTAURANT_ID, "name": "Grow", "tax_rate": 0.08})

    async def _pin_login(self, request: web.Request) -> web.Response:
        body = await request.json()
        if not body.get("pin") or not body.get("restaurantId"):
            return _error("PIN and restaurant ID are required", 400)
        if self._wrong_pins >= 3:
            told = {"error": "Too many PIN attempts", "message": "Wait.", "retryAfter": 300}
            return web.json_response(told, status=429)
        if body.get("pin") != PIN or body.get("restaurantId") != RESTAURANT_ID:
            self._wrong_pins += 1
            return _error("Invalid PIN", 401)
        answer = {"user": {"id": "u1", "role": "kitchen"}, "token": make_token()}
        response = web.json_response({**answer, "expiresIn": 43200, "restaurantId": RESTAURANT_ID})
        # A client that keeps this one is lost once it is stale.
        response.set_cookie("auth_token", "stale", httponly=True)
        return response

    async def _menu(self, _: web.Request) -> web.Response:
        return web.json_response({"categories": MENU_CATEGORIES, "items": MENU_ITEMS})

    async def _list(self, request: web.Request) -> web.Response:
        rows = sorted(self._readable().values(), key=lambda row: row["created_at"], reverse=True)
        status = request.query.get("status")
        if status is not None:  # one status only; "a,b" is the name of none
            rows = [row for row in rows if row["status"] == status]
        limit, offset = int(request.query.get("limit", 50)), int(request.query.get("offset", 0))
        return web.json_response(rows[offset : offset + limit])

    async def _get(self, request: web.Request) -> web.Response:
        row = self._readable().get(request.match_info["id"])
        return _error("Order not found", 404) if row is None else web.json_response(row)

    def _readable(self) -> dict[str, dict[str, Any]]:
        return self.orders if self.stale_rows is None else self.stale_rows

    async def _create(self, request: web.Request) -> web.Response:
        body = await request.json()
        order_id = self.add(
            "pending",
            items=body["items"],
            notes=body.get("notes"),
            # Validated in both spellings, stored from one.
            customer_name=body.get("customerName"),
            table_number=body.get("tableNumber"),
            seat_number=body.get("seatNumber"),
        )
        await self.broadcast("order:created", self.orders[order_id])
        return web.json_response(self.orders[order_id], status=201)

    async def _patch(self, request: web.Request) -> web.Response:
        if key := request.headers.get("Idempotency-Key"):  # read by nobody there
            self.idempotency_keys.append(key)
        row = self.orders.get(request.match_info["id"])
        if row is None:
            return _error("Order not found", 404)
        status = (await request.json()).get("status")
        if not status:
            return _error("Status is required", 400)
        legal = LEGAL_STEPS[OrderStatus(row["status"] or "new")]
        if status not in legal:
            return _error("Internal server error", 500)
        row.update(status=status, version=row["version"] + 1, updated_at=_now())
        await self.broadcast("order:updated", row)
        return web.json_response(row)

    async def _html_404(self, _: web.Request) -> web.Response:
        return _not_found()

    async def _websocket_or_404(self, request: web.Request) -> web.StreamResponse:
        if request.headers.get("Upgrade", "").lower() != "websocket":
            return _not_found()
        socket = web.WebSocketResponse()
        await socket.prepare(request)
        hello = {"type": "connected", "timestamp": _now(), "auth_required": True}
        await socket.send_json(hello)
        try:
            async for message in socket:
                if message.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                    await self._receive(socket, message.data)
        finally:
            self.sockets.discard(socket)
        return socket

    async def _receive(self, socket: web.WebSocketResponse, data: str | bytes) -> None:
        try:
            frame = json.loads(data)
            kind = frame["type"]
        except (ValueError, TypeError, KeyError):
            await socket.send_json({"error": "Invalid message format"})
            return
        if socket not in self.sockets:
            await self._authenticate(socket, frame)
        elif kind == "ping":
            await socket.send_json({"type": "pong"})
        elif kind == "orders:sync":
            done = {"type": "sync_complete", "payload": {"status": "synced"}, "timestamp": _now()}
            await socket.send_json(done)
        elif kind not in ("order:update_status", "order:update_item_status"):
            payload = {"message": "Unknown message type", "type": kind}
            await socket.send_json({"type": "error", "payload": payload, "timestamp": _now()})

    async def _authenticate(self, socket: web.WebSocketResponse, frame: dict[str, Any]) -> None:
        token = frame.get("token")
        if frame["type"] != "auth" or not token:
            reason = "Authentication required"
            await socket.send_json({"type": "error", "error": reason, "timestamp": _now()})
        # A restaurant other than the token's is fine with it, as long as it is a UUID.
        elif _token_fault(token) or not _is_uuid(frame.get("restaurant_id", RESTAURANT_ID)):
            reason = "Authentication failed"
            await socket.send_json({"type": "auth:failed", "error": reason, "timestamp": _now()})
        else:
            self.sockets.add(socket)
            await socket.send_json({"type": "auth:success", "timestamp": _now()})
            return
        await socket.close(code=1008, message=reason.encode())


class Gate:
    """Holds requests of one method back until it is opened; tells when one has arrived."""

    def __init__(self, method: str) -> None:
        self._method = method
        self.arrived = asyncio.Event()
        self.open = asyncio.Event()

    async def __call__(self, request: web.Request) -> None:
        if request.method == self._method:
            self.arrived.set()
            await self.open.wait()


def _token_fault(token: str) -> str:
    if not token:
        return "No token provided"
    try:
        claims = jwt.decode(token, SECRET, ["HS256"])
    except jwt.ExpiredSignatureError:
        return "Token expired"
    except jwt.PyJWTError:
        return "Invalid token"
    lost = "Token missing restaurant context in strict auth mode"
    return "" if claims.get("restaurant_id") else lost


def _is_uuid(text: object) -> bool:
    try:
        UUID(str(text))
    except ValueError:
        return False
    return True


def _envelope(message: str, status: int) -> bytes:
    told = {"message": message, "statusCode": status, "timestamp": _now()}
    return json.dumps({"error": told}).encode()


def _error(message: str, status: int) -> web.Response:
    body = _envelope(message, status)
    return web.Response(status=status, body=body, content_type="application/json")


def _not_found() -> web.Response:
    return web.Response(
        status=404, text="<html><pre>Cannot GET it</pre></html>", content_type="text/html"
    )


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")


def _timestamp(number: int) -> str:
    return datetime.fromtimestamp(1_795_000_000 + number, UTC).isoformat(timespec="milliseconds")
