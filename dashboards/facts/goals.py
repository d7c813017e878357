"""Where each goal stands: one row per goal in its own unit, the worst first, and what may be said of all of them together."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from dashboards.facts.programmes import Published
from dashboards.facts.words import SHARES, figure, held_until, level, plural, sentence, span, spelled, with_unit

WELL = ("achieved", "achieved_within_margin", "on_track")
TROUBLED = ("missed", "off_track", "at_risk")
ORDER = ("missed", "off_track", "at_risk", "cannot_tell", "on_track", "achieved_within_margin", "achieved")
STATUS_WORDS = {
    "achieved": "Achieved",
    "achieved_within_margin": "Within margin",
    "on_track": "On track",
    "at_risk": "At risk",
    "off_track": "Off track",
    "missed": "Missed",
    "cannot_tell": "Cannot tell",
}
GOALS = """
    select goals.*, metric_definitions.interval_method, metric_definitions.version as definition_version
    from goals left join metric_definitions on goals.metric_id = metric_definitions.metric_id
    order by goals.programme_id, goals.goal_id
"""
STATUS_RULE = (
    "Achieved: the whole 95% interval is at or beyond the target; within the margin: the value is, its interval isn't. After the due date, missed: the whole interval is short of the target. "
    "Before it, by a straight line from baseline to target: on track, the value is where it should be by now; at risk, only its interval reaches there; off track, not even that. "
    "Can't tell: not measured, no complete period since the goal began, or counted to date and due more than a month ago. "
    "Now is the last complete month, the last month with answers, or everything to date, as the card says; of months none after the due date."
)
"""How a goal's status is decided, as `dbt_project/models/metrics/goal_status.sql` does it."""


@dataclass(frozen=True)
class Goal:
    """A SMART goal, its values in the metric's own unit (a share between 0 and 1). An interval is None where the value is a complete count."""

    goal_id: str
    programme_id: str
    programme: str
    name: str
    statement: str
    metric_id: str
    segment_kind: str
    segment: str
    unit: str
    direction: str
    baseline: float | None
    target: float | None
    expected: float | None
    value: float | None
    low: float | None
    high: float | None
    n_people: int | None
    forecast: tuple[float, float] | None
    status: str
    reason: str
    start: date | None
    due: date
    owner: str

    @property
    def word(self) -> str:
        """The status in words."""
        return STATUS_WORDS[self.status]

    @property
    def is_count(self) -> bool:
        """Whether the value is a complete count."""
        return self.value is not None and self.low is None

    @property
    def behind(self) -> float:
        """How far it is behind where it should be by now, as a share of the way from baseline to target; negative: ahead."""
        if self.value is None or self.target is None or self.baseline is None or self.expected is None:
            return 0.0
        way = self.target - self.baseline
        return (self.expected - self.value) / way if way else 0.0

    def share_of_way(self, value: float | None) -> float | None:
        """Where a value lies between baseline (0) and target (1); None where there is no way."""
        if value is None or self.target is None or self.baseline is None or self.target == self.baseline:
            return None
        return (value - self.baseline) / (self.target - self.baseline)

    @property
    def counted_from_baseline(self) -> bool:
        """Whether the goal counts people from a baseline on, so that it reads "85 of 100"."""
        return (
            self.unit in ("people", "pairs", "students", "sessions")
            and bool(self.baseline)
            and self.direction == "increase"
        )

    @property
    def now_text(self) -> str:
        """The value as the goals strip prints it."""
        if self.value is None:
            return "not measured"
        if self.counted_from_baseline and self.target is not None and self.baseline is not None:
            return f"{self.value - self.baseline:,.0f} of {self.target - self.baseline:,.0f} (count)"
        if self.is_count:
            return f"{figure(self.value, self.unit, 1 if self.unit in SHARES else None)} (count)"
        value, _, interval = level(self.value, self.low, self.high, self.unit).partition(" ")
        return f"{with_unit(value, self.unit)} {interval}".rstrip()

    @property
    def baseline_text(self) -> str:
        """The baseline; a goal that counts from there begins with 0."""
        return "0" if self.counted_from_baseline else self._plain(self.baseline)

    @property
    def target_text(self) -> str:
        """The target; of a goal that counts from its baseline the people to be reached."""
        if self.counted_from_baseline and self.target is not None and self.baseline is not None:
            return f"{self.target - self.baseline:,.0f}"
        return self._plain(self.target)

    @property
    def facts(self) -> str:
        """Target, value, plan and forecast in one sentence, for the decision."""
        told = f"The goal is {self.target_text} by {self.due.day} {self.due:%B %Y}; {self.now_text.replace(' (count)', '')} has been reached"
        if self.expected is not None:
            expected = self.expected - (self.baseline or 0) if self.counted_from_baseline else self.expected
            told += f", {self._plain(expected)} was due by now"
        if self.forecast is not None:
            told += f", and the forecast is {span(*self.forecast, self.unit)}{'%' if self.unit in SHARES else ''}"
        return f"{told}."

    def _plain(self, value: float | None) -> str:
        if self.unit in SHARES and value is not None:
            return figure(value, self.unit, 0 if abs(100 * value - round(100 * value)) < 0.05 else 1)
        return figure(value, self.unit, 0 if value is not None and value == round(value) else 1)


