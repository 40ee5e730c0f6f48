"""Text that a terminal, a markup parser or a layout would obey: everything that tests throw.

Kinds and samples are those that were caught on a pty with stock widgets: OSC 52 writes the
clipboard, OSC 0 the title, DSR types an answer, markup runs actions or swallows words.
"""

from __future__ import annotations

from typing import Final

MARKUP: Final = (
    "no onion [/]",
    "burger [no cheese]",
    "[@click=app.quit]free[/]",
    "[red]rare[/red]",
    "$kds-bad",
    "[[",
    "\\[bold]",
)
"""Kept to the letter: swallowing a word of an order can hurt a guest."""

CONTROLS: Final = (
    "\x1b]52;c;cm0gLXJmIH4=\x07clip",
    "\x1b]0;owned\x1b\\title",
    "\x1b[2J\x1b[1;1Hclear",
    "\x9b31mred",
    "\x9d0;owned\x9ctitle",
    "\x1bPq#0\x1b\\sixel",
    "\x1b[6nwhere",
    "\x1b]8;;http://evil.example\x1b\\link",
    "\x1b[?1049lleave",
    "a\x00b\x07c\x08d\x0be\x0cf\rg",
    "line\nbreak",
    "\u202eeltit\u202c",
    "\u2066iso\u2069late",
    "tag\U000e0041\U000e0042",
    "z\u0335\u0336\u0337\u0338\u0335algo",
)
"""Made harmless when they are decoded."""

WIDE: Final = (
    "寿司の盛り合わせ定食",
    "👩\u200d🍳 chef's 🍔",
    "نمی\u200cخواهم",
    "Ångström " * 12,
    "x" * 300,
)
"""Harmless, but hard to measure and to break into lines."""

MORE_MARKUP: Final = (
    "[/]",
    "[bold]",
    "[bold]no nuts[/bold]",
    "[link=http://evil.example]soup[/link]",
    "[on $error]x",
    "[@click=app.toggle_dark]a[/] [@click=screen.dismiss]b[/]",
    "{{ x }} %s %(x)s {0} {x!r}",
    "[/nuts] [nuts] [",
)

MORE_CONTROLS: Final = (
    "\x1b]52;c;cm0gLXJmIH4=",  # cut: swallows what follows, up to the next BEL
    "\x1b]52;",
    "\x1b]2;title\x07",
    "\x1b]1337;File=name=eA==:AAAA\x07",
    "\x1b]8;;file:///etc/passwd\x07passwd\x1b]8;;\x07",
    "\x1b[3J\x1b[H\x1b[0K",
    "\x1b[10;10H\x1b[5A\x1b[5B\x1b[5C\x1b[5D\x1b[s\x1b[u",
    "\x1b[31mHot\x1b[0m soup",
    "\x1b[1mustard",
    "\x1b[3 peanuts",
    "\x1b[nuts",
    "\x1bPeanuts",
    "\x1b[n\x00uts",
    "\x9b2J\x9b6n",
    "\x90q#0\x9c",
    "\x9d52;c;eA==\x9c",
    "\x85next\x84index",
    "\x1bc\x1b(0\x1b#8\x1b=\x1bD\x1bM",
    "\x1b[c\x1b[>c\x1b[=c\x1b[5n\x1b[?6n",
    "\x1b[?1000h\x1b[?2004h\x1b[?25l\x1b[>31u",
    "\x1b[20t\x1b[21t\x1b[18t",
    "\x1b^private\x1b\\\x1b_app\x1b\\\x1bXsos\x1b\\",
    "\x1b\x1b[31m[31m",
    "\x1b",
    "\x9b",
    "no\x7f nuts\x7f",
    "no \x0enuts\x0f",
    "peanuts\x00eggs",
    "one\u2028two\u2029three\x1cfour\x1dfive\x1esix",
    "\u202dLRO\u202c \u202aLRE\u202c \u202bRLE\u202c \u2067RLI\u2069 \u2068FSI\u2069",
    "\u061c\u200e\u200f",
    "\U000e0001\U000e0020\U000e007f",
    "z" + "".join(map(chr, range(0x300, 0x36F))),
    "\u0335" * 200 + "!",
    "q" + "\u0335\u200c" * 60,
    "\u200b\u2060\ufeff\u00ad\u180e\u3164\u115f\uffa0",
    "\u200c\u200c\u200c",
    "\ud800half\udfff",
    "\ufffe\uffff\ufdd0",
    "\ufff9base\ufffaover\ufffb",
)

MORE_WIDE: Final = (
    "",
    " ",
    "\u00a0\u3000\u2003",
    "עברית שלום",
    "مرحبا بالعالم بدون مكسرات",
    "ไม่ใส่ถั่ว",
    "क्\u200cष नमस्ते",
    "👨\u200d👩\u200d👧\u200d👦 family",
    "🏳\ufe0f\u200d🌈 🇩🇪🇫🇷 👍🏽 1\ufe0f\u20e3",
    "ＦＵＬＬ　ＷＩＤＴＨ",
    "한국어 메뉴",
    "각",
    "ﷺ" * 20,
    "W" * 5000,
    "no nuts " * 700,
    "日" * 2000,
)

CORPUS: Final = (*MARKUP, *CONTROLS, *WIDE)
"""One or two of each kind: enough to be looked at on a screen."""

ALL: Final = (*CORPUS, *MORE_MARKUP, *MORE_CONTROLS, *MORE_WIDE)
