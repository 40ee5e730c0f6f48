"""Websocket frames of the Restaurant OS protocol, as a display reads and writes them.

Dotted event names are read like colon ones. What our hub adds (`seq` on every broadcast; `epoch`,
`head_seq`, `server_time` and `heartbeat_interval` in `auth:success`; `heartbeat`; `server_time` in
`pong`; `epoch`, `seq` and a status in `sync_complete`) is optional everywhere: a Restaurant OS
server sends none of it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import msgspec
from msgspec import Raw, Struct

from kds_tui.core.clock import parse_time
from kds_tui.core.digest import BoardDigest
from kds_tui.core.json_text import read_json
from kds_tui.core.order import Order, OrderStatus
from kds_tui.core.text import NOTE_LIMIT
from kds_tui.core.wire import WireError, decode_order, status_of, text_of
from kds_tui.core.wire_rows import Loose

MAX_SEQ: Final = 2**53
"""Largest sequence number that every JSON reader keeps exact."""


@dataclass(frozen=True, slots=True)
class Welcome:
    """`connected`: the server is there and waits for the token."""


@dataclass(frozen=True, slots=True)
class AuthAccepted:
    """`auth:success`; the fields are None when the server has no journal."""

    epoch: str | None = None
    """Which life of the server's journal its sequence numbers belong to."""

    head_seq: int | None = None
    server_time: float | None = None
    """Seconds since the epoch (UTC)."""

    heartbeat_interval: float | None = None
    """Seconds between the heartbeats that the server promises."""


@dataclass(frozen=True, slots=True)
class AuthRefused:
    """`auth:failed`, or an error before authentication: the token is not good."""

    reason: str


@dataclass(frozen=True, slots=True)
class OrderUpserted:
    """`order:created` or `order:updated`: the whole order as it now is."""

    order: Order
    created: bool


@dataclass(frozen=True, slots=True)
class OrderRemoved:
    """`order:deleted`: the order is gone."""

    order_id: str


@dataclass(frozen=True, slots=True)
class OrderStatusChanged:
    """`order:status_changed`: a status without the rest of the order."""

    order_id: str
    status: OrderStatus


@dataclass(frozen=True, slots=True)
class MenuChanged:
    """`menu:updated`: an item was put out of stock or back, or else the menu is not as it was."""


@dataclass(frozen=True, slots=True)
class Heartbeat:
    """`heartbeat`: the server's clock and the last sequence number that it gave."""

    epoch: str
    head_seq: int
    server_time: float | None
    board: BoardDigest | None = None
    """Of the orders that are open after the event of that number."""


@dataclass(frozen=True, slots=True)
class Pong:
    """`pong`: the answer to our ping."""

    server_time: float | None = None
    """Seconds since the epoch (UTC); Restaurant OS does not tell it."""


@dataclass(frozen=True, slots=True)
class SyncCompleted:
    """`sync_complete`: what was asked for has been sent."""

    epoch: str | None = None
    seq: int | None = None
    snapshot_required: bool = False
    """The missed events are not there any more: the orders must be listed."""


@dataclass(frozen=True, slots=True)
class ServerError:
    """`error` in either of its shapes, after authentication."""

    message: str


@dataclass(frozen=True, slots=True)
class Ignored:
    """A frame of a type that a kitchen has no use for."""

    type: str
    known: bool


Content = (
    Welcome
    | AuthAccepted
    | AuthRefused
    | OrderUpserted
    | OrderRemoved
    | OrderStatusChanged
    | MenuChanged
    | Heartbeat
    | Pong
    | SyncCompleted
    | ServerError
    | Ignored
)
"""What a frame says."""

BoardEvent = OrderUpserted | OrderRemoved | OrderStatusChanged
"""What changes the board."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame read: what it says, and its place in the server's journal if it has one."""

    content: Content
    seq: int | None = None


class _Envelope(Struct):
    type: str | None = None
    payload: Raw = Raw()
    order: Raw = Raw()
    error: Loose = None
    seq: Loose = None
    epoch: Loose = None
    head_seq: Loose = None
    server_time: Loose = None
    timestamp: Loose = None
    heartbeat_interval: Loose = None


class _Payload(Struct):
    order: Raw = Raw()
    id: Loose = None
    orderId: Loose = None
    order_id: Loose = None
    status: Loose = None
    message: Loose = None
    epoch: Loose = None
    seq: Loose = None
    head_seq: Loose = None
    server_time: Loose = None
    open_count: Loose = None
    digest: Loose = None


_envelope_decoder: Final = msgspec.json.Decoder(_Envelope)
_payload_decoder: Final = msgspec.json.Decoder(_Payload)

_KNOWN_BUT_UNUSED: Final = frozenset(
    {
        "order:item_status_changed",
        "table:status_updated",
        "table:updated",
        "table:status_changed",
        "notification",
    }
)


def normal_type(name: str) -> str:
    """Spell an event name with a colon: `order.status.changed` is `order:status_changed`.

    Args:
        name: as sent.

    Returns:
        The first dot as a colon, later ones as underscores; a name with a colon as it is.
    """
    if ":" in name or "." not in name:
        return name
    group, _, event = name.partition(".")
    return f"{group}:{event.replace('.', '_')}"


def decode_frame(data: str | bytes) -> Frame:
    """Read one frame.

    Args:
        data: JSON, from a text or a binary frame.

    Returns:
        What it says. A type that nobody knows is not an error but `Ignored(known=False)`.

    Raises:
        WireError: not JSON, not an object, or a known type whose content cannot be read.
    """
    return read_json(data, _frame)


