"""The import of a speech engine, which is to tell nobody about this restaurant."""

from __future__ import annotations

import importlib
import os
from types import ModuleType


def import_engine(name: str) -> ModuleType:
    """Import a library that runs on onnxruntime, with that one's telemetry off.

    Since 1.32 its official builds keep an id of the machine and a database of events in the home
    folder, and send them to Microsoft from a thread of their own (Privacy.md in its wheel, which
    names this variable). It is read once, when the library initialises: a call afterwards is late.

    Args:
        name: of the module.

    Returns:
        The module.

    Raises:
        ImportError: it is not installed.
    """
    os.environ["ORT_DISABLE_TELEMETRY"] = "1"
    return importlib.import_module(name)
