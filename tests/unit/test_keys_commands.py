"""`kds-tui keys`: what the keys do, the bars that are known, and forgetting what was learned."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kds_tui.cli import main
from kds_tui.config.learned_keys import LearnedKeysError, keep_learned
from kds_tui.config.loading import learned_keys_file, load
from kds_tui.config.settings import Settings
from kds_tui.key_check import check_keys
from kds_tui.ui.key_profiles import PROFILES
from kds_tui.ui.keymap import ACTIONS

pytestmark = pytest.mark.usefixtures("bare_machine")


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["keys", *arguments])


def test_every_action_is_shown_with_its_keys_and_their_source() -> None:
    Path("config.toml").write_text(
        '[bump_bar]\nprofiles = ["kb1700-b"]\n[keys]\n"board.tidy" = "f20"\n'
    )
    keep_learned(learned_keys_file(), {"board.start": "f13"})
    shown = run("show")
    assert shown.exit_code == 0, shown.output
    lines = shown.output.splitlines()
    assert all(any(line.startswith(f"{action.id} ") for line in lines) for action in ACTIONS)

    def parts(action: str) -> list[list[str]]:
        return [line.split()[1:4] for line in lines if line.startswith(f"{action} ")]

    assert parts("board.tidy") == [["f20", "[keys]", "Put"]]
    assert parts("board.start")[0][:2] == ["f13", "learned"]
    assert parts("board.bump") == [["left_control_alone", "kb1700-b", '"BUMP"']]


def test_a_bar_can_be_looked_at_before_it_is_in_the_settings() -> None:
    assert "kb1700-c" in run("show", "--profile", "kb1700-c").output
    refused = run("show", "--profile", "kb1700")
    assert refused.exit_code == 1
    assert "there is no profile 'kb1700'; there are pc, kb1700-a" in refused.output


@pytest.mark.parametrize(
    ("settings", "said"),
    [
        (
            '[bump_bar]\nprofiles = ["kb1700-b", "kb1700-b"]',
            "bump_bar.profiles: '0' is board.slot_1 (1 of kb1700-b) and board.right_slot_1",
        ),
        (
            '[bump_bar]\nprofiles = ["kb1700-b"]\n[keys]\n"board.tidy" = "space"',
            "keys.board.tidy: 'space' is the key of board.down (DOWN of kb1700-b) already",
        ),
        ('[bump_bar]\nprofiles = ["kb17000"]', "there is no profile 'kb17000'; there are pc,"),
        ("[bump_bar]\nprofiles = []", "bump_bar.profiles: "),
        ('[bump_bar]\nprofiles = ["pc", "pc", "pc"]', "bump_bar.profiles: "),
        ('[bump_bar]\nprofile = ["pc"]', "did you mean bump_bar.profiles?"),
        ("[bump_bar]\nsecond_from_column = 99", "bump_bar.second_from_column: "),
        ('[bump_bar.learned]\n"board.bmp" = "x"', "bump_bar.learned.board.bmp: there is no such"),
    ],
)
def test_mistakes_are_told_with_file_and_key(settings: str, said: str) -> None:
    Path("config.toml").write_text(settings)
    shown = run("show")
    assert shown.exit_code == 2
    assert said in shown.output.replace("\n", " ")
    assert "config.toml" in shown.output


def test_the_bars_are_listed_and_one_of_them_key_by_key() -> None:
    every = run("profiles").output
    assert all(f"{name} " in every for name in PROFILES)
    one = run("profiles", "kb1700-b").output
    assert "RECALL" in one
    assert "left_control_alone" in one
    assert "?" in run("profiles", "toast").output
    assert run("profiles", "no-such").exit_code == 1


def test_learned_keys_are_a_layer_under_a_persons_own_file() -> None:
    file = learned_keys_file()
    keep_learned(file, {"board.bump": "f13", "board.recall": "f14"})
    Path("config.toml").write_text('[bump_bar.learned]\n"board.recall" = "f15"\n')
    loaded = load(None, {})
    assert loaded.settings.bump_bar.learned == {"board.bump": "f13", "board.recall": "f15"}
    assert loaded.sources["bump_bar.learned.board.bump"] == f"learned {file}"
    assert loaded.sources["bump_bar.learned.board.recall"].startswith("file ")


def test_what_was_learned_before_is_kept_beside_it() -> None:
    file = learned_keys_file()
    keep_learned(file, {"board.bump": "f13"})
    keep_learned(file, {"board.bump": "f14"})
    assert "f14" in file.read_text()
    assert "f13" in file.with_name("keys.toml.bak").read_text()
    assert "forgotten" in run("forget").output
    assert not file.exists()
    assert "f14" in file.with_name("keys.toml.bak").read_text()
    assert run("forget").output == "No keys were learned.\n"


def test_a_write_that_fails_leaves_what_was_there(monkeypatch: pytest.MonkeyPatch) -> None:
    file = learned_keys_file()
    keep_learned(file, {"board.bump": "f13"})
    before = file.read_bytes()

    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("voice_tui.private_files.os.replace", full)
    with pytest.raises(LearnedKeysError, match="No space left"):
        keep_learned(file, {"board.bump": "f14"})
    assert file.read_bytes() == before
    assert sorted(each.name for each in file.parent.iterdir()) == ["keys.toml"]


def test_a_damaged_file_says_what_to_do_and_that_helps() -> None:
    file = learned_keys_file()
    keep_learned(file, {"board.bump": "f13"})
    file.write_bytes(b"\xff[")
    shown = run("show")
    assert shown.exit_code == 2
    assert "kds-tui keys forget" in shown.output.replace("\n", " ")
    assert run("forget").exit_code == 0
    assert run("show").exit_code == 0


def test_without_a_terminal_nothing_is_learned() -> None:
    refused = run("learn")
    assert refused.exit_code == 1
    assert "not a terminal" in refused.output


def test_the_doctor_says_whether_the_keys_of_a_bar_arrive(monkeypatch: pytest.MonkeyPatch) -> None:
    def found(*profiles: str) -> list[tuple[bool, str]]:
        settings = Settings.model_validate({"bump_bar": {"profiles": profiles}})
        return [(check.good, check.text) for check in check_keys(settings)]

    assert found("pc") == []
    assert found("numpad") == [(True, "numpad: every terminal tells them")]
    ((good, text),) = found("kb1700-b")
    assert good
    assert "run this on the display's own terminal" in text
    ((good, text),) = found("kb1700-c", "numpad")
    assert not good
    assert "a terminal does not tell which bar" in text
