"""Are those who take part, mentor, rise and lead as mixed as those who are eligible? One attribute at a time, groups by the organisation's own names."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil

from dashboards.facts import shares
from dashboards.facts.goals import WELL, Goal, goals
from dashboards.facts.measured import Measured, by_month, by_segment, to_date
from dashboards.facts.programmes import ORGANISATION, Published
from dashboards.facts.words import difference, difference_span, figure, plural

LEADERS = "leadership_representation"
UNKNOWN = ("unknown", "not_disclosed", "")
STEPS = (
    ("Eligible", "participation_rate", "denominator"),
    ("Applied", "applicants", "numerator"),
    ("Taking part", "participation_rate", "numerator"),
    ("Mentors now", "mentor_load", "n_people"),
    ("Completed", "completion_rate", "numerator"),
    ("Promoted in 12 months", "promotion_rate_12m", "numerator"),
)
OUTCOMES = (
    "participation_rate",
    "acceptance_rate",
    "completion_rate",
    "csat_mentee",
    "promotion_rate_12m",
    "retention_rate_12m",
)
KINDS = """
    select distinct segment_kind from metric_values
    where segment_kind <> 'all' and ((metric_id = 'participation_rate' and programme_id = $1) or metric_id = 'leadership_representation')
    order by segment_kind
"""


@dataclass(frozen=True)
class Share:
    """How many of those at a step belong to the group. count, whole: None where it isn't shown, and why."""

    step: str
    count: int | None
    whole: int | None
    interval: tuple[float, float] | None
    reason: str

    @property
    def share(self) -> float | None:
        return None if self.count is None or not self.whole else self.count / self.whole

    @property
    def words(self) -> str:
        return "suppressed" if self.share is None else f"{figure(self.share, 'share', 0)} of {self.whole:,}"


@dataclass(frozen=True)
class Leaders:
    """The group's share of leadership over time, against the declared goal. goal: None where none speaks of it."""

    group: str
    now: Measured
    months: tuple[Measured, ...]
    goal: Goal | None

    @property
    def needed(self) -> int | None:
        """People more that the goal needs at today's number of leaders."""
        if self.goal is None or self.goal.target is None or not self.now.denominator or self.now.numerator is None:
            return None
        return max(0, ceil(round(self.goal.target * self.now.denominator, 6)) - round(self.now.numerator))

    @property
    def gained(self) -> int | None:
        """People more than a year ago; None where that month isn't shown."""
        if not self.months or self.months[-1].start is None or self.now.numerator is None:
            return None
        then = self.months[-1].start.replace(year=self.months[-1].start.year - 1)
        before = next((month.numerator for month in self.months if month.start == then), None)
        return None if before is None else round(self.now.numerator) - round(before)

    @property
    def pace(self) -> str:
        """How fast it moves against the planned path; "" without goal or value."""
        goal, value = self.goal, self.now.value
        if (
            goal is None
            or value is None
            or goal.baseline is None
            or not goal.expected
            or goal.expected == goal.baseline
        ):
            return "Share of leaders over time"
        moved, planned = value - goal.baseline, goal.expected - goal.baseline
        way = "Rising" if moved > 0 else "Falling" if moved < 0 else "Unchanged"
        return f"{way}: {difference(moved, None, None, 'share')} of the {difference(planned, None, None, 'share').lstrip('+')} points planned by now"


@dataclass(frozen=True)
class Compared:
    """One outcome in every group. said: whether two groups differ, from the interval of their difference."""

    label: str
    groups: tuple[Measured, ...]
    said: str


def name_of(group: str) -> str:
    """A group as a reader sees it: the organisation's own name, without the marks of its system."""
    return "not stated" if group in UNKNOWN else group.replace("_", " ")


def attributes(snapshot: Published, programme_id: str) -> list[str]:
    """What people may be told apart by here, what the goals speak of first."""
    found = [row[0] for row in snapshot.frame(KINDS, [programme_id]).iter_rows()]
    aimed = {goal.segment_kind for goal in goals(snapshot)}
    return sorted(found, key=lambda kind: (kind not in aimed, kind))


def groups(snapshot: Published, programme_id: str, kind: str) -> list[str]:
    """Groups of one attribute, those of a goal first, "not stated" last."""
    found = {
        row.segment for metric in ("participation_rate",) for row in by_segment(snapshot, metric, programme_id, kind)
    }
    found |= {row.segment for row in by_segment(snapshot, LEADERS, ORGANISATION, kind)}
    aimed = {goal.segment for goal in goals(snapshot) if goal.segment_kind == kind}
    return sorted(found, key=lambda group: (group in UNKNOWN, group not in aimed, group))


