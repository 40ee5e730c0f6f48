"""Textual widgets and screens: projections of core state."""

from __future__ import annotations
