"""Why this pair, and why nobody: reasons in words that a participant could read."""

from collections.abc import Mapping, Sequence

import numpy as np
import polars as pl
from numpy.typing import NDArray

from pipelines.matching.affinity import SCALE
from pipelines.matching.eligibility import Mask, Rule

IntArray = NDArray[np.int64]


def _shared(wanted: Sequence[str], offered: Sequence[str]) -> list[str]:
    return sorted(set(wanted) & set(offered))


def _readable(words: Sequence[str]) -> str:
    return ", ".join(word.replace("_", " ") for word in words)


def pair_reasons(
    mentee: Mapping[str, list[str]], mentor: Mapping[str, list[str]], points: Mapping[str, int]
) -> list[str]:
    """The components that earned points, greatest first, with what was shared."""
    wording = {
        "skills": lambda: "skills met: " + _readable(_shared(mentee["skills"], mentor["skills"])),
        "topics": lambda: "topics in common: " + _readable(_shared(mentee["topics"], mentor["topics"])),
        "interests": lambda: "interests in common: " + _readable(_shared(mentee["interests"], mentor["interests"])),
        "preferences": lambda: "named each other's side as a preference",
        "location": lambda: "same location",
        "other_department": lambda: "another department",
    }
    earned = sorted(((value, name) for name, value in points.items() if value > 0), reverse=True)
    return [wording[name]() for _, name in earned]


def explain_pairs(
    mentees: pl.DataFrame,
    mentors: pl.DataFrame,
    components: Mapping[str, IntArray],
    feasible: Mask,
    mentor_of: IntArray,
) -> pl.DataFrame:
    """One row a pair: ids, score (0 to 1), components, reasons and the mentee's rank of this mentor among all feasible ones."""
    total = sum(components.values(), start=np.zeros(feasible.shape, dtype=np.int64))
    mentee_rows, mentor_rows = mentees.to_dicts(), mentors.to_dicts()
    rows = []
    for i in np.nonzero(mentor_of >= 0)[0].tolist():
        j = int(mentor_of[i])
        points = {name: int(matrix[i, j]) for name, matrix in components.items()}
        rows.append(
            {
                "mentee_application_id": mentee_rows[i]["application_id"],
                "mentor_application_id": mentor_rows[j]["application_id"],
                "mentee_person_key": mentee_rows[i]["person_key"],
                "mentor_person_key": mentor_rows[j]["person_key"],
                "score": int(total[i, j]) / SCALE,
                "rank": 1 + int((feasible[i] & (total[i] > total[i, j])).sum()),
                "reasons": pair_reasons(mentee_rows[i], mentor_rows[j], points),
                "components": [{"component": name, "points": value / SCALE} for name, value in points.items()],
            }
        )
    schema: dict[str, pl.DataType] = {
        "mentee_application_id": pl.String(),
        "mentor_application_id": pl.String(),
        "mentee_person_key": pl.String(),
        "mentor_person_key": pl.String(),
        "score": pl.Float64(),
        "rank": pl.Int64(),
        "reasons": pl.List(pl.String()),
        "components": pl.List(pl.Struct({"component": pl.String(), "points": pl.Float64()})),
    }
    return pl.DataFrame(rows, schema=schema)


def explain_unmatched(
    mentees: pl.DataFrame,
    mentors: pl.DataFrame,
    rules: Sequence[Rule],
    forbidden: Sequence[Mask],
    feasible: Mask,
    capacity: IntArray,
    mentor_of: IntArray,
) -> pl.DataFrame:
    """One row an unmatched mentee, with the rule that removed the last mentor or the shortage that leaves no seat."""
    rows = []
    for i in np.nonzero(mentor_of < 0)[0].tolist():
        if not feasible[i].any():
            reason, detail = "no_feasible_mentor", _last_rule(i, rules, forbidden, mentors.height)
        else:
            reason, detail = "no_free_seat", _shortage(i, feasible, capacity, mentor_of)
        rows.append(
            {
                "application_id": mentees["application_id"][i],
                "person_key": mentees["person_key"][i],
                "role": "mentee",
                "reason": reason,
                "detail": detail,
            }
        )
    load = np.bincount(mentor_of[mentor_of >= 0], minlength=mentors.height)
    for j in np.nonzero((load == 0) & (capacity > 0))[0].tolist():
        without = (
            "no mentee may be matched with them under the hard rules"
            if not feasible[:, j].any()
            else "other mentors fit better"
        )
        rows.append(
            {
                "application_id": mentors["application_id"][j],
                "person_key": mentors["person_key"][j],
                "role": "mentor",
                "reason": "no_feasible_mentee" if not feasible[:, j].any() else "not_needed",
                "detail": without,
            }
        )
    names = ("application_id", "person_key", "role", "reason", "detail")
    return pl.DataFrame(rows, schema=dict.fromkeys(names, pl.String()))


def _last_rule(mentee: int, rules: Sequence[Rule], forbidden: Sequence[Mask], mentors: int) -> str:
    alone = [
        (int(mask[mentee].sum()), rule.words) for rule, mask in zip(rules, forbidden, strict=True) if mask[mentee].any()
    ]
    if not alone:
        return "there is no mentor in this cohort"
    removed, words = max(alone)
    return (
        f"the rule that {words} removes {removed} of {mentors} mentors; the other rules remove the rest"
        if removed < mentors
        else (f"the rule that {words} removes all {mentors} mentors")
    )


def _shortage(mentee: int, feasible: Mask, capacity: IntArray, mentor_of: IntArray) -> str:
    """The Hall set around an unmatched mentee: the people who compete for the same seats, by alternating search."""
    rivals: set[int] = {mentee}
    seats_of: set[int] = set()
    frontier = [mentee]
    while frontier:
        reached = set(np.nonzero(feasible[frontier].any(axis=0))[0].tolist()) - seats_of
        seats_of |= reached
        holders = set(np.nonzero(np.isin(mentor_of, list(reached)))[0].tolist()) if reached else set()
        frontier = sorted(holders - rivals)
        rivals |= holders
    seats = int(capacity[sorted(seats_of)].sum())
    return f"{len(rivals)} mentees share the {seats} seats of {len(seats_of)} mentors; {len(rivals) - seats} short"
