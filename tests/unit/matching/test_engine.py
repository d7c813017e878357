"""The engine as a whole: nothing better exists, the proof holds, requests are kept, and what can't be met is said in words."""

import itertools

import numpy as np
import polars as pl
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from pipelines.matching import InfeasibleRequest, MatchProblem, MatchProblemError, Policy, Quota, solve
from pipelines.matching import candidates as candidates_module
from pipelines.matching import engine as engine_module
from pipelines.matching import near_pairs as near_pairs_module
from pipelines.matching import pricing as pricing_module
from pipelines.matching.affinity import SCALE, ScoreModel
from pipelines.matching.candidates import all_pairs, blocks
from pipelines.matching.feasibility import Feasibility
from pipelines.matching.network import cheapest_flow
from tests.unit.matching.people import RULES, SCORE, mentees, mentors, random_problem

SEEDS = st.integers(0, 100_000)
PLAIN = Policy(floor=False, keep_bonus=0.0)


def dense(problem: MatchProblem) -> tuple[np.ndarray, np.ndarray]:
    """Feasible mask and scores of every pair, straight from each rule's own matrix and one pair at a time."""
    feasible = ~np.logical_or.reduce([rule.forbids(problem.mentees, problem.mentors) for rule in problem.rules])
    rows, columns = np.indices(feasible.shape)
    model = ScoreModel(problem.mentees, problem.mentors, problem.score)
    return feasible, model.scores(rows.ravel(), columns.ravel()).reshape(feasible.shape)


def rules_of(problem: MatchProblem) -> Feasibility:
    return Feasibility(problem.rules, problem.mentees, problem.mentors)


def choices(problem: MatchProblem):
    """Every assignment of at most one feasible mentor a mentee within the seats."""
    feasible, _ = dense(problem)
    for choice in itertools.product(range(-1, feasible.shape[1]), repeat=feasible.shape[0]):
        load = np.bincount([j for j in choice if j >= 0], minlength=feasible.shape[1])
        if (load <= problem.seats).all() and all(j < 0 or feasible[i, j] for i, j in enumerate(choice)):
            yield choice


@settings(max_examples=60)
@example(seed=449, count=3, seats=4, floor=True)  # a mentee's best mentor has no seat
@given(seed=SEEDS, count=st.integers(1, 6), seats=st.integers(1, 4), floor=st.booleans())
def test_no_assignment_covers_more_or_has_a_better_worst_pair_or_scores_higher(
    seed: int, count: int, seats: int, floor: bool
) -> None:
    """The floor is over those who could have more: whose own best is a pair's score is as well off as they can be."""
    problem = random_problem(seed, count, seats)
    feasible, scores = dense(problem)
    reachable = np.where(feasible & (problem.seats > 0), scores, 0).max(axis=1, initial=0)

    def value(pairs: list[tuple[int, int]]) -> tuple[int, int, int]:
        own = [int(scores[pair]) for pair in pairs]
        could_rise = [score for score, (mentee, _) in zip(own, pairs, strict=True) if score < reachable[mentee]]
        return len(own), min(could_rise, default=SCALE) if floor else 0, sum(own)

    best = max(value([(i, j) for i, j in enumerate(choice) if j >= 0]) for choice in choices(problem))
    result = solve(problem, Policy(floor=floor, keep_bonus=0), salt="s")
    assert value(list(zip(result.solved.rows.tolist(), result.solved.columns.tolist(), strict=True))) == best
    assert result.gap == 0


@settings(max_examples=30)
@given(seed=SEEDS)
def test_groups_and_blocks_say_of_every_pair_what_the_rules_and_scores_say_of_it_alone(seed: int) -> None:
    problem = random_problem(seed, 20, 12)
    feasible, scores = dense(problem)
    possible = Feasibility(problem.rules, problem.mentees, problem.mentors)
    model = ScoreModel(problem.mentees, problem.mentors, problem.score)
    assert possible.pairs == feasible.sum()
    seen = np.full(feasible.shape, -np.inf)
    for rows, columns, block in blocks(model, possible):
        seen[np.ix_(rows, columns)] = block
    assert (np.isfinite(seen) == feasible).all()
    assert (seen[feasible] == scores[feasible]).all()
    edges = all_pairs(model, possible)
    assert (feasible[edges.rows, edges.columns]).all()
    assert (edges.scores == scores[edges.rows, edges.columns]).all()
    assert [int(rule.forbids(problem.mentees, problem.mentors).sum()) for rule in problem.rules] == possible.removed


