"""One decision of a person about a cohort's pairs, and how it is told in words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from pipelines.contracts.model import DECISION_KINDS as KINDS

Pair = tuple[str, str]

MOST_SEATS = 50
LONGEST_REASON = 500


class DecisionRefused(ValueError):
    """The decision can't be taken as things stand; the message says why and what to do first."""


@dataclass(frozen=True)
class Decision:
    """revision: its place in the cohort's log, 1 = first. pairs: (mentee, mentor) application ids, as few as the kind needs.

    wanted: (mentee, mentors wanted) of those among the pairs who want more than one. mentor, seats: of `capacity`; seats None = as declared again. undoes: of `undo`, the revision that is taken back. run_id: the
    proposal that the person was looking at. made_at: an instant with its zone. reason: never empty.
    """

    cohort_id: str
    revision: int
    kind: str
    pairs: tuple[Pair, ...] = ()
    mentor: str | None = None
    seats: int | None = None
    undoes: int | None = None
    run_id: str | None = None
    actor: str = ""
    reason: str = ""
    made_at: datetime | None = None
    wanted: tuple[tuple[str, int], ...] = ()

    @property
    def people(self) -> frozenset[str]:
        """The applications that it is about."""
        return frozenset(one for pair in self.pairs for one in pair) | ({self.mentor} if self.mentor else frozenset())

    def is_apart_from(self, other: "Decision") -> bool:
        """Whether the two say nothing about the same people, so that either may come first. A publication and an undo are about everything."""
        whole, of_pairs = {"publish", "undo"}, {"approve", "withdraw"}
        if {self.kind, other.kind} <= of_pairs:
            return not set(self.pairs) & set(other.pairs)
        return not (whole & {self.kind, other.kind} or self.people & other.people)

    def check(self) -> None:
        """Raises `DecisionRefused` where something that every decision needs is missing."""
        if self.kind not in KINDS:
            raise DecisionRefused(f"There is no decision of the kind {self.kind!r}; use one of {', '.join(KINDS)}.")
        if not self.reason.strip():
            raise DecisionRefused("Every decision needs its reason. Write one sentence that others will understand.")
        if len(self.reason) > LONGEST_REASON:
            raise DecisionRefused(f"The reason is longer than {LONGEST_REASON} characters. Say it in fewer words.")
        if not self.actor.strip():
            raise DecisionRefused("Nobody is named who decides. Set IMPACT_ACTOR to a role or a name.")
        if self.made_at is None or self.made_at.tzinfo is None:
            raise DecisionRefused("The moment of the decision is missing, or has no time zone.")


def _plain(name: str) -> str:
    return name


def told(decision: Decision, name: Callable[[str], str] = _plain) -> str:
    """What was decided, in one sentence without its reason. name: application id to what readers call it."""
    pairs = [f"{name(mentee)} with {name(mentor)}" for mentee, mentor in decision.pairs]
    few = "; ".join(pairs[:2]) + (f" and {len(pairs) - 2} more" if len(pairs) > 2 else "")
    mentor = name(decision.mentor or "")
    counted = f"{len(pairs)} pair{'' if len(pairs) == 1 else 's'}"
    return {
        "lock": f"Locked {few}.",
        "unlock": f"Unlocked {few}.",
        "forbid": f"Forbade {few}.",
        "allow": f"Allowed {few} again.",
        "swap": f"Swapped the mentors of {few}.",
        "capacity": f"Seats of {mentor}: as declared again."
        if decision.seats is None
        else f"Seats of {mentor}: {decision.seats}.",
        "approve": f"Approved {counted}: {few}.",
        "withdraw": f"Withdrew the approval of {counted}: {few}.",
        "publish": f"Published {counted}.",
        "undo": f"Took back decision {decision.undoes}.",
    }[decision.kind]
