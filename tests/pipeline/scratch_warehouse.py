"""A small warehouse made by hand, for the dbt tests and for work on the models. Each block shows a rule; its comment says which.

`python -m tests.pipeline.scratch_warehouse /tmp/somewhere` writes `/tmp/somewhere/warehouse.duckdb`.
"""

import hashlib
import sys
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import polars as pl

from pipelines.contracts import BY_NAME, POLARS_TYPES, TABLES
from pipelines.decisions import Decision, rows_of
from pipelines.loading.identity import remember_identities
from pipelines.loading.schemas import prepare_schemas
from pipelines.loading.vault import draft_vault

AS_OF = date(2026, 10, 31)
Rows = dict[str, list[dict[str, Any]]]


def reference(text: str) -> str:
    """Stand-in for the keyed hash of a typed reference; readable, so that a failing test says who it is about."""
    return text


def at(text: str) -> datetime:
    """UTC instant from `2026-01-31 09:00`."""
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def day(text: str) -> date:
    return date.fromisoformat(text)


def scratch_rows() -> Rows:
    rows: Rows = {table.name: [] for table in TABLES}
    _registry(rows)
    _employees(rows)
    _identity_cases(rows)
    _school(rows)
    _careers(rows)
    _pairs_and_sessions(rows)
    _surveys(rows)
    _goals_and_milestones(rows)
    _lottery_trial(rows)
    _decisions(rows)
    return rows


DECISIONS = [
    Decision("C-forming", 1, "approve", pairs=(("a1", "b1"), ("a2", "b2"))),
    Decision("C-forming", 2, "publish", pairs=(("a1", "b1"),)),
    Decision("C-forming", 3, "publish", pairs=(("a1", "b1"), ("a2", "b2"))),
    Decision("C-forming", 4, "undo", undoes=3),
    Decision("C-forming", 5, "capacity", mentor="b1", seats=3),
    Decision("C-forming", 6, "approve", pairs=(("a1", "b2"), ("a3", "b1"))),
    Decision("C-forming", 7, "publish", pairs=(("a1", "b2"), ("a3", "b1"))),
    Decision("C-taken-back", 1, "approve", pairs=(("a9", "b9"),)),
    Decision("C-taken-back", 2, "publish", pairs=(("a9", "b9"),)),
    Decision("C-taken-back", 3, "undo", undoes=2),
]


def _decisions(rows: Rows) -> None:
    """A pairing published three times, one of them taken back; and one that was taken back and not published again."""
    for row in rows_of(replace(decision, made_at=at("2026-10-20 09:00")) for decision in DECISIONS):
        rows["match_decisions"].append({**row, "made_at": at("2026-10-20 09:00")})


