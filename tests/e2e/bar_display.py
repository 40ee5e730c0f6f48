"""The program of test_bump_bars.py: a display on a board that stands still, with bump bars.

Usage: python -m tests.e2e.bar_display FOLDER SETTINGS [CLOCK]

The settings are JSON; with the clock "still" no time passes between two keys.
"""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any, cast

from textual import on

import kds_tui.app
from kds_tui.config.sections import LogSettings
from kds_tui.config.settings import Settings
from kds_tui.core.board import SnapshotListed, SnapshotStarted
from kds_tui.core.link import LinkState, LinkStatus
from kds_tui.core.wire import decode_order
from kds_tui.display import check_screen_settings
from kds_tui.services.credentials import FixedToken
from kds_tui.services.logfile import open_log
from kds_tui.ui.key_table import KeyTable
from kds_tui.ui.messages import WishRequested
from tests.ui.still_kitchen import Clock, StillApp, StillLink, order
from voice_tui.terminal import run_guarded

ORDERS = 30


class BarDisplay(StillApp):
    """Writes down what the cook asks for."""

    def __init__(self, settings: Settings, keys: KeyTable, told: Path) -> None:
        super().__init__(settings, keys, FixedToken("unused"))
        self.told = told

    def start_serving(self) -> None:
        super().start_serving()
        rows = [
            order(number, age=300.0 - number, type="dine-in", table_number=str(number))
            for number in range(1, ORDERS + 1)
        ]
        listed = tuple(decode_order(json.dumps(row).encode()) for row in rows)
        self.terminal.feed(SnapshotStarted())
        self.terminal.feed(SnapshotListed(listed))
        link = self.terminal.link
        assert isinstance(link, StillLink)
        link.status = LinkStatus(LinkState.LIVE)
        self._status_changed(link.status)

    @on(WishRequested)
    def note(self, message: WishRequested) -> None:
        with self.told.open("a") as told:
            told.write(f"{message.verb} {message.order_id}\n")


def main() -> int:
    folder = Path(sys.argv[1])
    if sys.argv[3:] == ["still"]:
        cast("Any", kds_tui.app).time = Clock()
    settings = Settings.model_validate(json.loads(sys.argv[2]))
    app = BarDisplay(settings, check_screen_settings(settings, "the test"), folder / "told")
    log_path = folder / "kds.log"
    with open_log(LogSettings(file=log_path)):
        return run_guarded(app, lambda: asyncio.run(app.run_async()), log_path)


if __name__ == "__main__":
    sys.exit(main())
