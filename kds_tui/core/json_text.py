"""Reading JSON strictly, and a second time where only a text or a number in it is no JSON.

Half an emoji, where a till cut a text at so many characters, or a NaN makes a frame or a whole list
of orders unreadable to a strict reader: then it is written anew without them, and read again.
"""

from __future__ import annotations

import json
import math
from collections.abc import Callable
from typing import Final, TypeVar

import msgspec
from msgspec import Raw

UNREADABLE: Final = (msgspec.DecodeError, UnicodeError, RecursionError)
"""What msgspec raises for text that is not the JSON that was wanted."""

_ReadT = TypeVar("_ReadT")


class WireError(ValueError):
    """A frame or body that cannot be read; `str()` says why, without quoting its content."""


def read_json(body: str | bytes | Raw, read: Callable[[str | bytes | Raw], _ReadT]) -> _ReadT:
    """Read JSON strictly; what is no JSON only by a text or a number in it, a second time.

    Args:
        body: what came over the wire.
        read: decodes it with msgspec.

    Returns:
        What `read` returns.

    Raises:
        WireError: it is no JSON, or not what `read` wants.
    """
    try:
        return read(body)
    except msgspec.ValidationError as error:
        raise WireError(_reason(error)) from error
    except UNREADABLE as error:
        mended = _mended(body)
        if mended is None:
            raise WireError(_reason(error)) from error
    try:
        return read(mended)
    except UNREADABLE as error:
        raise WireError(_reason(error)) from error


def _mended(body: str | bytes | Raw) -> bytes | None:
    """Write JSON anew: half an emoji becomes a question mark, NaN and the infinities null."""
    text = body if isinstance(body, str) else bytes(body).decode("utf-8", "replace")
    try:
        value = json.loads(text, strict=False, parse_float=_finite, parse_constant=lambda _: None)
        return json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
    except (ValueError, RecursionError):
        return None


def _finite(digits: str) -> float | None:
    number = float(digits)
    return number if math.isfinite(number) else None


def _reason(error: Exception) -> str:
    # A message of msgspec names the place and the expected type, never the content; those of the
    # others are replaced, because a decoding error quotes the bytes that it choked on.
    return str(error) if isinstance(error, msgspec.DecodeError) else type(error).__name__