@settings(max_examples=15)
@given(seed=SEEDS)
def test_scores_that_are_held_for_the_next_scan_change_nothing(seed: int) -> None:
    problem = random_problem(seed, 60, 25)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine_module, "COMPLETE", 0)
        patch.setattr(engine_module, "FIRST_CANDIDATES", 2)
        patch.setattr(candidates_module, "WHOLE", 0)
        held = solve(problem, salt="s")
        fresh = list(
            candidates_module.blocks(ScoreModel(problem.mentees, problem.mentors, problem.score), rules_of(problem))
        )
        assert all(
            (one[2] == other[2]).all() for one, other in zip(held.solved.feasibility.held, fresh, strict=True)
        ), "no scan writes to them"
        patch.setattr(candidates_module, "HELD", 0)
        scored_again = solve(problem, salt="s")
    assert not scored_again.solved.feasibility.held
    assert scored_again.pairs.equals(held.pairs)
    assert scored_again.bound == held.bound


@settings(max_examples=15)
@given(seed=SEEDS)
def test_scoring_a_small_cohort_in_one_piece_changes_nothing(seed: int) -> None:
    problem = random_problem(seed, 60, 25)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine_module, "COMPLETE", 0)
        patch.setattr(engine_module, "FIRST_CANDIDATES", 2)
        whole = solve(problem, salt="s")
        patch.setattr(candidates_module, "WHOLE", 0)
        by_group = solve(problem, salt="s")
    assert len(whole.solved.feasibility.held) == 1
    assert whole.pairs.drop("price").equals(by_group.pairs.drop("price"))
    # A proof may end a unit short of none, and prices with it.
    assert np.allclose(whole.pairs["price"], by_group.pairs["price"], atol=1e-5)
    edges = all_pairs(whole.solved.model, whole.solved.feasibility)
    again = all_pairs(whole.solved.model, rules_of(problem))
    assert (edges.scores == again.scores).all()


@settings(max_examples=12, deadline=None)
@given(seed=SEEDS)
def test_what_is_said_of_a_pair_or_a_seat_holds_where_the_solver_held_few_pairs(seed: int) -> None:
    problem = random_problem(seed, 40, 16)
    policy = Policy(floor=False, keep_bonus=0.0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine_module, "COMPLETE", 0)
        patch.setattr(engine_module, "FIRST_CANDIDATES", 2)
        few = solve(problem, policy, salt="s")
        told = few.alternatives, few.prices
    every = solve(problem, policy, salt="s")
    assert few.solved.edges.size < every.solved.edges.size
    kept = ["mentee_application_id", "mentor_application_id", "alternative"]
    assert told[0].select(kept).equals(every.alternatives.select(kept))
    assert np.allclose(told[0]["cost"], every.alternatives["cost"], atol=1e-5)
    assert np.allclose(told[1]["price"], every.prices["price"], atol=1e-5)


@settings(max_examples=12, deadline=None)
@given(seed=SEEDS)
def test_a_cost_that_rests_on_near_pairs_alone_is_called_exact_only_where_it_is(seed: int) -> None:
    problem = random_problem(seed, 40, 16)
    policy = Policy(floor=False, keep_bonus=0.0)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine_module, "COMPLETE", 0)
        patch.setattr(engine_module, "FIRST_CANDIDATES", 2)
        patch.setattr(near_pairs_module, "ALL", 0)
        told = solve(problem, policy, salt="s").alternatives
    pair = ["mentee_application_id", "mentor_application_id"]
    both = told.join(solve(problem, policy, salt="s").alternatives, on=pair, suffix="_of_all")
    exact = both.filter("cost_is_exact")
    assert np.allclose(exact["cost"], exact["cost_of_all"], atol=1e-5)
    assert (both["cost"] >= both["cost_of_all"] - 1e-5).all()
    assert told.filter(~pl.col("cost_is_exact"))["words"].str.contains("at most").all()


