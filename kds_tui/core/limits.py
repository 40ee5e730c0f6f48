"""Every limit that a diagnosis goes by, with the source of its number.

The numbers are those of the quick reference of the incidents ("Real-Time Quick Reference Card")
where it has one; `source` names its section. The others are this program's own.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from kds_tui.core.clock import SKEW_SHOWN

MB: Final = 1e6
GB: Final = 1e9


class Level(StrEnum):
    """How a figure stands against its limit; the word that is shown."""

    OK = "ok"
    WARNING = "warning"
    CRITICAL = "critical"
    NONE = ""
    """There is no limit, or nothing to compare with it."""


_ORDER: Final = (Level.NONE, Level.OK, Level.WARNING, Level.CRITICAL)


def worst(*levels: Level) -> Level:
    """Give the worst of some levels; `Level.NONE` of none."""
    return max(levels, key=_ORDER.index, default=Level.NONE)


@dataclass(frozen=True, slots=True)
class Limit:
    """A limit of one figure."""

    words: str
    """As it is shown: what the figure should be."""

    source: str
    warning: float | None = None
    """From here on the figure is too high; None where only yes or no is judged."""

    critical: float | None = None

    def judge(self, value: float | None) -> Level:
        """Hold a figure against the limit.

        Args:
            value: in the unit of the limit; None when it is not known.

        Returns:
            The level.
        """
        if value is None:
            return Level.NONE
        if self.critical is not None and value >= self.critical:
            return Level.CRITICAL
        if self.warning is not None and value >= self.warning:
            return Level.WARNING
        return Level.OK


_SOCKET: Final = "quick reference, websocket status"
_VOICE: Final = "quick reference, voice connection status"
_HANDLES: Final = "quick reference, memory leak indicators"
_BUDGET: Final = "quick reference, resource limits"
_QUERIES: Final = "quick reference, production monitoring queries"
_OURS: Final = "ours"

LIMITS: Final[dict[str, Limit]] = {
    # The link
    "state": Limit("live", f"{_SOCKET}: state 'connected'"),
    "down": Limit("10 s", f"{_BUDGET}: connection 10 seconds", 10.0),
    "reconnect attempts": Limit("0", f"{_SOCKET}: reconnectAttempts 0", 1),
    "reconnecting": Limit("no", f"{_SOCKET}: isReconnecting false", 1),
    "heartbeat": Limit("30 s", f"{_BUDGET}: heartbeat 30 seconds", 30.0, 60.0),
    "open sockets": Limit("1", f"{_BUDGET}: websocket 1 per client", 2, 2),
    "connections": Limit("95 % succeed", f"{_QUERIES}: successful / attempted < 0.95", 0.05),
    "subscriptions": Limit("none twice", f"{_SOCKET}: getSubscriptions() lists each once", 1, 1),
    "bad frames": Limit("0", f"{_OURS}: a server that keeps to the protocol sends none", 1),
    "handler errors": Limit("0", f"{_OURS}: a handler never raises", 1),
    # The board
    "confirmed": Limit("10 s", f"{_OURS}: a few heartbeats of a hub", 10.0),
    "mismatches": Limit("0", f"{_OURS}: a board follows its server", 1),
    # Of classes: the first one above a second ends at 2.5.
    "latency": Limit("1 s", f"{_OURS}: news is on the board at once", 2.5),
    # Bumps
    "oldest unsent": Limit("30 s", f"{_OURS}: a bump is answered at once", 30.0),
    "disk": Limit("yes", f"{_OURS}: no bump is lost by a power cut", 1),
    # Voice
    "voice connection": Limit("connected", f"{_VOICE}: connectionState 'connected'"),
    "voice down": Limit("30 s", f"{_OURS}: one round of tries", 30.0),
    "voice connections": Limit("1", f"{_BUDGET}: voice WebRTC 1 per client", 2, 2),
    "waiting_user_final": Limit("10 s", f"{_BUDGET}: state 10 seconds (voice)", 10.0, 15.0),
    "waiting_response": Limit("15 s", f"{_BUDGET}: state 15 seconds (AI response)", 15.0, 20.0),
    "recording": Limit("45 s", f"{_OURS}: [voice] recording_deadline", 45.0, 60.0),
    "committing": Limit("5 s", f"{_OURS}: [voice] commit_deadline", 5.0, 10.0),
    "transcript map": Limit("0 when idle", f"{_VOICE}: transcriptMapSize 0", 1),
    "data channel": Limit("ready", f"{_VOICE}: dataChannelReady true"),
    "microphone": Limit("records", "quick reference, decision tree: audio transmitting"),
    "voice orders": Limit("90 % placed", f"{_QUERIES}: completed / started < 0.90", 0.10),
    "state timeouts": Limit("6 a minute", f"{_QUERIES}: rate over 5 minutes > 0.1 a second", 6.0),
    # The clock
    "skew": Limit("2 s", f"{_OURS}: ages go by the server's clock", SKEW_SHOWN),
    # The program
    "memory": Limit("1 GB", f"{_BUDGET}: 1 GB target, hard limit 2 GB", 1 * GB, 2 * GB),
    "growth": Limit("10 MB an hour", f"{_HANDLES}: heap growth", 10 * MB, 50 * MB),
    "handles": Limit("50", f"{_HANDLES}: a high number (> 50) indicates leaks", 51),
    "timers": Limit("20", f"{_HANDLES}: expected handle counts, Timeout > 20", 21),
    "sockets": Limit("50", f"{_HANDLES}: expected handle counts, Socket > 50", 51),
    "rising": Limit("steady", f"{_HANDLES}: any number continuously growing", 6.0),
    "ending": Limit("10 s", f"{_BUDGET}: shutdown 10 seconds total", 10.0, 10.0),
    "status": Limit("15 s", f"{_OURS}: three times the 5 s between two of them", 15.0, 15.0),
}
"""The limits by the name of their figure; times in seconds, memory in bytes, growth by the hour."""

ENOUGH_CONNECTIONS: Final = 20
"""Connections from which on their success is judged: of fewer, one bad try is more than 5 %."""

ENOUGH_ORDERS: Final = 10
"""Likewise of orders by voice, where one is 10 %."""
