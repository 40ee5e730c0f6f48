"""Cleaning of text that comes from outside: the one place for display, panel, servers and logs.

A terminal obeys what it is sent: an order note can carry escape sequences that write the clipboard,
move the cursor or turn text around. Rich and Textual drop only five of the control characters, so
everything is taken out here, once, when a message is decoded, and no other module has to think of
it. What is written down rather than shown (logs, reports) keeps every character, as an escape.
"""

from __future__ import annotations

import re
import unicodedata
from typing import Final

ELLIPSIS: Final = "…"

# A CSI sequence goes whole, or "[31m" would be left to read. Where its last byte may begin a word
# ("\x1b[nuts", "\x1b[3 eggs", "\x1b[1mustard") only the introducer goes, and what stands inside
# OSC, DCS and other strings stays too: a reader shrugs at "0;title" or "31mHot", but must never
# miss a letter of an allergy note.
_NO_WORD: Final = "(?![\x1b\x9b]*(?:[A-Za-z]|[^\x00-\x7f\x9b]))"
_CSI: Final = re.compile(f"(?:\x1b\\[|\x9b)(?:[0-?]*[ -/]*(?:[@\\[-`{{-~]|[A-Za-z]{_NO_WORD}))?")
_STRING_INTRODUCER: Final = re.compile(f"\x1b(?:[\\]^_\\\\]|[PX]{_NO_WORD})")
_INTRODUCERS: Final = re.compile("[\x1b\x9b]")

# C0, DEL and C1 that are left; line and paragraph separators; bidi marks, embeddings, overrides and
# isolates; zero-width space, word joiner and invisible operators; soft hyphen; BOM; interlinear
# annotations; layout controls of hieroglyphs and shorthand; tag characters; lone surrogates and
# noncharacters. Kept: ZWNJ and ZWJ (U+200C and U+200D), which Persian and emoji need. ESC and CSI
# (U+001B and U+009B) go after the sequences that they begin.
_UNSEEN: Final = (
    "\u00ad\u061c\u115f\u1160\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff"
    "\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
_FORBIDDEN: Final = re.compile(f"[\x00-\x1a\x1c-\x1f\x7f-\x9a\x9c-\x9f{_UNSEEN}]")
_ESCAPED: Final = re.compile(f"[\x7f-\x9f{_UNSEEN}]")
_ESCAPED_LINES: Final = re.compile(f"[\x00-\x09\x0b-\x1f\x7f-\x9f{_UNSEEN}]")

# A joiner between two emoji makes them one. Between anything else Rich counts two characters as
# one where a terminal shows two, and the line would run over the card beside it.
_EMOJI: Final = "\u2190-\u2bff\u3030\U0001f000-\U0001faff"
_STRAY_JOINER: Final = re.compile(f"(?<![{_EMOJI}\ufe0f])\u200d|\u200d(?![{_EMOJI}])")
_STRAY_NON_JOINER: Final = re.compile("(?<!\\S)\u200c+|\u200c+(?!\\S)|(?<=\u200c)\u200c+")

_SPACES: Final = re.compile(r"\s+")

_MARKS: Final = "\u0300-\u036f\u0483-\u0489\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe20-\ufe2f"

# More than three marks on one character are not a language: they are a tower over the ticket above.
# The joiners count with them, or a tower could be built with one between every two marks.
_MARK_RUN: Final = re.compile(
    f"((?:[{_MARKS}][\u200c\u200d]*){{2}}[{_MARKS}])[{_MARKS}\u200c\u200d]+"
)

_BREAKS: Final = {ord(c): " " for c in "\t\n\v\f\r\x1c\x1d\x1e\x85\u2028\u2029"}


def clean(text: str, limit: int, *, strip: bool = True) -> str:
    """Make foreign text safe for a terminal, without losing a word of it.

    Escape sequences, controls, bidi and format characters are dropped, line breaks and tabs become
    spaces, runs of spaces become one, the rest is normalised to NFC. The last byte of an escape
    sequence stays where it may be the first letter of a word.

    Args:
        text: what came over the wire.
        limit: longest result in characters; a longer text ends in a visible ellipsis.
        strip: take the spaces off both ends. Not for pieces of a text: their words would glue
            together.

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
        cleaned = cleaned.translate(_BREAKS)
        cleaned = _FORBIDDEN.sub("", cleaned)
        cleaned = _CSI.sub(" ", cleaned)
        cleaned = _STRING_INTRODUCER.sub(" ", cleaned)
        cleaned = _INTRODUCERS.sub("", cleaned)
        cleaned = _STRAY_JOINER.sub("", cleaned)
        cleaned = _STRAY_NON_JOINER.sub("", cleaned)
        cleaned = unicodedata.normalize("NFC", cleaned)
        cleaned = _MARK_RUN.sub(r"\1", cleaned)
    cleaned = _SPACES.sub(" ", cleaned)
    if strip:
        cleaned = cleaned.strip()
    if len(cleaned) > limit or cut:
        cleaned = cleaned[: limit - 1].rstrip(" \u200c\u200d") + ELLIPSIS
    return cleaned


def for_terminal(text: str) -> str:
    """Write lines that a command prints: what a terminal would obey is seen instead.

    Args:
        text: lines; their ends stay.

    Returns:
        The same, controls and what cannot be seen as JSON writes them: `\\u001b`.
    """
    return _ESCAPED_LINES.sub(_as_escape, text)


def escaped(text: str) -> str:
    """Write what a terminal would obey, or not show, as JSON writes it: for what is kept in full.

    Args:
        text: JSON text, or any text whose C0 controls do not matter.

    Returns:
        The same to a JSON reader, harmless to whoever looks at it in a terminal.
    """
    return _ESCAPED.sub(_as_escape, text)


def _as_escape(found: re.Match[str]) -> str:
    units = found.group().encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
