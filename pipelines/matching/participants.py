"""From a cohort's applications to the frames that a `MatchProblem` takes."""

from datetime import date, datetime

import polars as pl

from pipelines.matching.problem import MENTEE_SCHEMA, MENTOR_SCHEMA, TEXT_LIST
from pipelines.zones import zone_or_none

LIST_OF_KIND = {
    "topics": ("topic", "topic"),
    "interests": ("interest", "interest"),
    "preferred": ("person", "person"),
    "excluded": ("excluded_person", "excluded_person"),
    "availability": ("time", "time"),
    "skills": ("skill_wanted", "skill_offered"),
}
"""List column to the kind of preference that fills it for mentees and for mentors."""


def cohort_participants(
    applications: pl.DataFrame,
    preferences: pl.DataFrame,
    persons: pl.DataFrame,
    states: pl.DataFrame,
    pairs: pl.DataFrame,
    *,
    as_of: date,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Mentee and mentor frames of one cohort, in the shape of `MENTEE_SCHEMA` and `MENTOR_SCHEMA`, with `availability`.

    applications: application_id, person_key, role_sought, submitted_at, capacity (a mentor's seats, or how many mentors a mentee wants); only those still to be matched.
    preferences: application_id, kind, rank, value. persons: person_key, home_tz, languages ("de|en").
    states: the job state of everybody on `as_of`: person_key, level_rank, department, location, manager_person_key.
    pairs: earlier pairs: mentee_person_key, mentor_person_key.
    """
    lists = _preference_lists(preferences)
    people = (
        applications.join(persons.select("person_key", "home_tz", "languages"), on="person_key", how="left")
        .join(states.select("person_key", "level_rank", "department", "location"), on="person_key", how="left")
        .join(_partners(pairs), on="person_key", how="left")
        .with_columns(
            pl.col("languages").str.split("|"),
            pl.col("home_tz")
            .replace_strict(_offsets(persons["home_tz"], as_of), return_dtype=pl.Float64)
            .alias("utc_offset_hours"),
            pl.col("person_key")
            .replace_strict(_lines(states), default=[], return_dtype=TEXT_LIST)
            .alias("reporting_line"),
            pl.col("submitted_at").rank("ordinal").cast(pl.Int64).alias("submitted_rank"),
            pl.col("capacity").fill_null(1),
        )
    )
    for name in LIST_OF_KIND:
        people = people.join(lists[name], on="application_id", how="left")
    mentees = people.filter(pl.col("role_sought") == "mentee").with_columns(pl.col("skills_wanted").alias("skills"))
    mentors = people.filter(pl.col("role_sought") == "mentor").with_columns(pl.col("skills_offered").alias("skills"))
    mentees = mentees.with_columns(pl.max_horizontal("capacity", 1).alias("demand"))
    return mentees.select([*MENTEE_SCHEMA, "availability", "demand"]), mentors.select([*MENTOR_SCHEMA, "availability"])


def _preference_lists(preferences: pl.DataFrame) -> dict[str, pl.DataFrame]:
    ordered = preferences.sort("application_id", "rank", "value")

    def gathered(kind: str, name: str) -> pl.DataFrame:
        return ordered.filter(pl.col("kind") == kind).group_by("application_id").agg(pl.col("value").alias(name))

    lists = {name: gathered(kinds[0], name) for name, kinds in LIST_OF_KIND.items() if name != "skills"}
    wanted, offered = LIST_OF_KIND["skills"]
    lists["skills"] = gathered(wanted, "skills_wanted").join(
        gathered(offered, "skills_offered"), on="application_id", how="full", coalesce=True
    )
    return lists


def _partners(pairs: pl.DataFrame) -> pl.DataFrame:
    both = pl.concat(
        [
            pairs.select(pl.col("mentee_person_key").alias("person_key"), pl.col("mentor_person_key").alias("partner")),
            pairs.select(pl.col("mentor_person_key").alias("person_key"), pl.col("mentee_person_key").alias("partner")),
        ]
    ).drop_nulls()
    return both.group_by("person_key").agg(pl.col("partner").unique().sort().alias("previous_partners"))


def _offsets(zones: pl.Series, as_of: date) -> dict[str | None, float | None]:
    """Hours from UTC at noon of `as_of` for each zone; an unknown zone has none and isn't judged."""
    offsets: dict[str | None, float | None] = {None: None}
    for name in zones.drop_nulls().unique():
        zone = zone_or_none(name)
        difference = datetime(as_of.year, as_of.month, as_of.day, 12, tzinfo=zone).utcoffset()
        offsets[name] = difference.total_seconds() / 3600 if difference is not None else None
    return offsets


def _lines(states: pl.DataFrame) -> dict[str, list[str]]:
    """Everybody's managers up to the top; a loop in the data ends the line instead of the program."""
    manager = dict(states.select("person_key", "manager_person_key").drop_nulls().iter_rows())
    lines: dict[str, list[str]] = {}
    for person in states["person_key"]:
        line: list[str] = []
        above = manager.get(person)
        while above is not None and above != person and above not in line:
            line.append(above)
            above = manager.get(above)
        lines[person] = line
    return lines