def leaders(snapshot: Published, kind: str, group: str) -> Leaders | None:
    """The group among leaders; None where the release holds nothing of it."""
    rows = {row.segment: row for row in by_segment(snapshot, LEADERS, ORGANISATION, kind)}
    if group not in rows:
        return None
    aim = next(
        (one for one in goals(snapshot) if (one.metric_id, one.segment_kind, one.segment) == (LEADERS, kind, group)),
        None,
    )
    return Leaders(group, rows[group], tuple(by_month(snapshot, LEADERS, ORGANISATION, segment=(kind, group))), aim)


def steps(snapshot: Published, programme_id: str, kind: str, group: str) -> list[Share]:
    """The group's share at each step of a programme, and among all leaders."""
    found = [_step(snapshot, programme_id, kind, group, *step) for step in STEPS]
    top = leaders(snapshot, kind, group)
    if top is not None and top.now.is_shown:
        found.append(Share("Leaders, all", round(top.now.numerator or 0), round(top.now.denominator or 0), None, ""))
    return found


def _step(snapshot: Published, programme_id: str, kind: str, group: str, name: str, metric: str, part: str) -> Share:
    row = next((one for one in by_segment(snapshot, metric, programme_id, kind) if one.segment == group), None)
    whole = getattr(to_date(snapshot, metric, programme_id), part)
    count = None if row is None else getattr(row, part)
    if row is None or count is None or not whole:
        return Share(name, None, None, None, "not measured for this group" if row is None else row.reason)
    interval = None if name == "Eligible" else shares.wilson(count, whole)
    return Share(name, round(count), round(whole), interval, "")


def compared(snapshot: Published, programme_id: str, kind: str, names: Sequence[str]) -> list[Compared]:
    """Outcomes by group; those that the release holds for none of them are left out."""
    found = []
    for metric in OUTCOMES:
        rows = {row.segment: row for row in by_segment(snapshot, metric, programme_id, kind)}
        if rows:
            shown = tuple(rows[group] for group in names if group in rows and group not in UNKNOWN)
            label = next(
                iter(snapshot.frame("select label from metric_definitions where metric_id = $1", [metric]).iter_rows())
            )[0]
            found.append(Compared(label, shown, _said(shown)))
    return found


def _said(rows: Sequence[Measured]) -> str:
    known = [row for row in rows if row.numerator is not None and row.denominator and row.segment not in UNKNOWN]
    if len(known) != 2 or any(
        row.numerator > row.denominator for row in known if row.numerator is not None and row.denominator
    ):
        return "Not compared" if len(known) < 2 else "More than two groups"
    one, other = ((row.numerator or 0, row.denominator or 1) for row in known)
    gap, low, high = shares.difference(one, other)
    clear = "no clear difference" if low <= 0 <= high else "a difference"
    return f"{difference(gap, low, high, 'share')} points ({difference_span(low, high, 'share')}): {clear}"


def title(top: Leaders | None, why_not: str) -> str:
    """The group among leaders and how its goal stands."""
    if top is None or not top.now.is_shown:
        return f"Who leads is not shown: {why_not}"
    told = f"{figure(top.now.value, 'share', 0)} of leaders are in the group “{name_of(top.group)}”"
    if top.goal is None:
        return f"{told}; no goal is declared"
    stands = {
        "cannot_tell": "can't be judged",
        "at_risk": "is at risk",
        "off_track": "is off track",
        "missed": "was missed",
    }
    verdict = "is on track" if top.goal.status in WELL else stands[top.goal.status]
    return f"{told}; the goal of {top.goal.target_text} {verdict}"


def lead(top: Leaders | None) -> str:
    """People now, people needed, people gained."""
    if top is None or not top.now.is_shown:
        return ""
    told = f"{round(top.now.numerator or 0):,} of {plural(round(top.now.denominator or 0), 'leader')}."
    if top.goal is not None and top.needed is not None:
        told += f" The goal needs {top.needed} more by {_day(top.goal.due)}."
    if top.gained is not None:
        told += f" There {'is' if abs(top.gained) == 1 else 'are'} {abs(top.gained)} {'more' if top.gained >= 0 else 'fewer'} than a year ago."
    return told


def _day(day: date) -> str:
    return f"{day.day} {day:%B %Y}"
