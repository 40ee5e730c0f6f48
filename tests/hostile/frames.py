"""Bad frames: every field as every kind of value, and endless broken ones from a seed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from random import Random
from typing import Final

from kds_tui.core.wire_rows import ItemRow, ModifierRow, OrderRow
from tests.hostile.mutations import hostile_texts

VALUES: Final = (
    *("null", "true", "false", "0", "-1", "7", "1.5", "-0.0", "1e999", "-1e999", "1e-999"),
    *("NaN", "Infinity", "-Infinity", "1" + "0" * 400, "-1" + "0" * 5000, "0." + "3" * 5000),
    *("9223372036854775808", "18446744073709551616", "1.7976931348623157e308"),
    *('""', '" "', '"x"', '"0"', '"-1"', '"1e999"', '"NaN"', '"\\u0000"', '"\\ud800"'),
    *('"0001-01-01T00:00:00Z"', '"9999-12-31T23:59:59-14:00"', '"\\u001b]52;c;eA==\\u0007"'),
    *("[]", "{}", "[[]]", "[{}]", "[null]", '{"a":{"b":[1]}}', '["x",1,null,true,[],{}]'),
    *("[" * 200 + "]" * 200, '{"a":' * 200 + "1" + "}" * 200, json.dumps("x" * 100_000)),
)
"""JSON, or nearly, of every kind and size."""

_ITEM: Final = {"id": '"i1"', "name": '"Soup"', "quantity": "1", "modifiers": '["No onion"]'}
_TYPES: Final = (
    *("order:created", "order:updated", "order:deleted", "order:status_changed", "connected"),
    *("auth:success", "auth:failed", "heartbeat", "pong", "sync_complete", "error"),
    *("order.status.changed", "weather:changed", ""),
)
_KEYS: Final = (
    *("type", "payload", "order", "error", "seq", "epoch", "head_seq", "server_time"),
    *("heartbeat_interval", "id", "orderId", "status", "items", "notes", "message"),
)


def replaced_fields(value: str) -> Iterator[tuple[str, str]]:
    """Write orders, each with one field that is the value.

    Yields:
        The field, and the order as JSON.
    """
    whole = {"notes": '"allergy: peanuts"', "items": f"[{_object(_ITEM)}]"}
    for name in (*OrderRow.__struct_fields__, "no_such_field"):
        own = {**whole, name: value}
        yield name, _object({**own, "id": '"o1"'})
    for name in (*ItemRow.__struct_fields__, "no_such_field"):
        lines = f"[{_object({**_ITEM, name: value})},{_object(_ITEM)}]"
        yield f"items.{name}", _object({**whole, "id": '"o1"', "items": lines})
    for name in (*ModifierRow.__struct_fields__, "no_such_field"):
        changed = _object({"name": '"No onion"', name: value})
        lines = f"[{_object({**_ITEM, 'modifiers': f'[{changed}]'})},{_object(_ITEM)}]"
        yield f"items.modifiers.{name}", _object({**whole, "id": '"o1"', "items": lines})


def frames(seed: int) -> Iterator[bytes]:
    """Make bad frames without end; the same ones for the same seed."""
    chance = Random(seed)
    texts = hostile_texts(seed)
    while True:
        frame = _object(
            {
                "type": json.dumps(chance.choice(_TYPES)),
                **{name: _value(chance, texts, 3) for name in chance.sample(_KEYS, 4)},
            }
        ).encode("utf-8", "replace")
        yield _break(chance, frame) if chance.random() < 0.5 else frame


def _value(chance: Random, texts: Iterator[str], depth: int) -> str:
    match chance.randrange(6):
        case 0 | 1:
            return chance.choice(VALUES)
        case 2:
            return json.dumps(next(texts))
        case 3 if depth:
            inner = [_value(chance, texts, depth - 1) for _ in range(chance.randint(0, 3))]
            return f"[{','.join(inner)}]"
        case _ if depth:
            names = chance.sample(_KEYS, chance.randint(0, 4))
            return _object({name: _value(chance, texts, depth - 1) for name in names})
        case _:
            return '"o1"'


def _break(chance: Random, frame: bytes) -> bytes:
    at = chance.randrange(len(frame) + 1)
    match chance.randrange(5):
        case 0:
            return frame[:at]
        case 1:
            return frame[:at] + chance.randbytes(chance.randint(1, 4)) + frame[at:]
        case 2:
            return frame[:at] + frame[at + 1 :]
        case 3:
            return chance.randbytes(chance.randint(0, 60))
        case _:
            return frame[at:] + frame[:at]


def _object(fields: dict[str, str]) -> str:
    return "{" + ",".join(f'"{name}":{value}' for name, value in fields.items()) + "}"
