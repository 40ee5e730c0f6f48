"""Where the kitchen display and voice meet: the panel beside the grid, the gateway on the hub."""

from __future__ import annotations
