"""What the demo measures, and how it tells it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median, quantiles

from kds_tui.demo.voice_order import VoiceFigures


@dataclass(slots=True)
class Figures:
    """Counts and times of one run. Times are in seconds."""

    placed: int = 0
    """Orders that the hub took from the guests."""

    events: int = 0
    """Events that came over the websocket, lists of orders included."""

    drawn: set[str] = field(default_factory=set[str])
    """Orders that had a ticket on the display."""

    bumps: int = 0
    """Bumps by key on the display."""

    acknowledged: int = 0
    declined: list[str] = field(default_factory=list[str])
    event_to_screen: list[float] = field(default_factory=list[float])
    """From a frame read to the screen drawn."""

    bump_to_answer: list[float] = field(default_factory=list[float])
    """From the key press to the hub's answer."""

    sockets: int = 0
    """Websockets opened."""

    bad_frames: int = 0
    voice: VoiceFigures | None = None
    """How an order by voice went; None when voice is not installed."""

    unsent: int = 0
    """Commands without an answer at the end."""

    on_hub: frozenset[str] = frozenset()
    """Open orders at the end, as the hub lists them."""

    on_display: frozenset[str] = frozenset()
    """Open tickets at the end."""

    unanswered: str = ""
    """Why the hub could not be asked at the end; empty when it could."""


def problems(figures: Figures) -> list[str]:
    """Tell what did not work.

    Args:
        figures: of a run that has ended.

    Returns:
        A sentence for each problem; empty when everything worked.
    """
    checks = (
        (not figures.unanswered, f"the hub could not be asked: {figures.unanswered}"),
        (figures.placed > 0, "the guests placed no order"),
        (len(figures.drawn) > 0, "the display drew no ticket"),
        (figures.bumps > 0, "no ticket was bumped on the display"),
        (figures.acknowledged > 0, "the hub acknowledged no bump"),
        (figures.unsent == 0, f"{figures.unsent} bumps were not answered"),
        (figures.sockets == 1, f"{figures.sockets} websockets were opened instead of one"),
        (figures.bad_frames == 0, f"{figures.bad_frames} frames could not be read"),
        (
            figures.on_hub == figures.on_display,
            f"the hub has {len(figures.on_hub)} open orders and the display "
            f"{len(figures.on_display)}; {len(figures.on_hub ^ figures.on_display)} differ",
        ),
    )
    wrong = [words for fine, words in checks if not fine]
    if figures.voice is not None and figures.voice.problem:
        wrong.append(f"the order by voice: {figures.voice.problem}")
    return wrong


def report(figures: Figures) -> str:
    """Tell what happened.

    Args:
        figures: of a run that has ended.

    Returns:
        Lines for people.
    """
    rows = (
        ("orders placed by the guests", str(figures.placed)),
        ("events over the websocket", str(figures.events)),
        ("tickets drawn", str(len(figures.drawn))),
        ("bumps by key", str(figures.bumps)),
        ("bumps acknowledged by the hub", str(figures.acknowledged)),
        ("bumps declined", str(len(figures.declined))),
        ("open at the end, hub / display", f"{len(figures.on_hub)} / {len(figures.on_display)}"),
        ("websockets opened", str(figures.sockets)),
        ("event to screen", _times(figures.event_to_screen)),
        ("bump to the hub's answer", _times(figures.bump_to_answer)),
    )
    lines = [f"  {name:<32} {value}" for name, value in (*rows, *_voice_rows(figures.voice))]
    lines += [f"  declined: {reason}" for reason in figures.declined]
    return "\n".join(lines)


def _voice_rows(voice: VoiceFigures | None) -> Sequence[tuple[str, str]]:
    if voice is None:
        return ()
    text = voice.release_to_text
    return (
        ("spoken", voice.how),
        ("heard", voice.heard or "nothing"),
        ("ticket from it", voice.ticket or "none"),
        ("release to what was understood", f"{text * 1000:.0f} ms" if text else "not measured"),
    )


def _times(seconds: Sequence[float]) -> str:
    if len(seconds) < 2:
        return "not measured"
    p99 = quantiles(seconds, n=100, method="inclusive")[98]
    return f"p50 {median(seconds) * 1000:.1f} ms, p99 {p99 * 1000:.1f} ms"
