"""Careers of the group's staff, month by month: hires, promotions, moves, managers, programmes, exits (METHODS.md section 5).

Exit hazard a month: 0.0115 x exp(-0.45 engagement - 0.30 performance) x tenure band x labour-market shock x the programmes' hazard ratios.
The same uniform draws serve the world with and without mentoring, so a person's potential outcomes are known.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np

from pipelines.demo import vocabulary as words
from pipelines.demo.clock import MONTHS, NEVER, month_start, stream
from pipelines.demo.intakes import EFFECTS, Intake, Roster, intakes

BASE_EXIT, BASE_PROMOTION = 0.0115, 0.013
SHOCK_MONTHS = (38, 44)
RANK_SHARES_HIRED = (0.12, 0.28, 0.28, 0.17, 0.08, 0.05, 0.02, 0.0)
RANK_SHARES_SETTLED = (0.05, 0.20, 0.27, 0.22, 0.13, 0.08, 0.04, 0.01)


@dataclass
class Staff:
    """Arrays over persons; the person's number is the position. Unit 0 = HQ, 1 = products."""

    unit: np.ndarray
    hire_month: np.ndarray
    hire_date: np.ndarray
    engagement: np.ndarray
    performance: np.ndarray
    female: np.ndarray
    minority: np.ndarray
    rank: np.ndarray
    department: np.ndarray
    location: np.ndarray
    exit_hazard: np.ndarray
    exit_draw: np.ndarray
    promotion_draw: np.ndarray
    exit_month: np.ndarray
    last_promotion: np.ndarray
    manager: np.ndarray
    exit_ratio: np.ndarray
    promotion_ratio: np.ndarray

    def __len__(self) -> int:
        return len(self.unit)

    @property
    def under_represented(self) -> np.ndarray:
        return self.female | self.minority


@dataclass
class Enrolment:
    """Who started in which cohort and month, with what the truth needs: state just before the start."""

    intake: Intake
    people: np.ndarray
    rank: np.ndarray
    last_promotion: np.ndarray
    exit_ratio: np.ndarray
    promotion_ratio: np.ndarray


@dataclass
class Careers:
    """The whole simulation: people, dated job rows, enrolments with the state before them, and rank, department and manager by (month, person)."""

    staff: Staff
    job_rows: dict[str, np.ndarray]
    enrolments: list[Enrolment]
    rank_at: np.ndarray
    department_at: np.ndarray
    manager_at: np.ndarray
    intakes: list[Intake] = field(default_factory=list)

    def active_at(self, month: int) -> np.ndarray:
        return (self.staff.hire_month < month) & (self.staff.exit_month >= month)


def simulate(seed: int, scale: float) -> Careers:
    """The whole simulation. Persons 0 and 1 are the heads of the two units and never leave."""
    rng = stream(seed, "careers")
    staff = _people(rng, scale)
    chance = stream(seed, "intakes")
    rows: list[tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray, np.ndarray]] = []
    enrolments: list[Enrolment] = []
    found: list[Intake] = []
    shape = (MONTHS, len(staff))
    rank_at, department_at, manager_at = np.zeros(shape, np.int8), np.zeros(shape, np.int8), np.zeros(shape, np.int32)
    mentored = {programme: np.zeros(len(staff), bool) for programme in EFFECTS}
    reserved = np.zeros(len(staff), bool)
    for month in range(MONTHS):
        first = month_start(month)
        active = (staff.hire_month < month) & (staff.exit_month == NEVER)
        changed = _promote(staff, active, month) | _move(staff, active, month, rng)
        roster = Roster(
            active,
            staff.unit,
            staff.rank,
            staff.hire_month,
            staff.engagement,
            staff.performance,
            staff.under_represented,
            mentored,
            reserved,
        )
        for intake in intakes(month, roster, chance, scale):
            found.append(intake)
            enrolments.append(_enrol(staff, intake, mentored, reserved))
        changed |= _reassign_managers(staff, active, rng)
        if month == 0:
            changed |= active
        _note(rows, staff, np.flatnonzero(changed), np.full(len(staff), first))
        hired = np.flatnonzero(staff.hire_month == month)
        staff.manager[hired] = _pick_managers(staff, hired, active, rng)
        _note(rows, staff, hired, staff.hire_date)
        rank_at[month], department_at[month], manager_at[month] = staff.rank, staff.department, staff.manager
        hazard = staff.exit_hazard[:, month] * staff.exit_ratio
        leaving = active & (staff.exit_draw[:, month] < 1 - np.exp(-hazard))
        staff.exit_month[leaving] = month
    columns = [np.concatenate(parts) for parts in zip(*rows, strict=True)]
    job_rows = dict(zip(("person", "valid_from", "rank", "department", "manager"), columns, strict=True))
    return Careers(staff, job_rows, enrolments, rank_at, department_at, manager_at, found)


