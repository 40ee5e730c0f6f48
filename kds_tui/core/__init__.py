"""Values and rules of the kitchen: no I/O, no clock, no event loop, no framework."""

from __future__ import annotations
