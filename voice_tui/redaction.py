"""Takes secrets out of text that is written down: log lines, crash notes, error messages."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import cast

HIDDEN = "***"

_SECRET_NAMES = r"(?:[\w-]*token|[\w-]*secret|[\w-]*password|[\w-]*api[-_]?key|pin|[\w-]*cookie)"

_NAME = re.compile(rf"{_SECRET_NAMES}|authorization", re.IGNORECASE)

# A value may begin with quotes, escaped ones, or as Python writes bytes: b"...".
_OPENING = r"""(?:b(?=["']))?[\\"']*"""
_HIDDEN_ALREADY = rf"{_OPENING}\*\*\*"

_PATTERNS = (
    # A JWT wherever it stands: `eyJ` is base64 of `{"`, how every header and payload begins.
    (re.compile(r"\beyJ[\w-]+(?:\.[\w-]*){0,2}"), HIDDEN),
    # The keys of the voice service.
    (re.compile(r"\b(?:sk|ek)[-_][\w-]{16,}"), HIDDEN),
    (re.compile(r"\b(Bearer|Basic)\s+[\w.~+/=-]+", re.IGNORECASE), rf"\1 {HIDDEN}"),
    # name=value, "name": "value", \"name\": \"value\", Name: value
    (
        re.compile(
            rf"""(?<![\w-])({_SECRET_NAMES}[\\"']*\s*[:=]\s*(?!{_HIDDEN_ALREADY}){_OPENING})"""
            r"""[^\s\\"',;&)}\]]+""",
            re.IGNORECASE,
        ),
        rf"\1{HIDDEN}",
    ),
    # user:password in an address
    (re.compile(r"(://[^\s/:@]+):[^\s/@]+@"), rf"\1:{HIDDEN}@"),
)


def redact(text: str) -> str:
    """Hide tokens, PINs, passwords, keys and cookies in text from anywhere.

    It hides rather too much than too little: in `token: expired` it hides the word too.
    """
    for pattern, replacement in _PATTERNS:
        text = pattern.sub(replacement, text)
    return text


def redact_with(text: str, proxy: str | None) -> str:
    """Hide secrets in what a library says about a connection.

    Args:
        text: its words.
        proxy: the address of the proxy on the way, None for a direct connection. Its name and
            password are taken out also where there is no `://` before them.
    """
    who, at, _ = (proxy or "").rpartition("@")
    return redact(text.replace(who + at, "") if who else text)


def redact_value(value: object) -> object:
    """Hide secrets in a value that is to become JSON, by the names of its keys and by its text.

    Args:
        value: Numbers, booleans and None stay; tables and lists are walked; anything else becomes
            its text.

    Returns:
        A copy that JSON can hold.
    """
    if value is None or isinstance(value, bool | int | float):
        return value
    if isinstance(value, Mapping):
        return {
            str(name): HIDDEN if _NAME.fullmatch(str(name)) else redact_value(inner)
            for name, inner in cast("Mapping[object, object]", value).items()
        }
    if isinstance(value, Sequence) and not isinstance(value, str | bytes | bytearray):
        return [redact_value(inner) for inner in cast("Sequence[object]", value)]
    return redact(str(value))
