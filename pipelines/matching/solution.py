"""Solve a `MatchProblem` and report what came out: pairs, reasons, who stays unmatched and why, quality against baselines."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.matching.affinity import SCALE
from pipelines.matching.audit import group_audit
from pipelines.matching.candidates import Edges, all_pairs
from pipelines.matching.difference import Difference, difference
from pipelines.matching.engine import Engine, Progress
from pipelines.matching.explanation import PAIRS_SCHEMA, explain_pairs
from pipelines.matching.policy import Policy
from pipelines.matching.problem import MatchProblem, MatchProblemError, Pairs
from pipelines.matching.quality import QUALITY_SCHEMA, comparison
from pipelines.matching.quality_row import quality_row
from pipelines.matching.shortage import unmatched_reasons
from pipelines.matching.solved import Solved

if TYPE_CHECKING:
    from pipelines.matching.answers import WhyNot

# What asks the residual network imports scipy's graphs, a third of the time that ten rows take: only where it is asked for.
HELD = 3_000_000
"""Up to so many feasible pairs the baselines and ranks of mentors look at all of them; beyond, at those that the solver held."""


@dataclass(frozen=True)
class MatchResult:
    """One proposal. Frames are made when they are asked for; scores, prices and costs are in points between 0 and 1.

    bound: proven upper bound of the objective (scores and bonuses of kept pairs); gap: relative distance to it, 0 = proven optimal.
    """

    problem: MatchProblem
    policy: Policy
    salt: str
    solved: Solved
    verify: float

    @property
    def bound(self) -> float:
        return self.solved.bound / SCALE

    @property
    def objective(self) -> float:
        return self.solved.objective / SCALE

    @property
    def gap(self) -> float:
        return (self.solved.bound - self.solved.objective) / max(self.solved.bound, 1)

    @cached_property
    def everything(self) -> Edges:
        """All feasible pairs where they are few enough to be held, else the solver's."""
        if self.solved.complete or self.solved.feasibility.pairs > HELD:
            return self.solved.edges
        return all_pairs(self.solved.model, self.solved.feasibility)

    @property
    def looks_at_all_pairs(self) -> bool:
        """Whether baselines, mentors' ranks and blocking pairs rest on all feasible pairs."""
        return self.solved.complete or self.solved.feasibility.pairs <= HELD

    @cached_property
    def pairs(self) -> pl.DataFrame:
        """One row per pair: ids, score, ranks and choices of both sides, price, reasons, components (`explanation.PAIRS_SCHEMA`)."""
        prices = pl.Series("price", self.seat_prices[self.solved.columns], nan_to_null=True, dtype=pl.Float64)
        return self.unpriced.with_columns(prices).select(list(PAIRS_SCHEMA))

    @cached_property
    def unpriced(self) -> pl.DataFrame:
        """`pairs` without prices, which cost more than all the rest where few are matched."""
        return explain_pairs(self.solved, self.everything, complete=self.looks_at_all_pairs)

    @cached_property
    def seat_prices(self) -> NDArray[np.float64]:
        """What one more seat of each mentor would add to the total, in points, (mentors,)."""
        from pipelines.matching import again
        from pipelines.matching.seat_prices import seat_prices

        return again.prices(self) if self.asks_again else seat_prices(self.solved)

    @property
    def asks_again(self) -> bool:
        """Whether one network doesn't hold all answers, so that some are found by solving again."""
        policy = self.policy
        is_searched = policy.mode == "optimal" and policy.minimum == "always" and not policy.by_one_flow
        return is_searched or bool(self.solved.left_out.any())

    @property
    def total(self) -> float:
        """The sum of scores, in points."""
        return int(self.solved.scores.sum()) / SCALE

    def without_limits(self) -> "MatchResult | None":
        """The same people without quota and limits on mentors' groups, so that their price shows; None where there are none."""
        if self.policy.quota is None and not self.policy.mentor_groups:
            return None
        policy = replace(self.policy, quota=None, mentor_groups=())
        return solve(self.problem, policy, salt=self.salt, verify=self.verify)

    def solved_with(self, **changes: Any) -> "MatchResult":
        """The same way of matching for a problem with some fields changed."""
        return solve(replace(self.problem, **changes), self.policy, salt=self.salt, verify=self.verify)

    @cached_property
    def unmatched(self) -> pl.DataFrame:
        """One row per application without a partner, with the reason in words (`shortage.UNMATCHED_SCHEMA`)."""
        return unmatched_reasons(self.solved)

    @cached_property
    def rules(self) -> pl.DataFrame:
        """One row per hard rule: rule, words, pairs_removed."""
        feasibility = self.solved.feasibility
        return pl.DataFrame(
            {
                "rule": [rule.name for rule in feasibility.rules],
                "words": [rule.words for rule in feasibility.rules],
                "pairs_removed": feasibility.removed,
            },
            schema={"rule": pl.String, "words": pl.String, "pairs_removed": pl.Int64},
        )

    @cached_property
    def alternatives(self) -> pl.DataFrame:
        """The three cheapest other mentors of each mentee, with cost and who would move (`alternatives.ALTERNATIVES_SCHEMA`)."""
        from pipelines.matching.alternatives import alternatives

        return alternatives(self.solved)

    @cached_property
    def candidates(self) -> pl.DataFrame:
        """Every pair the solver held: both application ids, score, is_pair."""
        edges, pairs = self.solved.edges, self.solved
        width = max(self.problem.mentors.height, 1)
        return pl.DataFrame(
            {
                "mentee_application_id": self.problem.mentees["application_id"].gather(edges.rows),
                "mentor_application_id": self.problem.mentors["application_id"].gather(edges.columns),
                "score": edges.scores / SCALE,
                "is_pair": np.isin(edges.rows * width + edges.columns, pairs.rows * width + pairs.columns),
            }
        )

    @cached_property
    def prices(self) -> pl.DataFrame:
        """One row per mentor: application_id, person_key, seats, taken, price of one more seat, wanted_by (mentees elsewhere who score higher here)."""
        solved, everything = self.solved, self.everything
        own = np.full(self.problem.mentees.height, -1, dtype=np.int64)
        np.maximum.at(own, solved.rows, solved.scores)
        wanted = everything.columns[everything.scores > own[everything.rows]]
        mentors = self.problem.mentors
        return pl.DataFrame(
            {
                "application_id": mentors["application_id"],
                "person_key": mentors["person_key"],
                "seats": self.problem.seats,
                "taken": np.bincount(solved.columns, minlength=mentors.height),
                "price": pl.Series(self.seat_prices, nan_to_null=True),
                "wanted_by": np.bincount(wanted, minlength=mentors.height),
            }
        )

    @cached_property
    def baselines(self) -> pl.DataFrame:
        """One row per way of matching the same people: proposed, stable, greedy, first come, random (`quality.COMPARISON_SCHEMA`)."""
        return comparison(self.solved, self.everything)

    def compare(self) -> pl.DataFrame:
        """`baselines`, each with its difference in matched mentees and total score from the proposal."""
        frame = self.baselines
        return frame.with_columns(
            (pl.col("matched") - frame["matched"][0]).alias("matched_difference"),
            (pl.col("total_score") - frame["total_score"][0]).alias("score_difference"),
        )

    @cached_property
    def quality(self) -> pl.DataFrame:
        """One row: coverage, scores, ranks, loads, churn, proof, baselines, hashes."""
        return pl.DataFrame([quality_row(self)], schema=QUALITY_SCHEMA)

    def audit(self, groups: pl.DataFrame | None = None, *, min_group_size: int = 5) -> pl.DataFrame:
        """Coverage and quality by declared group (`audit.AUDIT_SCHEMA`). groups: person_key, attribute, value; default the problem's."""
        chosen = groups if groups is not None else self.problem.groups
        if chosen is None:
            chosen = pl.DataFrame(schema=dict.fromkeys(("person_key", "attribute", "value"), pl.String()))
        return group_audit(self.problem.mentees, self.unpriced, chosen, min_group_size=min_group_size)

    def explain(self, mentee: str) -> dict[str, pl.DataFrame]:
        """Everything about one mentee (application id or person key): frames `pair`, `alternatives`, `unmatched`."""
        from pipelines.matching.alternatives import alternatives

        key, row = self.mentee(mentee)
        return {
            "pair": self.pairs.filter(pl.col("mentee_application_id") == key),
            "alternatives": alternatives(self.solved, mentee=row),
            "unmatched": self.unmatched.filter(pl.col("application_id") == key),
        }

    def why_not(self, mentee: str, mentor: str) -> "WhyNot":
        """Why these two aren't a pair (application ids or person keys): a rule, a fuller or dearer seat, or simply a lower score."""
        from pipelines.matching import again
        from pipelines.matching.answers import why_not

        (one, row), (other, column) = self.mentee(mentee), self.mentor(mentor)
        told = why_not(self.solved, row, column)
        is_open = told.reason in ("another_way", "under_the_floor")
        return again.forced(self, one, other, told.score) if self.asks_again and is_open else told

    def mentee(self, name: str) -> tuple[str, int]:
        """Application id and row of a mentee named by application id or person key."""
        return _found(self.problem.mentees, name, "mentee")

    def mentor(self, name: str) -> tuple[str, int]:
        """Application id and row of a mentor named by application id or person key."""
        return _found(self.problem.mentors, name, "mentor")

    def what_if(
        self,
        *,
        seats: Mapping[str, int] | None = None,
        weights: Mapping[str, float] | None = None,
        lock: Pairs = (),
        forbid: Pairs = (),
        without_rules: Sequence[str] = (),
        policy: Policy | None = None,
    ) -> Difference:
        """The difference that a change would make. seats: mentor to more (or fewer) seats; weights: component to its new weight.

        Mentees and mentors by application id or person key. This result stays as it is; the new one is `Difference.after`.
        Raises `MatchProblemError` on an unknown name and `InfeasibleRequest` where the change can't be met.
        """
        named = {self.mentor(name)[0]: more for name, more in (seats or {}).items()}
        present = dict(zip(self.problem.mentors["application_id"], self.problem.seats.tolist(), strict=True))
        pairs = [[(self.mentee(a)[0], self.mentor(b)[0]) for a, b in chosen] for chosen in (lock, forbid)]
        present_rules = sorted({rule.name for rule in self.problem.rules})
        unknown = sorted(set(without_rules) - set(present_rules))
        if unknown:
            raise MatchProblemError(
                f"This run has no rule {', '.join(unknown)}. Next step: name one of {', '.join(present_rules)}."
            )
        changed = replace(
            self.problem,
            capacity={**self.problem.capacity, **{key: present[key] + more for key, more in named.items()}},
            score={**self.problem.score, **(weights or {})},
            locks=(*self.problem.locks, *pairs[0]),
            forbidden=(*self.problem.forbidden, *pairs[1]),
            rules=[rule for rule in self.problem.rules if rule.name not in without_rules],
        )
        after = solve(changed, policy or self.policy, salt=self.salt, verify=self.verify)
        return difference(self, after)


