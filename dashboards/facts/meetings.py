"""Do pairs meet as agreed? Per programme the latest three complete months together, the agreed cadence, and in how many months the level was reached."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from dashboards.facts.alarms import watch
from dashboards.facts.periods import Period, together
from dashboards.facts.programmes import Programme, Published, programmes
from dashboards.facts.signals import signal_of
from dashboards.facts.words import figure, plural, spelled

Word = Literal["below", "as_agreed", "above", "no_level"]
Assurance = Literal["always", "sometimes", "hardly_ever", "unknown", "no_level"]
Variation = Literal["usual", "better", "worse", "early"]

METRIC = "session_frequency"
MONTHS_JUDGED = 24
ONLY = "the only month with a figure"  # others may be hidden to protect people
MONTHS_TO_JUDGE = 8
"""Fewer months don't tell whether the agreed level is kept."""
FULL_MONTH = 0.5
"""A month in which pairs were open for less than this part of it, as the last of a round, is no month to judge by: they had no reason to meet."""
HARDLY_EVER = 1 / 6
"""At most this share of months at the agreed level reads "hardly ever"."""
SERIES = """
    select programme_id, period_start, period_end, value, ci_low, ci_high, numerator, denominator, n_people, definition_version
    from metric_values
    where metric_id = 'session_frequency' and period_kind = 'month' and cohort_id = 'all' and segment_kind = 'all'
        and value is not null and not is_suppressed
    order by programme_id, period_start
"""
TO_DATE = """
    select programme_id, period_start, period_end, value, ci_low, ci_high, n_people, suppression_reason from metric_values
    where metric_id = 'session_frequency' and period_kind = 'to_date' and cohort_id = 'all' and segment_kind = 'all'
"""
SIGNALS = """
    select programme_id, value, signal, limit_low, limit_high, no_limits_reason, baseline_mean, direction from metric_signals
    where metric_id = 'session_frequency' and cohort_id = 'all'
"""
WORDS = {"below": "Below", "as_agreed": "As agreed", "above": "Above", "no_level": "No level agreed"}
ASSURANCE_WORDS = {"always": "always", "sometimes": "sometimes", "hardly_ever": "hardly ever", "unknown": "months too small to show", "no_level": "no agreed level"}  # fmt: skip
VARIATION_WORDS = {"usual": "no more than usual", "better": "better than usual", "worse": "worse than usual", "early": "too early to tell"}  # fmt: skip


@dataclass(frozen=True)
class Month:
    """One month of a monthly series."""

    start: date
    value: float
    low: float | None = None
    high: float | None = None
    n_people: int | None = None


