"""Small cohorts for the matching tests: frames in the engine's schema from few words, and seeded random ones."""

import numpy as np
import polars as pl

from pipelines.matching import DeclaredExclusion, LevelGap, MatchProblem, OwnReportingLine, SharedLanguage, TimeZoneGap
from pipelines.matching.problem import MENTEE_SCHEMA, MENTOR_SCHEMA, OPTIONAL_MENTEE, OPTIONAL_MENTOR

PERSON = {
    "languages": ["en"],
    "utc_offset_hours": 1.0,
    "level_rank": 2,
    "department": "Sales",
    "location": "Berlin",
    "skills": ["planning"],
    "topics": [],
    "interests": [],
    "preferred": [],
    "excluded": [],
    "reporting_line": [],
    "previous_partners": [],
}
RULES = [OwnReportingLine(), DeclaredExclusion(), SharedLanguage(), TimeZoneGap(4), LevelGap(1)]
SCORE = {
    "skills": 4,
    "topics": 2,
    "preferences": 2,
    "interests": 1,
    "reciprocity": 1,
    "other_department": 1,
    "location": 1,
}


def mentees(*rows: dict) -> pl.DataFrame:
    filled = [
        {"application_id": f"a{i}", "person_key": f"p{i}", "submitted_rank": i, **PERSON, **row}
        for i, row in enumerate(rows)
    ]
    return pl.DataFrame(filled, schema={**MENTEE_SCHEMA, **OPTIONAL_MENTEE})


def mentors(*rows: dict) -> pl.DataFrame:
    base = {**PERSON, "level_rank": 5, "capacity": 1}
    filled = [{"application_id": f"b{i}", "person_key": f"m{i}", **base, **row} for i, row in enumerate(rows)]
    return pl.DataFrame(filled, schema={**MENTOR_SCHEMA, **OPTIONAL_MENTOR})


def random_people(seed: int, count: int, others: int, prefix: str, other_prefix: str) -> list[dict]:
    rng = np.random.default_rng(seed)

    def some(words: str, most: int) -> list[str]:
        return rng.choice(words.split(), rng.integers(0, most + 1), replace=False).tolist()

    return [
        {
            "languages": [*some("de fr es", 1), *["en"] * int(rng.random() < 0.7)],
            "utc_offset_hours": float(rng.choice([-6, 0, 1, 5.5])),
            "level_rank": int(rng.integers(1, 4)) + (2 if prefix == "m" else 0),
            "department": str(rng.choice(["Sales", "IT", "HR"])),
            "location": str(rng.choice(["Berlin", "Paris", "Pune"])),
            "skills": some("sql planning writing leading budget", 3),
            "topics": some("career change conflict", 2),
            "interests": some("chess running music art", 2),
            "preferred": [f"{other_prefix}{k}" for k in rng.choice(others, min(2, others), replace=False)]
            if rng.random() < 0.4
            else [],
            "excluded": [f"{other_prefix}{int(rng.integers(others))}"] if rng.random() < 0.1 else [],
            "reporting_line": [f"{other_prefix}{int(rng.integers(others))}"] if rng.random() < 0.2 else [],
        }
        for _ in range(count)
    ]


def random_problem(seed: int, count: int, seats: int, **more) -> MatchProblem:
    rng = np.random.default_rng(seed + 1)
    one = random_people(seed, count, seats, "p", "m")
    other = random_people(seed + 7, seats, count, "m", "p")
    for row in other:
        row["capacity"] = int(rng.integers(0, 4))
    return MatchProblem(mentees(*one), mentors(*other), RULES, SCORE, **more)
