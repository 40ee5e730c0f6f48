"""Frames as servers really send them, and as ours write them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from kds_tui.core.digest import BoardDigest
from kds_tui.core.frames import (
    MAX_SEQ,
    AuthAccepted,
    AuthRefused,
    Content,
    Frame,
    Heartbeat,
    Ignored,
    MenuChanged,
    OrderRemoved,
    OrderStatusChanged,
    OrderUpserted,
    Pong,
    ServerError,
    SyncCompleted,
    Welcome,
    decode_frame,
    encode_auth,
    encode_ping,
    encode_sync,
    normal_type,
)
from kds_tui.core.order import OrderStatus
from kds_tui.core.wire import WireError

ROW = {"id": "o1", "order_number": "20261123-0042", "status": "preparing"}
NOON = "2026-11-23T12:00:00.000Z"
NOON_SECONDS = 1795435200.0


def read(frame: dict[str, Any]) -> Frame:
    return decode_frame(json.dumps(frame))


@pytest.mark.parametrize("name", ["order:created", "order.created", "order:updated"])
@pytest.mark.parametrize(
    "fields",
    [{"payload": {"order": ROW}}, {"payload": ROW}, {"order": ROW}],
    ids=["wrapped", "bare", "beside"],
)
def test_an_order_in_every_wrapping(name: str, fields: dict[str, Any]) -> None:
    content = read({"type": name, **fields}).content
    assert isinstance(content, OrderUpserted)
    assert (content.order.id, content.order.status) == ("o1", OrderStatus.PREPARING)
    assert content.created == ("created" in name)


@pytest.mark.parametrize(
    ("frame", "content"),
    [
        ({"type": "connected", "auth_required": True}, Welcome()),
        ({"type": "auth:success"}, AuthAccepted()),
        (
            {
                "type": "auth:success",
                "epoch": "e1",
                "head_seq": 7,
                "server_time": NOON,
                "heartbeat_interval": 2,
            },
            AuthAccepted("e1", 7, NOON_SECONDS, 2.0),
        ),
        (
            {"type": "auth:success", "epoch": 1, "head_seq": "7", "server_time": "soon"},
            AuthAccepted("1", None, None, None),
        ),
        ({"type": "auth:success", "heartbeat_interval": 0}, AuthAccepted()),
        ({"type": "auth:failed", "error": "No \u202etxet"}, AuthRefused("No txet")),
        ({"type": "auth:failed"}, AuthRefused("Authentication failed")),
        ({"type": "pong"}, Pong()),
        ({"type": "pong", "server_time": NOON}, Pong(NOON_SECONDS)),
        ({"type": "auth:success", "timestamp": NOON}, AuthAccepted(server_time=NOON_SECONDS)),
        ({"error": "Invalid message format"}, ServerError("Invalid message format")),
        ({"type": "error", "error": "no"}, ServerError("no")),
        ({"type": "error", "payload": {"message": "no", "type": "x"}}, ServerError("no")),
        ({"type": "sync_complete", "payload": {"status": "synced"}}, SyncCompleted()),
        ({"type": "sync_complete"}, SyncCompleted()),
        (
            {
                "type": "sync_complete",
                "payload": {"status": "snapshot_required", "epoch": "e1", "seq": 9},
            },
            SyncCompleted("e1", 9, snapshot_required=True),
        ),
        (
            {
                "type": "heartbeat",
                "payload": {"epoch": "e1", "head_seq": 3, "server_time": NOON},
            },
            Heartbeat("e1", 3, NOON_SECONDS),
        ),
        (
            {
                "type": "heartbeat",
                "payload": {"epoch": "e1", "head_seq": 3, "open_count": 2, "digest": "5cc8"},
            },
            Heartbeat("e1", 3, None, BoardDigest(2, "5cc8")),
        ),
        ({"type": "order:deleted", "payload": {"orderId": "o1"}}, OrderRemoved("o1")),
        ({"type": "order.deleted", "payload": {"id": "o1"}}, OrderRemoved("o1")),
        ({"type": "order:deleted", "payload": {"order_id": "o1"}}, OrderRemoved("o1")),
        ({"type": "order:deleted", "payload": {"order": ROW}}, OrderRemoved("o1")),
        (
            {"type": "order.status.changed", "payload": {"orderId": "o1", "status": "ready"}},
            OrderStatusChanged("o1", OrderStatus.READY),
        ),
        (
            {"type": "order:cancelled", "payload": {"orderId": "o1"}},
            OrderStatusChanged("o1", OrderStatus.CANCELLED),
        ),
        ({"type": "menu:updated", "payload": None}, MenuChanged()),
        ({"type": "menu.updated", "payload": {"item": {}}}, MenuChanged()),
        ({"type": "weather.changed", "payload": 7}, Ignored("weather:changed", known=False)),
    ],
)
def test_what_a_frame_says(frame: dict[str, Any], content: Content) -> None:
    assert read(frame).content == content
    assert decode_frame(json.dumps(frame).encode()).content == content


@pytest.mark.parametrize(
    ("sent", "read_as"),
    [
        (5, 5),
        (0, 0),
        (MAX_SEQ, MAX_SEQ),
        (MAX_SEQ + 1, None),
        (-1, None),
        (True, None),
        ("5", None),
        (1.5, None),
        (None, None),
    ],
)
def test_a_place_in_the_journal(sent: object, read_as: int | None) -> None:
    assert read({"type": "pong", "seq": sent}).seq == read_as


@pytest.mark.parametrize(
    "data",
    [
        "",
        "null",
        "7",
        "[]",
        "{",
        "{}",
        b"\xff\xfe",
        '{"type":"order:created"}',
        '{"type":"order:created","payload":{"order":{"status":"new"}}}',
        '{"type":"order:deleted","payload":{}}',
        '{"type":"heartbeat","payload":{"epoch":"e1"}}',
        '{"type":"x","a":' + "[" * 100_000 + "]" * 100_000 + "}",
    ],
)
def test_what_cannot_be_read_is_one_kind_of_error(data: str | bytes) -> None:
    with pytest.raises(WireError):
        decode_frame(data)


def test_an_error_does_not_quote_what_it_choked_on() -> None:
    with pytest.raises(WireError) as caught:
        decode_frame(b'{"type":"secret\xff"')
    assert "secret" not in str(caught.value)


@given(st.binary(max_size=200))
def test_no_bytes_raise_anything_else(data: bytes) -> None:
    try:
        decode_frame(data)
    except WireError:
        return


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
TYPES = st.sampled_from(
    [
        "order:created",
        "order.deleted",
        "order:status_changed",
        "auth:success",
        "auth:failed",
        "heartbeat",
        "sync_complete",
        "error",
        "connected",
        "pong",
        "?",
    ]
)


@given(TYPES, JSON, JSON, JSON, JSON)
def test_no_values_raise_anything_else(
    kind: str, payload: object, order: object, seq: object, error: object
) -> None:
    frame = {"type": kind, "payload": payload, "order": order, "seq": seq, "error": error}
    try:
        read(frame | {"epoch": seq, "head_seq": error, "server_time": payload})
    except WireError:
        return


@pytest.mark.parametrize(
    ("name", "normal"),
    [
        ("order.created", "order:created"),
        ("order.item.status.changed", "order:item_status_changed"),
        ("order:status_changed", "order:status_changed"),
        ("pong", "pong"),
    ],
)
def test_event_names_are_spelled_with_a_colon(name: str, normal: str) -> None:
    assert normal_type(name) == normal


def test_what_we_write() -> None:
    assert json.loads(encode_auth("t", "", NOON)) == {
        "type": "auth",
        "token": "t",
        "timestamp": NOON,
    }
    assert json.loads(encode_ping("r", NOON)) == {
        "type": "ping",
        "payload": {"timestamp": NOON},
        "timestamp": NOON,
        "restaurant_id": "r",
    }
    assert json.loads(encode_sync(None, None, "", NOON))["payload"] == {"request_full_sync": True}
    assert json.loads(encode_sync("e", 3, "", NOON))["payload"] == {
        "request_full_sync": False,
        "epoch": "e",
        "since_seq": 3,
    }