@settings(max_examples=25)
@given(seed=SEEDS)
def test_where_the_solver_starts_changes_nothing(seed: int) -> None:
    solved = solve(random_problem(seed, 40, 15), PLAIN, salt="s").solved
    mentees, found = solved.problem.mentees.height, solved.optimum
    nowhere = np.random.default_rng(seed).integers(0, SCALE << 22, found.arcs.supplies.size)
    beyond_the_solvers_numbers = nowhere << 18
    for start in (None, found.distance, nowhere, beyond_the_solvers_numbers):
        flow = cheapest_flow(solved.edges, solved.gains, found.arcs, mentees, start)
        assert (flow.used == found.used).all()


@settings(max_examples=25)
@given(seed=SEEDS, floor=st.booleans())
def test_pricing_a_few_candidates_ends_where_all_pairs_end(seed: int, floor: bool) -> None:
    problem = random_problem(seed, 60, 25)
    policy = Policy(floor=floor)
    whole = solve(problem, policy, salt="s")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(engine_module, "COMPLETE", 0)
        patch.setattr(engine_module, "FIRST_CANDIDATES", 2)
        patch.setattr(pricing_module, "PRICED_CANDIDATES", 2)
        priced = solve(problem, policy, salt="s", verify=0.0)
    assert not priced.solved.complete
    assert priced.solved.coverage == whole.solved.coverage
    assert priced.solved.optimum.floor // 1000 == whole.solved.optimum.floor // 1000
    if priced.solved.optimum.floor == whole.solved.optimum.floor:
        assert priced.objective == whole.objective
        assert priced.bound >= whole.objective
        assert priced.pairs.select("mentee_application_id", "mentor_application_id").equals(
            whole.pairs.select("mentee_application_id", "mentor_application_id")
        )


@settings(max_examples=20)
@given(seed=SEEDS)
def test_prices_and_worths_satisfy_complementary_slackness(seed: int) -> None:
    solved = solve(random_problem(seed, 40, 15), PLAIN, salt="s").solved
    found, edges = solved.optimum, solved.edges
    reduced = found.worth[edges.rows] + found.price[edges.columns] - solved.gains
    assert (reduced >= 0).all(), "no pair is worth more than its mentee and its seat"
    assert (reduced[found.used] == 0).all(), "every proposed pair is worth exactly that"
    load = np.bincount(solved.columns, minlength=solved.problem.mentors.height)
    assert (found.price >= 0).all()
    assert (found.price[load < solved.seats.capacity] == 0).all(), "a free seat costs nothing"


def test_it_agrees_with_scipys_dense_solver() -> None:
    problem = random_problem(11, 60, 40)
    feasible, scores = dense(problem)
    seats = np.repeat(np.arange(feasible.shape[1]), problem.seats)
    gain = np.where(feasible, scores + 10**9, 0)[:, seats]
    rows, columns = linear_sum_assignment(gain, maximize=True)
    kept = gain[rows, columns] > 0
    result = solve(problem, PLAIN, salt="s")
    assert result.pairs.height == kept.sum()
    assert int(result.solved.scores.sum()) == int((gain[rows, columns][kept] - 10**9).sum())


