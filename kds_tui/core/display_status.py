"""Everything about a running display that a diagnosis goes by: plain values of one moment.

The display makes them of itself every few seconds. Its diagnostics screen shows them, `status.json`
in the terminal's folder keeps them for `kds-tui doctor`, and metrics and support bundle are made
from them. Ages and durations are in seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from kds_tui.core.link import LinkState


@dataclass(frozen=True, slots=True)
class LinkFacts:
    """The websocket to the order server."""

    state: LinkState = LinkState.DISCONNECTED
    stale: bool = False
    """Live, but the server has not spoken when it was due to."""

    untrusted: bool = False
    reason: str = ""
    is_connecting: bool = False
    is_reconnecting: bool = False
    reconnect_attempts: int = 0
    retry_in: float | None = None
    down_for: float | None = None
    """Since it was live, or since it was first wanted; None while it is live."""

    heartbeat_age: float | None = None
    """Since any frame came."""

    connect_count: int = 0
    """Sockets asked for."""

    live_count: int = 0
    """Those of them that became live."""

    open_sockets: int = 0
    subscriptions: tuple[str, ...] = ()
    """The topic of each handler."""

    missing_subscriptions: tuple[str, ...] = ()
    """Topics that nobody listens to, and somebody should."""

    doubled_subscriptions: tuple[str, ...] = ()
    """Topics that one handler listens to more than once."""

    snapshots: int = 0
    gaps: int = 0
    bad_frames: int = 0
    unknown_types: int = 0
    server_errors: int = 0
    handler_errors: int = 0
    epoch: str = ""
    seq: int | None = None


@dataclass(frozen=True, slots=True)
class BoardFacts:
    """The tickets, and whether they are the server's."""

    tickets: int = 0
    last_known_age: float | None = None
    """How old the board is, when it is that of the last run."""

    confirmed_age: float | None = None
    """Since board and server last agreed on a digest."""

    differing: tuple[int, int] | None = None
    """Open orders here and at the server, when the last comparison found a difference."""

    mismatches: int = 0
    listings: int = 0
    """Times that the orders were listed anew because of them."""


@dataclass(frozen=True, slots=True)
class CommandFacts:
    """What cooks asked for, and what became of it."""

    unsent: int = 0
    oldest: float | None = None
    """The age of the oldest unanswered command."""

    in_memory: int = 0
    """Those that the disk has not taken."""

    trouble: str = ""
    """What is wrong with the disk; empty when nothing is."""

    given: dict[str, int] = field(default_factory=dict[str, int])
    """How many were given, by verb."""

    answered: int = 0
    declined: int = 0


@dataclass(frozen=True, slots=True)
class EventFacts:
    """What the server told."""

    count: int = 0
    orders: int = 0
    """Orders that were new."""

    latency: tuple[int, ...] = ()
    """How many changes came within each class of `core.latencies`."""

    latency_sum: float = 0.0


@dataclass(frozen=True, slots=True)
class VoiceFacts:
    """Push-to-talk, as `VoiceClient.get_status` tells it, and the orders made with it."""

    connection_state: str = "disconnected"
    reason: str = ""
    down_for: float | None = None
    """Since it was connected, or since it was first wanted; None while it is."""

    turn_state: str = "idle"
    turn_for: float = 0.0
    """For how long the turn has been in this state."""

    turn_deadline: float = 0.0
    """For how long it may, by the settings; 0 when they do not say."""

    transcript_map_size: int = 0
    """Utterances whose words are still to come."""

    transcripts_kept: int = 0
    has_data_channel: bool = False
    data_channel_ready: bool = False
    microphone: str = ""
    """Its name while it records, or why it does not."""

    records: bool = False
    deaf_for: float | None = None
    """Since it recorded, or since it was first wanted; None while it does."""

    last_outcome: str = ""
    """How the last turn ended; empty before the first."""

    silent_turns: int = 0
    """Turns in a row in which nothing was heard."""

    last_turn_heard: bool = False
    """Whether sound left this machine in the last turn."""

    last_turn_events: int = 0
    """Transcript events that came for the last turn."""

    connections_attempted: int = 0
    connections_successful: int = 0
    open_connections: int = 0
    orders_started: int = 0
    orders_completed: int = 0
    state_timeouts: int = 0
    timeouts_per_minute: float = 0.0
    """Over the last five minutes."""


@dataclass(frozen=True, slots=True)
class ClockFacts:
    """What ages go by."""

    server_time: float = 0.0
    """In seconds since the epoch."""

    round_trip: float | None = None
    skew: float | None = None
    """How far this machine's wall clock is ahead of the server's; None while that is not known."""


@dataclass(frozen=True, slots=True)
class ProcessFacts:
    """What the program holds: what a leak would pile up. Growth is by the hour since the warm-up,
    and None until there is enough of it to go by."""

    rss_bytes: int = 0
    growth: float | None = None
    """In bytes."""

    growth_known_in: float = 0.0
    """Seconds until the growth can be told."""

    tasks: int = 0
    timers: int = 0
    timers_growth: float | None = None
    sockets: int = 0
    sockets_growth: float | None = None
    files: int = 0
    """Open file descriptors that are no sockets."""

    threads: int = 0
    up_for: float = 0.0


@dataclass(frozen=True, slots=True)
class DisplayStatus:
    """One running display."""

    version: str = ""
    pid: int = 0
    station: str = ""
    server: str = ""
    written_at: float = 0.0
    """On the monotonic clock, which all programs of a machine share until it is started again."""

    wall_time: float = 0.0
    """The same moment on this machine's wall clock, in seconds since the epoch."""

    ending_for: float | None = None
    """Since it was told to end; None while it runs on."""

    link: LinkFacts | None = None
    """None before there is one."""

    board: BoardFacts = BoardFacts()
    commands: CommandFacts = CommandFacts()
    events: EventFacts = EventFacts()
    voice: VoiceFacts | None = None
    """None where it is turned off, or not there."""

    no_voice: str = ""
    """Why there is none."""

    sound: str = ""
    """Where sounds come from, or why there are none; empty where nobody told."""

    clock: ClockFacts = ClockFacts()
    process: ProcessFacts = ProcessFacts()
    trouble: tuple[str, ...] = ()
    """What cannot be told to whoever watches: a port that is taken, a file that cannot be
    written."""


@dataclass(frozen=True, slots=True)
class Seen:
    """What somebody outside sees of a display; the display itself is always well seen."""

    is_running: bool = True
    age: float = 0.0
    """Since it last told its status."""

    is_stopped: bool = False
    """Whether a signal holds the process (ctrl+z, SIGSTOP)."""

    disk_trouble: str = ""
    """Why the disk takes no status, when it is the disk that is silent; empty when it takes one."""
