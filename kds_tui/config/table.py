"""The settings of a run as a table: key, source, value."""

from __future__ import annotations

from kds_tui.config.dotted import flatten
from kds_tui.config.loading import Loaded
from voice_tui.redaction import redact


def render_table(loaded: Loaded) -> str:
    """Write one line a setting, in columns.

    The settings hold no secrets, but the address of a proxy may hold a password: it is hidden.
    """
    rows = [("KEY", "SOURCE", "VALUE")]
    for key, value in flatten(loaded.settings.model_dump(mode="json")):
        rows.append((key, loaded.sources[key], redact(_text(value))))
    key_width, source_width, _ = (max(map(len, column)) for column in zip(*rows, strict=True))
    return "\n".join(
        f"{key:{key_width}}  {source:{source_width}}  {value}".rstrip()
        for key, source, value in rows
    )


def _text(value: object) -> str:
    match value:
        case None:
            return ""
        case list():
            return ", ".join(str(part) for part in value)
        case float():
            return f"{value:g}"
        case _:
            return str(value)
