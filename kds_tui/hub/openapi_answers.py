"""The shapes of the hub's answers, for its description: what a client may count on.

Orders are described by the structs that the hub itself keeps and sends. These here are written down
beside the code that answers, and held to it by tests that check every answer against them.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from msgspec import Meta, Struct

Moment = Annotated[str, Meta(pattern=r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$")]
"""ISO 8601 in UTC, with milliseconds."""

Count = Annotated[int, Meta(ge=0)]
Healthy = Literal["healthy"]


class Problem(Struct):
    """An error as most routes tell it."""

    message: str
    code: str
    statusCode: Annotated[int, Meta(ge=400, le=599)]
    timestamp: Moment


class EnvelopeA(Struct):
    """Most errors."""

    error: Problem


class EnvelopeB(Struct):
    """The CSRF pair, the limits, and bodies of the wrong shape."""

    error: str
    message: str = ""
    retryAfter: int = 0
    details: dict[str, Any] = {}


class Done(Struct):
    """It was done."""

    success: Literal[True]
    message: str = ""


class Status(Struct):
    """The hub is up."""

    status: Healthy
    timestamp: Moment
    uptime: float
    environment: str


class Alive(Struct):
    """The hub's process lives."""

    alive: Literal[True]


class Healthz(Struct):
    """The hub is up, for how many seconds, and which version it is."""

    ok: Literal[True]
    uptime: float
    version: str


class Health(Status):
    """The hub's health, and what it has beyond Restaurant OS."""

    version: str
    services: dict[str, Any]
    capabilities: list[str]


class Detailed(Struct):
    """The hub's health in figures."""

    status: Healthy
    checks: dict[str, dict[str, Any]]
    timestamp: Moment


class Memory(Struct):
    """What the hub holds; docs/protocol.md names each figure."""

    timestamp: Moment
    uptime: float
    rss_bytes: Count
    tasks: Count
    timers: Count
    threads: Count
    fds: Count
    sockets: Count
    connections: Count
    clients: Count
    queued_frames: Count
    deepest_queue: Count
    journal_pending: Count
    journal_rows: dict[str, int]
    limiter: dict[str, int]
    requests: dict[str, int]
    bad_requests: Count
    bad_frames: Count
    idle_cut: Count


class User(Struct):
    """Whom a token speaks for."""

    id: str
    email: str
    role: str
    scopes: list[str]


class Me(Struct):
    """Whom the request's token speaks for."""

    user: User
    restaurantId: str


class SignedIn(Me):
    """A new token."""

    token: str
    expiresIn: Count


class TokenListed(Struct):
    """A token that is out."""

    id: str
    role: str
    label: str
    address: str
    issued_at: Moment
    last_used_at: Moment
    expires_at: Moment
    connected: bool
    current: bool


class TokenList(Struct):
    """The tokens that are out."""

    tokens: list[TokenListed]


class Revoked(Struct):
    """How many tokens were taken back."""

    revoked: Count


class PublicFace(Struct):
    """What a client may know of the restaurant before it signs in."""

    id: str
    name: str
    tax_rate: float
    currency: str
    timezone: str
    default_tip_percentages: list[int]


class Category(Struct):
    """A page of the menu."""

    id: str
    name: str
    slug: str
    display_order: Count
    active: bool


class Choice(Struct):
    """A change that an item of the menu offers."""

    id: str
    name: str
    price: float


class Dish(Struct):
    """An item of the menu."""

    id: str
    menu_item_id: str
    category_id: str
    name: str
    description: str
    price: float
    active: bool
    available: bool
    dietary_flags: list[str]
    modifiers: list[Choice]
    aliases: list[str]
    prep_time_minutes: Count
    image_url: str | None
    station: str
    version: Count


class WholeMenu(Struct):
    """The menu."""

    categories: list[Category]
    items: list[Dish]


class TableSeen(Struct):
    """A table of the restaurant."""

    id: str
    restaurant_id: str
    label: str
    seats: Count
    status: str
    created_at: Moment
    updated_at: Moment


class VoiceItem(Struct):
    """A word that voice ordering listens for."""

    id: str
    name: str
    aliases: list[str]


class VoiceMenu(Struct):
    """The menu for voice ordering."""

    restaurant_id: str
    menu_items: list[VoiceItem]
    tax_rate: float
    modifier_rules: list[Any]
