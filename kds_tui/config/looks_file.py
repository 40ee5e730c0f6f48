"""The file of looks that were picked on the display: no program writes a person's file."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

import tomlkit

from kds_tui.core.density import Density
from voice_tui.private_files import store_private

_HEAD: Final = """\
# The looks of this terminal, as picked on it (ctrl+o). What stands in config.toml counts more.
"""

_WEAKER: Final = ("default", "looks ")
"""How the sources begin that a picked look counts more than."""


class LooksError(Exception):
    """The file cannot be written; the text says why."""


class LooksFile:
    """Keeps what is picked.

    Args:
        path: see `kds_tui.config.loading.looks_file`.
        sources: where each setting of this run comes from, by dotted key.
    """

    def __init__(self, path: Path, sources: Mapping[str, str]) -> None:
        self._path = path
        self._sources = sources

    def keep(self, theme: str, density: Density) -> None:
        """Keep looks for the next start.

        Args:
            theme: its name.
            density: how large the cards are.

        Raises:
            LooksError: they cannot be kept.
        """
        picked = {"display": {"theme": theme, "density": density.value}}
        try:
            store_private(self._path, (_HEAD + tomlkit.dumps(picked)).encode())
        except OSError as error:
            raise LooksError(f"{self._path} cannot be written: {error.strerror}.") from error

    @property
    def overruled(self) -> str:
        """Which settings come from elsewhere at the next start, in words; empty when none does."""
        keys = ("display.theme", "display.density")
        strong = [key for key in keys if not self._sources.get(key, "default").startswith(_WEAKER)]
        return " and ".join(f"{key} ({self._sources[key]})" for key in strong)
