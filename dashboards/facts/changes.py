"""What changed, and is it more than usual? Each monthly measure with its limits (`metric_signals`), the period before and, where there is one, the last issued report."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from dashboards.facts.meetings import Month, Variation
from dashboards.facts.periods import Difference, Period, between
from dashboards.facts.programmes import ORGANISATION, Published, programmes
from dashboards.facts.quarters import adds_up, count_of, drawn, last_three, months_between, quarter
from dashboards.facts.signals import NO_FALL, signal_of
from dashboards.facts.words import SHARES, difference, difference_span, figure, group_words, spelled

Key = tuple[str, str, str]
"""Metric, programme, segment."""

SIGNALS = """
    select * from metric_signals where cohort_id = 'all'
    order by case signal when 'above' then 0 when 'below' then 0 when 'within' then 1 else 2 end, programme_id, label
"""
SERIES = """
    select metric_id, programme_id, segment_value, period_start, period_end, value, ci_low, ci_high, numerator, denominator, n_people, unit, interval_method
    from metric_values
    where period_kind = 'month' and cohort_id = 'all' and value is not null and not is_suppressed
        and ((segment_kind = 'all' and list_contains($1, metric_id)) or list_contains($2, metric_id || '/' || segment_kind || '/' || segment_value))
    order by metric_id, programme_id, segment_value, period_start
"""
GOAL_SEGMENTS = """
    select goals.metric_id, goals.segment_kind, goals.segment_value, goals.metric_label, goals.unit, goals.direction, goals.programme_name, min(goals.target_value) as target_value
    from goals where goals.segment_kind <> 'all' group by all order by 1, 2, 3
"""
RULES = {
    "beyond_a_limit": "outside the usual range",
    "seven_on_one_side": "seven months in a row on one side of the average",
    "seven_in_one_direction": "seven months in a row in one direction",
    "three_months_together": "the last three months together, by more than chance",
    "two_of_three": "two of three months near a limit",
}
LEADING = ("session_frequency", "active_pair_rate", "csat_mentee", "turnover_rate_voluntary")
"""What page 1 tells first where nothing has moved."""
FEWEST_DRAWN = 6
BEFORE = "three months before"
LAST = "last report"


@dataclass(frozen=True)
class Change:
    """One measure over time. now and before: in `unit`, each with its interval; `before_words` says what before is; `is_stock`: months hold nearly the same people."""

    metric_id: str
    programme_id: str
    programme: str
    segment: str
    label: str
    unit: str
    direction: str
    months: tuple[Month, ...]
    limits: tuple[float, float] | None
    mean: float | None
    now: Period | None
    before: Period | None
    before_words: str
    signal: str
    rule: str | None
    why_not: str
    agreed: float | None
    is_stock: bool
    adds_up: bool = True

    @property
    def key(self) -> Key:
        """By which an earlier report's value is found."""
        return self.metric_id, self.programme_id, self.segment

    @property
    def value(self) -> float | None:
        """What it is now."""
        return None if self.now is None else self.now.value

    @property
    def variation(self) -> Variation:
        """Better and worse follow the measure's direction."""
        if self.signal not in ("above", "below"):
            return "usual" if self.signal == "within" else "early"
        return "better" if (self.signal == "above") == (self.direction != "decrease") else "worse"

    @property
    def moved(self) -> bool:
        """Whether it moved more than usual."""
        return self.signal in ("above", "below")

    @property
    def answer(self) -> str:
        """ "Yes, higher", "No", "Too early to tell", "Not judged"."""
        if self.is_stock:
            return "Not judged by month"
        return {"above": "Yes, higher", "below": "Yes, lower", "within": "No"}.get(
            self.signal, "Can't tell" if self.why_not == NO_FALL else "Too early to tell"
        )

    @property
    def detail(self) -> str:
        """Why the answer is what it is."""
        if self.is_stock:
            return "months hold nearly the same people"
        if self.moved:
            average = f" of {figure(self.mean, self.unit, self.places)}" if self.mean is not None else ""
            return f"{RULES.get(self.rule or '', 'outside the usual range')}; average{average}"
        return "in the usual range" if self.signal == "within" else self.why_not

    @property
    def places(self) -> int:
        """Decimals of this measure's figures."""
        return 1

    @property
    def difference(self) -> Difference | None:
        """From the period before to now, with its interval; None where either is missing."""
        return None if self.now is None or self.before is None else between(self.now, self.before)

    @property
    def direction_moved(self) -> str:
        """ "up", "down", "unchanged" since the period before; "" where either is missing."""
        if self.now is None or self.before is None:
            return ""
        now, then = (figure(one.value, self.unit, self.places) for one in (self.now, self.before))
        return "unchanged" if now == then else "up" if self.now.value > self.before.value else "down"

    @property
    def difference_words(self) -> str:
        """ "−0.4 points (−2.6 to +1.8), n 1,547", or why chance can't be told from change; "" where there is nothing to compare with."""
        apart = self.difference
        if apart is None or self.now is None:
            return ""
        people = f"n {self.now.n_people:,}" if self.now.n_people else ""
        if apart.low is None or apart.high is None:
            why = "complete counts" if self.is_stock else "no interval is known, so it can't be told from chance"
            return ", ".join(part for part in (_points(apart.value, -0.1, 0.1, self.unit), why, people) if part)
        told = f"{_points(apart.value, apart.low, apart.high, self.unit)} ({difference_span(apart.low, apart.high, self.unit)})"
        return ", ".join(part for part in (told, people) if part)


