"""`python -m tests.bench.matching_lists`: who gets a place by cutting, or padding, a list of wishes where seats are short. Prints JSON.

Eight cohorts of 60 mentees with one to five wishes of twelve skills, commoner and rarer ones, and 45 mentors with one seat; every second mentee in turn changes their list,
the others don't. Each way of giving places is asked the same questions.
"""

import json
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import polars as pl

from pipelines.matching import MatchProblem, MatchResult, Policy, solve
from tests.unit.matching.people import RULES, mentees, mentors

WORDS = [f"s{k}" for k in range(12)]
WAYS = {"score": Policy(), "lot": Policy(places="lot")}
COHORTS = 8


def answer(wishes: Sequence[Sequence[str]], others: pl.DataFrame, policy: Policy) -> MatchResult:
    people = mentees(*({"skills": list(some)} for some in wishes))
    return solve(MatchProblem(people, others, RULES, {"skills": 1.0}), policy, salt="bench")


def placed(result: MatchResult) -> set[str]:
    return set(result.problem.mentees["application_id"].gather(np.unique(result.solved.rows)))


def cohort(seed: int) -> tuple[list[list[str]], pl.DataFrame]:
    rng = np.random.default_rng(seed)
    common = 1 / np.arange(1, 13) ** 0.7
    common /= common.sum()
    lengths = rng.choice([1, 2, 3, 4, 5], 60, p=[0.15, 0.25, 0.3, 0.2, 0.1])
    wishes = [list(rng.choice(WORDS, length, replace=False, p=common)) for length in lengths]
    offers = ({"skills": list(rng.choice(WORDS, rng.integers(2, 6), replace=False, p=common))} for _ in range(45))
    return wishes, mentors(*({**offer, "capacity": 1} for offer in offers))


def changed(wishes: list[str], others: pl.DataFrame) -> Iterator[tuple[str, list[str]]]:
    """The list cut to its commonest wish, cut by its rarest one, and padded with the two commonest that aren't wished for."""
    offered = Counter(word for some in others["skills"].to_list() for word in some)
    by_offers = sorted(wishes, key=lambda word: -offered[word])
    if len(wishes) > 1:
        yield "cut_to_one", by_offers[:1]
        yield "cut_by_one", by_offers[:-1]
    yield "padded", [*wishes, *sorted(set(WORDS) - set(wishes), key=lambda word: (-offered[word], word))[:2]]


def asked(policy: Policy) -> dict[str, Any]:
    questions: Counter[str] = Counter()
    lengths: Counter[tuple[int, bool]] = Counter()
    total = 0.0
    for seed in range(COHORTS):
        wishes, others = cohort(seed)
        before = answer(wishes, others, policy)
        total += before.total
        ids = [f"a{k}" for k in range(len(wishes))]
        for at, key in enumerate(ids):
            lengths[len(wishes[at]), key in placed(before)] += 1
            for name, other in changed(wishes[at], others) if at % 2 == 0 else ():
                after = placed(answer([other if k == at else some for k, some in enumerate(wishes)], others, policy))
                questions[name] += 1
                questions[f"{name}_gained"] += key in after - placed(before)
                questions[f"{name}_lost"] += key in placed(before) - after
    shares = {n: round(lengths[n, True] / (lengths[n, True] + lengths[n, False]), 3) for n in range(1, 6)}
    return {**questions, "matched_by_length": shares, "total_score": round(total, 2)}


def main() -> None:
    sys.stdout.write(json.dumps({way: asked(policy) for way, policy in WAYS.items()}, indent=2) + "\n")


if __name__ == "__main__":
    main()
