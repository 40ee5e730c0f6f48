"""Keys that were learned on the display: written down, and told where."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from typing import TYPE_CHECKING

from kds_tui.config.learned_keys import LearnedKeysError, keep_learned

if TYPE_CHECKING:
    from kds_tui.app import KitchenApp

_log = logging.getLogger("kds_tui.keys")


def keep_keys(app: KitchenApp, learned: Mapping[str, str]) -> None:
    """Write learned keys down, beside everything else, and tell the cook.

    Args:
        app: says it.
        learned: action id to keys with commas between; they count already.
    """
    app.run_worker(_keep(app, learned), name="learned keys")


async def _keep(app: KitchenApp, learned: Mapping[str, str]) -> None:
    file = app.board_screen.keys.layers.file
    if file is None:
        app.tell("These keys count until this display ends: it keeps nothing.")
        return
    try:
        await asyncio.to_thread(keep_learned, file, learned)
    except LearnedKeysError as error:
        _log.warning("learned keys are not kept: %s", error)
        app.tell(f"These keys count until this display ends only: {error}", bad=True)
    else:
        _log.info("learned keys are kept in %s", file)
        app.tell(f"These keys count from now on. They are kept in {file}")
