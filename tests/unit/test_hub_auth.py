from __future__ import annotations

import time

import jwt
import pytest

from kds_tui.hub.auth import BadToken, TokenMint, hash_pin, make_pin, pin_matches

SECRET = "ab" * 32
MINT = TokenMint(SECRET, "r1", lifetime=3600)


def test_pins_are_random_and_not_trivial() -> None:
    pins = {make_pin(6) for _ in range(300)}
    assert len(pins) > 290
    for pin in pins:
        assert len(pin) == 6
        assert pin.isdigit()
        assert len(set(pin)) > 2
        assert pin not in ("123456", "654321", "012345")


def test_a_pin_can_be_as_short_as_the_web_display_takes() -> None:
    assert {len(make_pin(4)) for _ in range(20)} == {4}


def test_a_pin_is_kept_as_a_salted_hash() -> None:
    kept = hash_pin("482913")
    assert "482913" not in kept
    assert kept != hash_pin("482913")
    assert pin_matches("482913", kept)
    assert not pin_matches("482914", kept)


def test_a_token_says_whom_it_speaks_for() -> None:
    token, caller = MINT.issue("kitchen", time.time(), "id")
    assert MINT.read(token) == caller
    assert caller.scopes == ("orders:read", "orders:status", "menu:read")


def test_a_token_outlives_a_clock_that_is_set_back() -> None:
    token, caller = MINT.issue("manager", time.time() + 1800, "id")
    assert MINT.read(token) == caller


def _signed(claims: dict[str, object], key: str = SECRET, algorithm: str = "HS256") -> str:
    good: dict[str, object] = {
        "jti": "id",
        "sub": "x",
        "role": "manager",
        "restaurant_id": "r1",
        "exp": time.time() + 86_400,  # made when the tests are collected
    }
    merged = {name: value for name, value in {**good, **claims}.items() if value is not None}
    return jwt.encode(merged, bytes.fromhex(key) if algorithm != "none" else None, algorithm)


@pytest.mark.parametrize(
    ("token", "reason"),
    [
        (_signed({"exp": 1}), "Token expired"),
        (_signed({}, key="cd" * 32), "Invalid token"),
        (_signed({}, algorithm="none"), "Invalid token"),
        (_signed({"exp": None}), "Invalid token"),
        (_signed({"jti": None}), "Invalid token"),
        (_signed({"restaurant_id": "r2"}), "Invalid restaurant context"),
        (_signed({"role": "king"}), "Invalid restaurant context"),
        ("nonsense", "Invalid token"),
    ],
    ids=[
        "expired",
        "forged",
        "unsigned",
        "for ever",
        "nameless",
        "another restaurant",
        "no role",
        "garbage",
    ],
)
def test_tokens_that_are_not_taken(token: str, reason: str) -> None:
    with pytest.raises(BadToken, match=reason):
        MINT.read(token)