@dataclass(frozen=True)
class Meetings:
    """How often pairs of one programme meet, in meetings per pair and month. is_silent: fewer than half of its open pairs met in the last 30 days. `reason` says why there is no value; all figures are None then."""

    programme_id: str
    programme: str
    agreed: float | None
    value: float | None
    low: float | None
    high: float | None
    n_people: int | None
    start: date | None
    end: date | None
    is_to_date: bool
    months: tuple[Month, ...]
    months_reached: int
    assurance: Assurance
    variation: Variation
    limits: tuple[float, float] | None
    reason: str | None
    is_silent: bool = False

    @property
    def word(self) -> Word:
        """Against the agreed level: below where most open pairs haven't met lately, else below and above only where the whole interval is."""
        if self.agreed is None or self.value is None:
            return "no_level"
        if self.is_silent:
            return "below"
        low, high = (self.value if end is None else end for end in (self.low, self.high))
        if reaches(high, self.agreed):
            return "above" if low > self.agreed and not reaches(self.agreed, low) else "as_agreed"
        return "below"

    @property
    def is_unclear(self) -> bool:
        """Whether the value is below the agreed level and its interval isn't: too few pairs to say that they meet as agreed."""
        return self.word == "as_agreed" and not reaches(self.value or 0.0, self.agreed or 0.0)

    @property
    def told_word(self) -> str:
        """The word as it is shown."""
        return "Can't be told" if self.is_unclear else WORDS[self.word]

    @property
    def period(self) -> str:
        """Which time the value stands for: "May to July 2026", "since March 2024"."""
        if self.start is None or self.end is None:
            return ""
        if self.is_to_date:
            return f"since {self.start:%B %Y}"
        if (self.start.year, self.start.month) == (self.end.year, self.end.month):
            return f"{self.end:%B %Y}"
        return f"{self.start:%B}{'' if self.start.year == self.end.year else f' {self.start.year}'} to {self.end:%B %Y}"

    @property
    def months_below(self) -> int:
        """Months of the series under the agreed level."""
        return len(self.months) - self.months_reached

    @property
    def when(self) -> str:
        """The same, short: "May to Jul 2026", "to date"."""
        if self.start is None or self.end is None or self.is_to_date:
            return "to date" if self.is_to_date else ""
        if (self.start.year, self.start.month) == (self.end.year, self.end.month):
            return f"{self.end:%b %Y}"
        return f"{self.start:%b} to {self.end:%b %Y}"

    @property
    def is_judged(self) -> bool:
        """Whether there are enough months to say if the agreed level is kept."""
        return self.agreed is not None and len(self.months) >= MONTHS_TO_JUDGE

    @property
    def months_words(self) -> str:
        """ "Below in all 24 months", for a card; "" where no level is agreed or no month is shown."""
        if self.agreed is None or not self.months:
            return ""
        if not self.months_reached or not self.months_below:
            whole = f"all {plural(len(self.months), 'month')}" if len(self.months) > 1 else ONLY
            return f"{'Below in' if self.months_below else 'Kept in'} {whole}"
        return f"Below in {self.months_below} of {plural(len(self.months), 'month')}"

    @property
    def months_sentence(self) -> str:
        """ "below in 24 of 24 months", "kept in all 10 months"."""
        if self.agreed is None or not self.months:
            return ""
        if not self.months_below or len(self.months) == 1:
            return self.months_words.lower()
        return f"below in {self.months_below} of {plural(len(self.months), 'month')}"

    @property
    def missing_word(self) -> str:
        """Why there is no value, in a word or two: hidden to protect people, or not measured."""
        return "not shown" if (self.reason or "").startswith("fewer than") else "not measured"

    @property
    def sentence(self) -> str:
        """The programme's meetings in one sentence."""
        if self.value is None:
            return f"{self.programme}: meetings are {self.missing_word} ({(self.reason or '').removeprefix('not measured: ')})."
        told = f"{self.programme}: {figure(self.value, '', 1)} meetings per pair per month"
        if self.agreed is None:
            return f"{told}; no cadence is agreed."
        against = {"below": "below", "above": "above", "as_agreed": "in line with"}[self.word]
        against = "lower, but not clearly, than" if self.is_unclear else against
        months = f"; {self.months_sentence}" if self.months else ""
        return f"{told} ({self.period}), {against} the agreed {figure(self.agreed, '', 1)}{months}."


def reaches(value: float, agreed: float) -> bool:
    """Whether a value is at the agreed level, both as they are printed: one meeting in a month of 31 days is one a month."""
    return figure(value, "", 1) == figure(agreed, "", 1) or value > agreed


def meetings(snapshot: Published) -> list[Meetings]:
    """One row per programme, those below the agreed level first, those without a value last."""
    series: dict[str, list[dict[str, Any]]] = {}
    for row in filter(_is_full, snapshot.frame(SERIES).to_dicts()):
        series.setdefault(row["programme_id"], []).append(row)
    to_date = {row["programme_id"]: row for row in snapshot.frame(TO_DATE).to_dicts()}
    signals = {row["programme_id"]: row for row in snapshot.frame(SIGNALS).to_dicts()}
    silent = {alarm.programme_id for alarm in watch(snapshot).alarms}
    found = [
        _meetings(
            one, series.get(one.programme_id, []), to_date.get(one.programme_id, {}), signals.get(one.programme_id)
        )
        for one in programmes(snapshot)
    ]
    found = [replace(row, is_silent=row.programme_id in silent) for row in found]
    order = ("below", "as_agreed", "above", "no_level")
    return sorted(found, key=lambda row: (row.value is None, order.index(row.word), row.programme))


