"""The command line: what each command hands on, its exit codes, and what it says."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import click
import pytest
from click.testing import CliRunner, Result

from kds_tui import __version__
from kds_tui.cli import main
from kds_tui.config import Loaded, ServerSettings
from kds_tui.hub.settings import HubSettings
from tests.hostile.corpus import ALL
from tests.hostile.oracle import forbidden

pytestmark = pytest.mark.usefixtures("bare_machine")

Replace = Callable[..., None]


def kds(*arguments: str, **environment: str) -> Result:
    return CliRunner().invoke(main, arguments, env=environment)


@pytest.fixture
def replace(monkeypatch: pytest.MonkeyPatch) -> Replace:
    """Put a small module in the place of one that a command imports late."""

    def put(name: str, **content: object) -> None:
        module = ModuleType(name)
        vars(module).update(content)
        monkeypatch.setitem(sys.modules, name, module)

    return put


@pytest.mark.parametrize("arguments", [(), ("run",)])
def test_run_is_the_default_command(replace: Replace, arguments: tuple[str, ...]) -> None:
    shown: list[Loaded] = []

    def run_display(loaded: Loaded) -> int:
        shown.append(loaded)
        return 7

    replace("kds_tui.display", run_display=run_display)
    done = kds(*arguments, "--station", "grill", "--url", "http://h:1", KDS_DISPLAY__STATION="fry")
    assert done.exit_code == 7
    (loaded,) = shown
    assert loaded.settings.display.station == "grill"
    assert loaded.settings.server.url == "http://h:1"
    assert loaded.sources["display.station"] == "command line"
    assert loaded.sources["display.theme"] == "default"


@pytest.mark.parametrize("text", [text for text in ALL if "\n" not in text], ids=ascii)
def test_what_settings_say_is_printed_harmless(text: str, tmp_path: Path) -> None:
    foreign = tmp_path / "foreign.toml"
    value = json.dumps(text.encode("utf-8", "replace").decode())
    foreign.write_text(f"[{value}]\n[display]\nstation = {value}\n{value} = 1\n", encoding="utf-8")
    done = kds("config", "check", str(foreign))
    assert done.exit_code == 2
    assert forbidden(done.output) == []
    shown = kds("config", "show", KDS_SERVER__URL=f"http://{json.loads(value).replace(chr(0), '')}")
    assert forbidden(shown.output) == []


def test_wrong_settings_end_with_2_and_no_traceback() -> None:
    Path("config.toml").write_text("[link]\nping_intervall = 1\n[lgo]\n", encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "kds_tui"], capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr
    assert "link.ping_intervall: is not a setting (did you mean link.ping_interval?)" in done.stderr
    assert "lgo: is not a setting (did you mean log?)" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("--no-such-option",),
        ("nonsense",),
        ("--config", "none.toml"),
        ("config", "check", "none"),
        ("bump",),
        ("bump", "1", "--table", "2"),
        ("rush", "1", "--all"),
        ("recall", "1", "--table", "2"),
        ("86", "--back"),
        ("orders", "--status", "nonsense"),
    ],
)
def test_wrong_usage_ends_with_2(arguments: tuple[str, ...]) -> None:
    assert kds(*arguments).exit_code == 2


def test_a_log_that_can_not_be_written_ends_with_2(replace: Replace) -> None:
    replace("kds_tui.hub.server", run_hub=lambda settings, mount: 0)
    Path("file").touch()
    done = kds("hub", KDS_LOG__FILE="file/kds.log")
    assert done.exit_code == 2
    assert "log.file: can not be written" in done.output


def test_demo_without_a_terminal_is_headless(replace: Replace) -> None:
    asked: list[dict[str, object]] = []

    def run_demo(**options: object) -> int:
        asked.append(options)
        return 1

    replace("kds_tui.demo", run_demo=run_demo)
    assert kds("demo", "--seconds", "5", "--no-autopilot", "--screenshot", "x.svg").exit_code == 1
    assert asked == [
        {
            "headless": True, "seconds": 5.0, "speed": 1.0, "seed": 1, "autopilot": False,
            "screenshot": Path("x.svg"),
        }
    ]  # fmt: skip


def test_hub_with_voice_serves_it(replace: Replace) -> None:
    mounted: list[object] = []

    def run_hub(settings: HubSettings, mount: object) -> int:
        mounted.append(mount)
        return 0

    replace("kds_tui.hub.server", run_hub=run_hub)
    replace("kds_tui.voice.gateway", mount_voice=lambda settings: f"voice with {settings.engine}")
    for options in ((), ("--voice",)):
        assert kds("hub", *options, KDS_GATEWAY__ENGINE="pocketsphinx").exit_code == 0
    assert mounted == [None, "voice with pocketsphinx"]


def test_hub_with_voice_needs_its_packages_and_says_so(
    replace: Replace, monkeypatch: pytest.MonkeyPatch
) -> None:
    replace("kds_tui.hub.server", run_hub=lambda settings, mount: 0)
    monkeypatch.setitem(sys.modules, "kds_tui.voice.gateway", None)
    done = kds("hub", "--voice")
    assert done.exit_code == 1
    assert "--voice needs more packages" in done.stderr
    assert "pip install 'kds-tui[voice]'" in done.stderr
    assert kds("hub").exit_code == 0


def test_hub_gets_its_section_and_a_log_of_its_own(replace: Replace) -> None:
    started: list[HubSettings] = []

    def run_hub(settings: HubSettings, mount: object) -> int:
        assert mount is None, "voice is served only when asked for"
        started.append(settings)
        return 0

    replace("kds_tui.hub.server", run_hub=run_hub)
    done = kds("hub", "--port", "0", "--data-dir", "d", "--menu", "m.toml", KDS_LOG__FILE="kds.log")
    assert (done.exit_code, done.output) == (0, "")
    assert started == [HubSettings(port=0, data_dir=Path("d"), menu=Path("m.toml"))]
    assert Path("kds-hub.log").exists()
    assert not Path("kds.log").exists()


@pytest.mark.parametrize("environment", [{}, {"KDS_PIN": "4711"}])
def test_login_takes_the_pin_from_the_prompt_or_the_environment(
    replace: Replace, environment: dict[str, str]
) -> None:
    seen: list[tuple[str, str]] = []

    def login_with_pin(settings: ServerSettings, pin: str, anew: bool) -> str:
        seen.append((settings.url, pin))
        return "Signed in."

    replace("kds_tui.services.login", login_with_pin=login_with_pin)
    replace("kds_tui.services.backend_errors", BackendError=OSError)
    runner = CliRunner(env=environment)
    done = runner.invoke(main, ["login", "--url", "http://h:1"], input="4711\n")
    assert seen == [("http://h:1", "4711")]
    assert done.output.endswith("Signed in.\n")
    assert "4711" not in done.output


def test_a_refused_login_ends_with_1_and_says_why(replace: Replace) -> None:
    def login_with_pin(settings: ServerSettings, pin: str, anew: bool) -> str:
        raise OSError("The server does not know this PIN.")

    replace("kds_tui.services.login", login_with_pin=login_with_pin)
    replace("kds_tui.services.backend_errors", BackendError=OSError)
    done = kds("login", KDS_PIN="4711")
    assert (done.exit_code, done.output) == (1, "Error: The server does not know this PIN.\n")


def test_config_show_tells_values_with_their_source_and_hides_passwords() -> None:
    done = kds("config", "show", KDS_SERVER__PROXY="http://me:hunter2@proxy:80", KDS_PIN="4711")
    rows = {line.split()[0]: line for line in done.output.splitlines()}
    assert rows["server.proxy"].split(maxsplit=1)[1] == (
        "environment KDS_SERVER__PROXY  http://me:***@proxy:80"
    )
    assert rows["link.backoff_initial"].split() == ["link.backoff_initial", "default", "0.25"]
    assert "4711" not in done.output


def test_config_check_looks_at_the_file_alone() -> None:
    Path("mine.toml").write_text("[display]\nrows = 2\n", encoding="utf-8")
    done = kds("config", "check", "mine.toml", KDS_HUB__PORT="nonsense")
    assert (done.exit_code, done.output) == (0, "mine.toml: ok, 1 setting given\n")


def test_config_example_can_be_used_as_it_is() -> None:
    Path("config.toml").write_text(kds("config", "example").output, encoding="utf-8")
    assert kds("config", "check", "config.toml").exit_code == 0


def test_version_is_that_of_the_package() -> None:
    assert __version__ in kds("--version").output


def commands(group: click.Group) -> Iterator[click.Command]:
    for command in group.commands.values():
        yield command
        if isinstance(command, click.Group):
            yield from commands(command)


def test_every_command_and_option_is_explained() -> None:
    for command in commands(main):
        assert command.help, command.name
        for option in command.params:
            if isinstance(option, click.Option):
                assert option.help, (command.name, option.name)
