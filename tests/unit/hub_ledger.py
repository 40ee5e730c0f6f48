"""A hub's database in memory, with the work of its order routes and without any network."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Callable

import msgspec

from kds_tui.core.conflicts import Wish
from kds_tui.hub import orders
from kds_tui.hub.ledger import Ledger
from kds_tui.hub.menu import load_menu
from kds_tui.hub.order_desk import Answer, answer_once, carry_out_kept, change_kept, keep
from kds_tui.hub.order_lines import Till
from kds_tui.hub.order_request import LinesAsked, OrderAsked, read_body
from kds_tui.hub.order_row import OrderKept, decode_row

MENU = load_menu(None)
NOW = 1_795_000_000.0
LINE = {"id": "1", "menu_item_id": "burger", "name": "Burger", "quantity": 1, "price": 10}


class HubLedger:
    """Orders kept in memory, changed as the hub's routes change them."""

    def __init__(self) -> None:
        self.connection = sqlite3.connect(":memory:", isolation_level=None)
        self.ledger = Ledger(self.connection)
        self.ledger.create_schema()
        self.till = Till(MENU, 0.08)

    def close(self) -> None:
        self.connection.close()

    def __enter__(self) -> HubLedger:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def create(self, order_id: str = "o1", **fields: object) -> OrderKept:
        body = msgspec.json.encode({"items": [LINE], **fields})
        order = orders.new_order(
            read_body(body, OrderAsked),
            order_id=order_id,
            number=self.ledger.next_number("20261123"),
            restaurant_id="r1",
            menu=MENU,
            tax_rate=0.08,
            now=NOW,
        )
        keep(self.ledger, order, "order:created")
        return order

    def order(self, order_id: str = "o1") -> OrderKept:
        row = self.ledger.order(order_id)
        assert row is not None
        return decode_row(row)

    def command(
        self, key: str | None, wish: Wish, order_id: str = "o1", now: float = NOW
    ) -> Answer:
        print_of = hashlib.sha256(repr((wish, order_id)).encode()).hexdigest()
        return answer_once(
            self.ledger,
            key,
            print_of,
            lambda ledger: carry_out_kept(ledger, order_id, wish, now),
            now,
        )

    def change(
        self, change: Callable[[OrderKept, float], OrderKept], order_id: str = "o1"
    ) -> Answer:
        return change_kept(self.ledger, order_id, change, NOW)

    def add(self, line_id: str, order_id: str = "o1") -> Answer:
        asked = read_body(msgspec.json.encode({"items": [{**LINE, "id": line_id}]}), LinesAsked)
        return self.change(lambda order, now: self.till.add(order, asked, now), order_id)

    def events(self) -> int:
        return self.ledger.head()