def _frame(data: str | bytes | Raw) -> Frame:
    envelope = _envelope_decoder.decode(data)
    return Frame(_content(envelope), _seq(envelope.seq))


def _content(envelope: _Envelope) -> Content:  # noqa: PLR0912 - one table, a row a type
    if envelope.type is None:
        if envelope.error is not None:
            return ServerError(text_of(envelope.error, NOTE_LIMIT))
        raise WireError("a frame without a type")
    name = normal_type(envelope.type)
    match name:
        case "order:created" | "order:updated":
            return OrderUpserted(_order(envelope), created=name == "order:created")
        case "order:deleted":
            return OrderRemoved(_order_id(envelope))
        case "order:status_changed":
            status = _payload(envelope).status
            return OrderStatusChanged(_order_id(envelope), status_of(status))
        case "menu:updated":
            return MenuChanged()
        case "order:cancelled":
            return OrderStatusChanged(_order_id(envelope), OrderStatus.CANCELLED)
        case "connected":
            return Welcome()
        case "auth:success":
            return AuthAccepted(
                epoch=text_of(envelope.epoch) or None,
                head_seq=_seq(envelope.head_seq),
                # Restaurant OS tells its time here and nowhere else.
                server_time=_time(envelope.server_time) or _time(envelope.timestamp),
                heartbeat_interval=_interval(envelope.heartbeat_interval),
            )
        case "auth:failed":
            return AuthRefused(text_of(envelope.error, NOTE_LIMIT) or "Authentication failed")
        case "heartbeat":
            return _heartbeat(_payload(envelope))
        case "pong":
            return Pong(_time(envelope.server_time))
        case "sync_complete":
            payload = _payload(envelope)
            return SyncCompleted(
                epoch=text_of(payload.epoch) or None,
                seq=_seq(payload.seq),
                snapshot_required=payload.status == "snapshot_required",
            )
        case "error":
            message = _payload(envelope).message if envelope.error is None else envelope.error
            return ServerError(text_of(message, NOTE_LIMIT))
        case _:
            return Ignored(text_of(name), known=name in _KNOWN_BUT_UNUSED)


def _payload(envelope: _Envelope) -> _Payload:
    return _payload_decoder.decode(envelope.payload) if envelope.payload else _Payload()


def _order(envelope: _Envelope) -> Order:
    if envelope.order:
        return decode_order(envelope.order)
    wrapped = _payload(envelope).order
    return decode_order(wrapped or envelope.payload)


def _order_id(envelope: _Envelope) -> str:
    payload = _payload(envelope)
    for value in (payload.orderId, payload.order_id, payload.id):
        if order_id := text_of(value):
            return order_id
    if payload.order:
        return decode_order(payload.order).id
    raise WireError("an order event without an order id")


def _heartbeat(payload: _Payload) -> Heartbeat:
    epoch, head_seq = text_of(payload.epoch), _seq(payload.head_seq)
    if not epoch or head_seq is None:
        raise WireError("a heartbeat without epoch or head_seq")
    return Heartbeat(epoch, head_seq, _time(payload.server_time), _board(payload))


def _board(payload: _Payload) -> BoardDigest | None:
    open_count, digest = _seq(payload.open_count), text_of(payload.digest)
    return BoardDigest(open_count, digest) if open_count is not None and digest else None


def _seq(value: Loose) -> int | None:
    if isinstance(value, int) and not isinstance(value, bool) and 0 <= value <= MAX_SEQ:
        return value
    return None


def _time(value: Loose) -> float | None:
    return parse_time(value) if isinstance(value, str) else None


def _interval(value: Loose) -> float | None:
    if isinstance(value, int | float) and not isinstance(value, bool) and 0.1 <= value <= 3600:
        return float(value)
    return None


def encode_auth(token: str, restaurant_id: str, timestamp: str) -> str:
    """Write the first frame of a connection; the token goes nowhere else.

    Args:
        token: the JSON web token.
        restaurant_id: a UUID; empty lets the server take the token's.
        timestamp: ISO 8601.

    Returns:
        The frame as text.
    """
    fields = {"type": "auth", "token": token, "timestamp": timestamp}
    if restaurant_id:
        fields["restaurant_id"] = restaurant_id
    return msgspec.json.encode(fields).decode()


def encode_ping(restaurant_id: str, timestamp: str) -> str:
    """Write the application's own ping, which Restaurant OS answers with `pong`.

    Args:
        restaurant_id: a UUID, or empty.
        timestamp: ISO 8601.

    Returns:
        The frame as text.
    """
    return _encode("ping", {"timestamp": timestamp}, restaurant_id, timestamp)


def encode_sync(
    epoch: str | None, since_seq: int | None, restaurant_id: str, timestamp: str
) -> str:
    """Write the request for what was missed.

    Args:
        epoch: the journal that the cursor belongs to; None without a cursor.
        since_seq: the last sequence number applied; None without a cursor.
        restaurant_id: a UUID, or empty.
        timestamp: ISO 8601.

    Returns:
        The frame as text; a Restaurant OS server reads only `request_full_sync`.
    """
    payload: dict[str, object] = {"request_full_sync": since_seq is None}
    if epoch is not None and since_seq is not None:
        payload |= {"epoch": epoch, "since_seq": since_seq}
    return _encode("orders:sync", payload, restaurant_id, timestamp)


def _encode(name: str, payload: dict[str, object], restaurant_id: str, timestamp: str) -> str:
    fields: dict[str, object] = {"type": name, "payload": payload, "timestamp": timestamp}
    if restaurant_id:
        fields["restaurant_id"] = restaurant_id
    return msgspec.json.encode(fields).decode()
