"""applications.csv of the mentoring platform: who asked for a place, as mentee or mentor, and what was decided."""

import numpy as np
import polars as pl

from pipelines.demo.careers import Careers
from pipelines.demo.clock import MONTHS, month_start, stream
from pipelines.demo.files import STAMP
from pipelines.demo.forming import Forming
from pipelines.demo.intakes import new_hire_cohort


def applications(
    careers: Careers, people: pl.DataFrame, paired: pl.DataFrame, forming: Forming, seed: int
) -> pl.DataFrame:
    """Everybody who asked for a place, as mentee or mentor, with decision and, where lots were drawn, arm and stratum."""
    rng = stream(seed, "applications")
    parts = [
        _staff_applications(careers, people, rng),
        _unmatched_new_hires(careers, people, rng),
        _students(paired, rng),
        _mentors(paired, rng),
    ]
    asked = pl.concat(parts, how="diagonal_relaxed").sort("submitted_at", "cohort_id", "email")
    asked = asked.with_columns(
        application_id=pl.format("A-{}", (pl.int_range(pl.len()) + 1).cast(pl.String).str.zfill(5))
    )
    columns = [
        "application_id",
        "programme_id",
        "cohort_id",
        "email",
        "role",
        "submitted_at",
        "decision",
        "decided_at",
        "capacity",
        "arm",
        "stratum",
    ]
    known = pl.concat([asked, forming.applications], how="diagonal_relaxed").select(columns)
    return known.with_columns(pl.col("submitted_at", "decided_at").dt.strftime(STAMP))


def _instants(first: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    minutes = rng.integers(8 * 60, 17 * 60, len(first))
    return first.astype("datetime64[us]") + minutes.astype("timedelta64[m]")


def _staff_applications(careers: Careers, people: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    parts = []
    mail = people["email"].to_list()
    for intake in careers.intakes:
        n = len(intake.applicants)
        if not n:
            continue
        start = month_start(intake.month)
        if intake.programme_id == "new_hires_90_days":
            hired = careers.staff.hire_date[intake.applicants]
            submitted = np.minimum(hired + rng.integers(2, 20, n).astype("timedelta64[D]"), start)
            decided = submitted + rng.integers(1, 6, n).astype("timedelta64[D]")
        else:
            submitted = start - rng.integers(18, 50, n).astype("timedelta64[D]")
            decided = np.full(n, start - np.timedelta64(12, "D"))
        parts.append(
            pl.DataFrame(
                {
                    "programme_id": intake.programme_id,
                    "cohort_id": intake.cohort_id,
                    "email": [mail[k] for k in intake.applicants],
                    "role": "mentee",
                    "submitted_at": _instants(submitted, rng),
                    "decision": intake.decisions,
                    "decided_at": _instants(decided, rng),
                    "arm": intake.arms.tolist() if intake.arms is not None else [None] * n,
                    "stratum": intake.strata.tolist() if intake.strata is not None else [None] * n,
                },
                schema_overrides={"arm": pl.String, "stratum": pl.String},
            )
        )
    return pl.concat(parts, how="diagonal_relaxed")


def _unmatched_new_hires(careers: Careers, people: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    """New hires who asked and got nobody: time to match must not forget them. Those of the last weeks are still waiting."""
    staff = careers.staff
    got = np.zeros(len(staff), bool)
    for intake in careers.intakes:
        if intake.programme_id == "new_hires_90_days":
            got[intake.enrolled] = True
    waiting = np.flatnonzero(
        (staff.unit == 0)
        & (staff.hire_month >= 20)
        & (staff.hire_month < MONTHS - 1)
        & ~got
        & (rng.random(len(staff)) < 0.22)
    )
    submitted = staff.hire_date[waiting] + rng.integers(3, 20, len(waiting)).astype("timedelta64[D]")
    recent = staff.hire_month[waiting] >= MONTHS - 4
    decided = submitted + np.timedelta64(60, "D")
    frame = pl.DataFrame(
        {
            "programme_id": "new_hires_90_days",
            "cohort_id": [new_hire_cohort(int(m)) for m in staff.hire_month[waiting]],
            "email": people["email"].gather(waiting),
            "role": "mentee",
            "submitted_at": _instants(submitted, rng),
            "decision": np.where(recent, "pending", "withdrawn"),
            "decided_at": _instants(decided, rng),
        }
    )
    return frame.with_columns(decided_at=pl.when(pl.col("decision") != "pending").then("decided_at"))


def _students(paired: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    guided = paired.filter(pl.col("programme_id") == "students_alumni")
    day = guided["start_date"].to_numpy() - rng.integers(10, 40, guided.height).astype("timedelta64[D]")
    return guided.select(
        "programme_id", "cohort_id", pl.col("mentee_email").alias("email"), pl.lit("mentee").alias("role")
    ).with_columns(
        submitted_at=pl.Series(_instants(day, rng)),
        decision=pl.lit("accepted"),
        decided_at=pl.Series(_instants(guided["start_date"].to_numpy() - np.timedelta64(3, "D"), rng)),
    )


def _mentors(paired: pl.DataFrame, rng: np.random.Generator) -> pl.DataFrame:
    serving = (
        paired.group_by("programme_id", "cohort_id", "mentor_email")
        .agg(pl.len().alias("mentees"), pl.col("start_date").min())
        .sort("cohort_id", "mentor_email")
    )
    first = serving["start_date"].to_numpy()
    day = first - rng.integers(20, 70, serving.height).astype("timedelta64[D]")
    return serving.select("programme_id", "cohort_id", pl.col("mentor_email").alias("email"), pl.lit("mentor").alias("role"), "mentees").with_columns(
        submitted_at=pl.Series(_instants(day, rng)),
        decision=pl.lit("accepted"),
        decided_at=pl.Series(_instants(first - np.timedelta64(10, "D"), rng)),
        capacity=pl.col("mentees") + pl.Series(rng.integers(0, 2, serving.height)),
    ).drop("mentees")  # fmt: skip
