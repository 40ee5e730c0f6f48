"""Looks that were picked on the display are a layer of the settings, under a person's own file."""

from __future__ import annotations

from pathlib import Path

import pytest

from kds_tui.config import ConfigError, load
from kds_tui.config.loading import looks_file
from kds_tui.config.looks_file import LooksFile
from kds_tui.core.density import Density

pytestmark = pytest.mark.usefixtures("bare_machine")


def test_what_was_picked_is_worn_at_the_next_start() -> None:
    LooksFile(looks_file(), {}).keep("high-contrast", Density.FAR)
    loaded = load(None, {})
    assert loaded.settings.display.theme == "high-contrast"
    assert loaded.settings.display.density is Density.FAR
    assert loaded.sources["display.theme"] == f"looks {looks_file()}"
    assert LooksFile(looks_file(), loaded.sources).overruled == ""


def test_a_persons_file_counts_more_and_is_named() -> None:
    LooksFile(looks_file(), {}).keep("high-contrast", Density.FAR)
    Path("config.toml").write_text('[display]\ntheme = "mono"\n', encoding="utf-8")
    loaded = load(None, {})
    assert loaded.settings.display.theme == "mono"
    assert loaded.settings.display.density is Density.FAR
    overruled = LooksFile(looks_file(), loaded.sources).overruled
    assert overruled.startswith("display.theme (file ")
    assert "density" not in overruled


def test_a_damaged_file_is_told_with_what_to_do() -> None:
    looks_file().parent.mkdir(parents=True, exist_ok=True)
    looks_file().write_text("[display", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"looks.toml.*remove it, and pick the looks again"):
        load(None, {})