def _registry(rows: Rows) -> None:
    rows["workspace"].append({"workspace": "scratch", "as_of_date": AS_OF, "min_group_size": 5})
    common = {
        "mission": "To show a rule.",
        "kind": "1:1",
        "start_date": day("2025-01-01"),
        "file_hash": "0" * 16,
        "currency": "EUR",
    }
    rows["programmes"] += [
        common
        | {
            "programme_id": "growth",
            "name": "Growth",
            "objective": "career_development",
            "population_person_kind": "employee",
            "population_min_tenure_days": 90,
            "population_rule": "Employees with at least 90 days of tenure.",
            "planned_sessions": 6,
            "cadence_days": 28.0,
            "loaded_hourly_rate": 50.0,
        },
        common
        | {
            "programme_id": "guides",
            "name": "Guides",
            "kind": "student_alumni",
            "objective": "skill_building",
            "population_person_kind": "student",
            "population_rule": "Students.",
            "planned_sessions": 2,
            "cadence_days": 30.0,
            "loaded_hourly_rate": 20.0,
        },
        common
        | {
            "programme_id": "trial",
            "name": "Trial",
            "objective": "skill_building",
            "population_person_kind": "external",
            "population_rule": "Owners of small firms in the draw.",
            "planned_sessions": 4,
            "cadence_days": 7.0,
        },
    ]
    cohort = {
        "roster_date": day("2025-01-01"),
        "start_date": day("2025-01-15"),
        "end_date": day("2025-12-31"),
        "status": "closed",
    }
    rows["cohorts"] += [
        cohort | {"cohort_id": "growth-2025", "programme_id": "growth", "name": "2025", "assignment_rule": "admin"},
        cohort
        | {
            "cohort_id": "growth-2026",
            "programme_id": "growth",
            "name": "2026",
            "assignment_rule": "algorithm",
            "roster_date": day("2026-01-01"),
            "start_date": day("2026-01-15"),
            "end_date": day("2026-12-31"),
            "status": "running",
        },
        cohort | {"cohort_id": "guides-2025", "programme_id": "guides", "name": "2025", "assignment_rule": "self"},
        cohort | {"cohort_id": "trial-1", "programme_id": "trial", "name": "Draw", "assignment_rule": "lottery"},
    ]
    rows["programme_segments"] += [
        {"programme_id": "growth", "segment_kind": kind, "reason": "Declared."} for kind in ("department", "gender")
    ]
    goal = {
        "programme_id": "growth",
        "segment_kind": "all",
        "segment_value": "all",
        "achievable_because": "It was done before.",
        "relevant_to": "career_development",
        "start_date": day("2025-11-01"),
        "due_date": day("2027-04-30"),
        "owner": "Head of learning",
        "direction": "increase",
    }
    rows["programme_goals"] += [
        goal
        | {
            "goal_id": "lead",
            "statement": "Women among leaders up by 20 %.",
            "metric_id": "leadership_representation",
            "segment_kind": "gender",
            "segment_value": "woman",
            "baseline": 0.4,
            "target": 20.0,
            "unit": "relative_percent",
        },
        goal
        | {
            "goal_id": "pairs",
            "statement": "Ten active pairs.",
            "metric_id": "active_pairs",
            "baseline": 0.0,
            "target": 10.0,
            "unit": "pairs",
        },
        goal
        | {
            "goal_id": "nowhere",
            "statement": "A metric without values.",
            "metric_id": "skill_confidence_change",
            "baseline": 0.0,
            "target": 1.0,
            "unit": "scale points",
        },
    ]


def _employees(rows: Rows) -> None:
    """Forty people at headquarters, e01 to e40, hired at the turn of 2024; every tenth has left by now."""
    for number in range(1, 41):
        person = reference(f"hris_hq:e{number:02d}")
        email = reference(f"email:e{number:02d}@example.org")
        hired = day("2024-01-01") + timedelta(days=number)
        left = day("2025-06-01") + timedelta(days=number) if number % 10 == 0 else None
        rows["persons"].append(
            {
                "source_instance": "hris_hq",
                "person_id": person,
                "person_kind": "employee",
                "latest_hire_date": hired,
                "country": "DE",
                "consent_analytics": False if number == 39 else None,
            }
        )
        for id_type, value in (("hris_hq", person), ("email", email)):
            rows["person_identifiers"].append(
                {
                    "source_instance": "hris_hq",
                    "person_id": person,
                    "id_type": id_type,
                    "id_value": value,
                    "valid_from": hired,
                }
            )
        rows["employment_spells"].append(
            {
                "source_instance": "hris_hq",
                "person_id": person,
                "spell_no": 1,
                "hire_date": hired,
                "end_date": left,
                "end_kind": ("involuntary" if number == 40 else "voluntary") if left else None,
            }
        )
        rows["job_history"].append(
            {
                "source_instance": "hris_hq",
                "person_id": person,
                "assignment_id": "1",
                "valid_from": hired,
                "valid_to": left,
                "seq": 0,
                "level": "L4" if number <= 8 else "L2",
                "level_rank": 4 if number <= 8 else 2,
                "department": "Sales" if number % 2 else "Engineering",
                "business_unit": "HQ",
                "fte": 1.0,
                "change_action": "hire",
                "change_action_basis": "source",
            }
        )
        rows["person_demographics"].append(
            {
                "source_instance": "hris_hq",
                "person_id": person,
                "attribute": "gender",
                "value": "not_disclosed" if number == 8 else ("woman" if number % 3 == 0 else "man"),
                "valid_from": hired,
                "collected_basis": "self",
            }
        )
    rows["levels"] += [
        {"source_instance": "workspace", "level": f"L{rank}", "level_rank": rank, "is_leadership": rank >= 4}
        for rank in (1, 2, 3, 4)
    ]


