"""The digest of the open orders: the same for the same orders, however they came about."""

from __future__ import annotations

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from kds_tui.core.digest import BoardDigest, OrderState, RunningDigest
from kds_tui.core.order import FINISHED, OrderStatus

STATES = st.builds(
    OrderState,
    id=st.sampled_from(["a", "b", "c", "d"]),
    version=st.integers(1, 3),
    status=st.sampled_from([status.value for status in OrderStatus]),
)


def digest_of(*states: OrderState) -> BoardDigest:
    digest = RunningDigest()
    for state in states:
        digest.put(state)
    return digest.told()


def test_a_digest_that_other_programs_can_compute() -> None:
    # docs/protocol.md gives this one as its example.
    orders = OrderState("o1", 3, "preparing"), OrderState("o2", 1, "pending")
    assert digest_of() == BoardDigest(0, "0000000000000000")
    assert digest_of(*orders) == BoardDigest(2, "5cc8e915a52693d6")


def test_every_part_of_a_state_counts() -> None:
    states = [
        OrderState("o1", 1, "pending"),
        OrderState("o2", 1, "pending"),
        OrderState("o1", 2, "pending"),
        OrderState("o1", 1, "confirmed"),
        OrderState("o11", 1, "pending"),
        OrderState("o1", 11, "pending"),
    ]
    assert len({digest_of(state) for state in states}) == len(states)


@given(changes=st.lists(STATES, max_size=40), chance=st.randoms(use_true_random=False))
def test_only_the_last_states_count_and_not_their_sequence(
    changes: list[OrderState], chance: Random
) -> None:
    last = list({state.id: state for state in changes}.values())
    chance.shuffle(last)
    assert digest_of(*changes) == digest_of(*last)
    assert digest_of(*changes).open_count == sum(s.status not in FINISHED for s in last)


@given(changes=st.lists(STATES, min_size=1, max_size=20))
def test_an_order_that_is_dropped_leaves_no_trace(changes: list[OrderState]) -> None:
    digest = RunningDigest()
    for state in changes:
        digest.put(state)
    gone = changes[0].id
    digest.drop(gone)
    digest.drop(gone)
    assert digest.told() == digest_of(*(state for state in changes if state.id != gone))
