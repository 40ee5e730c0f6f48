"""Cleaning of text that comes from outside: done once, when a frame is decoded.

A terminal obeys what it is sent: an order note can carry escape sequences that write the clipboard,
move the cursor or turn text around. Rich and Textual drop only five of the control characters, so
everything is taken out here, and no other module has to think of it.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

NAME_LIMIT: Final = 80
"""Longest name (item, modifier, table, guest) kept, in characters."""

NOTE_LIMIT: Final = 512
"""Longest note kept, in characters: longer than any note a person reads during service."""

ELLIPSIS: Final = "…"

# A CSI sequence goes whole, or "[31m" would be left to read. Its last byte stays where a word may
# begin with it ("\x1b[nuts"), and what stands inside OSC, DCS and other strings stays too: a reader
# shrugs at "0;title", but must never miss a word of an allergy note.
_CSI: Final = re.compile(
    "(?:\x1b\\[|\x9b)(?:[0-?]+[ -/]*[@-~]|[ -/]*[@-~](?![^\\W\\d_])|(?=[^\\W\\d_]))"
)
_STRING_INTRODUCER: Final = re.compile("\x1b[\\]PX^_\\\\]")

# C0, DEL and C1 that are left; line and paragraph separators; bidi marks, embeddings, overrides and
# isolates; zero-width space, word joiner and invisible operators; soft hyphen; BOM; interlinear
# annotations; layout controls of hieroglyphs and shorthand; tag characters; lone surrogates and
# noncharacters. Kept: ZWNJ and ZWJ (U+200C and U+200D), which Persian and emoji need.
_FORBIDDEN: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]"
)

# A joiner between two emoji makes them one. Between anything else Rich counts two characters as
# one where a terminal shows two, and the line would run over the card beside it.
_EMOJI: Final = "\u2190-\u2bff\u3030\U0001f000-\U0001faff"
_STRAY_JOINER: Final = re.compile(f"(?<![{_EMOJI}\ufe0f])\u200d|\u200d(?![{_EMOJI}])")

_SPACES: Final = re.compile(r"\s+")

# More than three marks on one character are not a language: they are a tower over the ticket above.
# The joiners count with them, or a tower could be built with one between every two marks.
_MARKS: Final = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"
_MARK_RUN: Final = re.compile(
    f"((?:[{_MARKS}][\u200c\u200d]*){{2}}[{_MARKS}])[{_MARKS}\u200c\u200d]+"
)


def clean(text: str, limit: int = NAME_LIMIT) -> str:
    """Make foreign text safe for a terminal, without losing a word of it.

    Escape sequences, controls, bidi and format characters are dropped, line breaks and tabs become
    spaces, runs of spaces become one, the rest is normalised to NFC.

    Args:
        text: what came over the wire.
        limit: longest result in characters; a longer text ends in a visible ellipsis.

    Returns:
        The text to show; empty when nothing readable was in it.
    """
    cut = False
    if text.isascii() and text.isprintable():
        cleaned = text
    else:
        cut = len(text) > limit * 8
        # Bounded before normalising: NFC takes time that grows with the square of a run of marks.
        cleaned = text[: limit * 8]
        cleaned = _CSI.sub(" ", cleaned)
        cleaned = _STRING_INTRODUCER.sub(" ", cleaned)
        cleaned = cleaned.translate(_BREAKS)
        cleaned = _FORBIDDEN.sub("", cleaned)
        cleaned = _STRAY_JOINER.sub("", cleaned)
        cleaned = unicodedata.normalize("NFC", cleaned)
        cleaned = _MARK_RUN.sub(r"\1", cleaned)
    cleaned = _SPACES.sub(" ", cleaned).strip()
    if len(cleaned) > limit or cut:
        cleaned = cleaned[: limit - 1].rstrip(" \u200d") + ELLIPSIS
    return cleaned


_BREAKS: Final = {ord(c): " " for c in "\t\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029"}
