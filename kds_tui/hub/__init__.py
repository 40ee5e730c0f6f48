"""The order server that the product brings along; speaks the Restaurant OS protocol."""

from __future__ import annotations
