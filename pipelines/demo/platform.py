"""The mentoring platform's CSV exports: applications, preferences, pairs, milestones, goals, the session log and costs."""

import numpy as np
import polars as pl

from pipelines.demo.careers import Careers
from pipelines.demo.clock import AS_OF, MONTHS, month_start, stream
from pipelines.demo.files import csv_lines
from pipelines.demo.forming import Forming
from pipelines.demo.intakes import new_hire_cohort
from pipelines.demo.participation import AGREEMENTS

STAMP = "%Y-%m-%dT%H:%M:%SZ"


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


def pairs(paired: pl.DataFrame) -> list[str]:
    return csv_lines(
        paired.select(
            "pair_id",
            "programme_id",
            "cohort_id",
            "mentor_email",
            "mentee_email",
            "status",
            requested_at=(pl.col("start_date") - pl.duration(days=6)).dt.strftime("%Y-%m-%dT09:00:00Z"),
            decided_at=(pl.col("start_date") - pl.duration(days=3)).dt.strftime("%Y-%m-%dT09:00:00Z"),
            planned_start="start_date",
            planned_end="planned_end",
            started="start_date",
            ended="end",
            close_reason="reason",
            match_source="source",
            match_score="score",
        )
    )


def milestones(paired: pl.DataFrame, seed: int) -> list[str]:
    """Four milestones a pair; what is due after the pair's end was never done."""
    rng = stream(seed, "milestones")
    length = (pl.col("planned_end") - pl.col("start_date")).dt.total_days()
    offsets = {
        "agreement_signed": pl.lit(10),
        "goals_set": pl.lit(28),
        "mid_check_in": (length / 2).cast(pl.Int64),
        "closing_assessment": length - 3,
    }
    chance = {"agreement_signed": 0.95, "goals_set": 0.88, "mid_check_in": 0.78, "closing_assessment": 0.80}
    parts = []
    for name, offset in offsets.items():
        late = pl.Series(rng.integers(-5, 9, paired.height))
        done = pl.Series(rng.random(paired.height) < chance[name])
        due = pl.col("start_date") + pl.duration(days=offset)
        day = pl.max_horizontal(due + pl.duration(days=late), "start_date")
        alive = (pl.col("end").is_null() | (day <= pl.col("end"))) & (day <= AS_OF)
        parts.append(
            paired.select(
                "pair_id", milestone=pl.lit(name), due_date=due, done_date=pl.when(pl.lit(done) & alive).then(day)
            )
        )
    return csv_lines(pl.concat(parts).sort("pair_id", "due_date"))


def goals(paired: pl.DataFrame, seed: int) -> tuple[list[str], list[str]]:
    """Monthly goals of project_confidence, one or two a pair in inclusive_leadership; each with updates and, once due, a level -2..2."""
    rng = stream(seed, "goals")
    chosen = paired.filter(pl.col("programme_id").is_in(["project_confidence", "inclusive_leadership"]))
    project = (chosen["programme_id"] == "project_confidence").to_numpy()
    count = np.where(project, 6, rng.integers(1, 3, chosen.height))
    rows = chosen.select("pair_id", "mentee_email", "start_date", "end", "programme_id")[
        np.repeat(np.arange(chosen.height), count)
    ]
    n = rows.height
    position = np.concatenate([np.arange(k) for k in count])
    created = rows["start_date"].to_numpy() + (7 + 30 * position).astype("timedelta64[D]")
    span = np.where(project.repeat(count), 30, 120).astype("timedelta64[D]")
    due = created + span
    over = due <= np.datetime64(AS_OF)
    level = np.clip(np.round(rng.normal(0.15 + 0.12 * np.minimum(position, 4), 1.0, n)), -2, 2).astype(int)
    progress = np.where(level >= 0, 100, np.where(level == -1, 60, 25))
    running = np.round(100 * np.clip((np.datetime64(AS_OF) - created) / span, 0, 0.95) * rng.uniform(0.5, 1, n) / 5) * 5
    frame = rows.with_columns(
        goal_id=pl.Series([f"G-{k + 1:05d}" for k in range(n)]),
        category=pl.Series(
            np.where(
                project.repeat(count), "project_management", rng.choice(("leadership", "visibility", "network"), n)
            )
        ),
        created_date=pl.Series(created),
        due_date=pl.Series(due),
        status=pl.Series(
            np.where(
                over, np.where(level >= 0, "achieved", np.where(rng.random(n) < 0.4, "dropped", "overdue")), "open"
            )
        ),
        progress_pct=pl.Series(np.where(over, progress, running)),
        level=pl.Series(level),
        over=pl.Series(over),
        weight=pl.Series(rng.choice((1, 1, 2), n)),
    ).with_columns(level=pl.when("over").then("level"))
    ended = pl.col("end").is_null() | (pl.col("created_date") < pl.col("end"))
    frame = frame.filter(ended & (pl.col("created_date") <= AS_OF))
    own = frame.select(
        "goal_id",
        "pair_id",
        pl.col("mentee_email").alias("owner_email"),
        "category",
        "created_date",
        "due_date",
        "status",
        "progress_pct",
        pl.col("level").alias("attainment_level"),
        "weight",
    )
    halfway = pl.min_horizontal(
        pl.col("created_date") + (pl.col("due_date") - pl.col("created_date")) / 2, pl.lit(AS_OF)
    )
    updates = pl.concat(
        [
            frame.select(
                "goal_id",
                updated_at=halfway.dt.strftime("%Y-%m-%dT12:00:00Z"),
                progress_pct=(pl.col("progress_pct") / 2).round(0),
                attainment_level=pl.lit(None, pl.Int64),
            ),
            frame.filter("over").select(
                "goal_id",
                updated_at=pl.col("due_date").dt.strftime("%Y-%m-%dT16:00:00Z"),
                progress_pct=pl.col("progress_pct").cast(pl.Float64),
                attainment_level="level",
            ),
        ]
    ).sort("goal_id", "updated_at")
    return csv_lines(own), csv_lines(updates)


