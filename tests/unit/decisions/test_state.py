"""What follows from decisions: locks hold, undo restores, nothing is published without approval."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.decisions import (
    Decision,
    DecisionRefused,
    State,
    decisions_from_rows,
    rows_of,
    state_of,
    told,
    undoable,
)

NOON = datetime(2026, 11, 2, 12, tzinfo=UTC)


def log(*steps: tuple) -> list[Decision]:
    """A log from (kind, pairs) or (kind, details)."""
    made = []
    for revision, (kind, details) in enumerate(steps, start=1):
        more = details if isinstance(details, dict) else {"pairs": tuple(details)}
        made.append(Decision("C", revision, kind, actor="coordinator", reason="because", made_at=NOON, **more))
    return made


PAIRS = st.tuples(st.sampled_from("abcd"), st.sampled_from("wxyz"))
STEPS = st.one_of(
    st.tuples(st.sampled_from(["lock", "unlock", "forbid", "allow"]), st.lists(PAIRS, min_size=1, max_size=1)),
    st.tuples(st.sampled_from(["approve", "withdraw", "publish"]), st.lists(PAIRS, min_size=1, max_size=3)),
    st.tuples(st.just("swap"), st.lists(PAIRS, min_size=2, max_size=2)),
    st.tuples(
        st.just("capacity"),
        st.fixed_dictionaries({"mentor": st.sampled_from("wxyz"), "seats": st.one_of(st.none(), st.integers(-1, 60))}),
    ),
    st.tuples(st.just("undo"), st.just({})),
)


def accepted(steps: list[tuple]) -> list[Decision]:
    """Those of the steps that the log takes, one after the other."""
    made: list[Decision] = []
    for kind, details in steps:
        more = dict(details) if isinstance(details, dict) else {"pairs": tuple(details)}
        if kind == "undo":
            newest = undoable(made)
            more = {"undoes": newest.revision if newest else 0}
        one = Decision("C", len(made) + 1, kind, actor="x", reason="y", made_at=NOON, **more)
        try:
            state_of([*made, one])
        except DecisionRefused:
            continue
        made.append(one)
    return made


def meaning(state: State) -> State:
    """The state without its counters."""
    return replace(state, revision=0, versions=0)


@given(st.lists(STEPS, max_size=25))
def test_undo_restores_the_state_before_the_newest_decision_in_effect(steps: list[tuple]) -> None:
    made = accepted(steps)
    newest = undoable(made)
    if newest is None:
        return
    taken_back = [*made, Decision("C", len(made) + 1, "undo", undoes=newest.revision)]
    before = state_of(made[: newest.revision - 1])
    assert meaning(state_of(taken_back)) == meaning(before)
    assert state_of(taken_back).versions == state_of(made).versions


@given(st.lists(STEPS, max_size=25))
def test_no_state_contradicts_itself(steps: list[tuple]) -> None:
    made = accepted(steps)
    for end in range(len(made) + 1):
        state = state_of(made[:end])
        assert not state.locks & state.forbidden
        assert not state.approved & state.forbidden
        for pairs in (state.locks, state.approved):
            assert len({mentee for mentee, _ in pairs}) == len(pairs)
        locked = dict(state.locks)
        assert all(locked.get(mentee, mentor) == mentor for mentee, mentor in state.approved)
        assert state.revision == end


@given(st.lists(STEPS, max_size=25))
def test_whatever_is_published_was_approved_when_it_was_published(steps: list[tuple]) -> None:
    made = accepted(steps)
    for at, decision in enumerate(made):
        if decision.kind == "publish":
            assert frozenset(decision.pairs) <= state_of(made[:at]).approved


@given(st.lists(STEPS, max_size=25))
def test_a_lock_goes_only_by_a_decision_about_that_mentee(steps: list[tuple]) -> None:
    made = accepted(steps)
    for at, decision in enumerate(made):
        before, after = state_of(made[:at]), state_of(made[: at + 1])
        for mentee, _ in before.locks - after.locks:
            assert decision.kind == "undo" or (
                decision.kind in ("unlock", "lock", "swap") and mentee in {pair[0] for pair in decision.pairs}
            )


@given(st.lists(STEPS, max_size=25))
def test_a_log_that_went_through_the_warehouse_means_the_same(steps: list[tuple]) -> None:
    made = accepted(steps)
    assert state_of(decisions_from_rows(reversed(rows_of(made)))) == state_of(made)


def test_undo_of_a_publication_publishes_the_version_before_and_numbers_are_not_used_again() -> None:
    made = log(
        ("approve", [("a", "x"), ("b", "y")]),
        ("publish", [("a", "x")]),
        ("publish", [("a", "x"), ("b", "y")]),
        ("undo", {"undoes": 3}),
    )
    back = state_of(made).published
    assert back is not None
    assert (back.version, back.pairs) == (1, {("a", "x")})
    again = state_of([*made, replace(made[2], revision=5)]).published
    assert again is not None
    assert again.version == 3


def test_a_swap_gives_each_mentee_the_other_ones_mentor_and_locks_both() -> None:
    state = state_of(log(("lock", [("a", "x")]), ("swap", [("a", "x"), ("b", "y")])))
    assert state.locks == {("a", "y"), ("b", "x")}


@pytest.mark.parametrize(
    ("steps", "words"),
    [
        ([("publish", [("a", "x")])], "Only approved pairs can be published"),
        ([("forbid", [("a", "x")]), ("lock", [("a", "x")])], "a with x is forbidden. Allow the pair first"),
        ([("lock", [("a", "x")]), ("forbid", [("a", "x")])], "Unlock it first"),
        ([("lock", [("a", "x")]), ("approve", [("a", "y")])], "a is locked to x"),
        ([("approve", [("a", "x"), ("a", "y")])], "one mentor only"),
        ([("swap", [("a", "x"), ("b", "x")])], "two different mentors"),
        ([("capacity", {"mentor": "x", "seats": 51})], "0 to 50"),
        ([("undo", {"undoes": 1})], "nothing to undo"),
        ([("lock", [("a", "x")]), ("lock", [("b", "y")]), ("undo", {"undoes": 1})], "newest decision in effect"),
        ([("approve", [])], "at least one pair"),
    ],
)
def test_a_decision_that_contradicts_the_state_is_refused_in_words(steps: list[tuple], words: str) -> None:
    with pytest.raises(DecisionRefused, match=words):
        state_of(log(*steps))


@pytest.mark.parametrize(
    "changes",
    [{"reason": "  "}, {"reason": "x" * 501}, {"actor": ""}, {"made_at": None}, {"made_at": datetime(2026, 1, 1)}, {"kind": "activate"}],
)  # fmt: skip
def test_a_decision_needs_a_kind_a_reason_somebody_and_a_moment(changes: dict) -> None:
    with pytest.raises(DecisionRefused):
        replace(log(("lock", [("a", "x")]))[0], **changes).check()


def test_every_kind_of_decision_can_be_told() -> None:
    made = log(
        ("approve", [("a", "x"), ("b", "y"), ("c", "z")]), ("capacity", {"mentor": "x", "seats": 2}), ("undo", {"undoes": 2})
    )  # fmt: skip
    assert [told(one, str.upper) for one in made] == [
        "Approved 3 pairs: A with X; B with Y and 1 more.",
        "Seats of X: 2.",
        "Took back decision 2.",
    ]


def test_neither_reason_nor_actor_leave_the_store_for_the_warehouse() -> None:
    rows = rows_of(log(("lock", [("a", "x")])))
    assert "because" not in str(rows)
    assert "coordinator" not in str(rows)


def test_who_wants_several_mentors_keeps_as_many_locks_and_approvals_as_they_want() -> None:
    wanted = {"wanted": (("a", 2),)}
    steps = [("approve", [("a", "x"), ("a", "y")]), ("lock", [("a", "x")])]
    made = [replace(one, **wanted) for one in log(*steps)]
    state = state_of(made)
    assert (state.approved, state.locks) == ({("a", "x"), ("a", "y")}, {("a", "x")})
    more = replace(log(*steps, ("approve", [("a", "z")]))[-1], **wanted)
    with pytest.raises(DecisionRefused, match=r"a wants 2 mentors[.] Withdraw one of the approvals first"):
        state_of([*made, more])
    assert state_of(decisions_from_rows(rows_of(made))) == state
