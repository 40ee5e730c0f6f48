"""A hub's database made by an older version is brought up to date, with all that is in it."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any, Final

import pytest

from kds_tui.hub.ledger import SCHEMA_VERSION
from tests.service.hub_kitchen import kitchen

FIRST_SCHEMA: Final = (
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
    "PRAGMA user_version = 1",
)
"""As the first version of the hub made it."""

SINCE: Final = (
    "rush",
    "voided_items",
    "recalled_version",
    "recalled_by",
    "touched_by",
    "touched_since",
)
SINCE_OF_A_LINE: Final = (
    "status",
    "ready_at",
    "changed_version",
    "added_at",
    "previous_quantity",
)


def as_first_written(row: dict[str, Any]) -> bytes:
    """A row without the fields that came since."""
    items = [{k: v for k, v in i.items() if k not in SINCE_OF_A_LINE} for i in row["items"]]
    old = {key: value for key, value in row.items() if key not in SINCE}
    return json.dumps({**old, "items": items}).encode()


async def rows_of_a_hub(folder: Path) -> tuple[list[dict[str, Any]], dict[str, str]]:
    """Orders as a hub makes them, and the facts of its restaurant."""
    async with kitchen(folder) as here:
        rows = [await here.order(tip=1.5), await here.order(notes="birthday")]
        facts = await here.hub.journal.run(lambda ledger: ledger.facts())
    return rows, facts


@pytest.mark.parametrize("version", [1, 2, 3])
async def test_an_older_database_is_brought_up_to_date(tmp_path: Path, version: int) -> None:
    rows, facts = await rows_of_a_hub(tmp_path / "new")
    folder = tmp_path / "old" / "hub"
    folder.mkdir(parents=True)
    old = sqlite3.connect(folder / "hub.db")
    for statement in FIRST_SCHEMA:
        old.execute(statement)
    old.executemany("INSERT INTO facts VALUES (?, ?)", facts.items())
    for row in rows:
        kept = (row["id"], row["order_number"], "pending", row["type"], row["created_at"])
        old.execute("INSERT INTO orders VALUES (?, ?, ?, ?, ?, ?)", (*kept, as_first_written(row)))
    old.execute("INSERT INTO events VALUES (7, CAST('{}' AS BLOB))")
    if version >= 2:
        old.execute(
            """CREATE TABLE tokens (
                id TEXT PRIMARY KEY, role TEXT NOT NULL, label TEXT NOT NULL,
                address TEXT NOT NULL, issued_at REAL NOT NULL, used_at REAL NOT NULL,
                expires_at REAL NOT NULL) STRICT"""
        )
        old.execute("PRAGMA user_version = 2")
    if version == 3:
        old.execute(
            """CREATE TABLE stock (
                item_id TEXT PRIMARY KEY, available INTEGER NOT NULL, changed_at TEXT NOT NULL)
                STRICT"""
        )
        old.execute("INSERT INTO stock VALUES ('salmon', 0, '2026-11-23T12:00:00.000Z')")
        old.execute("PRAGMA user_version = 3")
    old.commit()
    old.close()
    async with kitchen(tmp_path / "old") as here:
        assert here.hub.restaurant_id == facts["restaurant_id"]
        assert here.hub.fanout.head == 7
        for row in rows:
            path = f"/orders/{row['id']}"
            _, bumped, _ = await here.ask("POST", f"{path}/bump", {"base_version": 1})
            assert (bumped["status"], bumped["rush"], bumped["voided_items"]) == (
                "ready",
                False,
                [],
            )
            more = {"items": [{**row["items"][0], "id": "another"}]}
            _, added, _ = await here.ask("POST", f"{path}/items", more)
            assert added["status"] == "preparing"
            assert added["total_amount"] > row["total_amount"]
        status, *_ = await here.ask("PUT", "/menu/items/burger/availability", {"available": False})
        assert status == 200
        _, salmon, _ = await here.ask("GET", "/menu/items/salmon")
        known = (False, 2) if version == 3 else (True, 1)
        assert (salmon["available"], salmon["version"]) == known
        assert (await here.ask("GET", "/auth/tokens"))[0] == 200
    made = sqlite3.connect(folder / "hub.db")
    assert made.execute("PRAGMA user_version").fetchone() == (SCHEMA_VERSION,)
    made.close()
