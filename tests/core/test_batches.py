"""Splitting a set into deliveries."""

from __future__ import annotations

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from jetplan.core.batches import split
from jetplan.core.objects import UNKNOWN_SIZE, table_of
from jetplan.core.plan import BatchLimits

SIZES = st.lists(st.one_of(st.just(UNKNOWN_SIZE), st.integers(0, 100)), max_size=60)


@given(sizes=SIZES, most=st.integers(1, 9), weight=st.one_of(st.none(), st.integers(1, 150)))
def test_batches_hold_every_object_once_in_order_within_the_limits(
    sizes: list[int], most: int, weight: int | None
) -> None:
    """Joined, the batches are the input; each keeps the limits, but for one object that alone is over them."""
    table = table_of([f"/{number}" for number in range(len(sizes))], sizes)
    batches = [list(batch) for batch in split(table, range(len(sizes)), BatchLimits(most, weight))]
    assert [index for batch in batches for index in batch] == list(range(len(sizes)))
    for batch in batches:
        known = sum(max(sizes[index], 0) for index in batch)
        assert 1 <= len(batch) <= most
        assert weight is None or known <= weight or len(batch) == 1


@given(sizes=SIZES, most=st.integers(1, 9), weight=st.integers(1, 150))
def test_no_batch_could_have_taken_the_next_object(sizes: list[int], most: int, weight: int) -> None:
    """Batches are as full as the order allows: no delivery is made that was not needed."""
    table = table_of([f"/{number}" for number in range(len(sizes))], sizes)
    batches = [list(batch) for batch in split(table, range(len(sizes)), BatchLimits(most, weight))]
    for batch, following in pairwise(batches):
        known = sum(max(sizes[index], 0) for index in [*batch, following[0]])
        assert len(batch) == most or known > weight
