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
    pairs_above,
)
from pipelines.matching.eligibility import ForbiddenPair, IntArray
from pipelines.matching.feasibility import Feasibility
from pipelines.matching.named_scores import ranked
from pipelines.matching.network import Seats, flow_possible, matching_arcs
from pipelines.matching.places import drawn, turns
from pipelines.matching.policy import Policy
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
PRICED_CANDIDATES = 16
KEPT_CANDIDATES = 2
CLOSE = 40_000
"""After the first prices a pair stays or comes in where it misses being worth its mentee and its seat by less than this many units."""

ROUNDS = 12


def nearest(edges: Edges, gains: IntArray, optimum: Optimum) -> Edges:
    """The edges that the prices leave close to being pairs, each mentee's closest few whatever they cost, and the pairs themselves.

    Most of the first candidates are far too dear once seats have prices. Whatever is dropped wrongly comes back by pricing, so the proof
    doesn't suffer.
    """
    reduced = optimum.worth[edges.rows] + optimum.price[edges.columns] - gains
    reduced[optimum.used] = np.iinfo(np.int64).min
    order = np.lexsort((reduced, edges.rows))
    rows = edges.rows[order]
    turn = np.empty(edges.size, dtype=np.int64)
    turn[order] = np.arange(edges.size) - np.searchsorted(rows, rows)
    return edges.where((turn < KEPT_CANDIDATES) | (reduced < CLOSE << TIE_BITS))


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
        """All feasible pairs where they are few; else the best of each mentee, with current and ranked pairs."""
        if self.feasibility.pairs <= COMPLETE:
            edges = all_pairs(self.model, self.feasibility)
            return edges.where(self.active[edges.rows]), True
        best = best_pairs(self.model, self.feasibility, FIRST_CANDIDATES, self.active, self.seats.offered)
        width = self.problem.mentors.height
        there, back = (
            ranked(self.problem.mentees, self.problem.mentors),
            ranked(self.problem.mentors, self.problem.mentees),
        )
        more = np.concatenate(
            [
                self.current,
                self.approved,
                (there["owner"] * width + there["other"]).to_numpy(),
                (back["other"] * width + back["owner"]).to_numpy(),
            ]
        ).astype(np.int64)
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
            rows, columns, slack = self.outside(edges, optimum, close=CLOSE if rounds == 0 else 0)
            rounds += 1
            if slack <= self.verify * optimum.gain or not rows.size or rounds >= ROUNDS:
                return edges, gains, optimum, slack, rounds
            if rounds == 1:
                edges = nearest(edges, gains, optimum)
            edges = merged(self.model, edges, rows, columns)

    def outside(self, edges: Edges, optimum: Optimum, *, close: int = 0) -> tuple[IntArray, IntArray, int]:
        """Pairs outside the edges that may help, and by how much all of them can at most (tie units).

        close: units by which a pair may miss that and still come in, so that it is there when prices have moved a little.
        """
        unit = float(1 << TIE_BITS)
        worth, price = optimum.worth / unit, optimum.price / unit
        greatest = max(1.0, float(np.abs(worth).max(initial=0)), float(np.abs(price).max(initial=0)))
        margin = 0.5 * max(1.0, greatest / (1 << 20)) + 1.0 / (1 << (TIE_BITS - self.ties.bits))
        limit, among = PRICED_CANDIDATES, self.active
        most = np.zeros(worth.size, dtype=np.int64)
        rows, columns = [np.zeros(0, dtype=np.int64)], [np.zeros(0, dtype=np.int64)]
        while True:
            found = pairs_above(
                self.model,
                self.feasibility,
                worth - margin - close,
                price,
                least=optimum.least,
                limit=limit,
                among=among,
            )
            excess, new = self._excess(edges, optimum, *found)
            np.maximum.at(most, new[0], excess)
            wanted = excess > -(close << TIE_BITS)
            rows.append(new[0][wanted])
            columns.append(new[1][wanted])
            cut = np.bincount(found[0], minlength=worth.size) >= limit
            cut[most > 0] = False
            # Where the list was cut, what was cut can exceed what was kept by no more than the rounding; look again only if that matters.
            rounding = int(margin * unit) * int(self.seats.demand[cut].sum())
            slack = int((most * self.seats.demand).sum()) + rounding
            again = close and most.any()  # these come in and prices move, so nothing has to be proven yet
            if again or not cut.any() or slack <= self.verify * optimum.gain or limit >= self.problem.mentors.height:
                most[cut] += int(margin * unit) * (limit < self.problem.mentors.height)
                return np.concatenate(rows), np.concatenate(columns), int((most * self.seats.demand).sum())
            limit, among, close = 8 * limit, cut, 0

    def _excess(
        self, edges: Edges, optimum: Optimum, rows: IntArray, columns: IntArray
    ) -> tuple[IntArray, tuple[IntArray, IntArray]]:
        """Of those pairs that aren't edges yet: by how much each is worth more than its mentee and its seat, in tie units."""
        width = self.problem.mentors.height
        new = ~among_sorted(rows * width + columns, edges.rows * width + edges.columns)
        rows, columns = rows[new], columns[new]
        outside = Edges(rows, columns, self.model.scores(rows, columns))
        excess = self.gains(outside) - optimum.worth[rows] - optimum.price[columns]
        fits = outside.scores >= optimum.least[rows]
        return excess[fits], (rows[fits], columns[fits])

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