def changes(snapshot: Published, issued: Mapping[Key, Period] | None = None) -> list[Change]:
    """One row per judged measure and a stock that a goal speaks of, those that moved first.

    issued: values of the last issued report; where it told a measure, `before` is what it said, else the same length of time before.
    """
    names = {one.programme_id: one.name for one in programmes(snapshot)} | {ORGANISATION: "Whole organisation"}
    signals = [row for row in snapshot.frame(SIGNALS).to_dicts() if row["programme_id"] in names]
    stocks = snapshot.frame(GOAL_SEGMENTS).to_dicts()
    metrics = sorted({row["metric_id"] for row in signals})
    cuts = sorted(f"{row['metric_id']}/{row['segment_kind']}/{row['segment_value']}" for row in stocks)
    series: dict[Key, list[dict[str, Any]]] = {}
    for row in snapshot.frame(SERIES, [metrics, cuts]).to_dicts():
        series.setdefault((row["metric_id"], row["programme_id"], row["segment_value"]), []).append(row)
    agreed = {one.programme_id: one.agreed for one in programmes(snapshot)}
    found = [_change(row, series, names, agreed) for row in signals]
    found += [_stock(row, rows, names) for row in stocks for key, rows in series.items() if key[0] == row["metric_id"] and key[2] == row["segment_value"] and key[1] in names]  # fmt: skip
    return [_since(change, (issued or {}).get(change.key)) for change in found]


def leading(rows: Sequence[Change], count: int = 4) -> list[Change]:
    """What page 1 tells: what moved, then stocks of goals, then what can be drawn, in the order of `LEADING`; each with a value."""

    def order(row: Change) -> tuple[Any, ...]:
        place = LEADING.index(row.metric_id) if row.metric_id in LEADING else len(LEADING)
        return (
            not row.moved,
            not row.is_stock,
            row.signal != "within",
            row.limits is None and not row.is_stock,
            len(row.months) < FEWEST_DRAWN,
            place,
            row.programme,
            row.label,
        )

    return sorted((row for row in rows if row.value is not None), key=order)[:count]


def changes_title(rows: Sequence[Change]) -> str:
    """The section's title; silent measures are no comfort."""
    rows = [row for row in rows if row.value is not None]
    moved = [row for row in rows if row.moved]
    judged = [row for row in rows if row.moved or row.signal == "within"]
    if not rows:
        return "What changed: no monthly measure can be shown yet"
    if not judged:
        return "What changed: too early to tell"
    if not moved:
        few = (
            "the one measure that can be judged has not"
            if len(judged) == 1
            else f"none of {spelled(len(judged))} judged measures has"
        )
        return f"What changed: {few} moved more than usual"
    if len(moved) == 1:
        return f"What changed: {moved[0].label.lower()} moved more than usual"
    return f"What changed: {spelled(len(moved))} of {spelled(len(judged))} measures moved more than usual"


def _change(
    row: Mapping[str, Any],
    series: Mapping[Key, list[dict[str, Any]]],
    names: Mapping[str, str],
    agreed: Mapping[str, float | None],
) -> Change:
    months = series.get((row["metric_id"], row["programme_id"], "all"), [])
    now, before = quarter(months, 0), quarter(months, 3)
    signal, why_not = signal_of(row)
    return Change(
        metric_id=row["metric_id"],
        programme_id=row["programme_id"],
        programme=names[row["programme_id"]],
        segment="all",
        label=row["label"] or row["metric_id"].replace("_", " "),
        unit=row["unit"] or "",
        direction=row["direction"] or "increase",
        months=drawn(months),
        limits=None if row["limit_low"] is None else (row["limit_low"], row["limit_high"]),
        mean=row["baseline_mean"],
        now=now,
        before=before,
        before_words=BEFORE,
        signal=signal,
        rule=row.get("rule"),
        why_not=why_not,
        agreed=agreed.get(row["programme_id"]) if row["metric_id"] == "session_frequency" else None,
        is_stock=False,
        adds_up=bool(months) and all(adds_up(row) for row in last_three(months, 0)),
    )


def _stock(row: Mapping[str, Any], months: list[dict[str, Any]], names: Mapping[str, str]) -> Change:
    last = months[-1]
    year_ago = [one for one in months if months_between(one["period_start"], last["period_start"]) == 12]
    return Change(
        metric_id=row["metric_id"],
        programme_id=last["programme_id"],
        programme=names[last["programme_id"]],
        segment=row["segment_value"],
        label=f"{row['metric_label'] or row['metric_id'].replace('_', ' ')}: {group_words(row['segment_value'])}",
        unit=row["unit"] or last["unit"],
        direction=row["direction"],
        months=drawn(months),
        limits=None,
        mean=None,
        now=count_of(last),
        before=count_of(year_ago[0]) if year_ago else None,
        before_words="a year before",
        signal="cannot_tell",
        rule=None,
        why_not="months hold nearly the same people",
        agreed=row["target_value"],
        is_stock=True,
    )


def _since(change: Change, told: Period | None) -> Change:
    return change if told is None else replace(change, before=told, before_words=LAST)


def _points(value: float, low: float, high: float, unit: str) -> str:
    shown = difference(value, low, high, unit)
    return f"{shown} points" if unit in SHARES else shown
