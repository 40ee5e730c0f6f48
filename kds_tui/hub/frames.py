"""Websocket frames as the hub reads and writes them. docs/protocol.md shows each."""

from __future__ import annotations

from typing import Final

import msgspec
from msgspec import Struct

from kds_tui.core.digest import BoardDigest


class FrameIn(Struct):
    """What a client sent; fields that its type does not have stay empty."""

    type: str = ""
    token: str = ""
    restaurant_id: str | None = None
    payload: msgspec.Raw = msgspec.Raw()


class SyncAsked(Struct):
    """The payload of `orders:sync`: a cursor, or none."""

    epoch: str | None = None
    since_seq: int | None = None


class UnreadableFrame(Exception):
    """Not JSON, or not an object of the right shape."""


_frame_decoder: Final = msgspec.json.Decoder(FrameIn)
_sync_decoder: Final = msgspec.json.Decoder(SyncAsked)

INVALID_FORMAT: Final = b'{"error":"Invalid message format"}'
"""Likewise to what it cannot read: without a type."""


def decode_frame(data: str | bytes) -> FrameIn:
    """Read a frame.

    Raises:
        UnreadableFrame: it cannot be read.
    """
    try:
        return _frame_decoder.decode(data)
    except (msgspec.DecodeError, UnicodeError, RecursionError) as error:
        raise UnreadableFrame from error


def decode_sync(payload: msgspec.Raw) -> SyncAsked:
    """Read the payload of `orders:sync`; one that cannot be read holds no cursor."""
    try:
        return _sync_decoder.decode(payload)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return SyncAsked()


def connected(timestamp: str) -> bytes:
    """Greet a client that has not shown its token."""
    return _encode({"type": "connected", "timestamp": timestamp, "auth_required": True})


def auth_success(epoch: str, head_seq: int, heartbeat_interval: float, timestamp: str) -> bytes:
    """Accept a client, and tell it where the journal stands."""
    return _encode(
        {
            "type": "auth:success",
            "timestamp": timestamp,
            "epoch": epoch,
            "head_seq": head_seq,
            "server_time": timestamp,
            "heartbeat_interval": heartbeat_interval,
        }
    )


def auth_failed(timestamp: str) -> bytes:
    """Refuse a token; the reason is in the hub's log, not for a stranger."""
    return _encode(
        {"type": "auth:failed", "error": "Authentication failed", "timestamp": timestamp}
    )


def auth_required(timestamp: str) -> bytes:
    """Tell a client that it should have shown its token."""
    return _encode({"type": "error", "error": "Authentication required", "timestamp": timestamp})


def pong(timestamp: str) -> bytes:
    """Answer a ping, and tell what time it is; Restaurant OS answers with the type alone."""
    return _encode({"type": "pong", "server_time": timestamp})


def unknown_type(name: str, timestamp: str) -> bytes:
    """Tell a client that it sent a type that nobody knows."""
    payload = {"message": "Unknown message type", "type": name[:80]}
    return _encode({"type": "error", "payload": payload, "timestamp": timestamp})


def order_event(name: str, row: bytes, seq: int, timestamp: str) -> bytes:
    """Broadcast an order as it now is.

    Args:
        name: `order:created` or `order:updated`.
        row: the order's row as JSON; put in as it is.
        seq: the event's place in the journal.
        timestamp: ISO 8601.
    """
    return _encode(
        {
            "type": name,
            "payload": {"order": msgspec.Raw(row)},
            "timestamp": timestamp,
            "seq": seq,
        }
    )


def menu_event(item: object, seq: int, timestamp: str) -> bytes:
    """Broadcast an item of the menu as it now is.

    Args:
        item: as the menu routes tell it.
        seq: the event's place in the journal.
        timestamp: ISO 8601.
    """
    payload = {"item": item}
    return _encode({"type": "menu:updated", "payload": payload, "timestamp": timestamp, "seq": seq})


def sync_complete(status: str, epoch: str, seq: int, timestamp: str) -> bytes:
    """End a synchronisation.

    Args:
        status: `synced`, or `snapshot_required` when the orders must be listed.
        epoch: the journal's life.
        seq: the last event that is known to the client, or is in what it will list.
        timestamp: ISO 8601.
    """
    payload = {"status": status, "epoch": epoch, "seq": seq}
    return _encode({"type": "sync_complete", "payload": payload, "timestamp": timestamp})


def heartbeat(epoch: str, head_seq: int, board: BoardDigest, timestamp: str) -> bytes:
    """Tell where the journal stands, what is open there, and what time it is.

    Args:
        epoch: the journal's life.
        head_seq: the last event sent.
        board: the open orders after that event.
        timestamp: ISO 8601.
    """
    payload = {
        "epoch": epoch,
        "head_seq": head_seq,
        "server_time": timestamp,
        "open_count": board.open_count,
        "digest": board.digest,
    }
    return _encode({"type": "heartbeat", "payload": payload, "timestamp": timestamp})


def websocket_frame(message: bytes) -> bytes:
    """Frame a text message as a server sends it: whole, not masked (RFC 6455, 5.2).

    Args:
        message: as UTF-8.

    Returns:
        The bytes that go to the connection; the same for every client.
    """
    size = len(message)
    if size < 126:
        return bytes((0x81, size)) + message
    if size < 1 << 16:
        return b"\x81\x7e" + size.to_bytes(2, "big") + message
    return b"\x81\x7f" + size.to_bytes(8, "big") + message


def _encode(frame: dict[str, object]) -> bytes:
    return msgspec.json.encode(frame)
