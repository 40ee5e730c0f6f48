"""Measurements of speed and memory: they tell figures and assert nothing."""

from __future__ import annotations