@settings(max_examples=8)
@given(seed=SEEDS)
def test_several_mentors_and_least_loads_agree_with_a_linear_programme(seed: int) -> None:
    from scipy.optimize import linprog
    from scipy.sparse import coo_array

    problem = random_problem(seed, 25, 10)
    rng = np.random.default_rng(seed)
    problem = MatchProblem(
        problem.mentees.with_columns(pl.Series("demand", rng.integers(0, 4, 25))), problem.mentors, RULES, SCORE
    )
    result = solve(problem, PLAIN, salt="s")
    edges, pairs = result.everything, result.everything.size
    at_mentee = coo_array((np.ones(pairs), (edges.rows, np.arange(pairs))), shape=(25, pairs)).tocsr()
    at_mentor = coo_array((np.ones(pairs), (edges.columns, np.arange(pairs))), shape=(10, pairs)).tocsr()
    from scipy.sparse import vstack

    limits = vstack([at_mentee, at_mentor])
    # Everybody's first mentor comes before anybody's second: a concave reward, here as big steps that dwarf every score.
    most = result.solved.coverage
    free = linprog(
        -edges.scores / SCALE,
        A_ub=limits,
        b_ub=np.concatenate([problem.wanted, problem.seats]),
        A_eq=np.ones((1, pairs)),
        b_eq=[most.seats],
        bounds=(0, 1),
        method="highs",
    )
    covered = int((np.bincount(result.solved.rows, minlength=25) > 0).sum())
    assert covered == most.mentees
    assert result.pairs.height == most.seats
    assert result.objective <= -free.fun + 1e-6, "the programme without the order of aims is a bound"
    assert (np.bincount(result.solved.rows, minlength=25) <= problem.wanted).all()
    assert (np.bincount(result.solved.columns, minlength=10) <= problem.seats).all()


@settings(max_examples=15)
@given(seed=SEEDS)
def test_the_order_of_rows_changes_nothing_at_all(seed: int) -> None:
    problem = random_problem(seed, 30, 12)
    shuffled = MatchProblem(
        problem.mentees.sample(fraction=1.0, shuffle=True, seed=seed),
        problem.mentors.sample(fraction=1.0, shuffle=True, seed=seed + 1),
        RULES,
        SCORE,
    )
    one, other = solve(problem, salt="s"), solve(shuffled, salt="s")
    for name in ("pairs", "unmatched", "alternatives", "prices", "quality", "baselines"):
        assert getattr(one, name).equals(getattr(other, name)), name


@settings(max_examples=15)
@given(seed=SEEDS, gone=st.integers(0, 11))
def test_taking_a_mentor_away_never_helps(seed: int, gone: int) -> None:
    problem = random_problem(seed, 30, 12)
    whole = solve(problem, PLAIN, salt="s")
    fewer = MatchProblem(problem.mentees, problem.mentors.filter(pl.int_range(pl.len()) != gone), RULES, SCORE)
    less = solve(fewer, PLAIN, salt="s")
    assert (less.pairs.height, less.objective) <= (whole.pairs.height, whole.objective)


@settings(max_examples=15)
@given(seed=SEEDS)
def test_locks_are_kept_and_forbidden_pairs_are_not_made(seed: int) -> None:
    problem = random_problem(seed, 30, 12)
    found = solve(problem, salt="s")
    if found.alternatives.height < 3:
        return
    wish = found.alternatives.filter(pl.col("score") >= 0).row(0, named=True)
    lock = (wish["mentee_application_id"], wish["mentor_application_id"])
    banned = tuple(found.pairs.select("mentee_application_id", "mentor_application_id").row(-1))
    if banned[0] == lock[0]:
        return
    after = solve(random_problem(seed, 30, 12, locks=[lock], forbidden=[banned]), salt="s")
    made = set(after.pairs.select("mentee_application_id", "mentor_application_id").iter_rows())
    assert lock in made
    assert banned not in made
    assert after.pairs.filter(pl.col("is_locked")).height == 1


@settings(max_examples=12)
@given(seed=SEEDS)
def test_the_cost_of_an_alternative_is_what_locking_it_costs(seed: int) -> None:
    found = solve(random_problem(seed, 25, 10), PLAIN, salt="s")
    for row in found.alternatives.sample(min(6, found.alternatives.height), seed=1).to_dicts():
        lock = (row["mentee_application_id"], row["mentor_application_id"])
        forced = solve(random_problem(seed, 25, 10, locks=[lock]), PLAIN, salt="s")
        assert forced.pairs.height == found.pairs.height
        assert found.objective - forced.objective == pytest.approx(row["cost"], abs=2e-6)
        assert found.why_not(*lock).cost == pytest.approx(row["cost"], abs=1e-9)


