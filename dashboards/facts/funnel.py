"""How many people got how far: one funnel of one cohort, from those who were eligible to those who completed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise

from dashboards.facts.measured import ALL, Measured, to_date
from dashboards.facts.programmes import Cohort, Published, cohorts, release
from dashboards.facts.words import figure, plural

Part = tuple[str, str, str]
STEPS: tuple[Part, ...] = (
    ("Eligible", "participation_rate", "denominator"),
    ("Applied", "applicants", "numerator"),
    ("Accepted", "acceptance_rate", "numerator"),
    ("Matched", "match_rate_ever", "numerator"),
    ("Completed", "completion_rate", "numerator"),
)
"""Step, metric and which of its counts; people, except for pairs that completed."""
ENROLLED: Part = ("Enrolled", "participation_rate", "numerator")
"""Stands behind those eligible where nothing is known of applications, which come before it."""
OF_APPLICATIONS = frozenset({"Applied", "Accepted", "Matched"})
LOSSES = {
    "Enrolled": "{} of those eligible have not enrolled",
    "Applied": "{} of those eligible never applied",
    "Accepted": "{} of the applicants were not accepted",
    "Matched": "{} of those accepted have no mentor",
    "Completed": "{} of those matched have not completed",
}
LEAST_SHOWN = 4
"""Steps that a cohort must show to be the one that is drawn unasked."""


@dataclass(frozen=True)
class Step:
    """People who got as far as this step; None where they aren't shown, and why. lost: fewer than in the step before, where both are known."""

    name: str
    people: int | None
    lost: int | None
    reason: str


@dataclass(frozen=True)
class Funnel:
    """One cohort, or all of them together where `cohort` is None. waiting, active: people without an answer, and in an open pair, today."""

    cohort: Cohort | None
    steps: tuple[Step, ...]
    waiting: int | None
    active: int | None
    is_over: bool

    @property
    def known(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.people is not None)

    @property
    def hidden(self) -> tuple[Step, ...]:
        return tuple(step for step in self.steps if step.people is None)

    @property
    def largest_loss(self) -> Step | None:
        """The step before which most people are lost. Who hasn't completed counts only where the cohort is over."""
        told = [step for step in self.steps if step.lost and (step.name != "Completed" or self.is_over)]
        return max(told, key=lambda step: step.lost or 0, default=None)

    @property
    def who(self) -> str:
        """Whom the funnel is about."""
        return f"Cohort {self.cohort.name}" if self.cohort else "All cohorts together, everybody so far"

    @property
    def title(self) -> str:
        """What the funnel says: where most people are lost, as a share of the step before."""
        step = self.largest_loss
        if step is None:
            return "How far people get" if self.known else "How far people get is not shown"
        before = (step.people or 0) + (step.lost or 0)
        return LOSSES[step.name].format(figure((step.lost or 0) / before, "share"))

    def beside(self, step: Step) -> str:
        """What stands beside a step's number."""
        if step.name == "Accepted" and self.waiting:
            return f"{plural(self.waiting, 'applicant')} still waiting"
        if step.name == "Completed" and self.active:
            return f"{plural(self.active, 'pair')} still meeting"
        return f"{step.lost:,} fewer" if step.lost else ""


def funnel(snapshot: Published, programme_id: str, cohort_id: str = ALL) -> Funnel:
    """Of one cohort. Unasked it is the newest that has begun and shows enough of its steps, and all cohorts together where none does."""
    own = [cohort for cohort in cohorts(snapshot) if cohort.programme_id == programme_id]
    today = release(snapshot).as_of
    if cohort_id != ALL:
        return _funnel(snapshot, programme_id, next((one for one in own if one.cohort_id == cohort_id), None), today)
    begun = [cohort for cohort in own if cohort.start is not None and cohort.start <= today]
    for cohort in begun:
        found = _funnel(snapshot, programme_id, cohort, today)
        if len(found.known) >= LEAST_SHOWN:
            return found
    return _funnel(snapshot, programme_id, None, today)


def _funnel(snapshot: Published, programme_id: str, cohort: Cohort | None, today: date) -> Funnel:
    cohort_id = cohort.cohort_id if cohort else ALL
    rows = {metric: to_date(snapshot, metric, programme_id, cohort_id) for metric in {metric for _, metric, _ in STEPS}}
    counted = _counted(rows)
    counts = [count for _, _, count in counted]
    waiting = to_date(snapshot, "waiting_applicants", programme_id, cohort_id)
    active = to_date(snapshot, "active_pairs", programme_id, cohort_id)
    return Funnel(
        cohort,
        tuple(
            Step(name, count, lost, rows[metric].reason)
            for (name, metric, count), lost in zip(counted, _losses(counts), strict=True)
        ),
        _count(waiting, "numerator"),
        _count(active, "value"),
        is_over=cohort is not None and cohort.end is not None and cohort.end <= today,
    )


def _counted(rows: Mapping[str, Measured]) -> list[tuple[str, str, int | None]]:
    """Step, metric and count."""
    counted = [(name, metric, _count(rows[metric], part)) for name, metric, part in STEPS]
    name, metric, part = ENROLLED
    enrolled = _count(rows[metric], part)
    if enrolled is not None and all(count is None for step, _, count in counted if step in OF_APPLICATIONS):
        counted.insert(1, (name, metric, enrolled))
    return counted


def _losses(counts: Sequence[int | None]) -> list[int | None]:
    """Of each step, how many fewer than in the step before; None where either is hidden or the step isn't a part of the one before."""
    between = [None if a is None or b is None or b > a else a - b for a, b in pairwise(counts)]
    return [None, *between]


def _count(row: Measured, part: str) -> int | None:
    value = getattr(row, part)
    return None if value is None else round(value)