def _silent(_stage: str) -> None:
    """No progress is reported."""


def solve(
    problem: MatchProblem,
    policy: Policy | None = None,
    *,
    salt: str,
    verify: float = 1e-6,
    progress: Progress = _silent,
) -> MatchResult:
    """The optimum of `problem` under `policy`. Same problem, policy and salt: same result, whatever the order of the rows.

    salt: seeds the tie-break, so that no name or row number decides between equals. verify: relative gap at which pricing may stop; problems
    of up to some ten thousand people mostly end with 0. progress: is called with each stage's name as it begins.
    Raises `InfeasibleRequest` where locks, least loads, floor or quota can't be met, and `SolverRefused` where the solver gives no proof.
    """
    chosen = policy or Policy()
    solved = Engine(problem, chosen, salt, verify, progress).run()
    if not chosen.by_one_flow:
        from pipelines.matching.modes import other_mode  # its programme solver is slow to import and seldom needed

        solved = other_mode(solved)
    return MatchResult(problem, chosen, salt, solved, verify)


def _found(frame: pl.DataFrame, name: str, side: str) -> tuple[str, int]:
    rows = frame.with_row_index("row").filter((pl.col("application_id") == name) | (pl.col("person_key") == name))
    if rows.is_empty():
        raise MatchProblemError(
            f"There is no {side} {name!r} in this cohort. Next step: give an application id or a person key from the list of {side}s."
        )
    if rows.height > 1:
        raise MatchProblemError(f"{name!r} has several applications as {side}. Next step: give the application id.")
    return str(rows["application_id"][0]), int(rows["row"][0])
