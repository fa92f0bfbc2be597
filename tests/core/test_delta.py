"""What of a set is new: held against a plain oracle."""

from __future__ import annotations

from builders import attempt
from hypothesis import given
from hypothesis import strategies as st

from jetplan.core.attempts import RELEASED, SENT, State
from jetplan.core.delta import difference
from jetplan.core.objects import ObjectTable, table_of

PATHS = [f"/f{number}" for number in range(6)] + ["/d/"]
HELD_STATES = sorted(set(State) - RELEASED, key=lambda state: state.value)
ATTEMPTS = st.lists(
    st.tuples(
        st.sampled_from(HELD_STATES), st.integers(1, 3), st.lists(st.sampled_from(PATHS), unique=True), st.booleans()
    ),
    max_size=4,
)


@given(
    paths=st.lists(st.sampled_from(PATHS), unique=True, min_size=1),
    revisions=st.lists(st.integers(1, 3), min_size=7, max_size=7),
    held=ATTEMPTS,
)
def test_an_object_is_new_only_if_no_attempt_at_its_revision_or_above_holds_it(
    paths: list[str], revisions: list[int], held: list[tuple[State, int, list[str], bool]]
) -> None:
    """New, sent and held together are the whole set, each object once; and new means that nobody holds it."""
    plain = table_of(paths)
    table = ObjectTable(
        plain.paths, plain.sizes, 1, {at: revisions[at] for at in range(len(paths)) if revisions[at] > 1}
    )
    attempts = [
        attempt("s", *named, state=state, revision=revision, ident=f"a-{number}", live=live)
        for number, (state, revision, named, live) in enumerate(held)
    ]
    delta = difference(table, attempts)
    new = list(delta.new_indexes())
    in_doubt = [index for _, indexes in delta.held for index in indexes]
    assert len(new) + delta.sent + len(in_doubt) == len(paths)
    assert len(set(new)) == len(new)
    for index in range(len(paths)):
        owners = [
            each
            for each, (state, revision, named, live) in zip(attempts, held, strict=True)
            if paths[index] in named and revision >= table.revision_of(index) and (state is not State.INTENDED or live)
        ]
        assert (index in new) == (not owners)
        if index in in_doubt:
            assert any(each.state not in SENT for each in owners)


def test_lowering_a_revision_sends_nothing() -> None:
    """Raising is how a person says `send again`; going back to an older number is not."""
    delta = difference(table_of(["/a"], revision=1), [attempt("s", "/a", revision=2)])
    assert list(delta.new_indexes()) == []
    assert delta.sent == 1


def test_raising_a_revision_is_counted_as_sent_again() -> None:
    """The reviewer is told that these bytes move a second time."""
    delta = difference(table_of(["/a", "/b"], revision=2), [attempt("s", "/a", revision=1)])
    assert list(delta.new_indexes()) == [0, 1]
    assert delta.resent == {0}
