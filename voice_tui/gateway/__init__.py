"""A voice server for one kitchen: the Realtime API (GA) over WebRTC, answered without a cloud."""

from __future__ import annotations
