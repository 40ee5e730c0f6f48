"""Pure parts of the voice client: no I/O, no clock, no event loop."""

from __future__ import annotations
