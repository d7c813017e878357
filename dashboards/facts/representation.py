"""Who could take part, who applies, takes part and mentors, by group and round, beside the goal that speaks of the group."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from dashboards.facts.goals import Goal, goals
from dashboards.facts.programmes import Published, cohorts, programmes
from dashboards.facts.words import figure, group_words, sentence

STEPS = {
    "eligible_representation": "Could take part",
    "applicant_representation": "Applied",
    "participant_representation": "Took part as mentees",
    "mentor_representation": "Mentors",
}
SHARES = """
    select metric_id, programme_id, cohort_id, value, numerator, denominator from metric_values
    where list_contains($1, metric_id) and programme_id = $2 and segment_kind = $3 and segment_value = $4 and period_kind = 'to_date'
        and cohort_id <> 'all' and value is not null and not is_suppressed
"""
OVER_TIME = """
    select period_start, value from metric_values
    where metric_id = $1 and segment_kind = $2 and segment_value = $3 and period_kind = 'month' and cohort_id = 'all' and value is not null and not is_suppressed
    order by period_start
"""


@dataclass(frozen=True)
class Point:
    """One round, or one month of a year: its label and the share. `count` and `of` are None for months."""

    label: str
    share: float
    count: int | None = None
    of: int | None = None


@dataclass(frozen=True)
class Step:
    """One step on the way, round by round; complete counts, so without intervals."""

    name: str
    points: tuple[Point, ...]

    @property
    def change(self) -> float:
        """From the first round to the last."""
        return self.points[-1].share - self.points[0].share


@dataclass(frozen=True)
class Representation:
    """One group on its way through one programme, and the goal that speaks of it."""

    programme_id: str
    programme: str
    attribute: str
    group: str
    steps: tuple[Step, ...]
    goal: Goal | None

    @property
    def group_words(self) -> str:
        """The group as the data name it."""
        return group_words(self.group)

    @property
    def reference(self) -> float | None:
        """The share among those who could take part, in the last round."""
        return next(
            (step.points[-1].share for step in self.steps if step.name == STEPS["eligible_representation"]), None
        )

    @property
    def applied(self) -> Step | None:
        """Who applied, round by round."""
        return next((step for step in self.steps if step.name == STEPS["applicant_representation"]), None)

    @property
    def sentence(self) -> str:
        """Applicants of the last round against the first and against those who could; "" where nobody's group is known."""
        step = self.applied
        if step is None or step.points[-1].of is None:
            return ""
        last = step.points[-1]
        told = f"{last.count:,} of {last.of:,} applicants of the last round are {self.group_words}, or {figure(last.share, 'share')}"
        if len(step.points) > 1 and round(step.change, 2):
            told += f", {'up' if step.change > 0 else 'down'} from {figure(step.points[0].share, 'share')} in {step.points[0].label}"
        if self.reference is not None:
            told += f" ({figure(self.reference, 'share')} of those who could)"
        return sentence(told)


def representation(snapshot: Published) -> list[Representation]:
    """One entry per goal that speaks of a group, in a programme whose steps can be told by that group."""
    found = []
    own = {one.programme_id: one.name for one in programmes(snapshot)}
    order = {one.cohort_id: (one.start, one) for one in cohorts(snapshot)}
    for goal in goals(snapshot):
        if goal.segment_kind != "all" and goal.programme_id in own:
            steps = _steps(snapshot, goal, order)
            if steps:
                found.append(
                    Representation(
                        goal.programme_id, own[goal.programme_id], goal.segment_kind, goal.segment, steps, goal
                    )
                )
    return found


def _steps(snapshot: Published, goal: Goal, order: dict[str, Any]) -> tuple[Step, ...]:
    rows = snapshot.frame(SHARES, [list(STEPS), goal.programme_id, goal.segment_kind, goal.segment]).to_dicts()
    steps = []
    for metric, name in STEPS.items():
        own = sorted(
            (row for row in rows if row["metric_id"] == metric and row["cohort_id"] in order),
            key=lambda row: (str(order[row["cohort_id"]][0]), row["cohort_id"]),
        )
        points = tuple(
            Point(_label(order[row["cohort_id"]]), row["value"], round(row["numerator"]), round(row["denominator"]))
            for row in own
        )
        if points:
            steps.append(Step(name, points))
    yearly = _yearly(snapshot, goal)
    return (*steps, Step(goal.name, yearly)) if steps and yearly else tuple(steps)


def _yearly(snapshot: Published, goal: Goal) -> tuple[Point, ...]:
    """The goal's own measure: the same month of each year up to the last, since neighbouring months hold nearly the same people."""
    rows = snapshot.frame(OVER_TIME, [goal.metric_id, goal.segment_kind, goal.segment]).to_dicts()
    if not rows:
        return ()
    last = rows[-1]["period_start"]
    return tuple(
        Point(f"{row['period_start']:%Y}", row["value"]) for row in rows if row["period_start"].month == last.month
    )


def _label(cohort: Sequence[Any]) -> str:
    start, one = cohort
    return f"{start:%Y}" if start else one.name
