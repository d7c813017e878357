"""The demo's calendar: 60 months from November 2021 to October 2026, and random streams that don't disturb each other."""

import zlib
from datetime import date

import numpy as np

MONTHS = 60
FIRST_MONTH = np.datetime64("2021-11", "M")
AS_OF = date(2026, 10, 31)
EXPORTED_AT = "2026-10-31T20:00:00Z"
NEVER = 10_000


def month_start(month: int | np.ndarray) -> np.ndarray:
    """First day of month number `month` (0 = November 2021), as datetime64[D]."""
    return (FIRST_MONTH + np.asarray(month).astype("timedelta64[M]")).astype("datetime64[D]")


def month_number(day: date) -> int:
    """Number of the month that holds `day` (0 = November 2021)."""
    return (day.year - 2021) * 12 + day.month - 11


def stream(seed: int, name: str) -> np.random.Generator:
    """A random stream of its own for each part: a change in one part leaves the others' bytes alone."""
    return np.random.default_rng([seed, zlib.crc32(name.encode())])