def _person(rows: Rows, source: str, name: str, kind: str, **more: Any) -> str:
    person = reference(f"{source}:{name}")
    rows["persons"].append({"source_instance": source, "person_id": person, "person_kind": kind} | more)
    rows["person_identifiers"].append(
        {"source_instance": source, "person_id": person, "id_type": source, "id_value": person}
    )
    return person


def _identifier(
    rows: Rows, source: str, person: str, id_type: str, value: str, start: str | None = None, end: str | None = None
) -> None:
    rows["person_identifiers"].append(
        {
            "source_instance": source,
            "person_id": person,
            "id_type": id_type,
            "id_value": reference(f"{id_type}:{value}"),
            "valid_from": day(start) if start else None,
            "valid_to": day(end) if end else None,
        }
    )


def _identity_cases(rows: Rows) -> None:
    # one e-mail agrees and nothing speaks against it: platform:p1 is e01
    one = _person(rows, "platform", "p1", "external")
    _identifier(rows, "platform", one, "email", "e01@example.org")
    # an address passed from one employee to another: the platform's p2 fits both, so it stays alone
    for name, start, end in (("r1", "2020-01-01", "2023-01-01"), ("r2", "2023-01-01", None)):
        person = _person(rows, "hris_hq", name, "external")
        _identifier(rows, "hris_hq", person, "email", "shared@example.org", start, end)
    two = _person(rows, "platform", "p2", "external")
    _identifier(rows, "platform", two, "email", "shared@example.org")
    # two identifiers agree with r3, one with r4: r3 it is
    for name, number in (("r3", "77"), ("r4", "78")):
        person = _person(rows, "hris_hq", name, "external")
        _identifier(rows, "hris_hq", person, "email", "team@example.org")
        _identifier(rows, "hris_hq", person, "employee_number", number)
    three = _person(rows, "platform", "p3", "external")
    _identifier(rows, "platform", three, "email", "team@example.org")
    _identifier(rows, "platform", three, "employee_number", "77")


def _school(rows: Rows) -> None:
    """Eight students and four alumni; the first six have a pair, four of them both agreed sessions."""
    for number in range(1, 9):
        student = _person(rows, "school", f"s{number}", "student", class_year=2026)
        rows["employment_spells"].append(
            {"source_instance": "school", "person_id": student, "spell_no": 1, "hire_date": day("2023-09-01")}
        )
        rows["applications"].append(
            {
                "application_id": f"as{number}",
                "programme_id": "guides",
                "cohort_id": "guides-2025",
                "person_id": student,
                "role_sought": "mentee",
                "submitted_at": at("2025-01-02 10:00"),
                "decision": "accepted",
                "decided_at": at("2025-01-10 10:00"),
            }
        )
    for number in range(1, 5):
        alumnus = _person(rows, "alumni", f"a{number}", "alumnus")
        rows["applications"].append(
            {
                "application_id": f"aa{number}",
                "programme_id": "guides",
                "cohort_id": "guides-2025",
                "person_id": alumnus,
                "role_sought": "mentor",
                "submitted_at": at("2025-01-02 10:00"),
                "decision": "accepted",
                "decided_at": at("2025-01-10 10:00"),
                "capacity": 2,
            }
        )
    for number in range(1, 7):
        pair = f"guide{number}"
        _pair(
            rows,
            pair,
            "guides",
            "guides-2025",
            f"alumni:a{(number + 1) // 2}",
            f"school:s{number}",
            "2025-01-20",
            "2025-12-31",
            "completed",
        )
        for held in range(2 if number <= 4 else 1):
            _session(
                rows, "platform", f"{pair}-{held}", f"2025-0{held + 2}-03 15:00", "held", "self_report", pair_id=pair
            )


