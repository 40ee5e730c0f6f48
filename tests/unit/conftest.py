"""What several unit tests share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest


@pytest.fixture
def bare_machine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine where nobody set anything: empty home and folder, no variable of ours.

    Returns:
        The folder in which the program starts.
    """
    for name in list(os.environ):
        if name.startswith(("KDS_", "XDG_")):
            monkeypatch.delenv(name)
    folder = tmp_path / "start"
    folder.mkdir()
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.chdir(folder)
    return folder
