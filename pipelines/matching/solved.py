"""What the engine found: pairs with their scores, the proof, and what was asked."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from pipelines.matching.affinity import SCALE, ScoreModel
from pipelines.matching.assignment import TIE_BITS, Optimum, TieBreak
from pipelines.matching.candidates import Edges, among_sorted
from pipelines.matching.eligibility import IntArray, Mask
from pipelines.matching.feasibility import Feasibility
from pipelines.matching.network import Seats
from pipelines.matching.policy import Policy
from pipelines.matching.problem import MatchProblem
from pipelines.matching.reach import Coverage

if TYPE_CHECKING:
    from pipelines.matching.residual import Residual

APPROVED = 10
"""Units that keeping an approved pair is worth: more than scores differ by rounding (3 times a third is a unit short of 1), less than anything that a person would see."""


@dataclass(frozen=True)
class Solved:
    """What the engine found. Positions are rows of the problem's sorted frames; scores and gains as in `Optimum`.

    rows, columns, scores: the pairs, locked ones included. bound: proven upper bound of `objective` (scores and bonuses), in units.
    complete: whether the edges are all feasible pairs. coverage: with whether it is proven that no more can be covered.
    """

    problem: MatchProblem
    policy: Policy
    model: ScoreModel
    feasibility: Feasibility
    seats: Seats
    edges: Edges
    gains: IntArray
    optimum: Optimum
    coverage: Coverage
    rows: IntArray
    columns: IntArray
    scores: IntArray
    locked: Mask
    objective: int
    bound: int
    complete: bool
    rounds: int
    ties: TieBreak
    current: IntArray
    approved: IntArray
    asked: Seats
    """Seats before the lot: `seats` asks for nobody to whom it didn't fall."""

    @property
    def left_out(self) -> Mask:
        """Mentees to whom the lot didn't fall, (mentees,)."""
        missed: Mask = (self.asked.demand > 0) & (self.seats.demand == 0)
        return missed

    @cached_property
    def residual(self) -> "Residual":
        """What would follow from a change, for all answers that ask it."""
        from pipelines.matching.residual import Residual  # with scipy's graphs, a third of the time that ten rows take

        return Residual(self)

    def gains_of(self, mentees: IntArray, mentors: IntArray, scores: IntArray) -> IntArray:
        """What each pair of a list adds to the objective, in tie units."""
        codes = mentees * max(self.problem.mentors.height, 1) + mentors
        bonus = round(self.policy.keep_bonus * SCALE) * among_sorted(codes, self.current)
        bonus = bonus + APPROVED * among_sorted(codes, self.approved)
        gains: IntArray = ((scores + bonus) << TIE_BITS) + self.ties.of(mentees, mentors)
        return gains
