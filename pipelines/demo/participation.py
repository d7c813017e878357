"""Pairs, their sessions, milestones and goals, as they happened. Persons are given by e-mail, as the mentoring platform knows them."""

from dataclasses import dataclass

import numpy as np
import polars as pl

from pipelines.demo.careers import Careers
from pipelines.demo.clock import AS_OF, month_start, stream
from pipelines.demo.students import Campus
from pipelines.demo.vocabulary import ZONES


@dataclass(frozen=True)
class Agreement:
    """What a pair of a programme agrees on."""

    code: str
    sessions: int
    cadence_days: int
    minutes: int
    least_mentor_rank: int


AGREEMENTS = {
    "new_hires_90_days": Agreement("NH", 6, 14, 45, 4),
    "inclusive_leadership": Agreement("IL", 9, 30, 60, 6),
    "project_confidence": Agreement("PC", 6, 30, 50, 4),
    "students_alumni": Agreement("SA", 6, 21, 45, 0),
}
CALENDAR_COHORTS = ("NH-2026Q1", "NH-2026Q2", "NH-2026Q3", "IL-2025", "PC-2026", "PC-2026B")
"""Cohorts of which every third pair keeps its sessions in a calendar, as a series."""
LOCAL_HOURS = (8, 9, 10, 11, 13, 14, 15, 16, 17)


def pairings(careers: Careers, people: pl.DataFrame, campus: Campus, seed: int) -> pl.DataFrame:
    """One row per pair that started: programme_id, cohort_id, mentee and mentor (number, e-mail, last day), start_date, zone, engagement."""
    rng = stream(seed, "pairings")
    mail, last_day, place = people["email"].to_list(), people["last_day"], people["location"].to_list()
    parts = []
    for intake in careers.intakes:
        mentees = rng.permutation(intake.enrolled)
        if not len(mentees):
            continue
        mentors = _mentors(careers, intake.programme_id, intake.month, mentees, rng)
        is_new_hires = intake.programme_id == "new_hires_90_days"
        day = rng.integers(2, 11, len(mentees)) if is_new_hires else rng.integers(1, 9, len(mentees))
        parts.append(
            pl.DataFrame(
                {
                    "programme_id": intake.programme_id,
                    "cohort_id": intake.cohort_id,
                    "mentee": mentees.astype(np.int64),
                    "mentor": mentors.astype(np.int64),
                    "mentee_email": [mail[k] for k in mentees],
                    "mentor_email": [mail[k] for k in mentors],
                    "mentee_last_day": last_day.gather(mentees),
                    "mentor_last_day": last_day.gather(mentors),
                    "start_date": month_start(intake.month) + (day - 1).astype("timedelta64[D]"),
                    "zone": [ZONES[place[k]] for k in mentees],
                    "engagement": careers.staff.engagement[mentees],
                }
            )
        )
    students, alumni = campus.students, campus.alumni
    guided, guide = campus.guidance["student"], campus.guidance["alumnus"]
    parts.append(
        pl.DataFrame(
            {
                "programme_id": "students_alumni",
                "cohort_id": campus.guidance["cohort_id"],
                "mentee": guided + 1_000_000,
                "mentor": guide + 2_000_000,
                "mentee_email": students["email"].gather(guided),
                "mentor_email": alumni["email"].gather(guide),
                "start_date": campus.guidance["start"],
                "zone": "Europe/Berlin",
                "engagement": students["engagement"].gather(guided),
            }
        )
    )
    return pl.concat(parts, how="diagonal_relaxed").filter(pl.col("mentor") >= 0)


