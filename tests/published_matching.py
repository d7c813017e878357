"""A small cohort being formed, solved by the engine itself: the matching tables of the published test snapshot, before and after decisions."""

import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

import polars as pl

from pipelines.decisions import Decision, decisions_from_rows, rows_of, state_of
from pipelines.matching import policy_from_block, solve
from pipelines.matching.decided import with_decisions
from pipelines.matching.policy import problem_from_block
from pipelines.matching.prepared import prepared_changes
from pipelines.matching.problem import MENTEE_SCHEMA, MENTOR_SCHEMA
from pipelines.matching_inputs.forming import Forming, problem_row, published_difference, set_aside_rows

COHORT, PROGRAMME = "A-2026", "mentoring_a"
BLOCK = {
    "hard_rules": [{"rule": "own_reporting_line", "reason": "x"}, {"rule": "declared_exclusion", "reason": "x"}, {"rule": "shared_language", "reason": "x"}],
    "weights": {"skills": 4, "topics": 2, "other_department": 1},
    "aims": {"floor": True},
}  # fmt: skip
SKILLS = ("planning", "speaking", "sql", "negotiation", "law")


def _person(number: int, side: str, **more: object) -> dict:
    return {
        "application_id": f"{side}-{number}", "person_key": f"{side}{number}".ljust(32, "0"), "languages": ["en"], "utc_offset_hours": float(number % 3 * 2),
        "level_rank": 2 + number % 2 + (4 if side == "OR" else 0), "department": ("Sales", "Legal", "Product")[number % 3], "location": "Berlin",
        "skills": [SKILLS[number % 5], SKILLS[(number * 2 + 1) % 5]], "topics": ["growth"] if number % 2 else ["change"], "interests": [], "preferred": [],
        "excluded": [], "reporting_line": [], "previous_partners": [], **more,
    }  # fmt: skip


def participants(mentees: int = 12, mentors: int = 6) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Mentees EE-1.. and mentors OR-1.., ten seats for twelve mentees; OR-1 manages EE-1."""
    ee = [_person(i, "EE", submitted_rank=i, reporting_line=["OR1".ljust(32, "0")] if i == 1 else []) for i in range(1, mentees + 1)]  # fmt: skip
    seats = [2, 2, 2, 2, 1, 1]
    return (
        pl.DataFrame(ee, schema=MENTEE_SCHEMA),
        pl.DataFrame([_person(i, "OR", capacity=seats[i - 1]) for i in range(1, mentors + 1)], schema=MENTOR_SCHEMA),
    )


def matching_tables(
    decisions: Sequence[Decision] = (),
    people: tuple[pl.DataFrame, pl.DataFrame] | None = None,
    block: Mapping[str, Any] = BLOCK,
) -> tuple[dict[str, pl.DataFrame], dict[str, pl.DataFrame]]:
    """Readers' and managers' matching tables of one run that saw `decisions`, through the rows in which the warehouse keeps them."""
    mentees, mentors = people or participants()
    genders = [{"person_key": key, "attribute": "gender", "value": "women" if i % 2 else "men"} for i, key in enumerate(mentees["person_key"])]  # fmt: skip
    declared = problem_from_block(block, mentees, mentors, groups=pl.DataFrame(genders))
    state = state_of(decisions_from_rows(rows_of(decisions)))
    published = sorted(state.published.pairs) if state.published else None
    problem, aside = with_decisions(
        declared, locks=sorted(state.locks), forbidden=sorted(state.forbidden), capacity=state.capacities, current=published,
        approved=sorted(state.approved),
    )  # fmt: skip
    forming = Forming(declared, problem, policy_from_block(block), state, aside)
    result = solve(problem, forming.policy, salt=COHORT)
    run = f"{COHORT}:{result.quality['input_hash'][0][:12]}"

    def keyed(frame: pl.DataFrame) -> pl.DataFrame:
        keys = {"run_id": run, "programme_id": PROGRAMME, "cohort_id": COHORT}
        return frame.select(*(pl.lit(value).alias(key) for key, value in keys.items()), pl.all())

    reasons = (
        result.unmatched.group_by("role", "reason").agg(pl.len().alias("people")).with_columns(is_suppressed=False)
    )
    readers = {
        "match_runs": keyed(result.quality).with_columns(
            cohort_start_date=date(2026, 11, 16),
            cohort_name=pl.lit("Autumn 2026"),
            cohort_status=pl.lit("forming"),
            published_pairs=pl.lit(0),
        ),
        "match_rules": keyed(result.rules),
        "match_unmatched_reasons": keyed(reasons),
    }
    managers = {
        "match_pairs": result.pairs,
        "match_unmatched": result.unmatched,
        "match_differences": published_difference(forming, result),
        "match_set_aside": set_aside_rows(forming),
        "match_what_if": prepared_changes(result, min_group_size=5),
        "match_group_audit": result.audit(min_group_size=5),
        "match_baselines": result.baselines,
        "match_problems": problem_row(forming, json.dumps(block), COHORT, 5),
        "match_mentees": declared.mentees,
        "match_mentors": declared.mentors,
    }
    history = [
        {"run_id": f"{COHORT}:before", "as_of_date": date(2026, 9, 30), "mentees": 9, "matched": 8, "policy_version": "0ldf00d1", "decided_revision": 0},
        {"run_id": run, "as_of_date": date(2026, 10, 31), "mentees": 12, "matched": 10, "policy_version": "cafe0001", "decided_revision": 0},
    ]  # fmt: skip
    kept = pl.DataFrame([{"programme_id": PROGRAMME, "cohort_id": COHORT, **row} for row in history])
    return readers, {name: keyed(frame) for name, frame in managers.items()} | {"match_history": kept}
