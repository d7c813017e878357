"""`python -m tests.bench.matching_lists`: who gains by cutting a wish list to its commonest skill, where seats are short. Prints JSON.

Six cohorts of 60 mentees with three wishes of twelve skills and 45 mentors with one seat; every third mentee in turn cuts their list, the others don't.
"""

import json
import sys
from collections import Counter
from collections.abc import Sequence

import numpy as np
import polars as pl

from pipelines.matching import MatchProblem, Policy, solve
from tests.unit.matching.people import RULES, mentees, mentors

WORDS = [f"s{k}" for k in range(12)]


def matched(wishes: Sequence[Sequence[str]], others: pl.DataFrame) -> set[str]:
    people = mentees(*({"skills": list(some)} for some in wishes))
    result = solve(MatchProblem(people, others, RULES, {"skills": 1.0}), Policy(), salt="bench")
    return set(result.pairs["mentee_application_id"])


def main() -> None:
    figures = {"cut_lists": 0, "newly_matched": 0, "no_longer_matched": 0}
    for seed in range(6):
        rng = np.random.default_rng(seed)
        wishes = [list(rng.choice(WORDS, 3, replace=False)) for _ in range(60)]
        others = mentors(*({"skills": list(rng.choice(WORDS, 4, replace=False)), "capacity": 1} for _ in range(45)))
        offered = Counter(word for some in others["skills"].to_list() for word in some)
        ids = mentees(*({} for _ in wishes))["application_id"].to_list()
        before = matched(wishes, others)
        for at in range(0, len(wishes), 3):
            cut = [max(some, key=lambda word: offered[word]) if at == k else some for k, some in enumerate(wishes)]
            after = matched([[some] if isinstance(some, str) else some for some in cut], others)
            figures["cut_lists"] += 1
            figures["newly_matched"] += ids[at] in after - before
            figures["no_longer_matched"] += ids[at] in before - after
    sys.stdout.write(json.dumps(figures) + "\n")


if __name__ == "__main__":
    main()
