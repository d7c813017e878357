"""The planted truth, which only tests read: potential outcomes from the same draws in both worlds, and how far naive gaps mislead."""

from typing import Any

import numpy as np
import polars as pl

from pipelines.demo.careers import Careers, Enrolment, promotion_hazard
from pipelines.demo.clock import MONTHS, NEVER
from pipelines.demo.intakes import EFFECTS

HORIZON = 12


def potential_outcomes(careers: Careers, people: pl.DataFrame, confidence: dict[str, np.ndarray]) -> pl.DataFrame:
    """One row per person and cohort: outcomes with and without mentoring (`_if_mentored`, `_if_not`), by simulation (0/1) and as probability (`p_`).

    Null where the window isn't over by the as-of day. For the lottery cohort everybody in both arms has a row.
    """
    parts = [_outcomes(careers, enrolment) for enrolment in careers.enrolments if len(enrolment.people)]
    frame = pl.concat(parts)
    scores = pl.concat(
        [
            pl.DataFrame(values, schema=["number", f"confidence_{wave}_if_not", f"confidence_{wave}_if_mentored"]).with_columns(pl.col("number").cast(pl.Int64), cohort_id=pl.lit("IL-2024"))
            for wave, values in sorted(confidence.items())
        ],
        how="align",
    )  # fmt: skip
    frame = frame.join(scores, on=["number", "cohort_id"], how="left", maintain_order="left")
    return frame.with_columns(
        employee_number=people["employee_number"].gather(frame["number"]), email=people["email"].gather(frame["number"])
    )


def _outcomes(careers: Careers, enrolment: Enrolment) -> pl.DataFrame:
    staff, people, start = careers.staff, enrolment.people, enrolment.intake.month
    effect = EFFECTS[enrolment.intake.programme_id]
    stop = start + HORIZON
    over = stop <= MONTHS
    window = slice(start, min(stop, MONTHS))
    hazard = staff.exit_hazard[people, window] * enrolment.exit_ratio[:, None]
    draw = staff.exit_draw[people, window]
    columns: dict[str, Any] = {}
    for world, exit_ratio, promotion_ratio in (
        ("if_not", 1.0, 1.0),
        ("if_mentored", effect.exit_hazard_ratio, effect.promotion_hazard_ratio),
    ):
        leaves = draw < 1 - np.exp(-hazard * exit_ratio)
        stayed = ~leaves.any(axis=1)
        first_exit = np.where(stayed, NEVER, leaves.argmax(axis=1) + start)
        columns[f"retained_12m_{world}"] = stayed
        columns[f"p_retained_12m_{world}"] = np.exp(-(hazard * exit_ratio).sum(axis=1))
        columns[f"promoted_12m_{world}"] = _promoted(careers, enrolment, first_exit, promotion_ratio)
    frame = pl.DataFrame({"number": people.astype(np.int64), **columns})
    frame = frame if over else frame.with_columns(pl.lit(None).cast(frame.schema[name]).alias(name) for name in columns)
    arms = enrolment.intake.arms
    return frame.with_columns(
        programme_id=pl.lit(enrolment.intake.programme_id),
        cohort_id=pl.lit(enrolment.intake.cohort_id),
        start_month=pl.lit(start),
        arm=pl.Series(arms) if arms is not None else pl.lit(None, pl.String),
        is_enrolled=pl.Series(np.isin(people, enrolment.intake.enrolled)),
    )


def _promoted(careers: Careers, enrolment: Enrolment, first_exit: np.ndarray, ratio: float) -> np.ndarray:
    """A rise on the first of one of the twelve months after the start, while still employed (12 months must have passed since the last rise)."""
    staff, people, start = careers.staff, enrolment.people, enrolment.intake.month
    hazard = (
        promotion_hazard(enrolment.rank, staff.engagement[people], staff.performance[people])
        * enrolment.promotion_ratio
        * ratio
    )
    risen = np.zeros(len(people), bool)
    for month in range(start + 1, min(start + HORIZON + 1, MONTHS)):
        ready = (month - enrolment.last_promotion >= 12) & (first_exit >= month) & (enrolment.rank < 8)
        risen |= ready & (staff.promotion_draw[people, month] < 1 - np.exp(-hazard))
    return risen


