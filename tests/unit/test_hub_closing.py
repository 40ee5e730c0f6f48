"""What stands ready since long ago is closed; nothing else is."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from msgspec.structs import replace

from kds_tui.core.clock import format_time
from kds_tui.core.order import OrderStatus
from kds_tui.hub import closing
from kds_tui.hub.closing import close_forgotten
from kds_tui.hub.order_desk import keep
from tests.unit.hub_ledger import NOW, HubLedger

HOUR = 3600.0
AFTER = 16 * HOUR


@pytest.fixture
def hub() -> Iterator[HubLedger]:
    with HubLedger() as ledger:
        yield ledger


def leave(hub: HubLedger, order_id: str, status: str, hours: float, **fields: Any) -> None:
    """Have an order touched last some hours before `NOW`."""
    moment = format_time(NOW - hours * HOUR)
    times = {"created_at": moment, "updated_at": moment}
    order = replace(hub.create(order_id), status=status, **times)
    hub.connection.execute("DELETE FROM orders WHERE id = ?", (order_id,))
    keep(hub.ledger, replace(order, **fields), "order:updated")


@pytest.mark.parametrize("status", ["ready", "picked-up"])
def test_what_nobody_touched_for_long_is_closed_and_told(hub: HubLedger, status: str) -> None:
    leave(hub, "o1", status, 16.0)
    events = hub.events()
    assert close_forgotten(hub.ledger, NOW, AFTER) == 1
    order = hub.order("o1")
    assert (order.status, order.completed_at, order.version) == ("completed", format_time(NOW), 2)
    assert hub.events() == events + 1
    told = hub.ledger.appended[-1].state
    assert told is not None
    assert (told.id, told.status) == ("o1", "completed")
    assert close_forgotten(hub.ledger, NOW, AFTER) == 0


@pytest.mark.parametrize("status", [each.value for each in OrderStatus])
def test_only_what_is_cooked_is_closed(hub: HubLedger, status: str) -> None:
    leave(hub, "o1", status, 100.0)
    close_forgotten(hub.ledger, NOW, AFTER)
    closed = {"ready": "completed", "picked-up": "completed"}
    assert hub.order("o1").status == closed.get(status, status)


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({}, id="young"),
        pytest.param(
            {"created_at": format_time(NOW - 40 * HOUR)}, id="ordered long ago, bumped now"
        ),
        pytest.param(
            {
                "created_at": format_time(NOW - 40 * HOUR),
                "updated_at": format_time(NOW - 40 * HOUR),
                "scheduled_pickup_time": format_time(NOW + HOUR),
            },
            id="to be picked up in an hour",
        ),
    ],
)
def test_what_may_still_be_handed_out_stays(hub: HubLedger, fields: dict[str, str]) -> None:
    leave(hub, "o1", "ready", 15.9, **fields)
    assert close_forgotten(hub.ledger, NOW, AFTER) == 0
    assert hub.order("o1").status == "ready"


def test_many_are_closed_in_several_rounds(hub: HubLedger, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(closing, "MOST", 3)
    for number in range(7):
        leave(hub, f"o{number}", "ready", 20.0)
    assert [close_forgotten(hub.ledger, NOW, AFTER) for _ in range(4)] == [3, 3, 1, 0]
