"""When an outcome may be judged: at dates that were declared first, with the chance of a false claim spread over all of them.

Judging the same outcome each time that new data arrive finds an effect where there is none in one programme out of eight instead of one out of fifty.
So an outcome is judged at a look, on what was known by that day, and the verdict
stays until the next one: later months can't change it, corrected records of earlier ones do. Declared looks share the chance of error by O'Brien and Fleming's spending function, which
leaves nearly all of it for the last. Who declares none is judged once a year, and the n-th look may err with a chance of 6 / (pi n) squared of 5 %: those
add up to 5 % over however many years, at the price of wider intervals.
Reference: Lan & DeMets (1983), Biometrika 70; Jennison & Turnbull (2000), chapters 7 and 9 (repeated confidence intervals).
"""

import calendar
import itertools
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cache

import numpy as np
from scipy import optimize, stats

from pipelines.contracts.declared_outcomes import PlannedLook

TOTAL = 0.05
"""Two-sided chance that an outcome without effect is ever called one, over all looks."""
LEAST_LEFT = 1e-4
"""With less than this chance of error left nothing more is judged."""
ROUNDING = 1e-6
GRID = 801
FARTHEST = 12.0


def day_words(day: date) -> str:
    """ "31 October 2026", as readers have it."""
    return f"{day.day} {day:%B %Y}"


@dataclass(frozen=True)
class Look:
    """What an outcome may be judged on: everything known by `on`, with intervals at 1 - level. of: looks declared, None where none were. following: the next. is_spent: no later one can be taken."""

    number: int
    on: date
    level: float
    of: int | None = None
    following: date | None = None
    is_spent: bool = False

    @property
    def words(self) -> str:
        """How the look stands beside its estimate."""
        later = f"; the next look is on {day_words(self.following)}" if self.following else ""
        if self.is_spent:
            later = (
                "; days that were declared after it change nothing, since the whole chance of error was spent by then"
            )
        if self.of == 1:
            return f"judged once, on what was known by {day_words(self.on)}, as declared{later}"
        share = f"{100 * (1 - self.level):.4g}%"
        if self.of is None:
            return (
                f"look {self.number}, on what was known by {day_words(self.on)}: no days were declared, so it is judged once a year, "
                f"with {share} intervals that make 95% over all years{later}"
            )
        return (
            f"look {self.number} of {self.of} declared, on what was known by {day_words(self.on)}, "
            f"with {share} intervals that make 95% over all looks{later}"
        )


ONCE = Look(1, date.max, TOTAL, 1)
"""One look at everything that is known: for data that nobody will look at again."""


@dataclass(frozen=True)
class Early:
    """Nothing may be judged before `first`."""

    first: date


def lottery_plan(
    declared: Sequence[PlannedLook], started_on: date, horizon_months: int, lag_months: int
) -> tuple[PlannedLook, ...]:
    """When a lottery's outcome is judged: on the declared days, else once, when its horizon is over and `lag_months` more for late answers."""
    if declared:
        return tuple(declared)
    return (PlannedLook(_months_after(started_on, horizon_months + lag_months), 1.0),)


def look_for(declared: Sequence[PlannedLook], taken: Sequence[Look], as_of: date) -> Look | Early:
    """The look that holds on the day `as_of`. taken: looks at which something was said before, oldest first.

    A declared look holds from its day to the next one's. Without declared ones the first is taken on the first day on which anything can be said, which is
    `as_of` until then. What looks outside the present plan have spent is gone: undeclared ones, and those of a plan that was changed after them. Where they
    spent everything the last of them stays, whatever is declared later.
    """
    astray = _astray(declared, taken)
    left = TOTAL - sum(look.level for look in astray)
    if left < LEAST_LEFT:
        return replace(taken[-1], following=None, is_spent=True)
    if not declared:
        return _yearly([look for look in taken if look.of is None], as_of, TOTAL - _planned(astray))
    open_ones = [look for look in declared if not astray or look.on > astray[-1].on]
    due = [look for look in open_ones if look.on <= as_of]
    if due:
        level = nominal_level([look.information for look in due], left)
        following = open_ones[len(due)].on if len(due) < len(open_ones) else None
        return Look(declared.index(due[-1]) + 1, due[-1].on, level, len(declared), following)
    return astray[-1] if astray else Early(declared[0].on)


