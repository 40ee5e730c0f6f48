"""`python -m kds_tui`."""

from __future__ import annotations

from kds_tui.cli import PROGRAM, main

if __name__ == "__main__":
    main(prog_name=PROGRAM)
