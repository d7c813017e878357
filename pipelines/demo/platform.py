"""The mentoring platform's CSV exports: pairs, milestones, goals, the session log and costs."""

import numpy as np
import polars as pl

from pipelines.demo.clock import AS_OF, stream
from pipelines.demo.files import STAMP, csv_lines
from pipelines.demo.participation import AGREEMENTS


def pairs(paired: pl.DataFrame) -> list[str]:
    """pairs.csv: one row per pair, both members by e-mail."""
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
        # the closing assessment belongs to the last meeting: who is late has no pair any more
        late = pl.Series(rng.integers(-5, 3 if name == "closing_assessment" else 9, paired.height))
        done = pl.Series(rng.random(paired.height) < chance[name])
        due = pl.col("start_date") + pl.duration(days=offset)
        day = pl.max_horizontal(due + pl.duration(days=pl.lit(late)), "start_date")
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
    rows: list[tuple[str, str, str, float, str, float | None]] = []
    for programme_id in AGREEMENTS:
        own = paired.filter(pl.col("programme_id") == programme_id)
        day = own["start_date"].to_numpy().min().astype("datetime64[M]")
        while day.astype("datetime64[D]") <= np.datetime64(AS_OF):
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
