"""The recount in SQL and the engine read the same rules from the same tables, each in its own way, and must count the same."""

import json
from collections import Counter
from datetime import date, datetime

import duckdb
import numpy as np
import polars as pl
import pytest

from pipelines.matching.feasibility import Feasibility
from pipelines.matching_inputs.forming import cohort_problem, forming_cohorts
from pipelines.stages.recounts import RECOUNTS, broken_rules

DAY = date(2026, 10, 31)
ZONES = ("Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Auckland", "Mars/Olympus", None)
POLICY = {
    "hard_rules": [
        {"rule": "own_reporting_line"},
        {"rule": "previous_pair", "months": 12},
        {"rule": "shared_language"},
        {"rule": "time_zone_gap", "max_hours": 5},
        {"rule": "level_gap", "minimum": 1, "maximum": 3},
        {"rule": "availability", "minimum": 2},
        {"rule": "population", "side": "mentee", "column": "level_rank", "maximum": 2},
        {"rule": "population", "side": "mentor", "column": "department", "values": ["Sales", "Design"]},
        {"rule": "population", "side": "mentor", "column": "level_rank", "values": [3, 4, 5]},
        {"rule": "population", "side": "mentee", "column": "utc_offset_hours", "minimum": -5},
    ],
    "weights": {"skills": 1},
    "forbidden": [{"mentee": "a1", "mentor": "b1", "reason": "why"}, {"mentee": "a2", "mentor": "b0", "reason": "why"}],
}
TABLES = {
    "raw_registry.workspace": "as_of_date date, min_group_size integer",
    "marts.programmes": "programme_id varchar, matching_policy json",
    "marts.cohorts": "cohort_id varchar, programme_id varchar, status varchar",
    "marts.applications": "application_id varchar, person_key varchar, cohort_id varchar, role_sought varchar, "
    "submitted_at timestamp, capacity integer, decision varchar",
    "marts.application_preferences": "application_id varchar, kind varchar, rank integer, value varchar",
    "marts.persons": "person_key varchar, home_tz varchar, languages varchar",
    "marts.job_states": "person_key varchar, level_rank integer, department varchar, location varchar, "
    "manager_person_key varchar, valid_from date, valid_to date",
    "marts.pairs": "mentee_person_key varchar, mentor_person_key varchar, cohort_id varchar, status varchar, ended_date date",
    "marts.employment_spells": "person_key varchar, end_date date",
    "marts.match_decisions": "cohort_id varchar, revision integer, item integer, kind varchar, mentee_application_id varchar, "
    "mentor_application_id varchar, seats integer, undone_revision integer, is_undone boolean, run_id varchar",
    "intermediate.int_person_demographics": "person_key varchar, attribute varchar, value varchar",
    "analytics.match_pairs": "programme_id varchar, cohort_id varchar, mentee_application_id varchar, mentor_application_id varchar, "
    "mentee_person_key varchar, mentor_person_key varchar",
}


