"""The exit codes of both programs: what a service manager or a script may rely on."""

from __future__ import annotations

from typing import Final

OK: Final = 0
"""It did what was asked."""

FAILED: Final = 1
"""It ran and did not succeed: a refused PIN, a demo in which something did not work."""

USAGE: Final = 2
"""A wrong option or a wrong setting: trying again changes nothing (the code click uses)."""

HANG_UP: Final = 129
"""The terminal is gone, with a SIGHUP or without. After another signal it is 128 and its number; a
server ends with 0 then."""