def _careers(rows: Rows) -> None:
    job = {
        "source_instance": "hris_hq",
        "assignment_id": "1",
        "business_unit": "HQ",
        "fte": 1.0,
        "change_action_basis": "source",
    }
    # e11 to e14 rise to rank 3 in March 2026; e15 moves from Sales to Engineering on the same level
    for number in range(11, 15):
        rows["job_history"].append(
            job
            | {
                "person_id": f"hris_hq:e{number}",
                "valid_from": day("2026-03-01"),
                "seq": 0,
                "level": "L3",
                "level_rank": 3,
                "department": "Sales" if number % 2 else "Engineering",
                "change_action": "promotion",
            }
        )
    rows["job_history"].append(
        job
        | {
            "person_id": "hris_hq:e15",
            "valid_from": day("2026-02-01"),
            "seq": 0,
            "level": "L2",
            "level_rank": 2,
            "department": "Engineering",
            "change_action": "transfer",
        }
    )
    # a reorganisation: two of Sales' mentees, e25 and e27, belong to Operations from June on
    for number in (25, 27):
        rows["job_history"].append(
            job
            | {
                "person_id": f"hris_hq:e{number}",
                "valid_from": day("2026-06-01"),
                "seq": 0,
                "level": "L2",
                "level_rank": 2,
                "department": "Operations",
                "change_action": "transfer",
            }
        )
    # gone1 has left by the person's own record, while the employment's is still open; gone2 has left, and nothing tells when
    for name, status, left in (("gone1", "inactive", "2023-06-30"), ("gone2", "inactive", None)):
        person = _person(rows, "hris_hq", name, "employee")
        rows["persons"][-1] |= {"status": status, "termination_date": day(left) if left else None}
        rows["employment_spells"].append(
            {"source_instance": "hris_hq", "person_id": person, "spell_no": 1, "hire_date": day("2021-01-01")}
        )
    # x1 left for ten days (one spell), x2 for a year (two spells), x3 moved to the other business unit without a break
    for name, spells in {
        "x1": [("2024-02-01", "2025-02-01"), ("2025-02-11", None)],
        "x2": [("2022-01-01", "2024-01-01"), ("2025-01-01", None)],
    }.items():
        person = _person(rows, "hris_hq", name, "employee")
        for number, (start, end) in enumerate(spells, start=1):
            rows["employment_spells"].append(
                {
                    "source_instance": "hris_hq",
                    "person_id": person,
                    "spell_no": number,
                    "hire_date": day(start),
                    "end_date": day(end) if end else None,
                    "end_kind": "voluntary" if end else None,
                }
            )
            rows["job_history"].append(
                job
                | {
                    "person_id": person,
                    "valid_from": day(start),
                    "seq": 0,
                    "level": "L2",
                    "level_rank": 2,
                    "department": "Sales",
                }
            )
    for source, start, end, unit in (
        ("hris_hq", "2024-05-01", "2026-05-16", "HQ"),
        ("hris_products", "2026-05-16", None, "Products"),
    ):
        person = _person(rows, source, "x3", "employee")
        _identifier(rows, source, person, "email", "x3@example.org")
        rows["employment_spells"].append(
            {
                "source_instance": source,
                "person_id": person,
                "spell_no": 1,
                "hire_date": day(start),
                "end_date": day(end) if end else None,
                "end_kind": "voluntary" if end else None,
                "hire_kind": "transfer_in" if unit == "Products" else "new",
            }
        )
        rows["job_history"].append(
            job
            | {
                "source_instance": source,
                "person_id": person,
                "valid_from": day(start),
                "seq": 0,
                "level": "L2",
                "level_rank": 2,
                "department": "Sales",
                "business_unit": unit,
            }
        )
    # new hires with readings: n1 to n8 reach the role's output on day 40, 50, ...; n7 never, n8 leaves before
    for number in range(1, 9):
        person = _person(rows, "hris_hq", f"n{number}", "employee")
        hired = day("2026-01-05")
        left = day("2026-04-15") if number == 8 else None
        rows["employment_spells"].append(
            {
                "source_instance": "hris_hq",
                "person_id": person,
                "spell_no": 1,
                "hire_date": hired,
                "end_date": left,
                "end_kind": "voluntary" if left else None,
            }
        )
        rows["job_history"].append(
            job
            | {
                "person_id": person,
                "valid_from": hired,
                "seq": 0,
                "level": "L1",
                "level_rank": 1,
                "department": "Sales",
            }
        )
        reached = 30 + 10 * number
        for read in range(10, 160, 10):
            if left is None or hired + timedelta(days=read) < left:
                ready = read >= reached and number < 7
                rows["productivity_readings"].append(
                    {
                        "source_instance": "hris_hq",
                        "person_id": person,
                        "measure": "share_of_role_target",
                        "observed_on": hired + timedelta(days=read),
                        "value": 0.9 if ready or (number == 1 and read == 20) else 0.5,
                        "threshold": 0.8,
                    }
                )


