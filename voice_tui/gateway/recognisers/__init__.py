"""Speech to text on this machine, offline, biased to the live menu."""

from __future__ import annotations
