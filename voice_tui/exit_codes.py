"""The exit codes of both programs: what a service manager or a script may rely on."""

from __future__ import annotations

from typing import Final

OK: Final = 0
"""It did what was asked."""

FAILED: Final = 1
"""It ran and did not succeed: a refused PIN, a demo in which something did not work."""

USAGE: Final = 2
"""A wrong option or a wrong setting: trying again changes nothing (the code click uses)."""
