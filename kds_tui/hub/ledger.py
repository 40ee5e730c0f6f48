"""What the hub's database holds, and the statements that read and write it.

Every method runs on the journal's thread, inside the transaction that the journal opened.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import msgspec

from kds_tui.core.conflicts import Stocked
from kds_tui.core.digest import OrderState
from kds_tui.core.order import LISTED

SCHEMA_VERSION: Final = 4
"""Kept in SQLite's `user_version`."""

_TOKENS: Final = """CREATE TABLE tokens (
        id TEXT PRIMARY KEY, role TEXT NOT NULL, label TEXT NOT NULL, address TEXT NOT NULL,
        issued_at REAL NOT NULL, used_at REAL NOT NULL, expires_at REAL NOT NULL) STRICT"""

_STOCK: Final = """CREATE TABLE stock (
        item_id TEXT PRIMARY KEY, available INTEGER NOT NULL, changed_at TEXT NOT NULL) STRICT"""

_STOCK_TOUCHED: Final = (
    "ALTER TABLE stock ADD COLUMN version INTEGER NOT NULL DEFAULT 2",
    "ALTER TABLE stock ADD COLUMN touched_by TEXT NOT NULL DEFAULT ''",
)

_SCHEMA: Final = (
    "CREATE TABLE facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT",
    """CREATE TABLE orders (
        id TEXT PRIMARY KEY, order_number TEXT NOT NULL UNIQUE, status TEXT NOT NULL,
        type TEXT NOT NULL, created_at TEXT NOT NULL, row BLOB NOT NULL) STRICT""",
    "CREATE INDEX orders_by_age ON orders (created_at)",
    "CREATE INDEX orders_by_status ON orders (status, created_at)",
    "CREATE TABLE days (day TEXT PRIMARY KEY, last_number INTEGER NOT NULL) STRICT",
    "CREATE TABLE events (seq INTEGER PRIMARY KEY, frame BLOB NOT NULL) STRICT",
    """CREATE TABLE answers (
        key TEXT PRIMARY KEY, fingerprint TEXT NOT NULL, status INTEGER NOT NULL,
        body BLOB NOT NULL, given_at REAL NOT NULL) STRICT""",
    "CREATE INDEX answers_by_age ON answers (given_at)",
    _TOKENS,
    _STOCK,
    *_STOCK_TOUCHED,
)

_STEPS: Final[dict[int, tuple[str, ...]]] = {
    1: (_TOKENS,),
    2: (_STOCK,),
    3: _STOCK_TOUCHED,
}
"""What a database of that version needs to become one of the next."""