def _pair(
    rows: Rows,
    pair_id: str,
    programme: str,
    cohort: str,
    mentor: str | None,
    mentee: str,
    start: str | None,
    end: str | None = None,
    status: str = "active",
    close_reason: str | None = None,
    planned_end: str = "2026-12-31",
) -> None:
    rows["pairs"].append(
        {
            "pair_id": pair_id,
            "programme_id": programme,
            "cohort_id": cohort,
            "status": status,
            "requested_at": at(f"{start or '2026-01-20'} 08:00"),
            "planned_start_date": day(start) if start else None,
            "planned_end_date": day(planned_end),
            "actual_start_date": day(start) if start else None,
            "actual_end_date": day(end) if end else None,
            "close_reason": close_reason or ("completed" if status == "completed" else None),
        }
    )
    for role, person in (("mentor", mentor), ("mentee", mentee)):
        if person:
            rows["pair_members"].append({"pair_id": pair_id, "person_id": reference(person), "role": role})


def _session(
    rows: Rows,
    source: str,
    session_id: str,
    start: str,
    status: str,
    basis: str,
    people: Iterable[str] = (),
    **more: Any,
) -> None:
    begin = at(start)
    rows["sessions"].append(
        {
            "source_instance": source,
            "session_id": session_id,
            "scheduled_start_at": begin,
            "scheduled_end_at": begin + timedelta(hours=1),
            "scheduled_tz": "Europe/Berlin",
            "status": status,
            "status_basis": basis,
        }
        | more
    )
    for person in people:
        rows["session_participants"].append(
            {"source_instance": source, "session_id": session_id, "person_id": reference(person), "join_seq": 1}
        )


