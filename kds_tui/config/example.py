"""Writes config.example.toml from the settings models, so that the two can not disagree."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

import tomlkit
from pydantic import BaseModel
from pydantic.fields import FieldInfo

from kds_tui.config.settings import Settings, is_secret, section_model

_HEAD = """\
# The settings of kds-tui, made by `kds-tui config example`.
#
# Copy it to ./config.toml or to the platform's settings folder (on Linux that is
# ~/.config/kds-tui/config.toml), take the "# " from the lines that you change, and check it with
# `kds-tui config check FILE`. A line left as it is changes nothing: it shows the default.
#
# An option of the command line wins over an environment variable, that over this file. The variable
# of a key is KDS_, section, two underscores, key: KDS_LINK__PING_INTERVAL=5. A table is given as
# JSON: KDS_KEYS='{"board.bump": "space"}'.
"""


def render_example() -> str:
    """Write every section, and every key with its meaning and default as a comment."""
    lines = [_HEAD.rstrip("\n")]
    for name, field in Settings.model_fields.items():
        section = section_model(field)
        about = section.__doc__ if section else field.description
        lines += ["", *_comment(about), f"[{name}]"]
        lines += _settings(section) if section else _sample(field)
    return "\n".join(lines) + "\n"


def _settings(section: type[BaseModel]) -> Iterator[str]:
    for name, field in section.model_fields.items():
        if is_secret(field):
            continue
        yield from ("", *_comment(field.description))
        if "sample" in _extra(field):
            yield from _sample(field)
        else:
            yield from (f"# {line}" for line in f"{name} = {_default(field)}".splitlines())


def _comment(text: str | None) -> list[str]:
    one_line = " ".join((text or "").split())
    return textwrap.wrap(one_line, 98, initial_indent="# ", subsequent_indent="# ")


def _sample(field: FieldInfo) -> Iterator[str]:
    """Show an example of a table that has no default to show."""
    yield "# Example:"
    lines = str(_extra(field)["sample"]).splitlines()
    yield from (f"#   {line}".rstrip() for line in lines)


def _default(field: FieldInfo) -> str:
    """Write a default as TOML; a path in the form that holds on any machine."""
    value = _extra(field).get("shown", field.default)
    if isinstance(value, tuple):
        array = tomlkit.array()
        array.extend(value)
        return array.multiline(True).as_string()
    return tomlkit.item(value).as_string()


def _extra(field: FieldInfo) -> dict[str, object]:
    extra = field.json_schema_extra
    return dict(extra) if isinstance(extra, dict) else {}
