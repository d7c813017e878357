"""How well two people fit: weighted components, each between 0 and 1, from what they said themselves.

Demographics never enter a score. Scores are integers (millionths) so that sums are exact and the same on every machine.
"""

from collections.abc import Mapping

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.matching.eligibility import membership, vocabulary

SCALE = 1_000_000
"""Integer units of a total score of 1."""

Matrix = NDArray[np.float64]


def _share_met(mentees: pl.DataFrame, mentors: pl.DataFrame, column: str) -> Matrix:
    """Share of the mentee's list that the mentor's list meets; 0 where the mentee named nothing."""
    words = vocabulary(mentees[column], mentors[column])
    wanted = membership(mentees, column, words)
    met = (wanted @ membership(mentors, column, words).T).astype(np.float64)
    return met / np.maximum(wanted.sum(axis=1, dtype=np.float64), 1.0)[:, None]


def _jaccard(mentees: pl.DataFrame, mentors: pl.DataFrame, column: str) -> Matrix:
    """Shared over all named by either."""
    words = vocabulary(mentees[column], mentors[column])
    left, right = membership(mentees, column, words), membership(mentors, column, words)
    shared = (left @ right.T).astype(np.float64)
    union = left.sum(axis=1, dtype=np.float64)[:, None] + right.sum(axis=1, dtype=np.float64)[None, :] - shared
    return shared / np.maximum(union, 1.0)


def _rank_utility(owners: pl.DataFrame, others: pl.DataFrame) -> Matrix:
    """1 for the first choice, 1/2 for the second, 1/3 for the third ...; 0 for a person not named."""
    utility = np.zeros((owners.height, others.height))
    columns: dict[str, list[int]] = {}
    for j, key in enumerate(others["person_key"]):
        columns.setdefault(key, []).append(j)
    for i, names in enumerate(owners["preferred"].to_list()):
        for rank, key in enumerate(names, start=1):
            for j in columns.get(key, ()):
                utility[i, j] = max(utility[i, j], 1.0 / rank)
    return utility


def _mutual_preferences(mentees: pl.DataFrame, mentors: pl.DataFrame) -> Matrix:
    return (_rank_utility(mentees, mentors) + _rank_utility(mentors, mentees).T) / 2.0


def _same(mentees: pl.DataFrame, mentors: pl.DataFrame, column: str) -> Matrix:
    left, right = mentees[column].fill_null("").to_numpy(), mentors[column].fill_null("").to_numpy()
    return ((left[:, None] == right[None, :]) & (left[:, None] != "")).astype(np.float64)


COMPONENTS = {
    "skills": lambda a, b: _share_met(a, b, "skills"),
    "topics": lambda a, b: _share_met(a, b, "topics"),
    "interests": lambda a, b: _jaccard(a, b, "interests"),
    "preferences": _mutual_preferences,
    "location": lambda a, b: _same(a, b, "location"),
    "other_department": lambda a, b: 1.0 - _same(a, b, "department"),
}
"""Component name to a function of the mentee and mentor frames that returns a (mentees, mentors) matrix in [0, 1]."""


def score_components(
    mentees: pl.DataFrame, mentors: pl.DataFrame, weights: Mapping[str, float]
) -> dict[str, NDArray[np.int64]]:
    """Weighted components in integer units of 1/SCALE; their sum is a pair's score.

    Raises ValueError on a component that doesn't exist, naming those that do.
    """
    unknown = sorted(set(weights) - set(COMPONENTS))
    if unknown:
        raise ValueError(
            f"matching.weights names {', '.join(unknown)}; known components are {', '.join(sorted(COMPONENTS))}."
        )
    total = sum(weights.values())
    return {
        name: np.rint(COMPONENTS[name](mentees, mentors) * (weight / total) * SCALE).astype(np.int64)
        for name, weight in sorted(weights.items())
        if weight > 0
    }
