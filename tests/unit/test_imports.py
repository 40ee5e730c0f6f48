"""What must load without Textual does: each module is imported in a process of its own kind."""

from __future__ import annotations

import json
import pkgutil
import subprocess
import sys

import pytest

import kds_tui
import voice_tui

HEADLESS = ("core", "services", "hub", "config")

HEAVY = ("textual", "rich", "aiohttp", "websockets", "pydantic", "msgspec")


def headless_modules() -> list[str]:
    """Find every module below the floors that have no screen."""
    floors = tuple(f"kds_tui.{name}" for name in HEADLESS)
    found = pkgutil.walk_packages(kds_tui.__path__, "kds_tui.")
    return [module.name for module in found if module.name.startswith(floors)]


def loaded_after(program: str, watched: tuple[str, ...]) -> list[str]:
    """Run a program in a new process and tell which of the watched modules it has loaded."""
    report = (
        f"import json; print(); print(json.dumps([m for m in {watched!r} if m in sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", f"import sys\n{program}\n{report}"],
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    return json.loads(done.stdout.splitlines()[-1])


def test_all_floors_are_found() -> None:
    modules = headless_modules()
    for name in HEADLESS:
        assert any(module.startswith(f"kds_tui.{name}.") for module in modules)


def test_headless_modules_load_without_textual() -> None:
    program = "import importlib\n" + "\n".join(
        f"importlib.import_module({name!r})" for name in headless_modules()
    )
    assert loaded_after(program, ("textual", "kds_tui.app", "kds_tui.ui")) == []


@pytest.mark.parametrize("package", ["kds_tui", "voice_tui"])
@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_load_nothing_heavy(package: str, option: str) -> None:
    program = f"from {package}.cli import main\nmain([{option!r}], standalone_mode=False)"
    assert loaded_after(program, (*HEAVY, "sounddevice")) == []


def test_voice_loads_without_the_display_and_without_a_sound_library() -> None:
    names = [module.name for module in pkgutil.walk_packages(voice_tui.__path__, "voice_tui.")]
    program = "import importlib\n" + "\n".join(
        f"importlib.import_module({name!r})" for name in names if not name.endswith("__main__")
    )
    assert loaded_after(program, ("kds_tui", "sounddevice")) == []


def test_the_first_frame_waits_for_no_library_of_the_network() -> None:
    network = ("websockets", "aiohttp", "prometheus_client", "aiortc")
    assert loaded_after("import kds_tui.app", network) == []
