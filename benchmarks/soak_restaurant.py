"""The hub of a soak, with its gateway and guests, in a process of its own.

Tells its address and a token for the display as one line of JSON on stdout, and ends with its
stdin.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from kds_tui.demo.restaurant import GuestSettings, Restaurant
from voice_tui.allocator import use_few_arenas


def main() -> None:
    """Run until stdin ends."""
    use_few_arenas()  # as the program does
    guests = GuestSettings(speed=float(sys.argv[1]), seed=int(sys.argv[2]))
    with (
        TemporaryDirectory(prefix="kds-tui-soak-") as folder,
        Restaurant(Path(folder), guests) as restaurant,
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
