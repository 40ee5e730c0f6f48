"""The questions of the decision tree: each is asked of the facts, and gives one of its answers."""

from __future__ import annotations

from typing import Final

from kds_tui.core.clock import format_age
from kds_tui.core.decision import Facts
from kds_tui.core.display_status import LinkFacts, VoiceFacts
from kds_tui.core.limits import LIMITS, MB, Level
from kds_tui.core.link import LinkState

FAILED_OUTCOMES: Final = frozenset(
    {
        "commit_refused",
        "not_committed",
        "transcription_failed",
        "no_transcript",
        "response_failed",
        "no_response",
    }
)
"""How a turn ends that did not work: `voice_tui.core.turn_effects.Outcome`."""

SILENT_TURNS: Final = 3
"""Turns without a sound in a row that are no accident any more."""


def yes(condition: bool) -> str:
    """Give the answer to a question of yes or no."""
    return "yes" if condition else "no"


def is_frozen(facts: Facts) -> bool:
    """Tell whether a display has not told how it is for too long."""
    return LIMITS["status"].judge(facts.seen.age) is Level.CRITICAL


def alive(facts: Facts) -> str:
    """Ask whether the display tells how it is."""
    if not facts.seen.is_running:
        return "no, its process is gone"
    if facts.status.ending_for is not None:
        return "yes"  # that it ends was its last word
    return "no, its process lives" if is_frozen(facts) else "yes"


def _is_live(facts: Facts) -> bool:
    return facts.link.state is LinkState.LIVE and not facts.link.stale


def is_down(facts: Facts) -> str:
    """Ask whether the board has been without its server for longer than connecting takes."""
    down_for = facts.link.down_for
    too_long = down_for is not None and LIMITS["down"].judge(down_for) is not Level.OK
    return yes(too_long or facts.link.stale)


def sockets(facts: Facts) -> str:
    """Ask how many connections are open."""
    return {0: "none", 1: "1"}.get(facts.link.open_sockets, "more than 1")


def refusal(facts: Facts) -> str:
    """Ask what the last try to connect came to."""
    if facts.link.state is not LinkState.FAILED:
        return "nobody answers"
    return "not the server that was compared" if facts.link.untrusted else "it refuses us"


def subscriptions_wrong(link: LinkFacts) -> bool:
    """Tell whether a topic is listened to by nobody, or by the same handler twice.

    Args:
        link: the websocket.
    """
    return bool(link.missing_subscriptions or link.doubled_subscriptions)


def differs(facts: Facts) -> str:
    """Ask whether the board differs from the server's; one that is not live is only old."""
    return yes(_is_live(facts) and facts.status.board.differing is not None)


def bumps(facts: Facts) -> str:
    """Ask whether bumps are on the disk, and answered by a server that is there."""
    commands = facts.status.commands
    if commands.trouble:
        return "no, the disk takes none"
    late = LIMITS["oldest unsent"].judge(commands.oldest) is Level.WARNING
    return "no, the server is silent" if _is_live(facts) and late else "yes"


_TURNS: Final = ("waiting_user_final", "waiting_response", "recording", "committing")


def turn_level(voice: VoiceFacts) -> Level:
    """Hold the time that a turn has been in its state against the limit of the state.

    Args:
        voice: push-to-talk.

    Returns:
        The level; fine when idle.
    """
    if voice.turn_state not in _TURNS or voice.turn_for < voice.turn_deadline:
        return Level.OK  # the settings may allow more than the limits
    return LIMITS[voice.turn_state].judge(voice.turn_for)


def is_stuck(facts: Facts) -> str:
    """Ask whether a turn has been in its state for longer than it may."""
    return yes(turn_level(facts.voice) is not Level.OK)


def state(facts: Facts) -> str:
    """Ask in which state the turn is."""
    turn = facts.voice.turn_state
    return turn if turn in ("waiting_user_final", "waiting_response") else "another"


def voice_is_down(voice: VoiceFacts) -> bool:
    """Tell whether voice has been without its server for longer than a round of tries takes.

    Args:
        voice: push-to-talk.
    """
    return _too_long(voice.down_for)


def is_deaf(voice: VoiceFacts) -> bool:
    """Tell whether nothing was heard for so long, or so often, that it is no accident.

    Args:
        voice: push-to-talk.
    """
    return _too_long(voice.deaf_for) or voice.silent_turns >= SILENT_TURNS


def _too_long(seconds: float | None) -> bool:
    return seconds is not None and LIMITS["voice down"].judge(seconds) is not Level.OK


def voice_fails(facts: Facts) -> str:
    """Ask whether voice ordering does not work."""
    voice = facts.status.voice
    if voice is None:
        return "no"
    failed = voice.last_outcome in FAILED_OUTCOMES
    return yes(is_deaf(voice) or voice_is_down(voice) or failed)


def transmits(facts: Facts) -> str:
    """Ask whether sound leaves this machine."""
    return yes(facts.voice.last_turn_heard and not is_deaf(facts.voice))


def events(facts: Facts) -> str:
    """Ask whether words came back for the last turn."""
    return "received" if facts.voice.last_turn_events else "none"


def grows(facts: Facts) -> str:
    """Ask whether memory grows, or is more than it should be."""
    held = facts.status.process
    growth = LIMITS["growth"].judge(held.growth)
    size = LIMITS["memory"].judge(float(held.rss_bytes))
    return yes(any(level in (Level.WARNING, Level.CRITICAL) for level in (growth, size)))


def handles(facts: Facts) -> str:
    """Ask which handles grow."""
    held, rising = facts.status.process, LIMITS["rising"]
    timers = rising.judge(held.timers_growth) is Level.WARNING
    if timers or LIMITS["timers"].judge(held.timers) is Level.WARNING:
        return "timers"
    sockets = rising.judge(held.sockets_growth) is Level.WARNING
    if sockets or LIMITS["sockets"].judge(held.sockets) is Level.WARNING:
        return "sockets"
    return "none"


def grown(facts: Facts) -> str:
    """Say how large the program is, and how it grows."""
    held = facts.status.process
    size = f"{held.rss_bytes / MB:.0f} MB"
    return size if held.growth is None else f"{size}, {held.growth / MB:+.1f} MB an hour"


def reason(facts: Facts) -> str:
    """Say why the link is as it is, behind a colon; nothing when nobody knows."""
    return f": {facts.link.reason.rstrip('.')}" if facts.link.reason else ""


def down_for(facts: Facts) -> str:
    """Say for how long the server has told nothing."""
    # A link that is live and silent is not down, and still tells nothing.
    seconds = facts.link.down_for or facts.link.heartbeat_age or 0.0
    return format_age(seconds)


def subscribed(link: LinkFacts) -> str:
    """Say what is wrong with the subscriptions."""
    missing = [f"{name} is missing" for name in link.missing_subscriptions]
    doubled = [f"{name} is there twice" for name in link.doubled_subscriptions]
    return ", ".join([*missing, *doubled])
