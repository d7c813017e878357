"""What follows from a cohort's decisions: a pure fold, so that the log alone says where things stand.

A decision that contradicts the state is refused here and therefore never enters the log. `undo` reverses the newest decision that is still in
effect; the log keeps both. What was ever published keeps its version number: after v1 and an undo the next is v2.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from pipelines.decisions.decision import MOST_SEATS, Decision, DecisionRefused, Pair


@dataclass(frozen=True)
class Pairing:
    """Published pairs. version counts a cohort's publications; revision: the decision that published them."""

    version: int
    revision: int
    pairs: frozenset[Pair]


@dataclass(frozen=True)
class State:
    """Where a cohort stands after `revision` decisions. Pairs are (mentee, mentor) application ids.

    capacities: mentor application to seats that were decided. versions: how many publications there ever were, undone ones included.
    """

    revision: int = 0
    locks: frozenset[Pair] = frozenset()
    forbidden: frozenset[Pair] = frozenset()
    capacities: Mapping[str, int] = field(default_factory=dict)
    approved: frozenset[Pair] = frozenset()
    published: Pairing | None = None
    versions: int = 0


def state_of(decisions: Sequence[Decision]) -> State:
    """The state after `decisions`, oldest first. Raises `DecisionRefused` where one doesn't follow from those before it."""
    return _walked(decisions)[0][-1]


def undoable(decisions: Sequence[Decision]) -> Decision | None:
    """The newest decision in effect, which an undo would reverse; None where there is none."""
    in_effect = _walked(decisions)[1]
    return in_effect[-1] if in_effect else None


def _walked(decisions: Sequence[Decision]) -> tuple[list[State], list[Decision]]:
    """States after each decision in effect (the first is the empty one), and those decisions."""
    states, in_effect = [State()], list[Decision]()
    for decision in decisions:
        now = states[-1]
        if decision.revision != now.revision + 1:
            raise DecisionRefused(f"Decision {decision.revision} doesn't follow decision {now.revision}.")
        if decision.kind == "undo":
            if not in_effect:
                raise DecisionRefused("There is nothing to undo.")
            if decision.undoes != in_effect[-1].revision:
                raise DecisionRefused(
                    f"Only the newest decision in effect can be taken back: {in_effect[-1].revision}."
                )
            states.pop()
            in_effect.pop()
            states[-1] = replace(states[-1], revision=decision.revision, versions=now.versions)
            continue
        after = _STEPS[decision.kind](now, decision)
        states.append(replace(after, revision=decision.revision))
        in_effect.append(decision)
    return states, in_effect


def _pairs(decision: Decision, count: int | None = None) -> frozenset[Pair]:
    pairs = frozenset(decision.pairs)
    if not pairs or (count is not None and len(pairs) != count):
        raise DecisionRefused(f"Choose {count or 'at least one'} pair{'s' if count and count > 1 else ''} first.")
    return pairs


def _not_forbidden(state: State, pairs: frozenset[Pair]) -> None:
    for mentee, mentor in sorted(pairs & state.forbidden):
        raise DecisionRefused(f"{mentee} with {mentor} is forbidden. Allow the pair first.")


def _of(mentee: str, pairs: Iterable[Pair]) -> frozenset[Pair]:
    return frozenset(pair for pair in pairs if pair[0] == mentee)


def _with_locks(state: State, pairs: frozenset[Pair], wanted: Mapping[str, int]) -> State:
    """`pairs` locked; each takes the place of another lock or approval of the same mentee, unless the mentee wants so many mentors."""
    _not_forbidden(state, pairs)
    locks, approved = state.locks | pairs, state.approved
    for mentee in sorted({mentee for mentee, _ in pairs}):
        if len(_of(mentee, locks)) > wanted.get(mentee, 1):
            if mentee in wanted:
                raise DecisionRefused(f"{mentee} wants {wanted[mentee]} mentors. Unlock one of them first.")
            locks -= _of(mentee, locks) - pairs
        if len(_of(mentee, locks | approved)) > wanted.get(mentee, 1):
            approved -= _of(mentee, approved) - locks
    return replace(state, locks=locks, approved=approved)


