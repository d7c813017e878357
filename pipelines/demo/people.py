"""The register behind both HRIS: one row per employment record, with names, numbers, addresses, last days, transfers and rehires."""

import numpy as np
import polars as pl

from pipelines.demo import vocabulary as words
from pipelines.demo.careers import Careers
from pipelines.demo.clock import AS_OF, NEVER, month_start, stream

TRANSFERS = 6
REHIRED = 18
REHIRED_SOON = 4
"""Rehired within 31 days: the contract counts those as one and the same spell."""


def register(careers: Careers, seed: int, scale: float) -> pl.DataFrame:
    """One row per record: number (position in the simulation; transfers get new ones), unit, employee_number, person_id, given, family, email,
    hire_date, last_day, end_kind, rehire_date, transferred_from, location, department, rank, languages, gender, ethnicity, consent."""
    rng = stream(seed, "people")
    staff = careers.staff
    n = len(staff)
    left = staff.exit_month < NEVER
    last_day = month_start(np.where(left, staff.exit_month, 0)) + (rng.integers(12, 28, n) - 1).astype("timedelta64[D]")
    given, family = words.names(n, rng)
    frame = pl.DataFrame(
        {
            "number": np.arange(n),
            "unit": staff.unit,
            "given": given,
            "family": family,
            "hire_date": staff.hire_date,
            "hire_month": staff.hire_month,
            "last_day": last_day,
            "left": left,
            "end_kind": rng.choice(
                ("voluntary", "involuntary", "retirement", "end_of_contract"), n, p=(0.76, 0.14, 0.04, 0.06)
            ),
            "location": np.array(words.LOCATIONS)[staff.location],
            "languages": _languages(staff.location, rng),
            "gender": _gender(staff.female, rng),
            "ethnicity": np.where(
                rng.random(n) < 0.05, "not_disclosed", np.where(staff.minority, "minority", "majority")
            ),
            "under_represented": staff.under_represented,
            "consent": rng.choice(("yes", "no", ""), n, p=(0.955, 0.01, 0.035)),
        }
    ).with_columns(
        last_day=pl.when("left").then("last_day"),
        end_kind=pl.when("left").then("end_kind"),
        rehire_date=pl.lit(None, pl.Date),
        transferred_from=pl.lit(None, pl.Int64),
    )
    frame = _rehire(frame, careers, rng, scale)
    frame = _transfer(frame, careers, rng, scale)
    return _number(frame)


def _languages(location: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """English nearly everywhere; some colleagues in Stuttgart and Leipzig speak German only, a third in Berlin no German."""
    draw = rng.random(len(location))
    german = np.where(location >= 4, np.where(draw < 0.3, "de", "de|en"), np.where(draw < 0.35, "en", "de|en"))
    other = np.where(location == 1, np.where(draw < 0.25, "en|es", "en"), np.where(draw < 0.7, "en|hi", "en"))
    return np.where(np.isin(location, (1, 2)), other, german)


def _gender(female: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    draw = rng.random(len(female))
    return np.where(
        draw < 0.03, "not_disclosed", np.where(draw < 0.045, "nonbinary", np.where(female, "female", "male"))
    )


def _untouched(careers: Careers) -> np.ndarray:
    """People who never applied anywhere: only their careers are complicated further, so that the planted truth stays as simulated."""
    free = np.ones(len(careers.staff), bool)
    for intake in careers.intakes:
        free[intake.applicants] = False
    free[np.unique(careers.job_rows["manager"][careers.job_rows["manager"] >= 0])] = False
    return free


def _rehire(frame: pl.DataFrame, careers: Careers, rng: np.random.Generator, scale: float) -> pl.DataFrame:
    gone = _untouched(careers) & (careers.staff.exit_month < 44) & (careers.staff.unit == 0)
    chosen = rng.permutation(np.flatnonzero(gone))[: int((REHIRED + REHIRED_SOON) * scale)]
    soon = np.arange(len(chosen)) < REHIRED_SOON
    wait = np.where(soon, rng.integers(8, 30, len(chosen)), rng.integers(120, 420, len(chosen)))
    returns = pl.DataFrame({"number": chosen, "wait": wait})
    return (
        frame.join(returns, on="number", how="left", maintain_order="left")
        .with_columns(rehire_date=pl.col("last_day") + pl.duration(days="wait"))
        .drop("wait")
    )


def _transfer(frame: pl.DataFrame, careers: Careers, rng: np.random.Generator, scale: float) -> pl.DataFrame:
    """Some who leave the products unit start at HQ the next day, under a new number and with their old e-mail."""
    gone = _untouched(careers) & (careers.staff.exit_month < 50) & (careers.staff.unit == 1)
    chosen = np.sort(rng.permutation(np.flatnonzero(gone))[: int(TRANSFERS * scale)])
    moved = frame[chosen].with_columns(
        number=pl.int_range(pl.len()) + frame.height,
        unit=pl.lit(0, pl.Int64),
        hire_date=pl.col("last_day") + pl.duration(days=1),
        transferred_from=pl.col("number"),
        last_day=pl.lit(None, pl.Date),
        left=pl.lit(False),
        end_kind=pl.lit(None, pl.String),
        rehire_date=pl.lit(None, pl.Date),
        location=pl.lit("Berlin"),
    )
    return pl.concat(
        [frame.with_columns(pl.col("unit").cast(pl.Int64)), moved.select(frame.columns)], how="vertical_relaxed"
    )


def _number(frame: pl.DataFrame) -> pl.DataFrame:
    order = pl.int_range(1, pl.len() + 1).over("unit")
    is_hq = pl.col("unit") == 0
    mail_owner = pl.coalesce("transferred_from", "number")
    addresses = [
        f"{words.mail_name(given, family)}@{'arbor.example' if unit == 0 else 'arbor-products.example'}"
        for given, family, unit in frame.select("given", "family", "unit").iter_rows()
    ]
    return frame.with_columns(
        person_id=pl.when(is_hq)
        .then((order + 1000).cast(pl.String))
        .otherwise((order + 70000).cast(pl.String).str.zfill(8)),
        employee_number=pl.when(is_hq)
        .then(order.cast(pl.String).str.zfill(6))
        .otherwise((order + 70000).cast(pl.String).str.zfill(8)),
        email=pl.Series(addresses).gather(mail_owner_index(frame, mail_owner)),
    )


def mail_owner_index(frame: pl.DataFrame, owner: pl.Expr) -> pl.Series:
    """Row whose address a record uses: its own, or for a transferred person that of the earlier record."""
    return frame.select(owner.alias("owner"))["owner"]


def employed_on_as_of(frame: pl.DataFrame) -> pl.Series:
    """True for each record whose person is still there on the as-of day."""
    gone = pl.col("left") & pl.col("rehire_date").is_null() & (pl.col("last_day") < AS_OF)
    return frame.select((~gone).alias("employed"))["employed"]
