"""Values and rules of push-to-talk: no I/O, no clock, no event loop, no screen."""

from __future__ import annotations
