"""PINs and tokens: how they are made, kept and checked."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final, Literal

import jwt

Role = Literal["manager", "kitchen", "server"]

SCOPES: Final[dict[str, tuple[str, ...]]] = {
    "kitchen": ("orders:read", "orders:status", "menu:read"),
    "server": (
        "orders:create",
        "orders:read",
        "orders:update",
        "orders:status",
        "menu:read",
    ),
    "manager": (
        "orders:create",
        "orders:read",
        "orders:update",
        "orders:status",
        "orders:delete",
        "menu:read",
        "menu:manage",
        "staff:manage",
    ),
}
"""What each role may do: of Restaurant OS's scopes, those of orders, of the menu, and of people,
which here means the tokens that are out."""

CONSOLE_SCOPE: Final = "hub:manage"
"""Setting the PIN: for the commands on the hub's own machine, and in no role that a PIN gives."""


PIN_DIGITS: Final = (4, 8)
"""Fewest and most digits. The PIN pad of the Restaurant OS web display takes four."""

# About 50 ms and 16 MiB a check: a stolen database does not give the PIN away for free.
_SCRYPT: Final[dict[str, int]] = {"n": 2**14, "r": 8, "p": 1}


class BadToken(Exception):
    """A token that is not taken; `str()` is one of Restaurant OS's messages."""


@dataclass(frozen=True, slots=True)
class Caller:
    """Whom a token speaks for."""

    id: str
    email: str
    role: str
    scopes: tuple[str, ...]
    token_id: str
    """Names its token, in lists and to revoke it."""

    expires_at: float
    """Seconds since the epoch."""


def make_pin(digits: int) -> str:
    """Make a random PIN that nobody would try first.

    Args:
        digits: how long; 4 or more.

    Returns:
        Digits that `weak_pin` finds nothing wrong with.
    """
    while True:
        pin = "".join(secrets.choice("0123456789") for _ in range(digits))
        if not weak_pin(pin):
            return pin


def weak_pin(pin: str) -> str:
    """Tell what is wrong with a PIN.

    Args:
        pin: as a person chose it.

    Returns:
        What is wrong, in words that follow "a PIN"; empty when nothing is.
    """
    if not (pin.isascii() and pin.isdigit() and PIN_DIGITS[0] <= len(pin) <= PIN_DIGITS[1]):
        return f"has {PIN_DIGITS[0]} to {PIN_DIGITS[1]} digits and nothing else"
    if len(set(pin)) <= 2:
        return "of one or two different digits is tried first"
    if len({int(after) - int(before) for before, after in pairwise(pin)}) == 1:
        return "that counts up or down is tried first"
    if pin[: len(pin) // 2] == pin[len(pin) // 2 :]:
        return "that says the same twice is tried first"
    return ""


def hash_pin(pin: str) -> str:
    """Hash a PIN for keeping; takes about 50 ms.

    Args:
        pin: as typed.

    Returns:
        Salt and hash, in hex, parted by a colon.
    """
    salt = secrets.token_bytes(16)
    return f"{salt.hex()}:{_scrypt(pin, salt).hex()}"


def pin_matches(pin: str, kept: str) -> bool:
    """Check a PIN against what was kept; takes about 50 ms.

    Args:
        pin: as typed.
        kept: as `hash_pin` gave it.

    Returns:
        Whether it is the right one.
    """
    salt, _, digest = kept.partition(":")
    return hmac.compare_digest(_scrypt(pin, bytes.fromhex(salt)), bytes.fromhex(digest))


def _scrypt(pin: str, salt: bytes) -> bytes:
    return hashlib.scrypt(pin.encode(), salt=salt, dklen=32, **_SCRYPT)


_REQUIRED_CLAIMS: Final = ["jti", "sub", "exp", "restaurant_id"]


class TokenMint:
    """Signs and reads the hub's own tokens (JWT, HS256, the claims of a Restaurant OS PIN login).

    Args:
        secret: at least 32 bytes, in hex; made at the first start and kept in the database.
        restaurant_id: the restaurant that every token belongs to.
        lifetime: seconds until a token runs out.
    """

    def __init__(self, secret: str, restaurant_id: str, lifetime: float) -> None:
        self._secret = bytes.fromhex(secret)
        self._restaurant_id = restaurant_id
        self.lifetime = int(lifetime)

    def issue(
        self,
        role: Role,
        now: float,
        token_id: str,
        *,
        more_scopes: tuple[str, ...] = (),
        lifetime: float | None = None,
    ) -> tuple[str, Caller]:
        """Sign a token.

        Args:
            role: what it may do.
            now: seconds since the epoch.
            token_id: its name (the claim `jti`).
            more_scopes: what it may do beyond its role.
            lifetime: seconds; None takes the usual ones.

        Returns:
            The token, and whom it speaks for.
        """
        expires_at = int(now) + int(self.lifetime if lifetime is None else lifetime)
        scopes = SCOPES[role] + more_scopes
        caller = Caller(
            f"hub-{role}", f"{role}@hub.invalid", role, scopes, token_id, float(expires_at)
        )
        claims: dict[str, Any] = {
            "jti": token_id,
            "sub": caller.id,
            "email": caller.email,
            "role": role,
            "restaurant_id": self._restaurant_id,
            "scope": list(caller.scopes),
            "auth_method": "pin",
            "iat": int(now),
            "exp": expires_at,
        }
        # pyjwt's types name the optional package cryptography, which HS256 does not need.
        token = jwt.encode(claims, self._secret, "HS256")  # pyright: ignore[reportUnknownMemberType]
        return token, caller

    def read(self, token: str) -> Caller:
        """Check a token's signature, its end and its restaurant; not whether it was revoked.

        Args:
            token: as received.

        Returns:
            Whom it speaks for.

        Raises:
            BadToken: it is expired, forged, or another restaurant's.
        """
        try:
            claims = jwt.decode(  # pyright: ignore[reportUnknownMemberType] - as above
                token,
                self._secret,
                algorithms=["HS256"],
                # Not `iat`: a kitchen box whose clock was set back must not lock its displays out.
                options={"require": _REQUIRED_CLAIMS, "verify_iat": False},
            )
        except jwt.ExpiredSignatureError as error:
            raise BadToken("Token expired") from error
        except jwt.PyJWTError as error:
            raise BadToken("Invalid token") from error
        role = str(claims.get("role", ""))
        if claims["restaurant_id"] != self._restaurant_id or role not in SCOPES:
            raise BadToken("Invalid restaurant context")
        scopes = tuple(str(scope) for scope in claims.get("scope", ()))
        return Caller(
            str(claims["sub"]),
            str(claims.get("email", "")),
            role,
            scopes,
            str(claims["jti"]),
            float(claims["exp"]),
        )