def company(seed: int, mentees: int = 14, mentors: int = 9) -> dict[str, list[tuple]]:
    """Rows of every table, with every pair that there could be as if it had been proposed."""
    rng = np.random.default_rng(seed)
    people = [f"p{k}" for k in range(mentees + mentors)]
    ids = [f"a{k}" for k in range(mentees)] + [f"b{k}" for k in range(mentors)]

    def one(*values: object) -> object:
        return values[int(rng.integers(len(values)))]

    def some(words: tuple[str, ...]) -> list[str]:
        return [word for word in words if rng.random() < 0.5]

    return {
        "raw_registry.workspace": [(DAY, 5)],
        "marts.programmes": [("x", json.dumps(POLICY))],
        "marts.cohorts": [("x-1", "x", "forming")],
        "marts.applications": [
            (key, person, "x-1", "mentee" if key[0] == "a" else "mentor", datetime(2026, 10, 1), 2, "pending")
            for key, person in zip(ids, people, strict=True)
        ],
        "marts.application_preferences": [
            *((key, "time", None, word) for key in ids for word in some(("mon", "tue", "wed", "thu"))),
            ("a3", "excluded_person", None, people[-1]),
            ("b2", "excluded_person", None, people[4]),
        ],
        "marts.persons": [(person, one(*ZONES), "|".join(some(("en", "de", "fr"))) or None) for person in people],
        "marts.job_states": [
            (
                person,
                one(1, 2, 3, 4, 5, None),
                one("Sales", "Design", "IT", None),
                None,
                one(*people[:k], None),
                date(2020, 1, 1),
                None,
            )
            for k, person in enumerate(people)
        ],
        "marts.pairs": [
            (people[0], people[-1], "x-0", "closed", date(2026, 3, 1)),
            (people[-2], people[1], "x-0", "closed", None),
            (people[2], people[-1], "x-0", "closed", date(2024, 3, 1)),
        ],
        "marts.employment_spells": [],
        "marts.match_decisions": [
            ("x-1", 1, 0, "forbid", "a5", "b3", None, None, False, None),
            ("x-1", 2, 0, "forbid", "a6", "b3", None, None, False, None),
            ("x-1", 3, 0, "allow", "a6", "b3", None, None, False, None),
            ("x-1", 4, 0, "forbid", "a7", "b3", None, None, True, None),
            ("x-1", 5, 0, "undo", None, None, None, 4, False, None),
        ],
        "intermediate.int_person_demographics": [],
        "analytics.match_pairs": [
            ("x", "x-1", ids[i], ids[mentees + j], people[i], people[mentees + j])
            for i in range(mentees)
            for j in range(mentors)
        ],
    }


def warehouse_of(rows: dict[str, list[tuple]]) -> duckdb.DuckDBPyConnection:
    warehouse = duckdb.connect()
    for table, columns in TABLES.items():
        warehouse.execute(f"create schema if not exists {table.split('.')[0]}")
        warehouse.execute(f"create table {table} ({columns})")
        for row in rows[table]:
            warehouse.execute(f"insert into {table} values ({', '.join('?' * len(row))})", row)
    return warehouse


@pytest.mark.parametrize("seed", range(5))
def test_the_recount_finds_for_each_rule_as_many_forbidden_pairs_as_the_engine(seed: int) -> None:
    with warehouse_of(company(seed)) as warehouse:
        (cohort,) = forming_cohorts(warehouse)
        problem = cohort_problem(warehouse, cohort).problem
        recounted = broken_rules(warehouse)
    engine: Counter[str] = Counter()
    for rule, removed in zip(
        problem.rules, Feasibility(problem.rules, problem.mentees, problem.mentors).removed, strict=True
    ):
        engine[rule.name] += removed
    engine["forbidden_pair"] = len(POLICY["forbidden"])
    engine["forbidden_by_a_person"] = len(problem.forbidden) - len(POLICY["forbidden"])
    assert {name: recounted[name] for name in engine} == dict(engine)
    assert all(engine.values()), "every rule is broken by some pair, so none of the recounts is idle"
    assert set(recounted) - set(engine) == {"capacity", "one_mentor_each"}


def test_a_rule_that_is_not_declared_is_not_counted() -> None:
    rows = company(1)
    rows["marts.programmes"] = [("x", json.dumps({"weights": {"skills": 1}}))]
    with warehouse_of(rows) as warehouse:
        broken = broken_rules(warehouse)
    declared = {
        "time_zone_gap",
        "availability",
        "population",
        "forbidden_pair",
        "level_gap",
        "shared_language",
        "previous_pair",
    }
    assert not any(broken[name] for name in declared)
    assert declared <= set(RECOUNTS)


def test_levels_declared_as_numbers_are_compared_as_numbers() -> None:
    with warehouse_of(company(1)) as warehouse:
        (cohort,) = forming_cohorts(warehouse)
        problem = cohort_problem(warehouse, cohort).problem
    (rule,) = (one for one in problem.rules if one.words == "takes mentors only with level rank 3, 4, 5")
    refused = rule.forbids(problem.mentees, problem.mentors).all(axis=0)
    levels = pl.Series("level", problem.mentors["level_rank"])
    assert refused.tolist() == [level not in (3, 4, 5) for level in levels]
