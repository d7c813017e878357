"""From a problem to a proven optimum: candidates, coverage, floor, flow, and pricing until nothing outside can help.

Pricing: solve among the candidates, recover the seats' prices, scan all pairs for one whose gain exceeds what its mentee and its seat are
worth (a column of positive reduced cost), add those, solve again. Where no such pair is left the optimum among the candidates is the
optimum of all; before, the excess of each mentee's best such pair bounds what is still to be won.
"""

from collections.abc import Callable

import numpy as np

from pipelines.matching.affinity import SCALE, ScoreModel
from pipelines.matching.assignment import TIE_BITS, Optimum, TieBreak, best_choice, coverage, greatest_floor, own_best
from pipelines.matching.candidates import (
    COMPLETE,
    Edges,
    all_pairs,
    among_sorted,
    best_pairs,
    merged,
)
from pipelines.matching.eligibility import ForbiddenPair, IntArray
from pipelines.matching.feasibility import Feasibility
from pipelines.matching.network import Seats, flow_possible, matching_arcs
from pipelines.matching.places import drawn, turns
from pipelines.matching.policy import Policy
from pipelines.matching.pricing import CLOSE, Scan, nearest
from pipelines.matching.problem import MatchProblem, Pairs
from pipelines.matching.quotas import evened
from pipelines.matching.reach import (
    Coverage,
    InfeasibleRequest,
    check_locks,
    check_minimum,
    extended,
    floor_edges,
    with_minimum,
)
from pipelines.matching.solved import APPROVED, Solved

Progress = Callable[[str], None]

FIRST_CANDIDATES = 16
ROUNDS = 12


