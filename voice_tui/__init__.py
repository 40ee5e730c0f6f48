"""Push-to-talk ordering for the terminal."""

from __future__ import annotations

import logging

# What is logged after the log file is closed must not come out on the terminal.
logging.getLogger(__name__).addHandler(logging.NullHandler())
