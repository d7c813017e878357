"""Companies whose truth is known: staff with performance and engagement, who enrol the more and leave the less the better they are anyway.

The design is that of METHODS.md, section 5. Traps are built in: immortal time, self-selection, completers, mismatched clocks, a labour-market shock, comparison
people who are cut when they enrol, exit competing with promotion. Truth is analytic: over the mentees, what their own hazards give with and without mentoring.
"""

from dataclasses import dataclass

import numpy as np
import polars as pl

FIRST_HIRE, LAST_TRIAL, MONTHS, HORIZON = -60, 23, 36, 12


@dataclass(frozen=True)
class Setting:
    """hires: people ever hired (about 6 in 10 are still there at launch or come later). selection: strength of self-selection, 1 as in METHODS."""

    hires: int = 2600
    exit_ratio: float = 0.75
    promotion_ratio: float = 1.4
    unmeasured: float = 0.0
    selection: float = 1.0


SETTINGS = {
    "base": Setting(),
    "null": Setting(exit_ratio=1.0, promotion_ratio=1.0),
    "small": Setting(hires=730),
    "small_null": Setting(hires=730, exit_ratio=1.0, promotion_ratio=1.0),
    "tiny": Setting(hires=260),
    "tiny_null": Setting(hires=260, exit_ratio=1.0, promotion_ratio=1.0),
    "unmeasured": Setting(unmeasured=0.5),
    "unmeasured_null": Setting(unmeasured=0.5, exit_ratio=1.0, promotion_ratio=1.0),
}


@dataclass(frozen=True)
class Company:
    """staff: one row per person as in company_seed2026.csv. retention, promotion: true differences after 12 months among mentees, 0 to 1."""

    staff: pl.DataFrame
    retention: float
    promotion: float


def make_company(setting: Setting, seed: int) -> Company:
    rng = np.random.default_rng(seed)
    n = setting.hires
    hired = rng.integers(FIRST_HIRE, LAST_TRIAL + 1, n)
    perf, other = rng.normal(size=(2, n))
    engagement = 0.4 * perf + np.sqrt(1 - 0.16) * other
    level = rng.choice(3, n, p=[0.6, 0.28, 0.12])
    function = rng.choice(4, n, p=[0.4, 0.3, 0.2, 0.1])
    hidden = setting.unmeasured * rng.normal(size=n)
    leaving = -3.9 - 0.45 * engagement - 0.30 * perf + 0.3 * (function == 1) - 0.3 * (level == 2) - hidden
    rising = -4.85 + 0.45 * perf + 0.15 * engagement
    joining = -4.75 + setting.selection * (0.75 * engagement + 0.55 * perf) + hidden

    def exit_hazard(month: int) -> np.ndarray:
        tenure = month - hired
        return np.exp(leaving + 0.4 * (tenure < 12) - 0.4 * (tenure >= 36) + 0.4 * (10 <= month <= 15))

    def promotion_hazard(month: int) -> np.ndarray:
        return np.exp(rising - 0.5 * (month - hired < 12))

    enrolled, left, promoted = np.full(n, -1), np.full(n, -99), np.full(n, -1)
    for month in range(FIRST_HIRE, MONTHS):
        here = (hired <= month) & (left == -99)
        if 0 <= month <= LAST_TRIAL:
            score = joining + 0.95 * (month % 3 == 0) - 1.3 * (month - hired < 3)
            enrolled[here & (enrolled < 0) & (rng.random(n) < 1 / (1 + np.exp(-score)))] = month
        mentored = enrolled >= 0
        goes = 1 - np.exp(-exit_hazard(month) * np.where(mentored, setting.exit_ratio, 1))
        rises = 1 - np.exp(-promotion_hazard(month) * np.where(mentored, setting.promotion_ratio, 1))
        draw, second = rng.random(n), rng.random(n)
        promoted[here & (promoted < 0) & (second < rises) & (month >= 0)] = month
        left[here & (draw < goes)] = month
    retention, promotion = _truth(setting, enrolled, promoted, exit_hazard, promotion_hazard)
    staff = pl.DataFrame(
        {
            "hire_month": hired,
            "obs_start": np.maximum(hired, 0),
            "exit_month": np.where(left == -99, MONTHS, left),
            "exited": (left != -99).astype(np.int64),
            "enrol_month": enrolled,
            "promo_month": promoted,
            "perf": perf,
            "engagement": engagement,
            "level": level,
            "function": function,
        }
    ).filter(pl.col("exit_month") >= 0)
    return Company(staff.with_row_index("id").with_columns(pl.col("id").cast(pl.Int64)), retention, promotion)


def _truth(setting: Setting, enrolled, promoted, exit_hazard, promotion_hazard) -> tuple[float, float]:
    mentee = np.flatnonzero(enrolled >= 0)
    leaving = np.zeros((HORIZON, mentee.size))
    rising = np.zeros((HORIZON, mentee.size))
    for month in range(LAST_TRIAL + HORIZON):
        exits, promotions = exit_hazard(month)[mentee], promotion_hazard(month)[mentee]
        k = month - enrolled[mentee]
        inside = np.flatnonzero((k >= 0) & (k < HORIZON))
        leaving[k[inside], inside], rising[k[inside], inside] = exits[inside], promotions[inside]
    total = leaving.sum(axis=0)
    retention = float((np.exp(-setting.exit_ratio * total) - np.exp(-total)).mean())
    open_to = (promoted[mentee] < 0) | (promoted[mentee] >= enrolled[mentee])
    shares = []
    for exit_ratio, promotion_ratio in ((setting.exit_ratio, setting.promotion_ratio), (1.0, 1.0)):
        step, stay = 1 - np.exp(-promotion_ratio * rising), np.exp(-exit_ratio * leaving - promotion_ratio * rising)
        before = np.vstack([np.ones(mentee.size), np.cumprod(stay, axis=0)[:-1]])
        shares.append((before * step).sum(axis=0)[open_to].mean())
    return retention, float(shares[0] - shares[1])
