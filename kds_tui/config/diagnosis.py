"""Turns what pydantic found into problems: source, key, reason and the nearest valid key."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from kds_tui.config.errors import Problem
from kds_tui.config.settings import ENV_DELIMITER, ENV_PREFIX, is_secret, setting_fields
from kds_tui.config.stations_section import StationSettings

_SECRETS = {
    "pin": "the PIN is not kept here: type it at `kds-tui login`, or set KDS_PIN for that command",
    "token": "the token is not kept here: `kds-tui login` stores it in server.token_file",
}


def nearest_key(key: str) -> str:
    """Find the setting or section that a wrong key most likely means; empty when none is close.

    The right name in a wrong section comes first, then a misspelt one.
    """
    section, _, inside = key.partition(".")
    if section == "stations" and "." in inside:
        station, _, name = inside.rpartition(".")
        nearest = get_close_matches(name, StationSettings.model_fields, n=1)
        return f"stations.{station}.{nearest[0]}" if nearest else ""
    keys = [name for name, _ in setting_fields()]
    sections = {name.rpartition(".")[0] for name in keys} - {""}
    name = key.rpartition(".")[2]
    moved = [other for other in keys if other.rpartition(".")[2] == name]
    return (moved or get_close_matches(key, [*keys, *sections], n=1) or [""])[0]


def nearest_variable(name: str) -> str:
    """Find the environment variable that a wrong one most likely means; empty when none is."""
    key = nearest_key(name.upper().removeprefix(ENV_PREFIX).lower().replace(ENV_DELIMITER, "."))
    return _variable(key) if key else ""


def _variable(key: str) -> str:
    return ENV_PREFIX + key.replace(".", ENV_DELIMITER).upper()


def text_for_numbers(values: Mapping[str, object], source: str) -> Iterator[Problem]:
    """Find text and booleans where a file should hold a number.

    pydantic would take `"5"` and `true` for numbers, as it must for environment variables.

    Args:
        values: Dotted key -> value, as the file holds them.
        source: The name of the file.
    """
    for key, field in setting_fields():
        if field.annotation in (int, float) and isinstance(values.get(key), bool | str):
            yield Problem(source, key, "should be a number, without quotes")


def secrets_in_file(values: Mapping[str, object], source: str) -> Iterator[Problem]:
    """Find secrets that stand in a file which others may read.

    Args:
        values: Dotted key to value.
        source: The file.
    """
    secret = {key for key, field in setting_fields() if is_secret(field)}
    for key in values.keys() & secret:
        yield Problem(source, key, f"secrets are not kept here: set {_variable(key)} instead")


def diagnose(error: ValidationError, sources: Mapping[str, str]) -> Iterator[Problem]:
    """Tell each thing that pydantic found.

    Args:
        error: What validating the merged values raised.
        sources: Dotted key -> source, for each value that is not a default.
    """
    for found in error.errors(include_url=False, include_context=False, include_input=False):
        path = [part for part in found["loc"] if isinstance(part, str) and part != "[key]"]
        key = ".".join(path)
        where = _where(key, sources)
        if found["type"] != "extra_forbidden" and "[key]" not in found["loc"]:
            yield Problem(where, key, _reason(found))
        elif path[-1] in _SECRETS:
            yield Problem(where, key, _SECRETS[path[-1]])
        else:
            nearest = nearest_key(key)
            if nearest and where.startswith("environment"):
                nearest = _variable(nearest)
            yield Problem(where, key, "is not a setting", nearest)


def _reason(found: ErrorDetails) -> str:
    if found["type"] in {"model_type", "dict_type"}:
        return "should be a table of settings"
    entry = "".join(f"entry {part + 1} " for part in found["loc"] if isinstance(part, int))
    return entry + found["msg"].removeprefix("Value error, ").removeprefix("Input ")


def _where(key: str, sources: Mapping[str, str]) -> str:
    """Tell who set a key; for a rule about a whole section or table, who set the keys inside it."""
    inside = (
        source for other, source in sources.items() if other == key or other.startswith(f"{key}.")
    )
    return " and ".join(dict.fromkeys(inside))
