"""Orders of one kind: kept up to date is the same as built anew."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import example, given
from hypothesis import strategies as st

from kds_tui.core.command import Command, Verb
from kds_tui.core.expo import is_active, is_ready, place_in_kitchen, place_on_pass
from kds_tui.core.kitchen import Kitchen
from kds_tui.core.order import Order, OrderStatus
from kds_tui.core.order_list import OrderList
from tests.unit.orders import make_order, open_orders, removed, upserted

orders = st.builds(
    replace,
    open_orders,
    status=st.sampled_from(OrderStatus),
    ready_at=st.none() | st.integers(0, 9).map(float),
    version=st.integers(1, 9),
)
steps = st.one_of(
    orders,
    st.sampled_from("abcdefgh"),
    st.tuples(st.sampled_from([Verb.BUMP, Verb.RECALL, Verb.RUSH]), st.sampled_from("abcdefgh")),
)


@given(st.lists(steps, max_size=30), st.booleans())
@example([make_order("a"), make_order("b"), "a"], False)  # it left while nobody looked
def test_kept_up_to_date_is_the_same_as_built_anew(
    course: list[Order | str | tuple[Verb, str]], ready: bool
) -> None:
    kitchen = Kitchen()
    kind = (is_ready, place_on_pass) if ready else (is_active, place_in_kitchen)
    orders = OrderList(kitchen, *kind)
    behind = OrderList(kitchen, *kind)
    for number, step in enumerate(course):
        before = {key: orders.get(key) for key in orders.ids()}
        if isinstance(step, tuple):
            verb, order_id = step
            kitchen.outbox.add(Command(f"c{number}", verb, order_id, "", 1, 0.0))
            touched = frozenset((order_id,))
        elif isinstance(step, str):
            touched = kitchen.feed(removed(step))
        else:
            touched = kitchen.feed(upserted(step))
        told = orders.look_at(touched)
        after = {key: orders.get(key) for key in orders.ids()}
        assert told.changed == {key for key, order in after.items() if before.get(key) != order}
        assert told.removed == before.keys() - after.keys()
        unchanged = after.keys() - told.changed
        assert all(after[key] is before[key] for key in unchanged)
        if number == len(course) // 2:
            behind.rebuild()
    behind.rebuild()
    fresh = OrderList(kitchen, *kind)
    fresh.rebuild()
    assert orders.ids() == fresh.ids() == behind.ids()
    assert [orders.get(key) for key in orders.ids()] == [fresh.get(key) for key in fresh.ids()]
    assert len(orders) == len(fresh.ids())