def goals(snapshot: Published) -> list[Goal]:
    """All goals, the worst first and within a status the one furthest behind first."""
    found = [_goal(row) for row in snapshot.frame(GOALS).to_dicts()]
    return sorted(found, key=lambda goal: (ORDER.index(goal.status), -goal.behind, goal.programme, goal.name))


def goals_sentence(rows: Sequence[Goal]) -> str:
    """How many goals are well, of those that can be judged; what can't be judged is told apart and is no failure."""
    if not rows:
        return "No goal is declared yet."
    judged = [goal for goal in rows if goal.status != "cannot_tell"]
    if not judged:
        return "The one goal can't be judged." if len(rows) == 1 else f"None of {len(rows)} goals can be judged."
    well = sum(goal.status in WELL for goal in judged)
    if len(rows) == 1:
        return f"The one goal is {rows[0].word.lower()}."
    noun = "goal that can be judged" if len(judged) == 1 else "goals that can be judged"
    open_ = len(rows) - len(judged)
    rest = f"; {open_} can't be judged" if open_ else ""
    return f"{well} of {len(judged)} {noun} {'is' if well == 1 else 'are'} achieved or on track{rest}."


def goals_title(rows: Sequence[Goal]) -> str:
    """The section's title: how many of how many goals are off track, and how many are reached."""
    if not rows:
        return "Goals: none is declared yet"
    off = sum(goal.status in ("off_track", "missed") for goal in rows)
    risk = sum(goal.status == "at_risk" for goal in rows)
    well = sum(goal.status in WELL for goal in rows)
    parts = [
        f"{spelled(n)} {'is' if n == 1 else 'are'} {word}"
        for n, word in ((off, "off track or missed"), (risk, "at risk"), (well, "reached or on track"))
        if n
    ]
    told = ", ".join(parts) or "none can be judged"
    return (
        f"Goals: of {spelled(len(rows))}, {told}"
        if len(rows) > 1
        else f"The one goal is {rows[0].word.lower()}"
        if parts
        else "The one goal can't be judged"
    )


def furthest_behind(rows: Sequence[Goal]) -> Goal | None:
    """The goal in trouble that is furthest from where it should be; None where none is in trouble."""
    troubled = [goal for goal in rows if goal.status in TROUBLED]
    return max(troubled, key=lambda goal: (goal.behind, goal.goal_id)) if troubled else None


def due_words(goal: Goal, as_of: date) -> str:
    """ "due in 3 months", "due 2 months ago"."""
    months = 12 * (goal.due.year - as_of.year) + goal.due.month - as_of.month
    if months == 0:
        return "due this month"
    return f"due in {plural(months, 'month')}" if months > 0 else f"due {plural(-months, 'month')} ago"


def _goal(row: dict[str, Any]) -> Goal:
    low, high = row["ci_low"], row["ci_high"]
    complete = row["interval_method"] == "census" or low == high
    forecast = (row["forecast_low"], row["forecast_high"])
    return Goal(
        goal_id=row["goal_id"],
        programme_id=row["programme_id"],
        programme=row["programme_name"] or row["programme_id"],
        name=row["metric_label"] or row["metric_id"].replace("_", " "),
        statement=row["statement"],
        metric_id=row["metric_id"],
        segment_kind=row["segment_kind"],
        segment=row["segment_value"],
        unit=row["unit"] or "",
        direction=row["direction"],
        baseline=row["baseline"],
        target=row["target_value"],
        expected=row["expected_now"],
        value=row["current_value"],
        low=None if complete else low,
        high=None if complete else high,
        n_people=row["n_people"],
        forecast=None if None in forecast else forecast,
        status=row["status"],
        reason=(row["status_reason"] or "")
        + (f" {sentence(held_until(row['held_since']))}" if row.get("held_since") else ""),
        start=row["start_date"],
        due=row["due_date"],
        owner=row["owner"] or "",
    )