def _people(rng: np.random.Generator, scale: float) -> Staff:
    settled = [_settled(rng, int(660 * scale)), _settled(rng, int(195 * scale))]
    hired = [np.sort(rng.integers(0, MONTHS, int(n * scale))) for n in (540, 150)]
    hire_month = np.concatenate([[-60, -60], settled[0][0], hired[0], settled[1][0], hired[1]])
    sizes = (len(settled[0][0]) + len(hired[0]), len(settled[1][0]) + len(hired[1]))
    unit = np.concatenate([[0, 1], np.zeros(sizes[0], int), np.ones(sizes[1], int)])
    n = len(unit)
    noise = rng.normal(size=(2, n))
    engagement, performance = noise[0], 0.4 * noise[0] + np.sqrt(1 - 0.16) * noise[1]
    for start, (_, known_engagement, known_performance) in zip((2, 2 + sizes[0]), settled, strict=True):
        engagement[start : start + len(known_engagement)] = known_engagement
        performance[start : start + len(known_performance)] = known_performance
    old = hire_month < 0
    rank = np.where(old, _ranks(rng, n, RANK_SHARES_SETTLED), _ranks(rng, n, RANK_SHARES_HIRED))
    rank[:2] = 9
    leads = rank >= words.FIRST_LEADERSHIP_RANK
    female = rng.random(n) < np.where(leads, 0.27, 0.46)
    minority = rng.random(n) < np.where(leads, 0.10, 0.24)
    department = np.where(
        unit == 0,
        rng.choice(8, n, p=words.HQ_DEPARTMENT_SHARES),
        8 + rng.choice(5, n, p=words.PRODUCT_DEPARTMENT_SHARES),
    )
    location = np.where(unit == 0, rng.choice(4, n, p=(0.46, 0.24, 0.20, 0.10)), 4 + rng.choice(2, n, p=(0.7, 0.3)))
    day = rng.choice((1, 1, 1, 15, 15, 3, 9, 22), n)
    hire_date = month_start(hire_month) + (day - 1).astype("timedelta64[D]")
    hazard = _exit_hazard(hire_month, engagement, performance)
    hazard[:2] = 0
    last = np.where(old, np.maximum(hire_month, -rng.integers(0, 24, n)), hire_month)
    return Staff(
        unit=unit, hire_month=hire_month, hire_date=hire_date, engagement=engagement, performance=performance, female=female, minority=minority,
        rank=rank, department=department, location=location, exit_hazard=hazard, exit_draw=rng.random((n, MONTHS)),
        promotion_draw=rng.random((n, MONTHS)), exit_month=np.full(n, NEVER), last_promotion=last, manager=np.full(n, -1),
        exit_ratio=np.ones(n), promotion_ratio=np.ones(n),
    )  # fmt: skip


