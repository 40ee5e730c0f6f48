"""What is held is not called late, wherever its age is told."""

from __future__ import annotations

from kds_tui.core.clock import Urgency, UrgencyRules
from kds_tui.core.stations import Routing
from kds_tui.core.tables import Table
from kds_tui.core.tickets import Ticket
from kds_tui.order_table import order_table
from kds_tui.ui.table_face import TableFace
from tests.unit.orders import make_item, make_order

NOW = 9000.0
HELD = make_order("h", table_number="5", items=(make_item(is_held=True),))
COOKED = make_order("c", table_number="5", created_at=NOW - 660.0)


def test_in_a_list_from_the_shell() -> None:
    (age,) = order_table([HELD], NOW, UrgencyRules()).columns[4].cells
    assert str(age) == "2h30"


def test_on_a_table() -> None:
    face = TableFace(UrgencyRules(), Routing())
    held = Table("table:5", "TABLE 5", "5", (Ticket(HELD),))
    assert face.head(held, NOW).look == Urgency.ON_TIME.value
    both = Table("table:5", "TABLE 5", "5", (Ticket(HELD), Ticket(COOKED)))
    assert face.head(both, NOW).look == Urgency.WARNING.value
