"""The program of test_terminal_keys.py: voice-tui with a voice client that stands still.

Usage: python -m tests.e2e.terminal_voice FOLDER TAP_S
"""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import Any, cast

from kds_tui.config.sections import LogSettings
from kds_tui.services.logfile import open_log
from tests.voice.order_desks import ScriptedDesk, ScriptedKitchen
from tests.voice.ui.still_voice import StillVoice
from voice_tui.app import VoiceApp
from voice_tui.services.dialogue import OrderDialogue
from voice_tui.terminal import run_guarded
from voice_tui.ui import panel


class StillPushToTalk:
    """Voice without microphone, server and desk."""

    def __init__(self) -> None:
        self.client = StillVoice()
        self.dialogue = OrderDialogue(ScriptedDesk(), ScriptedKitchen())

    async def __aenter__(self) -> None:
        pass

    async def __aexit__(self, *_: object) -> None:
        pass


def main() -> int:
    folder = Path(sys.argv[1])
    panel.TAP_S = float(sys.argv[2])
    voice, app = StillPushToTalk(), VoiceApp()
    app.voice = cast("Any", voice)
    log_path = folder / "voice.log"
    with open_log(LogSettings(file=log_path)):
        code = run_guarded(app, lambda: asyncio.run(app.run_to_end()), log_path)
    (folder / "told").write_text("\n".join(voice.client.told))
    return code


if __name__ == "__main__":
    sys.exit(main())