def _settled(rng: np.random.Generator, count: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Hire months, engagement and performance of those who joined in the five years before and are still there (burn-in)."""
    tried = 4 * count + 20
    hire_month = rng.integers(-60, 0, tried)
    noise = rng.normal(size=(2, tried))
    engagement, performance = noise[0], 0.4 * noise[0] + np.sqrt(1 - 0.16) * noise[1]
    weight = np.exp(-0.45 * engagement - 0.30 * performance)
    tenure = -hire_month
    exposure = 1.6 * np.minimum(tenure, 12) + 1.1 * np.clip(tenure - 12, 0, 24) + 0.7 * np.clip(tenure - 36, 0, None)
    stayed = np.flatnonzero(rng.random(tried) < np.exp(-BASE_EXIT * weight * exposure))[:count]
    return hire_month[stayed], engagement[stayed], performance[stayed]


def _exit_hazard(hire_month: np.ndarray, engagement: np.ndarray, performance: np.ndarray) -> np.ndarray:
    month = np.arange(MONTHS)
    tenure = month[None, :] - hire_month[:, None]
    band = np.where(tenure < 12, 1.6, np.where(tenure < 36, 1.1, 0.7))
    shock = np.where((month >= SHOCK_MONTHS[0]) & (month < SHOCK_MONTHS[1]), 1.5, 1.0)
    return BASE_EXIT * np.exp(-0.45 * engagement - 0.30 * performance)[:, None] * band * shock[None, :]


def promotion_hazard(rank: np.ndarray, engagement: np.ndarray, performance: np.ndarray) -> np.ndarray:
    """Monthly hazard of a rise by one rank; rarer from the threshold of leadership on."""
    return BASE_PROMOTION * np.exp(0.35 * performance + 0.10 * engagement) * np.where(rank >= 5, 0.6, 1.0)


def _ranks(rng: np.random.Generator, count: int, shares: tuple[float, ...]) -> np.ndarray:
    return 1 + rng.choice(8, count, p=shares)


def _promote(staff: Staff, active: np.ndarray, month: int) -> np.ndarray:
    hazard = promotion_hazard(staff.rank, staff.engagement, staff.performance) * staff.promotion_ratio
    ready = active & (month > 0) & (month - staff.last_promotion >= 12) & (staff.rank < 8)
    rising = ready & (staff.promotion_draw[:, month] < 1 - np.exp(-hazard))
    staff.rank[rising] += 1
    staff.last_promotion[rising] = month
    return rising


def _move(staff: Staff, active: np.ndarray, month: int, rng: np.random.Generator) -> np.ndarray:
    """Lateral moves to another department of the same unit: 3 in 1,000 a month."""
    draw, target = rng.random(len(staff)), rng.random(len(staff))
    moving = active & (draw < 0.003) & (staff.rank < 9) & (month > 0)
    size, first = np.where(staff.unit == 0, 8, 5), np.where(staff.unit == 0, 0, 8)
    shift = 1 + (target * (size - 1)).astype(int)
    new = first + (staff.department - first + shift) % size
    staff.department = np.where(moving, new, staff.department)
    staff.manager[moving] = -1
    return moving


def _enrol(staff: Staff, intake: Intake, mentored: dict[str, np.ndarray], reserved: np.ndarray) -> Enrolment:
    people = intake.applicants if intake.arms is not None else intake.enrolled
    before = Enrolment(
        intake,
        people,
        staff.rank[people].copy(),
        staff.last_promotion[people].copy(),
        staff.exit_ratio[people].copy(),
        staff.promotion_ratio[people].copy(),
    )
    effect = EFFECTS[intake.programme_id]
    staff.exit_ratio[intake.enrolled] *= effect.exit_hazard_ratio
    staff.promotion_ratio[intake.enrolled] *= effect.promotion_hazard_ratio
    mentored[intake.programme_id][intake.enrolled] = True
    if intake.arms is not None:
        reserved[intake.applicants] = True
    return before


def _reassign_managers(staff: Staff, active: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A manager must be employed and stand above; whoever has none gets one. So reporting lines have no circles on any day."""
    manager = np.maximum(staff.manager, 0)
    fits = (staff.manager >= 0) & active[manager] & (staff.rank[manager] > staff.rank)
    lost = np.flatnonzero(active & ~fits & (staff.rank < 9))
    staff.manager[lost] = _pick_managers(staff, lost, active, rng)
    wanting = np.zeros(len(staff), bool)
    wanting[lost] = True
    return wanting


def _pick_managers(staff: Staff, people: np.ndarray, active: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A leader of the person's department with a higher rank, by chance; the head of the unit where there is none."""
    picked = staff.unit[people].copy()
    leads = active & (staff.rank >= words.FIRST_LEADERSHIP_RANK) & (staff.rank < 9)
    draw = rng.random(len(people))
    department, rank = staff.department[people], staff.rank[people]
    for place in np.unique(department):
        leaders = np.flatnonzero(leads & (staff.department == place))
        for own in np.unique(rank[department == place]):
            above = leaders[staff.rank[leaders] > own]
            here = np.flatnonzero((department == place) & (rank == own))
            if len(above):
                picked[here] = above[(draw[here] * len(above)).astype(int)]
    return picked


def _note(rows: list[Any], staff: Staff, people: np.ndarray, day: np.ndarray) -> None:
    if len(people):
        rows.append(
            (
                people,
                day[people],
                staff.rank[people].copy(),
                staff.department[people].copy(),
                staff.manager[people].copy(),
            )
        )
