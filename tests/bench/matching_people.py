"""Companies for the matching benchmark: skills, languages, zones, levels and reporting lines as large firms have them, seeded."""

import numpy as np
import polars as pl

from pipelines.matching import (
    DeclaredExclusion,
    LevelGap,
    MatchProblem,
    OwnReportingLine,
    Rule,
    SharedLanguage,
    TimeZoneGap,
)
from pipelines.matching.problem import MENTEE_SCHEMA, MENTOR_SCHEMA

SITES = {
    "Berlin": (1.0, "de"),
    "Vienna": (1.0, "de"),
    "Paris": (1.0, "fr"),
    "Lyon": (1.0, "fr"),
    "Madrid": (1.0, "es"),
    "Warsaw": (1.0, "pl"),
    "London": (0.0, "en"),
    "Dublin": (0.0, "en"),
    "New York": (-5.0, "en"),
    "Toronto": (-5.0, "en"),
    "Chicago": (-6.0, "en"),
    "Austin": (-6.0, "en"),
    "Mexico City": (-6.0, "es"),
    "Sao Paulo": (-3.0, "pt"),
    "San Francisco": (-8.0, "en"),
    "Nairobi": (3.0, "en"),
    "Dubai": (4.0, "en"),
    "Bangalore": (5.5, "en"),
    "Pune": (5.5, "en"),
    "Singapore": (8.0, "en"),
    "Shanghai": (8.0, "zh"),
    "Tokyo": (9.0, "ja"),
    "Sydney": (10.0, "en"),
}
SHARE = np.array([9, 3, 6, 3, 4, 5, 8, 3, 9, 4, 4, 4, 3, 4, 5, 2, 2, 8, 5, 3, 2, 2, 2], dtype=float)
SKILLS = [f"skill_{k:02d}" for k in range(48)]
TOPICS = [f"topic_{k:02d}" for k in range(24)]
INTERESTS = [f"interest_{k:02d}" for k in range(16)]
DEPARTMENTS = [f"department_{k:02d}" for k in range(18)]
LEVELS = 8


def company(mentees: int, mentors: int, *, seed: int = 2026, seats: float = 1.15) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Mentee and mentor frames. seats: seats a mentee; 1.15 leaves a few free, 0.76 is scarce."""
    rng = np.random.default_rng(seed)
    people = mentees + mentors
    frame = _people(rng, people)
    level = np.where(
        np.arange(people) < mentees,
        rng.choice(np.arange(1, 6), people, p=[0.3, 0.3, 0.2, 0.13, 0.07]),
        rng.choice(np.arange(3, LEVELS + 1), people, p=[0.2, 0.28, 0.24, 0.16, 0.08, 0.04]),
    )
    frame = frame.with_columns(pl.Series("level_rank", level), _lines(rng, level))
    base = frame.with_columns(
        pl.lit([], dtype=pl.List(pl.String)).alias("excluded"),
        pl.lit([], dtype=pl.List(pl.String)).alias("previous_partners"),
    )
    base = base.with_columns(_named(rng, mentees, mentors))
    capacity = 1 + rng.poisson(max(seats * mentees / mentors - 1, 0.05), mentors)
    one = base.head(mentees).with_columns(pl.Series("submitted_rank", rng.permutation(mentees) + 1))
    other = base.tail(mentors).with_columns(pl.Series("capacity", capacity))
    return one.select(list(MENTEE_SCHEMA)), other.select(list(MENTOR_SCHEMA))


def _people(rng: np.random.Generator, people: int) -> pl.DataFrame:
    site = rng.choice(len(SITES), people, p=SHARE / SHARE.sum())
    names, facts = list(SITES), list(SITES.values())
    english = rng.random(people) < 0.8
    other = rng.random(people)
    extra = rng.choice(["fr", "es", "de", "pt", "zh", "hi"], people)
    languages = [
        sorted({facts[s][1], *(["en"] if e else []), *([x] if o < 0.15 else [])})
        for s, e, o, x in zip(site.tolist(), english.tolist(), other.tolist(), extra.tolist(), strict=True)
    ]
    return pl.DataFrame(
        {
            "application_id": [f"a{k:06d}" for k in range(people)],
            "person_key": [f"p{k:06d}" for k in range(people)],
            "languages": languages,
            "utc_offset_hours": [facts[s][0] for s in site.tolist()],
            "location": [names[s] for s in site.tolist()],
            "department": rng.choice(DEPARTMENTS, people),
            "skills": _lists(rng, people, SKILLS, 2, 6),
            "topics": _lists(rng, people, TOPICS, 1, 4),
            "interests": _lists(rng, people, INTERESTS, 1, 4),
        }
    )


def _lists(rng: np.random.Generator, people: int, words: list[str], least: int, most: int) -> list[list[str]]:
    """Distinct words for each person, common words more often (Zipf with exponent 0.7)."""
    weight = 1 / np.arange(1, len(words) + 1) ** 0.7
    keys = -np.log(rng.random((people, len(words)))) / weight
    first = np.argpartition(keys, most, axis=1)[:, :most]
    counts = rng.integers(least, most + 1, people)
    return [[words[k] for k in row[:n]] for row, n in zip(first.tolist(), counts.tolist(), strict=True)]


def _lines(rng: np.random.Generator, level: np.ndarray) -> pl.Series:
    """Everybody's managers up to the top: somebody of the next level that has people, drawn once for each person."""
    by_level = {rank: np.nonzero(level == rank)[0] for rank in range(1, LEVELS + 1)}
    manager = np.full(level.size, -1)
    for rank in range(1, LEVELS):
        above = next((by_level[r] for r in range(rank + 1, LEVELS + 1) if by_level[r].size), None)
        if above is not None and by_level[rank].size:
            manager[by_level[rank]] = rng.choice(above, by_level[rank].size)
    lines: dict[int, list[str]] = {-1: []}
    for person in np.argsort(-level, kind="stable").tolist():
        boss = int(manager[person])
        lines[person] = [f"p{boss:06d}", *lines[boss]] if boss >= 0 else []
    return pl.Series("reporting_line", [lines[k] for k in range(level.size)], dtype=pl.List(pl.String))


def _named(rng: np.random.Generator, mentees: int, mentors: int) -> pl.Series:
    """Three in ten mentees name up to three mentors, one in ten mentors a mentee."""
    wishes: list[list[str]] = []
    for k, draw in enumerate(rng.random(mentees + mentors).tolist()):
        if k < mentees and draw < 0.3:
            wishes.append([f"p{mentees + j:06d}" for j in rng.choice(mentors, min(3, mentors), replace=False).tolist()])
        elif k >= mentees and draw < 0.1:
            wishes.append([f"p{int(rng.integers(mentees)):06d}"])
        else:
            wishes.append([])
    return pl.Series("preferred", wishes, dtype=pl.List(pl.String))


def problem_of(mentees: int, mentors: int, *, seats: float = 1.15, everybody: bool = False) -> MatchProblem:
    """The instance of the benchmark: five rules, five components. everybody: only reporting lines forbid, so that nearly all pairs are feasible."""
    one, other = company(mentees, mentors, seats=seats)
    rules: list[Rule] = [OwnReportingLine(), DeclaredExclusion()]
    if not everybody:
        rules += [SharedLanguage(), TimeZoneGap(4), LevelGap(1, 4)]
    score = {"skills": 4, "topics": 3, "preferences": 3, "other_department": 2, "interests": 1}
    return MatchProblem(one, other, rules, score)
