"""The envelope that speaches puts around its messages: base64, in fragments above 900 bytes."""

from __future__ import annotations

import base64
import binascii
from typing import Final

from voice_tui.core.json_fields import (
    MAX_MESSAGE,
    EventError,
    Fields,
    decode_object,
    name_of,
    number_of,
)

MAX_UNFINISHED: Final = 8
"""Messages whose fragments may be gathered at once; the oldest gives way."""

MAX_FRAGMENTS: Final = 512
"""Fragments of one message: more than a message of `MAX_MESSAGE` has."""


class Unwrapper:
    """Puts the messages of one data channel together; those without an envelope pass unchanged."""

    def __init__(self) -> None:
        self._unfinished: dict[str, dict[int, bytes]] = {}

    def feed(self, raw: str | bytes) -> str | bytes | None:
        """Take one message.

        Returns:
            A whole message for `decode_event`; None while fragments are missing.

        Raises:
            EventError: A broken envelope; what was gathered of it is gone.
        """
        # Only an envelope is decoded here; every other message is decoded once, by decode_event.
        marks = ("full_message", "partial_message")
        text = raw if isinstance(raw, str) else raw.decode("utf-8", "replace")
        if not any(f'"{mark}"' in text for mark in marks):
            return raw
        fields = decode_object(raw)
        match name_of(fields, "type"):
            case "full_message":
                return _payload(fields)
            case "partial_message":
                return self._gather(fields)
            case _:
                return raw

    def _gather(self, fields: Fields) -> bytes | None:
        message_id = name_of(fields, "id")
        index, total = number_of(fields, "fragment_index"), number_of(fields, "total_fragments")
        if index is None or total is None or not 0 <= index < total <= MAX_FRAGMENTS:
            self._unfinished.pop(message_id, None)
            raise EventError("a fragment without its place")
        parts = self._unfinished.setdefault(message_id, {})
        try:
            parts[int(index)] = _payload(fields)
        except EventError:
            del self._unfinished[message_id]
            raise
        if len(parts) == total:
            del self._unfinished[message_id]
            return b"".join(parts[place] for place in sorted(parts))
        if sum(len(part) for part in parts.values()) > MAX_MESSAGE:
            del self._unfinished[message_id]
            raise EventError("fragments of a message that is too large")
        if len(self._unfinished) > MAX_UNFINISHED:
            del self._unfinished[next(iter(self._unfinished))]
        return None


def _payload(fields: Fields) -> bytes:
    data = fields.get("data")
    if not isinstance(data, str):
        raise EventError("an envelope without data")
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise EventError("an envelope that is not base64") from error
