"""A terminal whose wall clock is wrong by hours, and jumps: ages stay those of the server."""

from __future__ import annotations

import re
import time
from pathlib import Path

import time_machine

from tests.e2e.hub_process import hub_process
from tests.ui.live_display import LiveDisplay, live_display

HOUR = 3600.0
AGE = re.compile(r"\bTABLE 7 +(\S+) (?:OK|SOON|LATE)")


def shown_age(display: LiveDisplay) -> str:
    (age,) = AGE.findall(display.text)
    return age


def seconds_of(age: str) -> int:
    minutes, seconds = age.split(":")
    return int(minutes) * 60 + int(seconds)


async def test_ages_do_not_go_by_the_wall_clock(tmp_path: Path) -> None:
    with hub_process(tmp_path) as hub:
        hub.order(tableNumber="7", type="dine-in")
        placed = time.monotonic()
        with time_machine.travel(time.time() - 7 * HOUR, tick=True) as wall:
            async with live_display(hub.url, hub.token) as display:
                await display.shows("● LIVE", "TABLE 7", "clock ")
                for jump, words in (
                    (0.0, "clock 7h00 off"),
                    (7 * HOUR, ""),
                    (3 * HOUR, "clock 3h00 off"),
                    (-29 * HOUR, "clock 1d off"),
                ):
                    wall.shift(jump)
                    before = shown_age(display)
                    await display.until(lambda age=before: shown_age(display) != age)
                    # Nobody's clock is off by seconds here; a wrong one is off by hours.
                    assert abs(seconds_of(shown_age(display)) - (time.monotonic() - placed)) < 20
                    if words:
                        await display.shows(words)
                    else:
                        await display.hides("clock ")
