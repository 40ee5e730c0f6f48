"""The hub of a soak, with its gateway and guests, in a process of its own.

Tells its address and a token for the display as one line of JSON on stdout, and ends with its
stdin.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from kds_tui.demo.restaurant import GuestSettings, Restaurant
from voice_tui.allocator import use_few_arenas

VOICE_LIFETIME: Final = 300.0
"""Seconds that a voice session lives: the first five renewals take a megabyte that is never given
back, the 60 after them 7 KB each (measured). An hourly one would be a step amid a soak."""


def main() -> None:
    """Run until stdin ends."""
    use_few_arenas()  # as the program does
    guests = GuestSettings(speed=float(sys.argv[1]), seed=int(sys.argv[2]))
    with (
        TemporaryDirectory(prefix="kds-tui-soak-") as folder,
        Restaurant(Path(folder), guests, VOICE_LIFETIME) as restaurant,
    ):
        about = {
            "url": restaurant.url,
            "token": restaurant.token,
            "voice": restaurant.has_voice,
        }
        print(json.dumps(about), flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main()
