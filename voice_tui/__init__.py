"""Push-to-talk ordering for the terminal."""

from __future__ import annotations