def headline(rows: Sequence[Meetings]) -> str:
    """ "Pairs meet less often than agreed in three of four programmes": the one place that says so."""
    judged = [row for row in rows if row.word != "no_level"]
    below = sum(row.word == "below" for row in judged)
    if not judged:
        is_hidden = any(row.value is None and row.missing_word == "not shown" for row in rows)
        return (
            "Whether pairs meet as agreed can't be shown"
            if is_hidden
            else "Whether pairs meet as agreed is not measured"
        )
    unclear = sum(row.is_unclear for row in judged)
    if unclear and not below:
        return _unclear(unclear, judged)
    meet = "Pairs meet less often than agreed" if below else "Pairs meet as agreed"
    if len(judged) == 1:
        return meet if len(rows) == 1 else f"{meet} in {judged[0].programme}"
    if below in (0, len(judged)):
        where = "" if len(judged) == len(rows) else f" of {spelled(len(rows))} where it is known"
        return f"{meet} in {_all(len(judged)) if not where else spelled(len(judged))} {'programmes' if not where else where.strip()}"
    return f"Pairs meet less often than agreed in {spelled(below)} of {spelled(len(judged))} programmes"


def _unclear(count: int, judged: Sequence[Meetings]) -> str:
    if count == len(judged):
        return "Whether pairs meet as agreed can't be told from so few"
    return f"Pairs meet as agreed in {spelled(len(judged) - count)} of {spelled(len(judged))} programmes; of the rest it can't be told"


def _all(count: int) -> str:
    return "both" if count == 2 else f"all {spelled(count)}"


def _meetings(
    programme: Programme, rows: Sequence[Mapping[str, Any]], total: Mapping[str, Any], signal: Mapping[str, Any] | None
) -> Meetings:
    months = tuple(
        Month(row["period_start"], row["value"], row["ci_low"], row["ci_high"], row["n_people"])
        for row in rows[-MONTHS_JUDGED:]
    )
    reached = sum(programme.agreed is None or reaches(month.value, programme.agreed) for month in months)
    # everything since the start, where no month has enough pairs to be shown
    read = _together(rows) or (None if total.get("value") is None else _period(total))
    return Meetings(
        programme_id=programme.programme_id,
        programme=programme.name,
        agreed=programme.agreed,
        value=read.value if read else None,
        low=read.low if read else None,
        high=read.high if read else None,
        n_people=read.n_people if read else total.get("n_people"),
        start=read.start if read else total.get("period_start"),
        end=read.end if read else total.get("period_end"),
        is_to_date=not rows,
        months=months,
        months_reached=reached,
        assurance=_assurance(programme.agreed, reached, len(months)),
        variation=_variation(signal) if read else "early",
        limits=(signal["limit_low"], signal["limit_high"]) if signal and signal["limit_low"] is not None else None,
        reason=None if read else total.get("suppression_reason") or "no pair is known to have begun",
    )


def _together(rows: Sequence[Mapping[str, Any]]) -> Period | None:
    """The last three months in a row as one, weighted by the time that pairs were open, or the last alone where its neighbours are missing or their counts aren't published."""
    if not rows:
        return None
    last = rows[-1]
    three = [row for row in rows[-3:] if _months_between(row["period_start"], last["period_start"]) < 3]
    if any(row[name] is None for row in three for name in ("numerator", "denominator", "ci_low", "ci_high")):
        three = [last]
    return together([_period(row) for row in three], [row["denominator"] or 1.0 for row in three])


def _period(row: Mapping[str, Any]) -> Period:
    """A row of metric_values that has a value."""
    return Period(*(row[name] for name in ("value", "ci_low", "ci_high", "n_people", "period_start", "period_end")))


def _is_full(row: Mapping[str, Any]) -> bool:
    return row["denominator"] is None or not row["n_people"] or row["denominator"] >= FULL_MONTH * row["n_people"]


def _months_between(first: date, last: date) -> int:
    return 12 * (last.year - first.year) + last.month - first.month


def _assurance(agreed: float | None, reached: int, months: int) -> Assurance:
    if agreed is None:
        return "no_level"
    if not months:
        return "unknown"
    share = reached / months
    return "always" if share == 1 else "hardly_ever" if share <= HARDLY_EVER else "sometimes"


def _variation(signal: Mapping[str, Any] | None) -> Variation:
    """Meetings more often are better; what can't be judged yet is early."""
    words: dict[str, Variation] = {"above": "better", "below": "worse", "within": "usual"}
    return words.get(signal_of(signal)[0], "early") if signal else "early"
