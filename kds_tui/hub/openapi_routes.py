"""Every route of the hub, for its description. A test holds this table to the router."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any, Final

from kds_tui.hub import openapi_answers as answers
from kds_tui.hub.auth import CONSOLE_SCOPE
from kds_tui.hub.order_request import (
    AvailabilityAsked,
    CancelAsked,
    CommandAsked,
    ItemMarkAsked,
    LineChangeAsked,
    LinesAsked,
    NewPin,
    OrderAsked,
    PartAsked,
    PaymentAsked,
    PinAsked,
    RushAsked,
    StatusAsked,
)
from kds_tui.hub.order_row import OrderKept

JsonObject = dict[str, Any]

ANY_TOKEN: Final = ""
"""In place of a scope: every good token will do."""


@dataclass(frozen=True, slots=True)
class Operation:
    """One method of one path."""

    method: str
    path: str
    summary: str
    answer: Any
    """What a success answers: a struct or a list of them; None for a redirect."""

    scope: str | None = ANY_TOKEN
    """What its token must allow; None when it needs no token."""

    body: type | None = None
    status: int = 200
    errors: tuple[int, ...] = ()
    """Beyond those that every route has."""

    parameters: tuple[JsonObject, ...] = ()
    content: str = "application/json"
    """The media type of the answer."""

    csrf: bool = True
    """Whether a method that changes something needs the pair."""

    tags: tuple[str, ...] = field(default=())


def _query(name: str, schema: JsonObject, description: str) -> JsonObject:
    return {"name": name, "in": "query", "schema": schema, "description": description}


_MOMENT: Final = {"type": "string", "format": "date-time"}

_LIST: Final = (
    _query("status", {"type": "string"}, "One status or several, with commas."),
    _query("type", {"type": "string"}, "A kind of order."),
    _query("startDate", _MOMENT, "Created no earlier."),
    _query("endDate", _MOMENT, "Created no later."),
    _query(
        "limit", {"type": "integer", "minimum": 0, "maximum": 999_999_999}, "At most 1,000 count."
    ),
    _query("offset", {"type": "integer", "minimum": 0, "maximum": 999_999_999}, "For pages."),
)

ONCE: Final[JsonObject] = {
    "name": "Idempotency-Key",
    "in": "header",
    "schema": {"type": "string", "pattern": "^[!-~]{1,255}$"},
    "description": "The same request with the same key is carried out once, and answered alike.",
}

TERMINAL: Final[JsonObject] = {
    "name": "X-Terminal-ID",
    "in": "header",
    "schema": {"type": "string", "pattern": "^[!-~]{1,64}$"},
    "description": "Whose command it is: a terminal's own recall does not supersede its bump.",
}

_ORDER: Final = (404, 409, 422, 503)
"""What may go wrong with a change of an order."""


def _health(path: str, answer: type, summary: str) -> Operation:
    errors = (503,) if path == "/api/v1/health" else ()
    return Operation("GET", path, summary, answer, scope=None, errors=errors, tags=("health",))


def _change(
    method: str,
    path: str,
    summary: str,
    body: type | None = None,
    scope: str = "orders:status",
) -> Operation:
    return Operation(
        method,
        f"/api/v1/orders/{{id}}{path}",
        summary,
        OrderKept,
        scope=scope,
        body=body,
        errors=_ORDER,
        parameters=(ONCE,),
        tags=("orders",),
    )


_HEALTH: Final = (
    Operation("GET", "/health", "Moved", None, scope=None, status=301, tags=("health",)),
    Operation("GET", "/api/health", "Moved", None, scope=None, status=301, tags=("health",)),
    _health("/api/v1/", answers.Status, "The hub is up"),
    _health("/api/v1/status", answers.Status, "The hub is up"),
    _health("/api/v1/ready", answers.Status, "The hub is up"),
    _health("/api/v1/live", answers.Alive, "The process lives"),
    _health("/api/v1/healthz", answers.Healthz, "Up, for how long, which version"),
    _health("/api/v1/health", answers.Health, "Health and capabilities"),
    Operation(
        "GET",
        "/api/v1/health/detailed",
        "Health in figures; without a token on the hub's machine",
        answers.Detailed,
        errors=(503,),
        tags=("health",),
    ),
    Operation(
        "GET",
        "/api/v1/health/memory",
        "What the hub holds; without a token on the hub's machine",
        answers.Memory,
        errors=(503,),
        tags=("health",),
    ),
    Operation(
        "POST", "/api/v1/metrics", "Taken and dropped", answers.Done, csrf=False, tags=("health",)
    ),
    Operation(
        "POST",
        "/api/v1/analytics/performance",
        "Taken and dropped",
        answers.Done,
        csrf=False,
        tags=("health",),
    ),
    Operation(
        "GET",
        "/metrics",
        "Figures for Prometheus; without a token on the hub's machine",
        str,
        content="text/plain",
        tags=("health",),
    ),
    Operation("GET", "/api/v1/openapi.json", "This description", dict[str, Any], tags=("health",)),
)

_AUTH: Final = (
    Operation(
        "POST",
        "/api/v1/auth/pin-login",
        "A PIN becomes a token",
        answers.SignedIn,
        scope=None,
        body=PinAsked,
        errors=(401, 503),
        csrf=False,
        tags=("auth",),
    ),
    Operation("GET", "/api/v1/auth/me", "Whom the token speaks for", answers.Me, tags=("auth",)),
    Operation(
        "POST",
        "/api/v1/auth/logout",
        "The token is good for nothing from now on",
        answers.Done,
        scope=None,
        errors=(503,),
        tags=("auth",),
    ),
    Operation(
        "PUT",
        "/api/v1/auth/pin",
        "A new PIN; for the commands on the hub's machine",
        answers.Done,
        scope=CONSOLE_SCOPE,
        body=NewPin,
        errors=(503,),
        tags=("auth",),
    ),
    Operation(
        "GET",
        "/api/v1/auth/tokens",
        "The tokens that are out",
        answers.TokenList,
        scope="staff:manage",
        tags=("auth",),
    ),
    Operation(
        "DELETE",
        "/api/v1/auth/tokens",
        "Take all tokens back",
        answers.Revoked,
        scope="staff:manage",
        errors=(503,),
        tags=("auth",),
    ),
    Operation(
        "DELETE",
        "/api/v1/auth/tokens/{id}",
        "Take a token back",
        answers.Revoked,
        scope="staff:manage",
        errors=(404, 503),
        tags=("auth",),
    ),
)


def _command(path: str, summary: str, body: type = CommandAsked) -> Operation:
    asked = _change("POST", path, summary, body)
    return replace(asked, parameters=(*asked.parameters, TERMINAL))


def _menu(path: str, summary: str, answer: Any, errors: tuple[int, ...] = ()) -> Operation:
    return Operation(
        "GET",
        f"/api/v1{path}",
        summary,
        answer,
        scope="menu:read",
        errors=errors,
        tags=("menu",),
    )


_MENU: Final = (
    Operation(
        "GET",
        "/api/v1/restaurants/{id}/public",
        "Which restaurant this is; by id or short name",
        answers.PublicFace,
        scope=None,
        errors=(404,),
        tags=("menu",),
    ),
    _menu("/menu", "The menu", answers.WholeMenu),
    _menu("/menu/items", "All items", list[answers.Dish]),
    _menu("/menu/items/{id}", "One item, by its key or its UUID", answers.Dish, (404,)),
    Operation(
        "PUT",
        "/api/v1/menu/items/{id}/availability",
        "Put an item out of stock (86), or back",
        answers.Dish,
        scope="orders:status",
        body=AvailabilityAsked,
        errors=(404, 409, 422, 503),
        parameters=(ONCE,),
        tags=("menu",),
    ),
    _menu("/menu/categories", "All categories", list[answers.Category]),
    _menu("/tables", "All tables", list[answers.TableSeen]),
    _menu("/voice-config/menu", "The menu for voice ordering", answers.VoiceMenu),
)

_ORDERS: Final = (
    Operation(
        "GET",
        "/api/v1/orders",
        "Orders, newest first",
        list[OrderKept],
        scope="orders:read",
        errors=(503,),
        parameters=_LIST,
        tags=("orders",),
    ),
    Operation(
        "POST",
        "/api/v1/orders",
        "Place an order",
        OrderKept,
        scope="orders:create",
        body=OrderAsked,
        status=201,
        errors=(422, 503),
        parameters=(ONCE,),
        tags=("orders",),
    ),
    Operation(
        "GET",
        "/api/v1/orders/{id}",
        "One order",
        OrderKept,
        scope="orders:read",
        errors=(404, 503),
        tags=("orders",),
    ),
    _change("DELETE", "", "Cancel", CancelAsked),
    replace(
        _change("PATCH", "/status", "One legal step", StatusAsked), parameters=(ONCE, TERMINAL)
    ),
    _command("/bump", "Mark an order done, or lines of it", PartAsked),
    _command("/recall", "Bring a bumped order back, or lines of it", PartAsked),
    _command("/rush", "Bring an order to the front, or back", RushAsked),
    _command("/hold", "Leave an order, a course or lines uncooked until they are fired", PartAsked),
    _command("/fire", "Start a scheduled order, or what is held, now", PartAsked),
    _command("/items/{item_id}/bump", "Mark a line done, or not", ItemMarkAsked),
    _change("POST", "/items", "Add lines", LinesAsked, "orders:update"),
    _change("PATCH", "/items/{item_id}", "Change a line", LineChangeAsked, "orders:update"),
    _change("DELETE", "/items/{item_id}", "Take a line off", scope="orders:update"),
    _change("PATCH", "/payment", "Tell how the payment stands", PaymentAsked, "orders:update"),
)

OPERATIONS: Final = (*_HEALTH, *_AUTH, *_MENU, *_ORDERS)