def _lock(state: State, decision: Decision) -> State:
    pairs = _pairs(decision)
    if pairs <= state.locks:
        raise DecisionRefused("It is locked already.")
    wanted = dict(decision.wanted)
    if any(count > wanted.get(mentee, 1) for mentee, count in Counter(mentee for mentee, _ in pairs).items()):
        raise DecisionRefused("A mentee can be locked to one mentor only, or to as many as are wanted.")
    return _with_locks(state, pairs, wanted)


def _unlock(state: State, decision: Decision) -> State:
    pairs = _pairs(decision)
    if not pairs <= state.locks:
        raise DecisionRefused("It isn't locked.")
    return replace(state, locks=state.locks - pairs)


def _forbid(state: State, decision: Decision) -> State:
    pairs = _pairs(decision)
    if pairs & state.locks:
        raise DecisionRefused("The pair is locked. Unlock it first.")
    if pairs <= state.forbidden:
        raise DecisionRefused("It is forbidden already.")
    return replace(state, forbidden=state.forbidden | pairs, approved=state.approved - pairs)


def _allow(state: State, decision: Decision) -> State:
    pairs = _pairs(decision)
    if not pairs <= state.forbidden:
        raise DecisionRefused("It isn't forbidden.")
    return replace(state, forbidden=state.forbidden - pairs)


def _swap(state: State, decision: Decision) -> State:
    (one, first), (other, second) = sorted(_pairs(decision, 2))
    if one == other or first == second:
        raise DecisionRefused("A swap needs two mentees with two different mentors.")
    given_up = frozenset({(one, first), (other, second)})
    state = replace(state, locks=state.locks - given_up, approved=state.approved - given_up)
    return _with_locks(state, frozenset({(one, second), (other, first)}), dict(decision.wanted))


def _capacity(state: State, decision: Decision) -> State:
    if not decision.mentor:
        raise DecisionRefused("Choose a mentor first.")
    seats = {mentor: count for mentor, count in state.capacities.items() if mentor != decision.mentor}
    if decision.seats is not None:
        if not 0 <= decision.seats <= MOST_SEATS:
            raise DecisionRefused(f"Seats must be a number from 0 to {MOST_SEATS}.")
        seats[decision.mentor] = decision.seats
    if seats == dict(state.capacities):
        raise DecisionRefused("The mentor has that many seats already.")
    return replace(state, capacities=seats)


def _approve(state: State, decision: Decision) -> State:
    pairs = _pairs(decision)
    _not_forbidden(state, pairs)
    mentees, wanted = Counter(mentee for mentee, _ in pairs), dict(decision.wanted)
    if any(count > wanted.get(mentee, 1) for mentee, count in mentees.items()):
        raise DecisionRefused("A mentee can be approved with one mentor only, or with as many as are wanted.")
    for mentee, mentor in sorted(state.locks):
        if mentee in mentees and len(_of(mentee, state.locks | pairs)) > wanted.get(mentee, 1):
            raise DecisionRefused(f"{mentee} is locked to {mentor}. Unlock the pair first.")
    if pairs <= state.approved:
        raise DecisionRefused("Approved already.")
    approved = state.approved | pairs
    for mentee in sorted(mentees):
        if len(_of(mentee, approved)) > wanted.get(mentee, 1):
            if mentee in wanted:
                raise DecisionRefused(f"{mentee} wants {wanted[mentee]} mentors. Withdraw one of the approvals first.")
            approved -= _of(mentee, approved) - pairs
    return replace(state, approved=approved)


def _withdraw(state: State, decision: Decision) -> State:
    pairs = _pairs(decision)
    if not pairs <= state.approved:
        raise DecisionRefused("It isn't approved.")
    return replace(state, approved=state.approved - pairs)


def _publish(state: State, decision: Decision) -> State:
    pairs = _pairs(decision)
    if not pairs <= state.approved:
        raise DecisionRefused("Only approved pairs can be published. Approve them first.")
    if state.published is not None and state.published.pairs == pairs:
        raise DecisionRefused(f"Exactly these pairs are published already, as version {state.published.version}.")
    version = state.versions + 1
    return replace(state, published=Pairing(version, decision.revision, pairs), versions=version)


_STEPS: Mapping[str, Callable[[State, Decision], State]] = {
    "lock": _lock,
    "unlock": _unlock,
    "forbid": _forbid,
    "allow": _allow,
    "swap": _swap,
    "capacity": _capacity,
    "approve": _approve,
    "withdraw": _withdraw,
    "publish": _publish,
}