def _mentors(
    careers: Careers, programme_id: str, month: int, mentees: np.ndarray, rng: np.random.Generator
) -> np.ndarray:
    """A more senior colleague with a free seat (three a cohort) who isn't the mentee's manager; -1 where nobody is left."""
    staff, rank = careers.staff, careers.rank_at[month]
    able = (
        careers.active_at(month)
        & (staff.exit_month > month)
        & (rank >= AGREEMENTS[programme_id].least_mentor_rank)
        & (month - staff.hire_month >= 12)
    )
    if programme_id == "new_hires_90_days":
        able &= staff.unit == 0
    pool = np.flatnonzero(able)
    seats = rng.permutation(np.repeat(pool, 3 if programme_id == "inclusive_leadership" else 2))
    taken = np.zeros(len(seats), bool)
    found = np.full(len(mentees), -1)
    for position, mentee in enumerate(mentees):
        suits = ~taken & (rank[seats] > rank[mentee]) & (seats != careers.manager_at[month][mentee]) & (seats != mentee)
        if suits.any():
            seat = int(np.argmax(suits))
            taken[seat] = True
            found[position] = seats[seat]
    return found


def pairs(agreed: pl.DataFrame, seed: int) -> pl.DataFrame:
    """One row per pair with its planned and actual life; sorted by start, numbered P-00001 upwards."""
    rng = stream(seed, "pairs")
    agreed = agreed.sort("start_date", "cohort_id", "mentee")
    n = agreed.height
    terms = [AGREEMENTS[p] for p in agreed["programme_id"]]
    planned = np.array([a.sessions * a.cadence_days + 14 for a in terms])
    stops = rng.random(n)
    early = np.where(stops < 0.06, rng.integers(30, 120, n), 10_000)
    return (
        agreed.with_columns(
            pair_id=pl.Series([f"P-{k + 1:05d}" for k in range(n)]),
            sessions=pl.Series([a.sessions for a in terms]),
            cadence_days=pl.Series([a.cadence_days for a in terms]),
            minutes=pl.Series([a.minutes for a in terms]),
            planned_end=pl.col("start_date") + pl.duration(days=pl.lit(pl.Series(planned))),
            early_end=pl.col("start_date") + pl.duration(days=pl.lit(pl.Series(np.minimum(early, planned + 1)))),
            early_reason=pl.Series(rng.choice(("mismatch", "no_contact", "other"), n, p=(0.5, 0.35, 0.15))),
            drifts=pl.Series(rng.random(n) < 0.09),
            in_calendar=pl.col("cohort_id").is_in(CALENDAR_COHORTS) & (pl.int_range(pl.len()) % 3 == 0),
            score=pl.Series(np.round(rng.beta(6, 3, n), 3)),
            source=pl.Series(rng.choice(("algorithm", "admin"), n, p=(0.7, 0.3))),
        )
        .with_columns(
            end=pl.min_horizontal(
                "planned_end",
                "early_end",
                pl.col("mentee_last_day") + pl.duration(days=1),
                pl.col("mentor_last_day") + pl.duration(days=1),
            )
        )
        .with_columns(
            reason=pl.when(pl.col("end") == pl.col("planned_end"))
            .then(pl.lit("completed"))
            .when(pl.col("end") == pl.col("mentee_last_day") + pl.duration(days=1))
            .then(pl.lit("mentee_left"))
            .when(pl.col("end") == pl.col("mentor_last_day") + pl.duration(days=1))
            .then(pl.lit("mentor_left"))
            .otherwise("early_reason")
        )
        .with_columns(
            end=pl.when(pl.col("end") <= AS_OF).then("end"),
            reason=pl.when(pl.col("end") <= AS_OF).then("reason"),
        )
        .with_columns(
            status=pl.when(pl.col("end").is_null())
            .then(pl.when(pl.col("score") < 0.35).then(pl.lit("paused")).otherwise(pl.lit("active")))
            .when(pl.col("reason") == "completed")
            .then(pl.lit("completed"))
            .otherwise(pl.lit("cancelled"))
        )
    )


