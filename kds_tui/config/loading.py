"""Reads the settings: command line over environment over file over default, with their sources."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType

from platformdirs import user_config_path, user_state_path
from pydantic import ValidationError
from pydantic_settings import EnvSettingsSource, SettingsError

from kds_tui.config.diagnosis import (
    diagnose,
    nearest_variable,
    secrets_in_file,
    text_for_numbers,
)
from kds_tui.config.dotted import flatten, merge, nest
from kds_tui.config.errors import ConfigError, Problem
from kds_tui.config.settings import ENV_PREFIX, Settings
from kds_tui.config.stations_section import unknown_stations
from voice_tui.private_files import FileRefused, read_trusted

DEFAULT_SOURCE = "default"

_MAX_ENROLMENT = 64 * 1024

NOT_SETTINGS = frozenset({"KDS_PIN", "KDS_FINGERPRINT", "KDS_TOKEN", "KDS_GOLDEN_UPDATE"})
"""Variables with our prefix that are no settings: secrets, and the switch of the golden tests."""


@dataclass(frozen=True, slots=True)
class Loaded:
    """The settings of a run and where each came from."""

    settings: Settings
    """The checked values."""

    sources: Mapping[str, str]
    """Dotted key -> `default`, `enrolment /path`, `learned /path`, `looks /path`, `file /path`,
    `environment KDS_X` or `command line`."""

    file: Path | None
    """The file that was read, if there was one."""


@dataclass(slots=True)
class _Layers:
    """Raw values laid over each other, and for each dotted key the last source that set it."""

    values: dict[str, object] = field(default_factory=dict[str, object])
    sources: dict[str, str] = field(default_factory=dict[str, str])
    problems: list[Problem] = field(default_factory=list[Problem])

    def add(self, values: Mapping[str, object], source: str) -> None:
        merge(self.values, values)
        self.sources.update((key, source) for key, _ in flatten(values, with_empty=True))


def search_path() -> tuple[Path, ...]:
    """Tell where a settings file is looked for when none is named; only the first found is read."""
    return (Path("config.toml"), user_config_path("kds-tui", appauthor=False) / "config.toml")


def enrolment_file() -> Path:
    """Tell where `kds-tui enrol` keeps which server this terminal belongs to."""
    return user_state_path("kds-tui", appauthor=False) / "enrolled.toml"


def learned_keys_file() -> Path:
    """Tell where learn mode keeps the keys of a bump bar."""
    return user_config_path("kds-tui", appauthor=False) / "keys.toml"


def looks_file() -> Path:
    """Tell where the display keeps the looks that were picked on it."""
    return user_state_path("kds-tui", appauthor=False) / "looks.toml"


def load(config_path: Path | None, overrides: Mapping[str, object]) -> Loaded:
    """Read the settings of this run.

    Args:
        config_path: The file named by --config, or None to search for one.
        overrides: Dotted key -> value, from the command line.

    Returns:
        The settings and the source of each.

    Raises:
        ConfigError: With every unknown key, bad value and unreadable file that was found.
    """
    layers = _Layers()
    _add_enrolment(layers, enrolment_file())
    again = "run `kds-tui keys forget`, and learn the keys again"
    _add_own(layers, learned_keys_file(), "learned", again)
    _add_own(layers, looks_file(), "looks", "remove it, and pick the looks again")
    file = config_path or next((path for path in search_path() if path.is_file()), None)
    if file is not None:
        _add_file(layers, file)
    _add_environment(layers)
    for key, value in overrides.items():
        layers.add(nest(key, value), "command line")
    return _checked(layers, file)


def load_file(path: Path) -> Loaded:
    """Read one file alone, without environment or command line.

    Raises:
        ConfigError: As `load` does.
    """
    layers = _Layers()
    _add_file(layers, path)
    return _checked(layers, path)


def _add_enrolment(layers: _Layers, path: Path) -> None:
    """Add what `kds-tui enrol` found, if this terminal is enrolled: the weakest layer."""
    source = f"enrolment {path}"
    try:
        # It says whom a PIN is told to: nobody else may have written it.
        content = read_trusted(path, "The enrolment", _MAX_ENROLMENT)
        layers.add(tomllib.loads(content.decode("utf-8")), source)
    except FileNotFoundError:
        return
    except FileRefused as error:
        layers.problems.append(Problem(source, "", str(error)))
    except OSError as error:
        layers.problems.append(Problem(source, "", f"can not be read: {error.strerror}"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        layers.problems.append(Problem(source, "", "is damaged: remove it and enrol again"))


def _add_own(layers: _Layers, path: Path, word: str, if_damaged: str) -> None:
    """Add a file that the program wrote, if there is one: a person's own file counts more."""
    source = f"{word} {path}"
    try:
        layers.add(tomllib.loads(path.read_text(encoding="utf-8")), source)
    except FileNotFoundError:
        return
    except OSError as error:
        layers.problems.append(Problem(source, "", f"can not be read: {error.strerror}"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        layers.problems.append(Problem(source, "", f"is damaged: {if_damaged}"))


def _add_file(layers: _Layers, path: Path) -> None:
    source = f"file {path.absolute()}"
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        layers.problems.append(Problem(source, "", "there is no such file"))
    except OSError as error:
        layers.problems.append(Problem(source, "", f"can not be read: {error.strerror}"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        layers.problems.append(Problem(source, "", f"is not TOML: {error}"))
    else:
        keys = dict(flatten(values))
        layers.problems.extend(text_for_numbers(keys, source))
        layers.problems.extend(secrets_in_file(keys, source))
        layers.add(values, source)


def _add_environment(layers: _Layers) -> None:
    """Add each variable by itself, so that each value and each mistake has its variable's name."""
    for name in sorted(os.environ):
        if not name.upper().startswith(ENV_PREFIX) or name in NOT_SETTINGS:
            continue
        reader = EnvSettingsSource(Settings)
        reader.env_vars = {name.lower(): os.environ[name]}
        source = f"environment {name}"
        try:
            values = reader()
        except SettingsError:
            layers.problems.append(Problem(source, "", "is not the JSON that this setting needs"))
            continue
        if values:
            layers.add(values, source)
        else:
            nearest = nearest_variable(name)
            layers.problems.append(Problem(source, "", "is not a setting", nearest))


def _checked(layers: _Layers, file: Path | None) -> Loaded:
    problems = layers.problems
    try:
        settings = Settings.model_validate(layers.values)
    except ValidationError as error:
        problems.extend(diagnose(error, layers.sources))
    else:
        problems.extend(_not_listed(settings, layers.sources))
        if not problems:
            effective = flatten(settings.model_dump())
            sources = {key: layers.sources.get(key, DEFAULT_SOURCE) for key, _ in effective}
            return Loaded(settings, MappingProxyType(sources), file)
    raise ConfigError(problems)


def _not_listed(settings: Settings, sources: Mapping[str, str]) -> Iterator[Problem]:
    """Find stations of the screen that the config does not list."""
    key = "display.station"
    for reason, nearest in unknown_stations(settings.display.station, settings.stations):
        yield Problem(sources.get(key, DEFAULT_SOURCE), key, reason, nearest)