def _pairs_and_sessions(rows: Rows) -> None:
    """Growth 2026: mentees e21 to e32, mentors e01 to e06. Twelve pairs, g01 to g12."""
    application = {"programme_id": "growth", "cohort_id": "growth-2026", "submitted_at": at("2026-01-05 09:00")}
    for number in range(21, 37):
        # e33 to e36 applied and got no place: they stay as the comparison group
        decision = "accepted" if number <= 32 else ("rejected" if number % 2 else "waitlisted")
        rows["applications"].append(
            application
            | {
                "application_id": f"m{number}",
                # the form knows the e-mail only
                "person_id": reference(f"email:e{number}@example.org"),
                "role_sought": "mentee",
                "decision": decision,
                "decided_at": at("2026-01-12 09:00"),
            }
        )
    for number in range(1, 7):
        rows["applications"].append(
            application
            | {
                "application_id": f"r{number}",
                "person_id": reference(f"hris_hq:e{number:02d}"),
                "role_sought": "mentor",
                "decision": "accepted",
                "decided_at": at("2026-01-12 09:00"),
                "capacity": 2,
            }
        )
    rows["application_preferences"] += [
        {"application_id": "m21", "kind": "topic", "rank": 1, "value": "negotiation", "weight": 1.0},
        {
            "application_id": "m21",
            "kind": "person",
            "rank": 1,
            "value": reference("email:e01@example.org"),
            "weight": 1.0,
        },
    ]
    for number in range(1, 13):
        pair = f"g{number:02d}"
        mentor, mentee = f"hris_hq:e{(number + 1) // 2:02d}", f"hris_hq:e{20 + number}"
        if number == 11:  # closed early because it did not fit
            _pair(
                rows, pair, "growth", "growth-2026", mentor, mentee, "2026-02-01", "2026-05-01", "cancelled", "mismatch"
            )
        elif number == 12:  # proposed, never begun
            _pair(rows, pair, "growth", "growth-2026", mentor, mentee, None, None, "proposed")
        else:
            _pair(rows, pair, "growth", "growth-2026", mentor, mentee, f"2026-02-{number:02d}")
        if number > 10:
            continue
        # monthly sessions; g09 stopped meeting in June, g10 never met
        months = range(2, 11) if number <= 8 else (range(2, 7) if number == 9 else range(0))
        for month in months:
            start = f"2026-{month:02d}-15 10:00"
            _session(rows, "platform", f"{pair}-{month}", start, "held", "self_report", pair_id=pair)
            if number <= 4:
                # two calendars hold a copy, five minutes later, and know the people but not the pair
                _session(
                    rows,
                    "calendar",
                    f"{pair}-{month}",
                    start.replace(":00", ":05"),
                    "scheduled",
                    "calendar_only",
                    (mentor, mentee),
                )
    # rules of evidence: a past calendar entry is unknown; one cancelled the day before leaves the denominator; a no-show stays in
    _session(rows, "calendar", "c1", "2026-06-20 09:00", "held", "calendar_only", ("hris_hq:e01", "hris_hq:e21"))
    _session(
        rows,
        "platform",
        "c2",
        "2026-06-21 09:00",
        "cancelled",
        "self_report",
        pair_id="g01",
        cancelled_with_notice=True,
    )
    _session(rows, "platform", "c3", "2026-06-22 09:00", "no_show", "attendance_report", pair_id="g01")
    # a future one, and one of nobody's pair
    _session(rows, "calendar", "c4", "2026-11-20 09:00", "scheduled", "calendar_only", ("hris_hq:e01", "hris_hq:e21"))
    _session(rows, "calendar", "c5", "2026-06-23 09:00", "scheduled", "calendar_only", ("hris_hq:e01", "hris_hq:e38"))
    # the same meeting in two calendars under one UID, moved by half an hour in one of them
    for copy, start in (("c6a", "2026-07-01 09:00"), ("c6b", "2026-07-01 09:30")):
        _session(
            rows,
            "calendar",
            copy,
            start,
            "scheduled",
            "calendar_only",
            ("hris_hq:e02", "hris_hq:e23"),
            external_uid="uid-6",
            recurrence_id="1",
        )
    rows["costs"].append(
        {
            "programme_id": "growth",
            "item": "platform",
            "incurred_date": day("2026-01-31"),
            "amount": 1000.0,
            "currency": "EUR",
            "hours": 10.0,
        }
    )


def _survey(
    rows: Rows, survey_id: str, wave: str, wave_no: int, questions: Iterable[Mapping[str, Any]], **more: Any
) -> None:
    rows["surveys"].append(
        {
            "survey_id": survey_id,
            "programme_id": "growth",
            "name": survey_id,
            "instrument": "growth_survey",
            "wave": wave,
            "wave_no": wave_no,
            "respondent_role": "mentee",
            "anonymity": "identified",
            "min_group_size": 5,
        }
        | more
    )
    for question in questions:
        rows["survey_questions"].append(
            {
                "survey_id": survey_id,
                "question_kind": "scale_item",
                "reverse_scored": False,
                "scale_min": 1.0,
                "scale_max": 5.0,
            }
            | {"stable_code": question["question_id"]}
            | question
        )


def _response(
    rows: Rows,
    survey_id: str,
    response_id: str,
    person: str | None,
    when: str,
    answers: Mapping[str, float],
    status: str = "complete",
) -> None:
    rows["survey_responses"].append(
        {
            "survey_id": survey_id,
            "response_id": response_id,
            "status": status,
            "submitted_at": at(when),
            "respondent_person_id": reference(person) if person else None,
        }
    )
    for question, value in answers.items():
        rows["survey_answers"].append(
            {
                "survey_id": survey_id,
                "response_id": response_id,
                "question_id": question,
                "choice_seq": 1,
                "value_num": value,
                "state": "answered",
            }
        )


