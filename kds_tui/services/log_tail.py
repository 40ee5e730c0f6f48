"""The end of a log, fit to be sent to somebody: without secrets, and without what guests said.

Orders hold personal data (names, notes, what was spoken). Of a line's fields only those stay that
are known to hold none; known names are hidden wherever they stand.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from pathlib import Path
from typing import Any, Final, cast

from voice_tui.redaction import redact

MOST: Final = 1_048_576
"""Bytes of the log that are looked at: the last day of a display that is well."""

_HIDDEN: Final = "(hidden)"

SHORTEST_NAME: Final = 3
"""Characters from which on a name is looked for: `Al` is in too many words."""

_KNOWN: Final = frozenset(
    {
        # Of the link and of requests
        "link_state", "reason", "url", "state", "code", "type", "step", "method", "path",
        # Of commands: ids and verbs
        "command", "verb", "lane", "key", "call_id", "session_id", "outcome", "tool",
        # Of the disk, of devices
        "file", "folder", "kept", "device", "list",
    }
)  # fmt: skip
"""Fields whose text is written by programs; numbers and yes or no stay in any field."""


def log_tail(path: Path, *, names: Iterable[str] = (), personal: bool = False) -> str:
    """Read the end of a log.

    Args:
        path: of the log.
        names: to be hidden wherever they stand, such as those of guests on the board.
        personal: leave in what guests and cooks said; secrets never.

    Returns:
        Its last lines; a sentence when it cannot be read.
    """
    try:
        with path.open("rb") as file:
            size = file.seek(0, 2)
            file.seek(max(0, size - MOST))
            text = file.read().decode("utf-8", "replace")
    except OSError as error:
        return f"The log {path} cannot be read: {error.strerror}.\n"
    lines = text.splitlines()[1 if size > MOST else 0 :]  # the first one is cut
    wanted = sorted({name for name in names if len(name) >= SHORTEST_NAME}, key=len, reverse=True)
    hide = re.compile("|".join(map(re.escape, wanted)), re.IGNORECASE) if wanted else None
    told: list[str] = []
    for line in lines:
        clean = redact(line if personal else _without_speech(line))
        told.append(hide.sub(_HIDDEN, clean) if hide is not None and not personal else clean)
    return "".join(f"{line}\n" for line in told)


def _without_speech(line: str) -> str:
    try:
        record: object = json.loads(line)
    except ValueError:
        return _HIDDEN  # a line that a power cut left, or of another program
    if not isinstance(record, dict):
        return _HIDDEN
    known = cast("dict[str, Any]", record)
    fields = known.get("fields")
    if isinstance(fields, dict):
        table = cast("dict[str, Any]", fields)
        known["fields"] = {name: _field(name, value) for name, value in table.items()}
    return json.dumps(known, ensure_ascii=False)


def _field(name: str, value: object) -> object:
    if value is None or isinstance(value, bool | int | float):
        return value
    return value if name in _KNOWN else _HIDDEN