def session_log(held: pl.DataFrame) -> list[str]:
    """What both sides keyed in. Instants in UTC; `zone` is where it was planned."""
    happened = pl.col("status") == "held"
    known = held.with_columns(end_planned=pl.col("start") + pl.duration(minutes="minutes"))
    return csv_lines(
        known.select(
            "log_id",
            "pair_id",
            "programme_id",
            planned_start=pl.col("start").dt.strftime(STAMP),
            planned_end=pl.col("end_planned").dt.strftime(STAMP),
            zone="zone",
            status=pl.col("status").replace({"cancelled_late": "cancelled"}),
            notice=pl.when(pl.col("status") == "cancelled")
            .then(pl.lit("yes"))
            .when(pl.col("status") == "cancelled_late")
            .then(pl.lit("no")),
            confirmed_by="confirmed_by",
            minutes=pl.when(happened).then("actual_minutes"),
            started=pl.when(happened).then(pl.col("start").dt.strftime(STAMP)),
            ended=pl.when(happened).then((pl.col("start") + pl.duration(minutes="actual_minutes")).dt.strftime(STAMP)),
            topic=pl.when(happened).then("topic"),
            channel="channel",
            mentor_email="mentor_email",
            mentee_email="mentee_email",
            mentor_present=pl.when(happened)
            .then(pl.lit("yes"))
            .when(pl.col("status") == "no_show")
            .then(pl.lit("yes")),
            mentee_present=pl.when(happened).then(pl.lit("yes")).when(pl.col("status") == "no_show").then(pl.lit("no")),
            meeting_uid=pl.col("meeting_uid"),
        )
    )


def costs(paired: pl.DataFrame, seed: int) -> list[str]:
    """Quarterly coordination and licence, and one training of mentors a cohort."""
    rng = stream(seed, "costs")
    rows = []
    for programme_id in AGREEMENTS:
        own = paired.filter(pl.col("programme_id") == programme_id)
        first, last = own["start_date"].min(), AS_OF
        day = np.datetime64(first, "M")
        while day.astype("datetime64[D]") <= np.datetime64(last):
            rows.append(
                (
                    programme_id,
                    "coordination",
                    str(day.astype("datetime64[D]")),
                    round(float(rng.normal(2400, 180)), 2),
                    "EUR",
                    round(float(rng.normal(46, 4)), 1),
                )
            )
            rows.append((programme_id, "platform licence", str(day.astype("datetime64[D]")), 1150.0, "EUR", None))
            day += np.timedelta64(3, "M")
        for cohort_id, start in own.group_by("cohort_id").agg(pl.col("start_date").min()).sort("cohort_id").iter_rows():
            if programme_id != "new_hires_90_days":
                rows.append(
                    (
                        programme_id,
                        f"training of mentors {cohort_id}",
                        str(start),
                        round(float(rng.normal(3800, 300)), 2),
                        "EUR",
                        24.0,
                    )
                )
    frame = pl.DataFrame(
        rows, schema=["programme_id", "item", "incurred_date", "amount", "currency", "hours"], orient="row"
    )
    return csv_lines(frame)
