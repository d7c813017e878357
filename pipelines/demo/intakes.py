"""Who asks for a place in which programme, month by month, and who gets one: the self-selection that misleads a naive comparison.

Engaged and well-performing people ask more often (logit weights 0.75 and 0.55, METHODS.md section 5). One cohort of inclusive_leadership is
over-subscribed, and its places are randomised within strata.
"""

from dataclasses import dataclass, field

import numpy as np

ENGAGEMENT_WEIGHT, PERFORMANCE_WEIGHT = 0.75, 0.55


@dataclass(frozen=True)
class Effect:
    """True effects of a programme on those who take part. Hazard ratios hold from the month of the start on."""

    exit_hazard_ratio: float = 1.0
    promotion_hazard_ratio: float = 1.0
    confidence_points: float = 0.0
    engagement_points: float = 0.0
    ramp_up_factor: float = 1.0


EFFECTS = {
    "new_hires_90_days": Effect(exit_hazard_ratio=0.75, ramp_up_factor=0.80),
    "inclusive_leadership": Effect(
        exit_hazard_ratio=0.75, promotion_hazard_ratio=1.4, confidence_points=0.40, engagement_points=0.10
    ),
    "project_confidence": Effect(confidence_points=0.45),
    "students_alumni": Effect(confidence_points=0.35, engagement_points=0.10),
}


@dataclass(frozen=True)
class Intake:
    """One intake: person numbers of the applicants, their decision, and arm and stratum where lots were drawn."""

    programme_id: str
    cohort_id: str
    month: int
    applicants: np.ndarray
    decisions: np.ndarray
    arms: np.ndarray | None = None
    strata: np.ndarray | None = None

    @property
    def enrolled(self) -> np.ndarray:
        return self.applicants[self.decisions == "accepted"]


@dataclass
class Roster:
    """What intakes may look at on the first of a month."""

    active: np.ndarray
    unit: np.ndarray
    rank: np.ndarray
    hire_month: np.ndarray
    engagement: np.ndarray
    performance: np.ndarray
    under_represented: np.ndarray
    mentored_in: dict[str, np.ndarray] = field(default_factory=dict)
    reserved: np.ndarray | None = None


LEADERSHIP = {10: ("IL-2022", 75, 60), 22: ("IL-2023", 90, 70), 34: ("IL-2024", 320, 160), 46: ("IL-2025", 105, 85)}
PROJECTS = {28: ("PC-2024", 52, 45), 40: ("PC-2025", 58, 50), 52: ("PC-2026", 62, 55), 58: ("PC-2026B", 55, 48)}
LOTTERY_MONTH = 34
NEW_HIRES_FROM = 20


def new_hire_cohort(hire_month: int) -> str:
    """Quarterly cohorts by month of hire: NH-2023Q3 and so on."""
    year, month = divmod(2021 * 12 + 10 + hire_month, 12)
    return f"NH-{year}Q{month // 3 + 1}"


def intakes(month: int, roster: Roster, rng: np.random.Generator, scale: float) -> list[Intake]:
    """All intakes of a month. Persons are given by their number in the roster's arrays."""
    found = _new_hires(month, roster, rng)
    if month in LEADERSHIP:
        found.append(_leadership(month, roster, rng, scale))
    if month in PROJECTS:
        found.append(_projects(month, roster, rng, scale))
    return found


def _wish(roster: Roster, people: np.ndarray) -> np.ndarray:
    return ENGAGEMENT_WEIGHT * roster.engagement[people] + PERFORMANCE_WEIGHT * roster.performance[people]


def _draw(people: np.ndarray, wish: np.ndarray, count: int, rng: np.random.Generator) -> np.ndarray:
    """`count` people, likelier the greater their wish (Gumbel top-k: sampling without replacement by exp(wish))."""
    order = np.argsort(-(wish + rng.gumbel(size=len(people))), kind="stable")
    return np.sort(people[order[:count]])


def _new_hires(month: int, roster: Roster, rng: np.random.Generator) -> list[Intake]:
    waited = month - roster.hire_month
    open_to = roster.active & (roster.unit == 0) & (roster.hire_month >= NEW_HIRES_FROM) & (waited >= 1) & (waited <= 4)
    people = np.flatnonzero(open_to & ~roster.mentored_in["new_hires_90_days"])
    logit = np.array([0.0, -0.75, -1.0, -1.9, -2.6])[waited[people]] + _wish(roster, people)
    joined = people[rng.random(len(people)) < 1 / (1 + np.exp(-logit))]
    return [
        Intake("new_hires_90_days", new_hire_cohort(int(hired)), month, group, np.full(len(group), "accepted"))
        for hired in np.unique(roster.hire_month[joined])
        if len(group := joined[roster.hire_month[joined] == hired])
    ]


def _leadership(month: int, roster: Roster, rng: np.random.Generator, scale: float) -> Intake:
    cohort_id, asked, places = LEADERSHIP[month]
    open_to = (
        roster.active
        & (roster.rank >= 2)
        & (roster.rank <= 5)
        & (month - roster.hire_month >= 7)
        & ~roster.mentored_in["inclusive_leadership"]
    )
    if roster.reserved is not None:
        open_to &= ~roster.reserved
    people = np.flatnonzero(open_to)
    asked, places = min(int(asked * scale), len(people)), int(places * scale)
    applicants = _draw(people, _wish(roster, people) + 0.5 * roster.under_represented[people], asked, rng)
    if month == LOTTERY_MONTH:
        return _lottery(cohort_id, month, applicants, roster, rng)
    chosen = applicants[np.argsort(-(roster.performance[applicants] + rng.normal(size=asked)), kind="stable")[:places]]
    decisions = np.where(
        np.isin(applicants, chosen), "accepted", np.where(rng.random(asked) < 0.8, "rejected", "withdrawn")
    )
    return Intake("inclusive_leadership", cohort_id, month, applicants, decisions)


def _lottery(cohort_id: str, month: int, applicants: np.ndarray, roster: Roster, rng: np.random.Generator) -> Intake:
    """Half of each stratum (business unit x level band) wins; strata of odd size take turns, so that both arms have 160 at scale 1."""
    unit, band = roster.unit[applicants], (roster.rank[applicants] >= 4).astype(int)
    strata = np.array([f"{('hq', 'products')[u]}-{('junior', 'senior')[b]}" for u, b in zip(unit, band, strict=True)])
    arms = np.full(len(applicants), "control", dtype="<U9")
    extra = True
    for stratum in np.unique(strata):
        members = rng.permutation(np.flatnonzero(strata == stratum))
        half = len(members) // 2 + (len(members) % 2 if extra else 0)
        extra = extra ^ bool(len(members) % 2)
        arms[members[:half]] = "mentoring"
    declined = rng.random(len(applicants)) < 0.08
    decisions = np.where(arms == "control", "waitlisted", np.where(declined, "withdrawn", "accepted"))
    return Intake("inclusive_leadership", cohort_id, month, applicants, decisions, arms, strata)


def _projects(month: int, roster: Roster, rng: np.random.Generator, scale: float) -> Intake:
    cohort_id, asked, places = PROJECTS[month]
    people = np.flatnonzero(
        roster.active
        & (roster.rank <= 4)
        & (month - roster.hire_month >= 4)
        & ~roster.mentored_in["project_confidence"]
    )
    asked, places = min(int(asked * scale), len(people)), int(places * scale)
    applicants = _draw(people, 1.3 * _wish(roster, people), asked, rng)
    accepted = np.isin(applicants, rng.permutation(applicants)[:places])
    return Intake("project_confidence", cohort_id, month, applicants, np.where(accepted, "accepted", "withdrawn"))