def summary(careers: Careers, outcomes: pl.DataFrame, ramp: pl.DataFrame, seed: int, scale: float) -> dict[str, Any]:
    """Aggregate truths, in percentage points where the outcome is a share."""
    lottery = outcomes.filter(pl.col("arm").is_not_null())
    offered = lottery.filter(pl.col("arm") == "mentoring")
    take_up = _mean(offered["is_enrolled"])
    by_programme = {}
    for programme_id, own in sorted(
        outcomes.filter(pl.col("is_enrolled") & pl.col("retained_12m_if_not").is_not_null()).group_by("programme_id"),
        key=lambda g: g[0],
    ):
        by_programme[programme_id[0]] = {
            "mentees_with_a_full_window": own.height,
            "exit_hazard_ratio": EFFECTS[programme_id[0]].exit_hazard_ratio,
            "promotion_hazard_ratio": EFFECTS[programme_id[0]].promotion_hazard_ratio,
            "retained_12m_effect_points": _gap(own, "p_retained_12m", 100),
            "would_have_stayed_anyway_share": round(_mean(own["retained_12m_if_not"]), 4),
            "promoted_12m_effect_points": _gap(own, "promoted_12m", 100),
        }
    mentored = ramp.filter("is_mentored")
    return {
        "seed": seed,
        "scale": scale,
        "programmes": by_programme,
        "lottery": {
            "cohort_id": "IL-2024",
            "applicants": lottery.height,
            "offered": offered.height,
            "enrolled": int(offered["is_enrolled"].sum()),
            "take_up": round(take_up, 4),
            "retained_12m_effect_of_taking_part_points": _gap(lottery, "p_retained_12m", 100),
            "retained_12m_intention_to_treat_points": round(_gap(lottery, "p_retained_12m", 100) * take_up, 3),
            "promoted_12m_effect_of_taking_part_points": _gap(lottery, "promoted_12m", 100),
            "promoted_12m_intention_to_treat_points": round(_gap(lottery, "promoted_12m", 100) * take_up, 3),
            "confidence_post_effect_of_taking_part": _gap(
                lottery.drop_nulls("confidence_post_if_not"), "confidence_post", 1
            ),
            "confidence_post_intention_to_treat": round(
                _gap(lottery.drop_nulls("confidence_post_if_not"), "confidence_post", 1) * take_up, 4
            ),
        },
        "ramp_up": {
            "mentored_new_hires": mentored.height,
            "median_days_alone": round(float(np.median(mentored["days_alone"])), 1),
            "median_days_mentored": round(float(np.median(mentored["days_actual"])), 1),
            "mean_days_saved": round(_mean(mentored["days_alone"] - mentored["days_actual"]), 2),
        },
        "naive": naive_gaps(careers, by_programme),
    }


def _mean(values: pl.Series) -> float:
    return float(values.cast(pl.Float64).to_numpy().mean())


def _gap(frame: pl.DataFrame, outcome: str, scale: float) -> float:
    difference = frame[f"{outcome}_if_mentored"].cast(pl.Float64) - frame[f"{outcome}_if_not"].cast(pl.Float64)
    return round(scale * _mean(difference), 4)


def naive_gaps(careers: Careers, by_programme: dict[str, Any]) -> dict[str, Any]:
    """The comparison that must never be called an effect: share still here, ever-mentored less never-mentored, in points."""
    staff = careers.staff
    here = staff.exit_month == NEVER
    gaps = {}
    ever = np.zeros(len(staff), bool)
    for programme_id in by_programme:
        own = np.zeros(len(staff), bool)
        for intake in careers.intakes:
            if intake.programme_id == programme_id:
                own[intake.enrolled] = True
        ever |= own
        gaps[programme_id] = round(100 * float(here[own].mean() - here[~own].mean()), 2)
    gaps["any_programme"] = round(100 * float(here[ever].mean() - here[~ever].mean()), 2)
    return {"still_employed_gap_points": gaps}
