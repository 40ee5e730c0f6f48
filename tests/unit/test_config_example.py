"""config.example.toml is what the models say, and taking all its lines in changes nothing."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kds_tui.config import ConfigError, Settings, load_file
from kds_tui.config.example import render_example
from kds_tui.config.settings import setting_fields

REPOSITORY = Path(__file__).parents[2]


def test_the_file_in_the_repository_is_the_one_the_models_give() -> None:
    written = (REPOSITORY / "config.example.toml").read_bytes()
    assert written == render_example().encode(), "run `make example`"


@pytest.mark.usefixtures("bare_machine")
def test_it_does_not_depend_on_the_machine(tmp_path: Path) -> None:
    assert str(tmp_path) not in render_example()
    assert str(Path.home()) not in render_example()


@pytest.mark.usefixtures("bare_machine")
def test_every_line_shows_its_default() -> None:
    taken_in = re.sub(r"^# (?=\w+ = |    |\]$)", "", render_example(), flags=re.MULTILINE)
    file = Path("all.toml")
    file.write_text(taken_in, encoding="utf-8")
    loaded = load_file(file)
    assert loaded.settings == Settings()
    left_out = {key for key, source in loaded.sources.items() if source == "default"}
    assert left_out == {"voice.key", "voice.token"}, "secrets, and nothing else"


def test_a_secret_in_the_file_is_told_where_to_go(tmp_path: Path) -> None:
    file = tmp_path / "config.toml"
    file.write_text('[voice]\nkey = "sk-not-here"\n', encoding="utf-8")
    with pytest.raises(ConfigError, match="set KDS_VOICE__KEY instead") as caught:
        load_file(file)
    assert "sk-not-here" not in str(caught.value)


def test_every_setting_is_explained() -> None:
    assert [key for key, field in setting_fields() if not field.description] == []