def test_a_lock_that_breaks_a_rule_names_the_rule() -> None:
    people = mentees({"excluded": ["m0"]}, {}), mentors({}, {})
    with pytest.raises(InfeasibleRequest, match="a0 with b0 breaks the rule that respects declared exclusions"):
        solve(MatchProblem(*people, RULES, SCORE, locks=[("a0", "b0")]), salt="s")
    with pytest.raises(InfeasibleRequest, match="b1 has 1 seats, but 2 locks"):
        solve(MatchProblem(*people, RULES, SCORE, locks=[("a0", "b1"), ("a1", "b1")]), salt="s")
    with pytest.raises(MatchProblemError, match="aren't in this cohort"):
        MatchProblem(*people, RULES, SCORE, locks=[("a0", "nobody")])


def test_least_loads_are_met_or_refused_with_those_who_are_short() -> None:
    seats = mentors({"capacity": 3, "minimum": 2}, {"capacity": 3, "skills": ["sql"]})
    people = mentees(*({"skills": ["sql"]} for _ in range(4)))
    result = solve(MatchProblem(people, seats, RULES, SCORE), salt="s")
    assert result.pairs.filter(pl.col("mentor_application_id") == "b0").height == 2
    alone = mentors({"capacity": 9, "minimum": 6}, {"capacity": 3, "minimum": 1})
    with pytest.raises(InfeasibleRequest, match="ask together for at least 7 mentees, but only 4 may be matched"):
        solve(MatchProblem(people, alone, RULES, SCORE), salt="s")


def test_least_loads_are_met_although_the_first_candidates_lack_their_mentees(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engine_module, "COMPLETE", 0)
    monkeypatch.setattr(engine_module, "FIRST_CANDIDATES", 2)
    people = mentees(*({"skills": ["sql"]} for _ in range(60)))
    unloved = [{"capacity": 6, "minimum": 3, "skills": ["art"]} for _ in range(12)]
    loved = [{"capacity": 6, "skills": ["sql"]} for _ in range(12)]
    result = solve(MatchProblem(people, mentors(*unloved, *loved), RULES, {"skills": 1.0}), PLAIN, salt="s")
    assert result.solved.rows.size == 60
    loads = dict(result.prices.select("application_id", "taken").iter_rows())
    assert [loads[f"b{j}"] for j in range(12)] == [3] * 12


def test_several_mentors_come_after_everybodys_first() -> None:
    people = mentees({"demand": 3}, {}, {})
    result = solve(MatchProblem(people, mentors({"capacity": 2}, {"capacity": 2}), RULES, SCORE), salt="s")
    assert sorted(result.pairs["mentee_application_id"]) == ["a0", "a0", "a1", "a2"]
    assert result.unmatched.filter(pl.col("role") == "mentee")["reason"].to_list() == ["fewer_than_wanted"]


def test_seats_of_a_pool_are_shared() -> None:
    seats = mentors({"capacity": 2, "pool": "lab"}, {"capacity": 2, "pool": "lab"})
    result = solve(MatchProblem(mentees({}, {}, {}, {}), seats, RULES, SCORE, pools={"lab": 3}), salt="s")
    assert result.pairs.height == 3
    assert set(result.unmatched["detail"]) == {"4 mentees share the 3 seats of 2 mentors; 1 short"}


def test_groups_start_with_enough_people_or_not_at_all() -> None:
    seats = mentors(*({"capacity": 4, "minimum": 3} for _ in range(3)))
    result = solve(
        MatchProblem(mentees(*({} for _ in range(8))), seats, RULES, SCORE), Policy(minimum="if_opened"), salt="s"
    )
    loads = result.pairs["mentor_application_id"].value_counts()["count"].to_list()
    assert sum(loads) == 8
    assert all(3 <= load <= 4 for load in loads)
    assert result.gap < 1e-6