def sessions(paired: pl.DataFrame, seed: int) -> pl.DataFrame:
    """One row per session in the platform's log: planned start and end (UTC), status, who confirmed it, minutes, topic, channel."""
    rng = stream(seed, "sessions")
    reps = paired["sessions"].to_numpy()
    rows = paired.select(
        "pair_id",
        "programme_id",
        "cohort_id",
        "mentee_email",
        "mentor_email",
        "start_date",
        "cadence_days",
        "minutes",
        "end",
        "zone",
        "engagement",
        "drifts",
        "sessions",
        "in_calendar",
    )[np.repeat(np.arange(paired.height), reps)]
    n = rows.height
    position = np.concatenate([np.arange(k) for k in reps])
    series = rows["in_calendar"].to_numpy()
    cadence = rows["cadence_days"].to_numpy()
    steady = np.where(cadence == 14, 14, 28)
    jitter = rng.integers(-3, 4, n)
    offset = np.where(series, 4, 4 + position * cadence + jitter)
    day = rows["start_date"].to_numpy() + offset.astype("timedelta64[D]")
    weekday = (day.astype("datetime64[D]").view("int64") + 3) % 7
    day = day + np.where(weekday == 5, 2, np.where(weekday == 6, 1, 0)).astype("timedelta64[D]")
    day = np.where(series, day + (position * steady).astype("timedelta64[D]"), day)
    hour = np.where(series, np.repeat(rng.choice(LOCAL_HOURS, paired.height), reps), rng.choice(LOCAL_HOURS, n))
    start = (
        day.astype("datetime64[us]")
        + hour.astype("timedelta64[h]")
        + np.where(series, 0, rng.integers(0, 2, n) * 30).astype("timedelta64[m]")
    )
    p_held = 1 / (1 + np.exp(-(1.7 + 0.35 * rows["engagement"].to_numpy())))
    draw = rng.random(n)
    missed = rng.choice(
        ("cancelled", "cancelled_late", "no_show", "rescheduled", "unconfirmed"), n, p=(0.40, 0.10, 0.18, 0.17, 0.15)
    )
    status = np.where(draw < p_held, "held", missed)
    moved = series & (status == "rescheduled")
    status = np.where(moved, "held", status)
    nominal = start
    start = np.where(moved, start + np.timedelta64(25, "h"), start)
    day = start.astype("datetime64[D]")
    silent = rows["drifts"].to_numpy() & (position >= 2)
    ends = rows["end"].to_numpy()
    inside = np.isnat(ends) | (day.astype("datetime64[D]") < ends.astype("datetime64[D]"))
    future = day.astype("datetime64[D]") > np.datetime64(AS_OF)
    local = pl.Series("local", start)
    return (
        rows.with_columns(
            local=local,
            nominal=pl.Series(nominal),
            is_moved=pl.Series(moved),
            meeting_uid=pl.when(pl.col("in_calendar") & pl.Series(position % 2 == 0)).then(
                pl.col("pair_id").str.to_lowercase() + "@calendar.arbor.example"
            ),
            status=pl.Series(np.where(future, "planned", status)),
            confirmed_by=pl.Series(
                np.where(future, "none", rng.choice(("both", "mentor", "mentee"), n, p=(0.62, 0.2, 0.18)))
            ),
            actual_minutes=pl.Series(
                np.clip(np.round(rows["minutes"].to_numpy() * rng.normal(1.0, 0.16, n)), 10, 120).astype(int)
            ),
            topic=pl.Series(rng.choice(("goals", "feedback", "career", "network", "skills", "well-being"), n)),
            channel=pl.Series(rng.choice(("video", "in_person", "phone"), n, p=(0.66, 0.29, 0.05))),
            position=pl.Series(position),
        )
        .filter(pl.Series(inside & ~silent & (~future | (position < reps.repeat(reps)))))
        .with_columns(
            start=pl.when(pl.col("zone") == "America/New_York")
            .then(
                pl.col("local")
                .dt.replace_time_zone("America/New_York", non_existent="null", ambiguous="earliest")
                .dt.convert_time_zone("UTC")
            )
            .when(pl.col("zone") == "Asia/Kolkata")
            .then(pl.col("local").dt.replace_time_zone("Asia/Kolkata").dt.convert_time_zone("UTC"))
            .otherwise(
                pl.col("local")
                .dt.replace_time_zone("Europe/Berlin", non_existent="null", ambiguous="earliest")
                .dt.convert_time_zone("UTC")
            )
        )
        .sort("start", "pair_id")
        .with_columns(log_id=pl.format("S-{}", (pl.int_range(pl.len()) + 1).cast(pl.String).str.zfill(6)))
    )
