"""Moves sound, events and orders between the core and the world. Knows nothing of the screen."""

from __future__ import annotations
