"""What the people team keeps on record of everybody: the engagement index of the quarterly pulse, and the rating of the yearly review.

Both are read of the traits that drive joining and leaving, with an error: the comparison can allow for most of the self-selection, never for all of it.
A company-wide slump in the labour-market shock makes every before-and-after comparison of engagement wrong.
"""

import numpy as np
import polars as pl

from pipelines.demo.careers import SHOCK_MONTHS, Careers
from pipelines.demo.clock import AS_OF, NEVER, month_number, month_start, stream
from pipelines.demo.files import csv_lines
from pipelines.demo.intakes import EFFECTS

PULSE_MONTHS = range(-2, 60, 3)
REVIEW_MONTHS = range(-2, 60, 12)
SLUMP_POINTS = 0.25


def measures(careers: Careers, people: pl.DataFrame, seed: int) -> list[str]:
    """One line per person, measure and day; `released_on` is the day from which the organisation knew it."""
    staff = careers.staff
    numbers = people["employee_number"].to_list()
    mentored = _mentored_from(careers)
    rng = stream(seed, "measures")
    index_noise, rating_noise = rng.normal(size=(2, len(staff)))
    frames = [
        _at_hiring(staff.hire_date, staff.hire_month, _index(staff.engagement, index_noise), "engagement_index", 4, 5),
        _at_hiring(
            staff.hire_date, staff.hire_month, _rating(staff.performance, rating_noise), "performance_rating", -21, 0
        ),
    ]
    for month in PULSE_MONTHS:
        here = np.flatnonzero((staff.hire_month < month) & (staff.exit_month > month))
        answers = here[rng.random(len(here)) < 0.84 + 0.06 * np.tanh(staff.engagement[here])]
        slump = SLUMP_POINTS if SHOCK_MONTHS[0] <= month < SHOCK_MONTHS[1] else 0.0
        gain = sum(
            EFFECTS[programme].engagement_points * (first[answers] < month) for programme, first in mentored.items()
        )
        value = _index(staff.engagement[answers], rng.normal(size=len(answers))) + gain - slump
        frames.append(_wave(answers, "engagement_index", month, 14, 30, value))
    for month in REVIEW_MONTHS:
        here = np.flatnonzero((staff.hire_month < month - 2) & (staff.exit_month > month))
        value = _rating(staff.performance[here], rng.normal(size=len(here)))
        frames.append(_wave(here, "performance_rating", month, 29, 60, value))
    last = people.head(len(staff)).select(pl.int_range(pl.len()).alias("person"), "last_day")
    return csv_lines(
        pl.concat(frames)
        .join(last, on="person", maintain_order="left")
        .filter(pl.col("last_day").is_null() | (pl.col("measured_on") <= pl.col("last_day")))
        .filter(pl.col("released_on") <= AS_OF)
        .with_columns(
            employee_number=pl.col("person").replace_strict(dict(enumerate(numbers)), return_dtype=pl.String),
            value=pl.col("value").clip(1, 5).round(2),
        )
        .select("employee_number", "measure", "measured_on", "released_on", "value")
        .sort("measured_on", "measure", "employee_number")
    )


def _index(engagement: np.ndarray, noise: np.ndarray) -> np.ndarray:
    return 3.3 + 0.5 * engagement + 0.16 * noise


def _rating(performance: np.ndarray, noise: np.ndarray) -> np.ndarray:
    return 3.0 + 0.5 * performance + 0.16 * noise


def _mentored_from(careers: Careers) -> dict[str, np.ndarray]:
    """Month of each person's first start in each programme of staff; NEVER where there is none."""
    first = {programme: np.full(len(careers.staff), NEVER) for programme in EFFECTS}
    for intake in careers.intakes:
        own = first[intake.programme_id]
        own[intake.enrolled] = np.minimum(own[intake.enrolled], intake.month)
    return first


def _at_hiring(
    hire_date: np.ndarray, hire_month: np.ndarray, value: np.ndarray, measure: str, measured: int, released: int
) -> pl.DataFrame:
    """The welcome questionnaire of the first week, and the assessment before the contract, for those hired since the records begin."""
    people = np.flatnonzero(hire_month >= month_number(AS_OF) - 59)
    day = hire_date[people].astype("datetime64[D]")
    return _frame(
        people, measure, day + np.timedelta64(measured, "D"), day + np.timedelta64(released, "D"), value[people]
    )


def _wave(
    people: np.ndarray, measure: str, month: int, measured: int, released: int, value: np.ndarray
) -> pl.DataFrame:
    first = month_start(month)
    day = np.full(len(people), first + np.timedelta64(measured, "D"))
    return _frame(people, measure, day, np.full(len(people), first + np.timedelta64(released, "D")), value)


def _frame(
    people: np.ndarray, measure: str, measured_on: np.ndarray, released_on: np.ndarray, value: np.ndarray
) -> pl.DataFrame:
    return pl.DataFrame(
        {
            "person": people.astype(np.int64),
            "measure": [measure] * len(people),
            "measured_on": measured_on.astype("datetime64[D]"),
            "released_on": released_on.astype("datetime64[D]"),
            "value": value,
        }
    )
