"""The terminal: how both programs take it, give it back, and end when they must.

It stands here because the kitchen display may import voice, and never the other way round.

Every touch of Textual's private parts stands in this package. They were read in Textual 8.2.8, to
which pyproject.toml holds us, and each has its reason beside it:

- `guard`: `App._handle_exception`, `_exception`, `_exception_event`, `_return_code`,
  `_close_messages_no_wait`, `_driver`, `_loop`
- `driver`: `LinuxDriver._file`, `_auto_restart`, `_run_input_thread`, `_sigcont_application`;
  `App._handle_exception`, `_driver`, `_dom_ready`
- `parser`: `XTermParser._sequence_to_key_events`, `Parser._tokens`; two patterns and a number of
  the former's module, `_keyboard_protocol.MODIFIER_FUNCTIONAL_KEYS`, `keys._character_to_key`
- `screen_text`: `Screen._compositor`
- `style_cache`: `StylesCache.get_inner_outer`
- `background`: `Screen._compositor_refresh`, `_repaint_required`
"""

from __future__ import annotations

from voice_tui.terminal.background import BackgroundScreen
from voice_tui.terminal.guard import GuardedApp, KeyListener, run_guarded
from voice_tui.terminal.key_messages import ALONE, KEYPAD, KeyPress, KeyProtocol, KeyUp
from voice_tui.terminal.refusal import refuse_terminal
from voice_tui.terminal.screen_text import screen_text

__all__ = [
    "ALONE",
    "KEYPAD",
    "BackgroundScreen",
    "GuardedApp",
    "KeyListener",
    "KeyPress",
    "KeyProtocol",
    "KeyUp",
    "refuse_terminal",
    "run_guarded",
    "screen_text",
]
