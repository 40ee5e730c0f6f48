"""One connection's conversation with an order server, sans I/O.

Fed frames and the time, returns events and frames to send; opens no socket, reads no clock. The
caller sends what `frames_to_send` gives, calls `tick` no later than `next_tick`, and does what the
events say.

    AUTHENTICATING --auth:success--> SYNCING --missed events replayed, or orders listed--> LIVE
          |                             ^                                                    |
          +--auth:failed--> CLOSED      +---------------- a gap in seq ----------------------+

Every state but LIVE and CLOSED has a deadline, and LIVE has one for silence: when it passes, the
connection is to be replaced. Resuming follows the rule of every push system that is trusted: take
the position before reading the state, apply `seq + 1` only, and ask again at a gap.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, assert_never

from kds_tui.core.clock import format_time
from kds_tui.core.frames import (
    AuthAccepted,
    AuthRefused,
    Frame,
    Heartbeat,
    Ignored,
    MenuChanged,
    OrderRemoved,
    OrderStatusChanged,
    OrderUpserted,
    Pong,
    ServerError,
    SyncCompleted,
    Welcome,
    decode_frame,
    encode_auth,
    encode_ping,
    encode_sync,
)
from kds_tui.core.session_events import (
    Complaint,
    DigestTold,
    Expired,
    FreshnessChanged,
    GapFound,
    Refused,
    ServerTimeTold,
    SessionEvent,
    SnapshotWanted,
    WentLive,
)
from kds_tui.core.wire import WireError


class Phase(StrEnum):
    """Where a conversation is."""

    AUTHENTICATING = "authenticating"
    SYNCING = "syncing"
    LIVE = "live"
    CLOSED = "closed"


@dataclass(frozen=True, slots=True)
class Cursor:
    """How far a display has followed a server's journal."""

    epoch: str
    seq: int


DELAYED: Final = 1.0
"""Seconds by which a time that came by itself may fall behind earlier ones until the server is
asked: it was delayed, or the server's clock was set back."""


@dataclass(frozen=True, slots=True)
class Timing:
    """The deadlines of a conversation, all in seconds."""

    auth_timeout: float = 3.0
    sync_timeout: float = 10.0
    """Without progress while syncing."""

    app_ping_interval: float = 30.0
    """Restaurant OS expects a ping this often."""

    stale_after: float = 5.0
    """Past the moment when a frame was due."""

    replace_after: float = 10.0
    """Likewise; then the connection is replaced."""