def _surveys(rows: Rows) -> None:
    items = [{"question_id": f"eng{number}", "construct": "engagement"} for number in (1, 2)]
    quality = [{"question_id": f"rq{number}", "construct": "relationship_quality"} for number in (1, 2)]
    reverse = {"question_id": "rq3", "construct": "relationship_quality", "reverse_scored": True}
    skill = {"question_id": "skill1", "construct": "skill_confidence"}
    csat = {"question_id": "csat", "question_kind": "csat"}
    nps = {"question_id": "nps", "question_kind": "recommendation", "scale_min": 0.0, "scale_max": 10.0}
    _survey(rows, "g-pre", "pre", 0, [*items, skill], cohort_id="growth-2026")
    # the skill scale changed between the waves: the difference is refused
    _survey(
        rows,
        "g-post",
        "post",
        2,
        [*items, skill | {"scale_max": 7.0}, *quality, reverse, csat, nps],
        cohort_id="growth-2026",
    )
    for number in range(21, 31):
        person = f"hris_hq:e{number}"
        _response(
            rows, "g-pre", f"pre{number}", person, "2026-01-20 10:00", {"eng1": 3, "eng2": 2 + number % 3, "skill1": 3}
        )
        answers = {"eng1": 4, "eng2": 3 + number % 3, "skill1": 5, "rq1": 4, "rq2": 3 + number % 3, "rq3": 2}
        _response(
            rows,
            "g-post",
            f"post{number}",
            person,
            "2026-09-20 10:00",
            answers | {"csat": 3 + number % 3, "nps": 6 + number % 5},
        )
        rows["survey_invitations"].append(
            {
                "survey_id": "g-post",
                "person_id": reference(person),
                "sent_at": at("2026-09-10 08:00"),
                "is_delivered": number != 30,
            }
        )
    # e21 answered twice (the last one counts), somebody tried the form, e31 stopped half way
    _response(
        rows,
        "g-post",
        "post21b",
        "hris_hq:e21",
        "2026-09-25 10:00",
        {"eng1": 5, "eng2": 5, "csat": 5, "nps": 10, "rq1": 5, "rq2": 5, "rq3": 1},
    )
    _response(rows, "g-post", "test1", "hris_hq:e32", "2026-09-01 10:00", {"csat": 1}, "test")
    _response(rows, "g-post", "partial31", "hris_hq:e31", "2026-09-21 10:00", {"csat": 2}, "partial")
    rows["survey_invitations"].append(
        {
            "survey_id": "g-post",
            "person_id": reference("hris_hq:e31"),
            "sent_at": at("2026-09-10 08:00"),
            "is_delivered": True,
        }
    )
    # anonymous: whoever is named is not joined
    _survey(
        rows,
        "pulse",
        "pulse",
        1,
        [csat],
        instrument="pulse",
        anonymity="anonymous",
        respondent_role="mentor",
        cohort_id="growth-2026",
    )
    for number in range(1, 7):
        _response(
            rows,
            "pulse",
            f"pulse{number}",
            f"hris_hq:e{number:02d}",
            "2026-08-01 10:00",
            {"csat": 5 if number < 6 else 2},
        )


def _goals_and_milestones(rows: Rows) -> None:
    for number in range(1, 11):
        pair = f"g{number:02d}"
        rows["milestones"] += [
            {
                "pair_id": pair,
                "milestone": "agreement_signed",
                "due_date": day("2026-02-28"),
                "done_date": day("2026-02-20"),
            },
            {
                "pair_id": pair,
                "milestone": "mid_check_in",
                "due_date": day("2026-07-31"),
                "done_date": day("2026-07-15") if number <= 6 else None,
            },
            {"pair_id": pair, "milestone": "closing_assessment", "due_date": day("2026-12-31")},
        ]
        for goal, level in ((1, 1), (2, number % 4 - 1)):
            rows["goals"].append(
                {
                    "goal_id": f"{pair}-{goal}",
                    "pair_id": pair,
                    "owner_person_id": reference(f"hris_hq:e{20 + number}"),
                    "category": "project_management",
                    "created_date": day("2026-03-01"),
                    "due_date": day("2026-09-30"),
                    "status": "achieved" if level >= 0 else "overdue",
                    "attainment_level": level,
                    "weight": float(goal),
                }
            )