class Engine:
    """One run over one problem. Raises `InfeasibleRequest` where locks, least loads or quotas can't be met, with the reason in words."""

    def __init__(self, problem: MatchProblem, policy: Policy, salt: str, verify: float, progress: Progress) -> None:
        self.problem, self.policy, self.verify, self.progress = problem, policy, verify, progress
        progress("rules")
        rules = [*problem.rules, *([ForbiddenPair(tuple(problem.forbidden))] if problem.forbidden else [])]
        self.feasibility = Feasibility(rules, problem.mentees, problem.mentors)
        self.lock_rows, self.lock_columns = check_locks(problem, self.feasibility)
        self.feasibility.withhold(self.lock_rows, self.lock_columns)
        progress("scores")
        self.model = ScoreModel(problem.mentees, problem.mentors, problem.score, problem.own_scores)
        self.seats = self._seats()
        self.active = self.seats.demand > 0
        ids = problem.mentees["application_id"].to_list(), problem.mentors["application_id"].to_list()
        self.ties = TieBreak(*ids, salt, int(self.seats.demand.sum()))
        self.current = self._codes(problem.current, "current")
        self.approved = self._codes(problem.approved, "approved")

    def _codes(self, pairs: Pairs, word: str) -> IntArray:
        rows, columns = self.problem.positions(pairs, word, strict=False)
        return np.unique(rows * max(self.problem.mentors.height, 1) + columns)

    def _seats(self) -> Seats:
        """Seats and demands that the locks leave."""
        problem = self.problem
        taken = np.bincount(self.lock_columns, minlength=problem.mentors.height)
        given = np.bincount(self.lock_rows, minlength=problem.mentees.height)
        names = sorted(problem.pools)
        pool = np.array([-1 if name is None else names.index(name) for name in problem.mentors["pool"]], dtype=np.int64)
        pool_seats = np.array([problem.pools[name] for name in names], dtype=np.int64)
        pool_seats -= np.bincount(pool[pool >= 0], weights=taken[pool >= 0], minlength=len(names)).astype(np.int64)
        least = problem.mentors["minimum"].to_numpy().astype(np.int64)
        return Seats(
            problem.wanted - given,
            problem.seats - taken,
            np.maximum(least - taken, 0) if self.policy.minimum == "always" else 0 * least,
            pool,
            pool_seats,
            met=given > 0,
        )

    def gains(self, edges: Edges) -> IntArray:
        """Score plus the bonus of current pairs, above the tie-break."""
        bonus = round(self.policy.keep_bonus * SCALE)
        codes = edges.rows * max(self.problem.mentors.height, 1) + edges.columns
        kept = bonus * among_sorted(codes, self.current) + APPROVED * among_sorted(codes, self.approved)
        gains: IntArray = ((edges.scores + kept) << TIE_BITS) + self.ties.of(edges.rows, edges.columns)
        return gains

    def candidates(self) -> tuple[Edges, bool]:
        """All feasible pairs where they are few; else the best of each mentee, with current pairs and those that somebody wished for."""
        if self.feasibility.pairs <= COMPLETE:
            edges = all_pairs(self.model, self.feasibility)
            return edges.where(self.active[edges.rows]), True
        best = best_pairs(self.model, self.feasibility, FIRST_CANDIDATES, self.active, self.seats.offered)
        width = self.problem.mentors.height
        wished = [self.model.by_name["preferences"].codes] if "preferences" in self.model.by_name else []
        more = np.concatenate([self.current, self.approved, *wished])
        named = more // width, more % width
        fine = self.feasibility.allows(*named) & self.active[named[0]]
        return merged(self.model, best, named[0][fine], named[1][fine]), False

    def run(self) -> Solved:
        """Candidates, coverage, floor, optimum, proof."""
        self.progress("candidates")
        edges, complete = self.candidates()
        self.progress("coverage")
        if self.policy.order == "sum":
            covered = Coverage(0, 0, proven=True)  # as many as gain by it: nobody must be matched
        elif complete:
            covered = Coverage(*coverage(edges, self.seats), proven=True)
        else:
            edges, covered = extended(edges, self.seats, self.model, self.feasibility, self.active)
            edges = with_minimum(edges, self.seats, self.model, self.feasibility)
        check_minimum(edges, self.seats, covered, self.problem)
        self.seats = evened(edges, self.seats, covered, self.problem, self.policy.quota, self.active)
        self.asked = self.seats
        if self._is_drawn(covered, edges):
            self.progress("lot")
            edges, self.seats, covered = drawn(
                edges, self.seats, covered, turns(self.ties, self._best_of_all(edges)), self.model, self.feasibility
            )
            self.active = self.seats.demand > 0
        self.progress("floor")
        edges, floor = self.floor(edges, covered, complete=complete)
        edges, gains, optimum, slack, rounds = self.priced(edges, covered, floor, complete=complete)
        self.progress("done")
        return self._solved(edges, gains, optimum, covered, slack, complete, rounds)

    def _best_of_all(self, edges: Edges) -> IntArray:
        """The greatest score that each mentee has with any mentor whom the rules allow, seats or not: a seat more or less must not change anybody's turn."""
        best = np.zeros(self.seats.demand.size, dtype=np.int64)
        np.maximum.at(best, edges.rows, edges.scores)
        return best

    def _is_drawn(self, covered: Coverage, edges: Edges) -> bool:
        """Whether a lot decides who gets a place: where the policy says so and there aren't enough for all whom the rules let have one."""
        wants = self.seats.first_wanted > 0
        policy, wanting = self.policy, int(np.unique(edges.rows[wants[edges.rows]]).size)
        is_drawn = policy.places == "lot" and policy.by_network and policy.order == "coverage"
        return is_drawn and covered.mentees < wanting

    def floor(self, edges: Edges, covered: Coverage, *, complete: bool) -> tuple[Edges, int]:
        """The floor in units; with edges added until none outside could raise it."""
        mentees, wish = self.problem.mentees.height, self.policy.floor
        if not self.policy.by_one_flow or wish == "leximin":
            return edges, 0
        if self.policy.order == "sum":
            return edges, 0 if isinstance(wish, bool) else round(wish * SCALE)
        arcs = matching_arcs(self.seats, covered.mentees, covered.seats)
        if wish is False or not covered.mentees:
            return edges, 0
        if wish is True:
            floor = greatest_floor(edges, arcs, self.seats)
            if complete:
                return edges, floor
            return floor_edges(edges, floor, arcs, self.seats, self.model, self.feasibility)
        least = round(float(wish) * SCALE)
        if not flow_possible(edges.where(edges.scores >= least), arcs, mentees):
            reachable = greatest_floor(edges, arcs, self.seats)
            raise InfeasibleRequest(
                f"No assignment covers {covered.mentees} mentees with every score at least {wish:g}; {reachable / SCALE:.3f} is the most. "
                "Next step: lower the floor, or add seats."
            )
        return edges, least

    def priced(
        self, edges: Edges, covered: Coverage, floor: int, *, complete: bool
    ) -> tuple[Edges, IntArray, Optimum, int, int]:
        """Edges, gains, optimum, what could at most still be won (tie units), and how many scans it took."""
        mentees, rounds = self.problem.mentees.height, 0
        # Taken before edges are dropped: each mentee's best is among the candidates, and a floor in figures spares nobody.
        is_raised = self.policy.floor is True
        least = np.minimum(floor, own_best(edges, self.seats)) if is_raised else np.full(mentees, floor)
        start: IntArray | None = None
        scan = Scan(
            self.model, self.feasibility, self.gains, self.ties.bits, self.seats.demand, self.active, self.verify
        )
        while True:
            self.progress("flow")
            gains = self.gains(edges)
            optimum = best_choice(
                edges,
                gains,
                self.seats,
                covered=covered.mentees,
                filled=covered.seats,
                floor=floor,
                least=least,
                start=start,
            )
            start = optimum.distance
            if complete:
                return edges, gains, optimum, 0, 0
            self.progress("pricing")
            rows, columns, slack = scan.outside(edges, optimum, close=CLOSE if rounds == 0 else 0)
            rounds += 1
            if slack <= self.verify * optimum.gain or not rows.size or rounds >= ROUNDS:
                return edges, gains, optimum, slack, rounds
            if rounds == 1:
                edges = nearest(edges, gains, optimum)
            edges = merged(self.model, edges, rows, columns)

    def _solved(
        self,
        edges: Edges,
        gains: IntArray,
        optimum: Optimum,
        covered: Coverage,
        slack: int,
        complete: bool,
        rounds: int,
    ) -> Solved:
        rows = np.concatenate([edges.rows[optimum.used], self.lock_rows])
        columns = np.concatenate([edges.columns[optimum.used], self.lock_columns])
        scores = np.concatenate([edges.scores[optimum.used], self.model.scores(self.lock_rows, self.lock_columns)])
        locked = np.arange(rows.size) >= int(optimum.used.sum())
        order = np.lexsort((columns, rows))
        gain = optimum.gain + int(self.gains(Edges(self.lock_rows, self.lock_columns, scores[locked])).sum())
        return Solved(
            self.problem,
            self.policy,
            self.model,
            self.feasibility,
            self.seats,
            edges,
            gains,
            optimum,
            covered,
            rows[order],
            columns[order],
            scores[order],
            locked[order],
            gain >> TIE_BITS,
            (gain + slack) >> TIE_BITS,
            complete,
            rounds,
            self.ties,
            self.current,
            self.approved,
            self.asked,
        )
