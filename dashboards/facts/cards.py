"""The figures of one metric on one card: value, interval, target, change against the same period a year before, and what may be said of both."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from dashboards.facts.goals import Goal, goals
from dashboards.facts.measured import ALL, Definition, Measured, by_month, definition, to_date
from dashboards.facts.meetings import Assurance, Variation, meetings
from dashboards.facts.periods import Difference, Period, between, together
from dashboards.facts.programmes import Published
from dashboards.facts.signals import signal_of
from dashboards.facts.words import (
    SHARES,
    decimals,
    difference,
    difference_span,
    figure,
    held_until,
    plural,
    span,
    unit_words,
    with_unit,
)

SIGNAL = """
    select value, baseline_mean, limit_low, signal, direction, no_limits_reason from metric_signals
    where metric_id = $1 and programme_id = $2 and cohort_id = $3
"""
MONTHS_COMPARED = 3
TIGHT = {"days": "days", "scale_points": "points", "points": "points", "people": "people", "pairs": "pairs"}


@dataclass(frozen=True)
class Shift:
    """A change against the same months a year before: difference in the metric's unit, its text, what it is compared with, and its 95% interval in words."""

    difference: float
    words: str
    basis: str
    interval: str

    @property
    def is_change(self) -> bool:
        """Whether anything is left of it once it is rounded."""
        return any(digit in self.words for digit in "123456789")


@dataclass(frozen=True)
class Card:
    """Everything that stands on one card. level: what was agreed or is the goal, for the dashed line. variation: None where months aren't judged."""

    label: str
    value: Measured
    meaning: Definition
    shift: Shift | None
    days: tuple[date, ...]
    values: tuple[float, ...]
    level: float | None
    target: str
    goal: Goal | None
    variation: Variation | None
    why_no_trend: str
    when: str = "to date"
    assurance: Assurance | None = None
    """Whether the agreed level is kept, where one is agreed."""

    @property
    def number(self) -> str:
        """The value as it is printed."""
        places = decimals(self.value.low, self.value.high, self.value.unit)
        places = 1 if self.value.unit.startswith("sessions") else 0 if self.value.unit == "days" else places
        return with_unit(figure(self.value.value, self.value.unit, places), self.value.unit)

    @property
    def uncertainty(self) -> str:
        """Interval and number of people, or that everybody was counted."""
        people = "" if self.value.n_people is None else f" · {plural(self.value.n_people, 'person', 'people')}"
        interval = span(
            self.value.low, self.value.high, self.value.unit, 1 if self.value.unit.startswith("sessions") else None
        )
        told = f"95% CI {interval}" if interval else "complete count"
        when = self.when if self.value.held_since is None else held_until(self.value.held_since)
        return f"{when[:1].upper()}{when[1:]} · {told}{people}"


def card(snapshot: Published, metric_id: str, programme_id: str, cohort_id: str = ALL) -> Card:
    """One metric of a programme or cohort, to date. Raises UnknownMetric."""
    meaning, value = definition(snapshot, metric_id), to_date(snapshot, metric_id, programme_id, cohort_id)
    months = by_month(snapshot, metric_id, programme_id, cohort_id)
    aim = _goal(snapshot, metric_id, programme_id) if cohort_id == ALL else None
    variation, why = _variation(snapshot, metric_id, programme_id, cohort_id)
    return Card(
        label=meaning.label,
        value=value,
        meaning=meaning,
        shift=shift(months),
        days=tuple(month.start for month in months if month.start),
        values=tuple(month.value for month in months if month.value is not None),
        level=aim.target if aim else None,
        target=f"Goal {with_unit(aim.target_text, aim.unit)} by {aim.due:%b %Y}" if aim else "No goal declared",
        goal=aim,
        variation=variation,
        why_no_trend=why,
    )


def meetings_card(snapshot: Published, programme_id: str, cohort_id: str = ALL) -> Card:
    """Meetings per pair and month against the agreed cadence; of a whole programme the last three months, as on the landing page."""
    made = card(snapshot, "session_frequency", programme_id, cohort_id)
    met = next((row for row in meetings(snapshot) if row.programme_id == programme_id), None)
    if met is None or cohort_id != ALL:
        return made
    fields = {name: getattr(made.value, name) for name in made.value.__dataclass_fields__}
    fields |= {
        "value": met.value,
        "low": met.low,
        "high": met.high,
        "n_people": met.n_people,
        "reason": met.reason or "",
    }
    agreed = (
        f"Agreed {figure(met.agreed, '', 1)}; {met.months_words[:1].lower()}{met.months_words[1:]}"
        if met.agreed
        else "No cadence agreed"
    )
    return Card(
        "Meetings a month", Measured(**fields), made.meaning, made.shift,
        tuple(month.start for month in met.months), tuple(month.value for month in met.months), met.agreed, agreed, made.goal, made.variation, made.why_no_trend, met.when or "to date",
        (met.assurance if met.is_judged else "unknown") if met.agreed else None,
    )  # fmt: skip


def shift(months: Sequence[Measured]) -> Shift | None:
    """The last months against the same months a year before; None where not all of them are there."""
    by_start = {month.start: month for month in months if month.start}
    late = [month for month in months[-MONTHS_COMPARED:] if month.start]
    early = [by_start.get(month.start.replace(year=month.start.year - 1)) for month in late if month.start]
    then = [month for month in early if month is not None]
    if not late or len(then) < len(late):
        return None
    change = between(_together(late), _together(then))
    return Shift(
        change.value, _change_words(change.value, late[0].unit), "vs year before", _chance(change, late[0].unit)
    )


def _together(months: Sequence[Measured]) -> Period:
    """The months as one: counts added where the metric is a ratio of counts, else the mean of the months."""
    pooled = months[0].unit in SHARES or months[0].unit.startswith("sessions")
    parts = [
        Period(month.value or 0.0, month.low, month.high, month.n_people, month.start, month.end) for month in months
    ]
    weights = [month.denominator for month in months if month.numerator is not None and month.denominator]
    return together(parts, weights if pooled and len(weights) == len(months) else [1.0] * len(months))


def _chance(change: Difference, unit: str) -> str:
    """How far chance may have moved it."""
    if change.low is None or change.high is None:
        return "the change has no interval, so it can't be told from chance"
    return f"95% CI of the change {difference_span(change.low, change.high, unit)}"


def _change_words(change: float, unit: str) -> str:
    scale = 100 if unit in SHARES else 1
    told = difference(change, 0, change if abs(change * scale) >= 1 else 1 / scale, unit)
    return f"{told} {'points' if unit in SHARES else unit_words(unit).split(' per ')[0] if unit.startswith('sessions') else TIGHT.get(unit, unit_words(unit))}"


def _goal(snapshot: Published, metric_id: str, programme_id: str) -> Goal | None:
    mine = [
        one
        for one in goals(snapshot)
        if (one.metric_id, one.programme_id, one.segment) == (metric_id, programme_id, ALL)
    ]
    return mine[0] if mine else None


def _variation(snapshot: Published, metric_id: str, programme_id: str, cohort_id: str) -> tuple[Variation | None, str]:
    """How the last month compares with the months before, by the metric's direction; and why it can't be told."""
    rows = snapshot.frame(SIGNAL, [metric_id, programme_id, cohort_id]).to_dicts()
    if not rows:
        return None, "no month of its own to judge"
    signal, why_not = signal_of(rows[0])
    if signal not in ("above", "below"):
        return ("usual" if signal == "within" else "early"), why_not
    return ("better" if (signal == "above") == (rows[0]["direction"] != "decrease") else "worse"), ""