def _lottery_trial(rows: Rows) -> None:
    """Twenty-four people, two arms, three waves of a number, and an interview before the draw. t24 has no consent."""
    baseline = {"question_kind": "number", "scale_min": None, "scale_max": None}
    programme = {"programme_id": "trial", "respondent_role": "applicant"}
    _survey(
        rows, "interview", "pre", 0, [baseline | {"question_id": "age_b"}], **programme, instrument="baseline_interview"
    )
    for wave in range(3):
        _survey(
            rows,
            f"profit-{wave}",
            "pre" if wave == 0 else "post",
            wave,
            [baseline | {"question_id": "profit", "construct": "weekly_profit", "unit": "KES a week"}],
            **programme,
            instrument="weekly_profit",
            months_since_start=float(wave * 3 - 1),
        )
    for number in range(1, 25):
        person = _person(rows, "field", f"t{number}", "external", consent_analytics=False if number == 24 else None)
        arm = "mentor" if number % 2 else "control"
        rows["applications"].append(
            {
                "application_id": f"t{number}",
                "programme_id": "trial",
                "cohort_id": "trial-1",
                "person_id": person,
                "role_sought": "mentee",
                "submitted_at": at("2024-12-01 00:00"),
                "decision": "accepted" if arm == "mentor" else "rejected",
                "decided_at": at("2024-12-15 00:00"),
                "assigned_arm": arm,
            }
        )
        if arm == "mentor":
            _pair(rows, f"trial{number}", "trial", "trial-1", None, person, "2025-01-15", "2025-03-01", "completed")
        _response(rows, "interview", f"i{number}", person, "2024-12-02 10:00", {"age_b": 30.0 + number / 7})
        for wave in range(3):
            if (number, wave) != (2, 2):  # one person could not be found at the last wave
                value = 1000.0 / 3 + number + (100.0 if arm == "mentor" and wave else 0.0)
                _response(
                    rows,
                    f"profit-{wave}",
                    f"p{number}-{wave}",
                    person,
                    f"2025-0{1 + wave * 3}-10 10:00",
                    {"profit": value},
                )


def write(folder: Path, rows: Rows | None = None) -> Path:
    """Write `folder/warehouse.duckdb` with every raw table and return its path. The file's stem must be `warehouse`."""
    rows = rows if rows is not None else scratch_rows()
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / "warehouse.duckdb"
    path.unlink(missing_ok=True)
    with duckdb.connect(str(path)) as connection:
        prepare_schemas(connection)
        draft_vault(connection, None)
        for table in TABLES:
            if rows[table.name]:
                _insert(connection, table.name, rows[table.name])
        named = (*rows["persons"], *rows["person_identifiers"])
        for source in sorted({row.get("source_instance", "registry") for row in named}):
            remember_identities(connection, source, f"load-{source}", AS_OF, b"scratch key")
    return path


def _insert(connection: duckdb.DuckDBPyConnection, name: str, rows: list[dict[str, Any]]) -> None:
    table = BY_NAME[name]
    columns = [column for column in table.all_columns if column.pii != "P2"]
    complete = [{column.name: (_lineage(row) | row).get(column.name) for column in columns} for row in rows]
    frame = pl.DataFrame(complete, schema={column.name: POLARS_TYPES[column.type] for column in columns})
    connection.register("incoming", frame.to_arrow())
    connection.execute(f"insert into {table.address} by name from incoming")
    connection.unregister("incoming")


def _lineage(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "source_system": "scratch",
        "source_instance": "registry",
        "extracted_at": datetime(2026, 11, 1, tzinfo=UTC),
        "load_id": f"load-{row.get('source_instance', 'registry')}",
        "row_hash": hashlib.sha256(repr(sorted(row.items())).encode()).hexdigest()[:32],
        "is_deleted": False,
        "recorded_tz": "UTC",
        "source_file": "scratch_warehouse.py",
        "source_line": 1,
    }


if __name__ == "__main__":
    sys.stdout.write(f"{write(Path(sys.argv[1]))}\n")
