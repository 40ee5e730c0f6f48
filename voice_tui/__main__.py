"""`python -m voice_tui`."""

from __future__ import annotations

from voice_tui.cli import PROGRAM, main

if __name__ == "__main__":
    main(prog_name=PROGRAM)