def _astray(declared: Sequence[PlannedLook], taken: Sequence[Look]) -> list[Look]:
    """Looks taken that aren't in the plan, or at which more was spent than it gives them."""
    levels = nominal_levels([look.information for look in declared])
    most = {look.on: level for look, level in zip(declared, levels, strict=True)}
    return [look for look in taken if look.of is None or look.level > most.get(look.on, 0.0) + ROUNDING]


def _planned(looks: Sequence[Look]) -> float:
    return sum(look.level for look in looks if look.of is not None)


def _yearly(taken: Sequence[Look], as_of: date, total: float) -> Look:
    if not taken:
        return _nth(1, as_of, total)
    following = _a_year_after(taken[-1].on)
    return _nth(len(taken) + 1, as_of, total) if as_of >= following else replace(taken[-1], following=following)


def _nth(number: int, on: date, total: float) -> Look:
    return Look(number, on, yearly_level(number, total), following=_a_year_after(on))


def yearly_level(number: int, total: float = TOTAL) -> float:
    """Level of the `number`-th look where none was declared. total: of all of them, less than 5 % where declared looks came before."""
    return float(total * 6 / (np.pi * number) ** 2)


def spent(information: float, total: float = TOTAL) -> float:
    """Chance of error that may be spent by then, both sides together. information: 0 to 1."""
    return float(4 * stats.norm.sf(stats.norm.isf(total / 4) / np.sqrt(information)))


def nominal_level(information: Sequence[float], total: float = TOTAL) -> float:
    """Two-sided level of the last of these looks, so that all of them together err with `spent` of the last one's information.

    information: rising, above 0, at most 1. The crossing chances are integrated look by look over a grid (Armitage, McPherson & Rowe 1969).
    """
    return nominal_levels(information, total)[-1]


def nominal_levels(information: Sequence[float], total: float = TOTAL) -> tuple[float, ...]:
    """The same of each of these looks."""
    if any(later <= earlier for earlier, later in zip((0.0, *information), information, strict=False)):
        raise ValueError(f"The looks' information must rise: {list(information)}.")
    return tuple(float(2 * stats.norm.sf(limit)) for limit in _limits(tuple(information), total))


@cache
def _limits(information: tuple[float, ...], total: float) -> tuple[float, ...]:
    """Critical value of each look, given those before it."""
    if not information:
        return ()
    limits = [min(float(stats.norm.isf(spent(information[0], total) / 2)), FARTHEST)]
    grid = _within(limits[0], information[0])
    density = stats.norm.pdf(grid, scale=np.sqrt(information[0]))
    for earlier, later in itertools.pairwise(information):
        wanted = spent(later, total) - spent(earlier, total)
        limits.append(_limit(wanted, grid, density, np.sqrt(later), np.sqrt(later - earlier)))
        after = _within(limits[-1], later)
        kernel = stats.norm.pdf(after[:, None], loc=grid[None, :], scale=np.sqrt(later - earlier))
        density, grid = np.trapezoid(kernel * density, grid, axis=1), after
    return tuple(limits)


def _limit(wanted: float, grid: np.ndarray, density: np.ndarray, scale: float, step: float) -> float:
    """Critical value that the score crosses with the chance `wanted`. density: of its values at the look before, over `grid`, where no limit was crossed."""

    def crossing(limit: float) -> float:
        beyond = stats.norm.sf((limit * scale - grid) / step) + stats.norm.cdf((-limit * scale - grid) / step)
        return float(np.trapezoid(density * beyond, grid)) - wanted

    # so early that next to nothing may be spent
    return float(optimize.brentq(crossing, 0.0, FARTHEST)) if crossing(FARTHEST) < 0 else FARTHEST


def _within(limit: float, information: float) -> np.ndarray:
    edge = min(limit, FARTHEST) * np.sqrt(information)
    return np.linspace(-edge, edge, GRID)


def _a_year_after(day: date) -> date:
    return day.replace(year=day.year + 1, day=28 if (day.month, day.day) == (2, 29) else day.day)


def _months_after(day: date, months: int) -> date:
    year, month = divmod(12 * day.year + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