class Session:
    """The conversation of one connection.

    Args:
        token: sent in the first frame, and nowhere else.
        restaurant_id: a UUID; empty takes the token's.
        cursor: where an earlier connection to the same server got to, if there was one.
        timing: the deadlines.
        now: the monotonic clock, in seconds.
        server_now: the server's clock as far as known, for the timestamps in our frames.
    """

    def __init__(
        self,
        *,
        token: str,
        restaurant_id: str,
        cursor: Cursor | None,
        timing: Timing,
        now: float,
        server_now: float,
    ) -> None:
        self.phase = Phase.AUTHENTICATING
        self.cursor = cursor
        self.heard_at = now
        """When the last frame came, on the monotonic clock."""

        self.stale = False
        self._timing = timing
        self._restaurant_id = restaurant_id
        self._clock_offset = server_now - now
        self._heartbeat_interval: float | None = None
        self._deadline = now + timing.auth_timeout
        self._ping_at = now + timing.app_ping_interval
        self._asked_at: float | None = now
        """When the question was sent that the next answer answers: the token, then each ping."""

        self._server_ahead: float | None = None
        """The server's time less the monotonic clock, as the least delayed word told it."""

        self._due_at: float | None = None
        self._has_journal = False
        self._replaying = False
        self._listing = False
        self._outgoing: list[str] = [encode_auth(token, restaurant_id, format_time(server_now))]

    @property
    def resume_point(self) -> Cursor | None:
        """From where a later connection can follow: None while a listing is owed to the board.

        The position is taken before the orders are read, so that it alone promises nothing.
        """
        return None if self._listing else self.cursor

    def server_now(self, now: float) -> float | None:
        """Tell the server's time, as far as it told it.

        Args:
            now: the monotonic clock, in seconds.

        Returns:
            Seconds since the epoch; None when it never did.
        """
        return None if self._server_ahead is None else self._server_ahead + now

    def frames_to_send(self) -> list[str]:
        """Take the frames that are to be sent now, in order.

        Returns:
            Text frames; empty when there are none. The first one is the authentication.
        """
        frames, self._outgoing = self._outgoing, []
        return frames

    def receive(self, data: str | bytes, now: float) -> list[SessionEvent]:
        """Take a frame that arrived.

        Args:
            data: its content, text or binary.
            now: the monotonic clock, in seconds.

        Returns:
            What follows from it, in order.
        """
        if self.phase is Phase.CLOSED:
            return []
        events = self._heard(now)
        try:
            frame = decode_frame(data)
        except WireError as error:
            return [*events, Complaint("bad frame", str(error))]
        return events + self._take(frame, now)

    def snapshot_progressed(self, now: float) -> None:
        """Take the news that a page of the orders came: the deadline starts again.

        Args:
            now: the monotonic clock, in seconds.
        """
        if self.phase is Phase.SYNCING:
            self._deadline = now + self._timing.sync_timeout

    def snapshot_loaded(self, now: float) -> list[SessionEvent]:
        """Take the news that the orders, as wanted, have been listed and merged.

        Args:
            now: the monotonic clock, in seconds.

        Returns:
            What follows.
        """
        if self.phase is not Phase.SYNCING or not self._listing:
            return []
        self._listing = False
        # A gap was found while the orders were being read: its replay is still on the way.
        return [] if self._replaying else self._go_live(now, resumed=False)

    def list_anew(self, reason: str, now: float) -> list[SessionEvent]:
        """Take the news that the board is not what the server says it is.

        Args:
            reason: why, for the log.
            now: the monotonic clock, in seconds.

        Returns:
            What follows: the orders are to be listed, if they are not being listed already.
        """
        if self.phase is not Phase.LIVE:
            return []
        self.phase = Phase.SYNCING
        self._deadline = now + self._timing.sync_timeout
        return self._want_listing(reason)

    def next_tick(self) -> float:
        """Tell when `tick` must be called at the latest.

        Returns:
            A time on the monotonic clock, in seconds.
        """
        if self.phase in (Phase.AUTHENTICATING, Phase.SYNCING):
            return self._deadline
        due = self._word_due_at()
        if due is None:
            return self._ping_at
        patience = self._timing.replace_after if self.stale else self._timing.stale_after
        return min(self._ping_at, due + patience)

    def tick(self, now: float) -> list[SessionEvent]:
        """Let time pass.

        Args:
            now: the monotonic clock, in seconds.

        Returns:
            What follows: a ping to send, silence noticed, a deadline passed.
        """
        if self.phase is Phase.CLOSED:
            return []
        if self.phase is not Phase.LIVE:
            return self._expire(f"no progress while {self.phase}") if now >= self._deadline else []
        events: list[SessionEvent] = []
        if now >= self._ping_at:
            timestamp = format_time(now + self._clock_offset)
            self._outgoing.append(encode_ping(self._restaurant_id, timestamp))
            self._ping_at = now + self._timing.app_ping_interval
            if self._asked_at is None:
                self._asked_at = now
            if self._due_at is None:
                self._due_at = now
        due = self._word_due_at()
        if due is not None and not self.stale and now >= due + self._timing.stale_after:
            self.stale = True
            events.append(FreshnessChanged(stale=True))
        if due is not None and now >= due + self._timing.replace_after:
            events += self._expire("no word from the server")
        return events

    def _word_due_at(self) -> float | None:
        """When the server was or is to say something: a heartbeat, or the answer to our ping."""
        if self._heartbeat_interval is not None:
            return self.heard_at + self._heartbeat_interval
        return self._due_at

    def _heard(self, now: float) -> list[SessionEvent]:
        self.heard_at = now
        self._due_at = None
        if self.stale:
            self.stale = False
            return [FreshnessChanged(stale=False)]
        return []

    def _expire(self, reason: str) -> list[SessionEvent]:
        self.phase = Phase.CLOSED
        return [Expired(reason)]

    def _refuse(self, reason: str) -> list[SessionEvent]:
        self.phase = Phase.CLOSED
        return [Refused(reason)]

    def _take(self, frame: Frame, now: float) -> list[SessionEvent]:
        content = frame.content
        if self.phase is Phase.AUTHENTICATING:
            return self._take_before_auth(content, now)
        match content:
            case OrderUpserted() | OrderRemoved() | OrderStatusChanged() | MenuChanged():
                return self._follow(frame.seq, [content], now)
            case Ignored(type=name, known=known):
                complaint: list[SessionEvent] = [] if known else [Complaint("unknown type", name)]
                return self._follow(frame.seq, complaint, now)
            case SyncCompleted():
                return self._sync_completed(content, now)
            case Heartbeat():
                return self._heartbeat(content, now)
            case ServerError(message=message):
                return [Complaint("server error", message)]
            case Pong(server_time=server_time):
                return self._answered(server_time, now)
            case Welcome() | AuthAccepted() | AuthRefused():
                return []
            case _:
                assert_never(content)

    def _take_before_auth(self, content: object, now: float) -> list[SessionEvent]:
        match content:
            case AuthAccepted():
                self.phase = Phase.SYNCING
                self._heartbeat_interval = content.heartbeat_interval
                self._has_journal = content.epoch is not None and content.head_seq is not None
                if not self._can_resume(content):
                    self.cursor = None
                self._ask_sync(now)
                return self._answered(content.server_time, now)
            case AuthRefused(reason=reason) | ServerError(message=reason):
                return self._refuse(reason)
            case _:
                # Nothing that a server sends to a stranger belongs on a board.
                return []

    def _can_resume(self, accepted: AuthAccepted) -> bool:
        """Whether the cursor means anything to this server: same journal, not set back since."""
        if self.cursor is None or accepted.head_seq is None:
            return False
        return self.cursor.epoch == accepted.epoch and self.cursor.seq <= accepted.head_seq

    def _ask_sync(self, now: float) -> None:
        epoch = self.cursor.epoch if self.cursor else None
        since_seq = self.cursor.seq if self.cursor else None
        timestamp = format_time(now + self._clock_offset)
        self._outgoing.append(encode_sync(epoch, since_seq, self._restaurant_id, timestamp))
        self._replaying = True
        self._deadline = now + self._timing.sync_timeout

    def _follow(
        self, seq: int | None, events: list[SessionEvent], now: float
    ) -> list[SessionEvent]:
        """Apply an event that may have a place in the journal: once, in order, or not yet."""
        if seq is None or self.cursor is None:
            # No journal, or the position is not known yet: the orders are listed later, and
            # merging by version makes an event that comes twice harmless.
            return events
        if seq <= self.cursor.seq:
            return []
        if seq == self.cursor.seq + 1:
            self.cursor = Cursor(self.cursor.epoch, seq)
            if self.phase is Phase.SYNCING:
                self._deadline = now + self._timing.sync_timeout
            return events
        return self._gap(seq, now)

    def _gap(self, seq: int, now: float) -> list[SessionEvent]:
        if self.cursor is None or self._replaying:
            # Already asked: what lies behind the gap comes with the replay.
            return []
        self.phase = Phase.SYNCING
        self._ask_sync(now)
        return [GapFound(self.cursor.seq + 1, seq)]

    def _sync_completed(self, content: SyncCompleted, now: float) -> list[SessionEvent]:
        if not self._replaying:
            return []
        self._replaying = False
        self._deadline = now + self._timing.sync_timeout
        if not self._has_journal or content.epoch is None or content.seq is None:
            self.cursor = None
            return self._want_listing("the server keeps no journal")
        followed, self.cursor = self.cursor, Cursor(content.epoch, content.seq)
        if followed is None:
            return self._want_listing("nothing is known yet")
        if content.snapshot_required or followed.epoch != content.epoch:
            return self._want_listing("too much was missed")
        if followed.seq < content.seq:
            return self._want_listing("the replay was not complete")
        self.cursor = followed  # what happened during the replay may have come before its end
        # A listing that began before the gap was found is still to come.
        return [] if self._listing else self._go_live(now, resumed=True)

    def _want_listing(self, reason: str) -> list[SessionEvent]:
        """Ask for all orders. What happens while they are read comes after the position taken."""
        self._listing = True
        return [SnapshotWanted(reason, authoritative=self.cursor is not None)]

    def _heartbeat(self, content: Heartbeat, now: float) -> list[SessionEvent]:
        events: list[SessionEvent] = []
        if content.server_time is not None:
            events.append(ServerTimeTold(content.server_time))
            self._doubt(content.server_time - now, now)
        if self.phase is not Phase.LIVE or self.cursor is None:
            return events
        if content.epoch != self.cursor.epoch:
            return events + self._expire("the server began a new journal")
        if content.head_seq > self.cursor.seq:  # the last events were lost on the way
            return events + self._gap(content.head_seq, now)
        if content.head_seq < self.cursor.seq:
            # What was followed is not in the journal any more.
            return events + self._expire("the server's journal was set back")
        if content.board is not None:
            events.append(DigestTold(content.board))
        return events

    def _answered(self, server_time: float | None, now: float) -> list[SessionEvent]:
        """Take the answer to a question; with two under way the first answer is the first one's."""
        asked_at, self._asked_at = self._asked_at, None
        if server_time is None:
            return []
        self._server_ahead = server_time - now
        return [ServerTimeTold(server_time, None if asked_at is None else now - asked_at)]

    def _doubt(self, server_ahead: float, now: float) -> None:
        if self._server_ahead is None or server_ahead > self._server_ahead:
            self._server_ahead = server_ahead
        elif self._server_ahead - server_ahead > DELAYED and self._asked_at is None:
            self._ping_at = now

    def _go_live(self, now: float, *, resumed: bool) -> list[SessionEvent]:
        self.phase = Phase.LIVE
        # A hub is asked for its time at once: the way of a token takes longer than that of a ping.
        self._ping_at = now if self._has_journal else now + self._timing.app_ping_interval
        return [WentLive(resumed)]