@settings(max_examples=10)
@given(seed=SEEDS)
def test_groups_agree_with_trying_every_set_of_open_groups(seed: int) -> None:
    problem = random_problem(seed, 9, 4)
    problem = MatchProblem(problem.mentees, problem.mentors.with_columns(pl.lit(2).alias("minimum")), RULES, SCORE)
    found = solve(problem, Policy(minimum="if_opened", keep_bonus=0), salt="s")
    best = (0, 0.0)
    ids = problem.mentors["application_id"].to_list()
    for opened in itertools.product([False, True], repeat=4):
        seats = {key: int(n) if go else 0 for key, n, go in zip(ids, problem.seats, opened, strict=True)}
        least = problem.mentors.with_columns(pl.Series("minimum", [2 if go else 0 for go in opened]))
        if any(go and n < 2 for go, n in zip(opened, problem.seats, strict=True)):
            continue
        try:
            tried = solve(MatchProblem(problem.mentees, least, RULES, SCORE, capacity=seats), PLAIN, salt="s")
        except InfeasibleRequest:
            continue
        best = max(best, (tried.pairs.height, tried.objective))
    assert (found.pairs.height, round(found.objective, 6)) == (best[0], pytest.approx(best[1], abs=1e-6))


def test_a_quota_evens_who_stays_unmatched_and_nothing_else() -> None:
    people = mentees(*({"skills": ["sql"] if i < 4 else ["art"]} for i in range(8)))
    groups = pl.DataFrame({"person_key": people["person_key"], "attribute": "site", "value": ["x"] * 4 + ["y"] * 4})
    problem = MatchProblem(people, mentors({"capacity": 4, "skills": ["sql"]}), RULES, SCORE, groups=groups)
    quota = Quota("site", legal_basis="works agreement 7", approved_by="council")

    def matched(policy: Policy) -> list[int]:
        audit = solve(problem, policy, salt="s").audit(min_group_size=1)
        return audit["matched"].to_list()

    assert matched(Policy()) == [4, 0]
    assert matched(Policy(quota=quota)) == [2, 2]
    with pytest.raises(InfeasibleRequest, match="each be met, but not together"):
        solve(problem, Policy(quota=Quota("site", "x", "y", at_most={"x": 0.25, "y": 0.25})), salt="s")


def test_keeping_a_pair_is_worth_its_bonus_and_no_more() -> None:
    seats = mentors({"skills": ["planning"]}, {"skills": ["planning", "sql"]})
    people = mentees({"skills": ["planning", "sql"]}, {"skills": ["planning"]})
    problem = MatchProblem(people, seats, RULES, {"skills": 1.0}, current=[("a0", "b0"), ("a1", "b1"), ("gone", "b1")])

    def kept(bonus: float) -> int:
        return int(solve(problem, Policy(floor=False, keep_bonus=bonus), salt="s").quality["kept_pairs"][0])

    assert kept(0.2) == 0, "two kept pairs earn .4, moving earns .5"
    assert kept(0.3) == 2


def test_a_floor_that_nobody_can_keep_says_what_can() -> None:
    problem = MatchProblem(mentees({"skills": ["art"]}), mentors({}), RULES, {"skills": 1.0})
    with pytest.raises(InfeasibleRequest, match=r"0\.000 is the most"):
        solve(problem, Policy(floor=0.5), salt="s")


def test_stable_pairs_leave_nobody_who_would_rather_swap() -> None:
    problem = random_problem(5, 40, 15)
    result = solve(problem, Policy(mode="stable"), salt="s")
    assert result.baselines.row(0, named=True)["blocking_pairs"] == 0
    assert result.gap >= 0


def test_the_shortage_names_what_those_who_are_short_have_in_common() -> None:
    people = mentees(*({"utc_offset_hours": 8.0} for _ in range(3)), {})
    result = solve(MatchProblem(people, mentors({"utc_offset_hours": 8.0}, {}), RULES, SCORE), salt="s")
    detail = result.unmatched.filter(pl.col("role") == "mentee")["detail"]
    assert set(detail) == {"3 mentees in UTC+8 share the 1 seat of 1 mentor; 2 short"}


def test_a_change_of_seats_is_answered_with_what_it_changes() -> None:
    problem = MatchProblem(mentees({}, {}), mentors({}), RULES, SCORE)
    before = solve(problem, salt="s")
    change = before.what_if(seats={"b0": 1})
    assert change.words.startswith("2 of 2 mentees are matched (+1)")
    assert change.pairs.height == 1
    assert before.pairs.height == 1, "the result itself stays as it was"
    with pytest.raises(MatchProblemError, match="no mentor 'nobody'"):
        before.what_if(seats={"nobody": 1})