@dataclass(frozen=True, slots=True)
class Event:
    """A broadcast: its place in the journal, and the frame as every client gets it."""

    seq: int
    frame: bytes
    state: OrderState | None = None
    """What the digest of the open orders makes of it; None when it is about no order."""


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What was answered to a request that carried an idempotency key."""

    fingerprint: str
    status: int
    body: bytes


@dataclass(frozen=True, slots=True)
class TokenKept:
    """A token that is out. Moments are in seconds since the epoch."""

    id: str
    role: str
    label: str
    """What the terminal called itself."""

    address: str
    """Where it signed in from."""

    issued_at: float
    used_at: float
    expires_at: float


@dataclass(frozen=True, slots=True)
class OrderFilter:
    """Which orders a list holds; an empty field asks for nothing."""

    statuses: Sequence[str] = ()
    type: str = ""
    created_from: str = ""
    """ISO 8601 as the rows spell it, so that text order is time order."""

    created_until: str = ""
    limit: int = 50
    offset: int = 0


class _Versioned(msgspec.Struct):
    version: int


_version_decoder: Final = msgspec.json.Decoder(_Versioned)


class Ledger:
    """The database behind one connection.

    Args:
        connection: in autocommit mode; the journal opens and ends the transactions.
    """

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._connection = connection
        self.appended: list[Event] = []
        """The events of the transaction under way; the journal publishes and clears them."""

    def create_schema(self) -> None:
        """Make the tables of a new database."""
        for statement in _SCHEMA:
            self._connection.execute(statement)
        self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def migrate(self, version: int) -> None:
        """Bring the tables of an older database to this version; nothing in it is lost.

        Args:
            version: its `user_version`, from 1.
        """
        for step in range(version, SCHEMA_VERSION):
            for statement in _STEPS[step]:
                self._connection.execute(statement)
        self._connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")

    def facts(self) -> dict[str, str]:
        """Read all facts about the restaurant and the journal."""
        return dict(self._connection.execute("SELECT name, value FROM facts"))

    def keep_fact(self, name: str, value: str) -> None:
        """Write one fact, in place of an older one of that name."""
        self._connection.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def drop_fact(self, name: str) -> None:
        """Forget one fact."""
        self._connection.execute("DELETE FROM facts WHERE name = ?", (name,))

    def next_number(self, day: str) -> int:
        """Take the day's next order number.

        Args:
            day: as the order number spells it, `YYYYMMDD`.

        Returns:
            1 for the first order of the day; never the same twice.
        """
        (number,) = self._connection.execute(
            "INSERT INTO days VALUES (?, 1) ON CONFLICT (day) DO UPDATE"
            " SET last_number = last_number + 1 RETURNING last_number",
            (day,),
        ).fetchone()
        return number

    def put_order(
        self, *, order_id: str, number: str, status: str, kind: str, created_at: str, row: bytes
    ) -> None:
        """Write an order, new or changed; the columns beside the row are what lists ask for."""
        self._connection.execute(
            "INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?)"
            " ON CONFLICT (id) DO UPDATE SET status = excluded.status, row = excluded.row",
            (order_id, number, status, kind, created_at, row),
        )

    def order(self, order_id: str) -> bytes | None:
        """Read one order's row as JSON; None when there is no such order."""
        found = self._connection.execute(
            "SELECT row FROM orders WHERE id = ?", (order_id,)
        ).fetchone()
        return found[0] if found else None

    def orders(self, wanted: OrderFilter) -> list[bytes]:
        """Read rows as JSON, newest first."""
        conditions = ["1"]
        values: list[str | int] = []
        if wanted.statuses:
            conditions.append(f"status IN ({','.join('?' * len(wanted.statuses))})")
            values += wanted.statuses
        for condition, value in (
            ("type = ?", wanted.type),
            ("created_at >= ?", wanted.created_from),
            ("created_at <= ?", wanted.created_until),
        ):
            if value:
                conditions.append(condition)
                values.append(value)
        rows = self._connection.execute(
            f"SELECT row FROM orders WHERE {' AND '.join(conditions)}"
            " ORDER BY created_at DESC, rowid DESC LIMIT ? OFFSET ?",
            (*values, wanted.limit, wanted.offset),
        )
        return [row for (row,) in rows]

    def open_states(self) -> list[OrderState]:
        """Read what the digest needs of the orders that are not finished."""
        rows = self._connection.execute(
            f"SELECT id, status, row FROM orders WHERE status IN ({','.join('?' * len(LISTED))})",
            LISTED,
        )
        return [
            OrderState(order_id, _version_decoder.decode(row).version, status)
            for order_id, status, row in rows
        ]

    def stock(self) -> dict[str, Stocked]:
        """Read which items of the menu were put out of stock, or back, by their keys."""
        rows = self._connection.execute("SELECT item_id, available, version, touched_by FROM stock")
        return {item_id: Stocked(bool(available), *rest) for item_id, available, *rest in rows}

    def keep_stock(self, item_id: str, stock: Stocked, moment: str) -> None:
        """Write whether an item of the menu can be ordered; `moment` is an ISO 8601 text."""
        self._connection.execute(
            "INSERT OR REPLACE INTO stock"
            " (item_id, available, changed_at, version, touched_by)"
            " VALUES (?, ?, ?, ?, ?)",
            (item_id, stock.is_available, moment, stock.version, stock.touched_by),
        )

    def head(self) -> int:
        """Tell the last event's number; 0 before the first event."""
        (seq,) = self._connection.execute("SELECT coalesce(max(seq), 0) FROM events").fetchone()
        return seq

    def append_event(self, event: Event) -> None:
        """Add an event; its number must be the one after the head."""
        self._connection.execute("INSERT INTO events VALUES (?, ?)", (event.seq, event.frame))
        self.appended.append(event)

    def events_after(self, seq: int) -> list[bytes]:
        """Read the frames of the events after one, in order."""
        rows = self._connection.execute(
            "SELECT frame FROM events WHERE seq > ? ORDER BY seq", (seq,)
        )
        return [frame for (frame,) in rows]

    def answer(self, key: str) -> StoredAnswer | None:
        """Find what was answered to an idempotency key."""
        found = self._connection.execute(
            "SELECT fingerprint, status, body FROM answers WHERE key = ?", (key,)
        ).fetchone()
        return StoredAnswer(*found) if found else None

    def keep_answer(self, key: str, answer: StoredAnswer, now: float) -> None:
        """Remember an answer; `now` is in seconds since the epoch."""
        self._connection.execute(
            "INSERT INTO answers VALUES (?, ?, ?, ?, ?)",
            (key, answer.fingerprint, answer.status, answer.body, now),
        )

    def tokens(self) -> list[TokenKept]:
        """Read all tokens, expired ones too, the first issued first."""
        rows = self._connection.execute(
            "SELECT id, role, label, address, issued_at, used_at, expires_at FROM tokens"
            " ORDER BY issued_at, rowid"
        )
        return [TokenKept(*row) for row in rows]

    def put_token(self, token: TokenKept) -> None:
        """Write a new token."""
        self._connection.execute(
            "INSERT INTO tokens VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                token.id,
                token.role,
                token.label,
                token.address,
                token.issued_at,
                token.used_at,
                token.expires_at,
            ),
        )

    def note_use(self, token_id: str, used_at: float) -> None:
        """Write when a token was last used; one that was dropped meanwhile stays dropped."""
        self._connection.execute("UPDATE tokens SET used_at = ? WHERE id = ?", (used_at, token_id))

    def drop_token(self, token_id: str) -> None:
        """Forget a token: it is good for nothing from now on."""
        self._connection.execute("DELETE FROM tokens WHERE id = ?", (token_id,))

    def prune(self, *, keep_events: int, answers_before: float, tokens_before: float) -> int:
        """Drop events, answers and tokens that nobody can need any more.

        Args:
            keep_events: how many of the last events stay; at least one, which holds the head.
            answers_before: answers given earlier than this go, in seconds since the epoch.
            tokens_before: tokens that ran out earlier than this go, in seconds since the epoch.

        Returns:
            How many rows went.
        """
        oldest = self.head() - max(1, keep_events) + 1
        events = self._connection.execute("DELETE FROM events WHERE seq < ?", (oldest,))
        answers = self._connection.execute(
            "DELETE FROM answers WHERE given_at < ?", (answers_before,)
        )
        tokens = self._connection.execute(
            "DELETE FROM tokens WHERE expires_at < ?", (tokens_before,)
        )
        return events.rowcount + answers.rowcount + tokens.rowcount

    def row_counts(self) -> dict[str, int]:
        """Count the rows of each growing table."""
        return {
            table: self._connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
            for table in ("orders", "events", "answers", "tokens")
        }
