"""No token, PIN, password or key comes through redaction, and ordinary text does."""

from __future__ import annotations

import json

import jwt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voice_tui.redaction import redact, redact_value

JWT = jwt.encode({"sub": "terminal"}, "k" * 32)


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (f"sent {JWT} now", "sent *** now"),
        ("Authorization: Bearer abc.def-1", "Authorization: Bearer ***"),
        ("GET /ws?token=abc123&x=1", "GET /ws?token=***&x=1"),
        ('{"type":"auth","token":"abc123","n":1}', '{"type":"auth","token":"***","n":1}'),
        ("{'access_token': 'abc123'}", "{'access_token': '***'}"),
        (r'"{\"token\": \"abc123\"}"', r'"{\"token\": \"***\"}"'),
        ("X-CSRF-Token: abc123", "X-CSRF-Token: ***"),
        ("login with pin=4711, again", "login with pin=***, again"),
        ('{"pin": 4711}', '{"pin": ***}'),
        ("password=hunter2", "password=***"),
        ("via http://me:hunter2@proxy:80/", "via http://me:***@proxy:80/"),
        ("key sk-proj-abcdefghijklmnop0123", "key ***"),
    ],
)
def test_a_secret_is_hidden(text: str, left: str) -> None:
    assert redact(text) == left


@pytest.mark.parametrize(
    "text",
    [
        "ping_interval=5 shipping=3",
        "order 42: 2 x Burger, no pin bones",
        "token_file=/home/cook/token",
        "http://127.0.0.1:3001/api/v1/orders?status=new",
    ],
)
def test_ordinary_text_stays(text: str) -> None:
    assert redact(text) == text


@given(st.text(), st.text(), st.text(alphabet="abcXYZ019_-", min_size=1, max_size=40))
def test_a_token_is_hidden_whatever_stands_around_it(before: str, after: str, tail: str) -> None:
    token = f"eyJ{tail}.eyJ{tail}.{tail}"
    assert token not in redact(f"{before} {token} {after}")


@given(st.text())
def test_hiding_twice_is_hiding_once(text: str) -> None:
    once = redact(f"token={text} pin: {text}")
    assert redact(once) == once


def test_values_are_hidden_by_the_name_of_their_key_at_any_depth() -> None:
    value = {"order_id": 7, "Authorization": "x", "deep": [{"pin": 4711, "note": f"see {JWT}"}]}
    assert redact_value(value) == {
        "order_id": 7,
        "Authorization": "***",
        "deep": [{"pin": "***", "note": "see ***"}],
    }


def test_any_value_becomes_json() -> None:
    value = {"set": {1}, "bytes": b"token=abc123", "nothing": None, 5: 1.5}
    written = json.dumps(redact_value(value))
    assert "abc123" not in written
