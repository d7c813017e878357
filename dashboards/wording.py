"""How numbers are said: one way to print a value with its interval and its n, fixed sentences for each verdict, and a guard on verbs.

A sentence about an effect is chosen by rule from the design and the interval; nobody writes one by hand. On a page or in a report that only describes, causal verbs are refused.
"""

import re
from collections.abc import Mapping
from typing import Any

from dashboards.facts.goals import STATUS_WORDS
from dashboards.facts.words import held_until

CAUSAL_VERBS = (
    "cause",
    "caused",
    "causes",
    "led to",
    "leads to",
    "drove",
    "drives",
    "boosted",
    "boosts",
    "improved",
    "improves",
    "raised",
    "raises",
    "lowered",
    "lowers",
    "reduced",
    "reduces",
    "increased",
    "increases",
    "proves",
    "proved",
    "thanks to",
    "because of the programme",
    "impact of",
    "effect of",
    "resulted in",
)
"""Words that claim an effect. Allowed only in the sentence of an estimate whose verdict is "caused"."""

VERDICT_WORDS = {
    "caused": "Caused (randomised)",
    "supported": "Supported",
    "suggestive": "Suggestive",
    "not_detected": "Not detected",
    "not_supported": "Not supported by the data",
    "refused": "Refused",
}
STATUS_MARKS = {
    "achieved": "✔",
    "achieved_within_margin": "≈",
    "on_track": "▲",
    "at_risk": "◆",
    "off_track": "▼",
    "missed": "✘",
    "cannot_tell": "?",
}
STATUS_RULE = (
    "Achieved: the whole 95 % interval is at or beyond the target; within the margin: the value is, its interval isn't. After the due date, missed: the whole interval is short of the target. "
    "Before it, by a straight line from baseline to target: on track, the value is where it should be by now; at risk, only its interval reaches there; off track, not even that. "
    "Can't tell: not measured, or no complete period since the goal began. Now is the last complete month, the last month with answers, or everything to date, as the card says."
)
"""How a goal's status is decided, as `dbt_project/models/metrics/goal_status.sql` does it."""
SUPPRESSED = "Not shown to protect individuals"
NO_VALUE = "No data"

PERCENT_UNITS = ("share", "rate", "proportion")


_SCALE = re.compile(r" \((\d+ ?- ?\d+)\)$")


class CausalWording(ValueError):
    """A descriptive text claims an effect; the message names the words."""


def number(value: float | None, unit: str = "") -> str:
    """A value in words that a reader can take in: shares as per cent, counts whole, the rest to three figures."""
    if value is None:
        return "–"
    if unit in PERCENT_UNITS:
        return f"{100 * value:.1f} %"
    if unit in ("people", "pairs", "sessions", "count"):
        return f"{value:,.0f}"
    size = abs(value)
    figures = f"{value:,.0f}" if size >= 100 else f"{value:,.1f}" if size >= 10 else f"{value:,.2f}"
    return figures if unit in ("", "score") else f"{figures} {unit.replace('_', ' ')}"


def number_and_unit(value: float | None, unit: str) -> tuple[str, str]:
    """The value alone and its unit, for a card on which a long unit would be cut off; short units stay with the value."""
    words = unit.replace("_", " ")
    if value is None or unit in PERCENT_UNITS or len(words) <= 6:
        return number(value, unit), ""
    return number(value, unit).removesuffix(f" {words}"), words


def interval(low: float | None, high: float | None, unit: str = "") -> str:
    """ "12.1 % to 18.0 %", or nothing where there is none: a complete count has no sampling interval."""
    if low is None or high is None or low == high:
        return ""
    return f"{number(low, unit).removesuffix(' ' + unit.replace('_', ' '))} to {number(high, unit)}"


def metric_line(row: Mapping[str, Any]) -> str:
    """Value, interval and n of one row of metric_values, or why it isn't shown."""
    if row.get("is_suppressed"):
        reason = row.get("suppression_reason") or ""
        if reason.startswith("not measured"):
            return reason.capitalize()
        return f"{SUPPRESSED} ({reason})" if "people" in reason or "group" in reason else f"Not shown: {reason}"
    if row.get("value") is None:
        return NO_VALUE
    text = number(row["value"], row["unit"])
    held = f"; {held_until(row['held_since'])}" if row.get("held_since") else ""
    if row.get("interval_method") == "census" or row["ci_low"] == row["ci_high"]:
        return f"{text} (complete count{held})"
    return f"{text} (95 % interval {interval(row['ci_low'], row['ci_high'], row['unit'])}; n = {people(row.get('n_people'))}{held})"


def people(n: float | None) -> str:
    """A count of people."""
    return "–" if n is None else f"{n:,.0f}"


def strength(row: Mapping[str, Any]) -> str:
    """Five dots of what the design can bear, fixed before results, and the verdict in words."""
    points = row.get("rating") or 0
    return f"{'●' * points}{'○' * (5 - points)} {VERDICT_WORDS[row['verdict']]}"


def effect_sentence(row: Mapping[str, Any]) -> str:
    """The one sentence that may be said of an estimate: direction, size, interval, people, design, in this order.

    row: a row of impact_estimates.
    """
    if row["estimate"] is None:
        words = {"one_group": "only those who took part were asked, so there is nobody to compare them with."}
        start = words.get(row["design"], "no estimate is shown.")
        return f"{row['outcome_label']}: {start} {_reasons(row) if row['design'] != 'one_group' else ''}".strip()
    if row["design"] == "target_trial":
        return _trial_sentence(row)
    if row["design"] == "difference_in_differences":
        return _change_sentence(row)
    return _lottery_sentence(row)


def _lottery_sentence(row: Mapping[str, Any]) -> str:
    label, unit = row["outcome_label"], row["unit"]
    arm = f" ({row['arm']} arm)" if row.get("arm") not in (None, "mentoring", "treatment", "offered") else ""
    when = "" if "month" in label else _when(row.get("wave"))
    taken = _taking_part(row)
    sides = _drawn(row)
    low, high = row["ci_low"], row["ci_high"]
    if row["verdict"] == "caused":
        direction = "raised" if row["estimate"] > 0 else "lowered"
        return (
            f"Being offered the programme{arm} {direction} {label.lower()} by an estimated {effect_size(abs(row['estimate']), unit)}{when} "
            f"(95 % interval {effect_interval(min(abs(low), abs(high)), max(abs(low), abs(high)), unit)}; {sides}; randomised).{taken}"
        )
    if row["verdict"] == "not_detected":
        return f"{label}{arm}{when}: no clear difference: from {effect_interval(low, high, unit)}{scale(unit)} is compatible with the data ({sides}; randomised)."
    side = "higher" if row["estimate"] > 0 else "lower"
    return (
        f"{label}{arm} is an estimated {effect_size(abs(row['estimate']), unit)} {side}{when} among those offered a place "
        f"(95 % interval {effect_interval(low, high, unit)}; {sides}). {_reasons(row)}"
    )


def _drawn(row: Mapping[str, Any]) -> str:
    """Who was drawn and whose outcome is known and used, by arm: a lottery's answer is about all who were drawn."""
    known = [int(row["n_treated"]), int(row["n_control"])]
    drawn = [int(row[side]) for side in ("drawn_treated", "drawn_control") if row.get(side) is not None]
    if len(drawn) < 2:
        return f"outcome known and used for {people(known[0])} people offered a place and {people(known[1])} not"
    told = f"{people(drawn[0])} people offered a place, {people(drawn[1])} not"
    if drawn == known:
        return f"{told}; everybody's outcome is known and used"
    silent = [f"{100 * (1 - one / max(of, 1)):.0f} %" for one, of in zip(known, drawn, strict=True)]
    return f"{told}; outcome known and used for {people(known[0])} and {people(known[1])}, missing for {silent[0]} and {silent[1]}"


def _taking_part(row: Mapping[str, Any]) -> str:
    """The effect on those who took the offer, where not everybody did; "" otherwise."""
    if row.get("taking_part") is None or row["take_up"] >= 1:
        return ""
    size = effect_size(abs(row["taking_part"]), row["unit"])
    low, high = sorted((abs(row["taking_part_low"]), abs(row["taking_part_high"])))
    return f" {100 * row['take_up']:.0f} % of those offered a place took it; for them it is {size} ({effect_interval(low, high, row['unit'])})."


def _trial_sentence(row: Mapping[str, Any]) -> str:
    """Both levels, the difference, and what it rests on: comparable colleagues, not a lot."""
    unit = row["unit"]
    levels = (
        f"{row['outcome_label']}: {_level(row['treated_mean'], unit)} of {people(row['n_treated'])} mentees, "
        f"{_level(row['control_mean'], unit)} of comparable colleagues ({people(row['n_control'])} people)"
        if unit in PERCENT_UNITS
        else f"{row['outcome_label']}: {_level(row['treated_mean'], unit)} among {people(row['n_treated'])} mentees, "
        f"{_level(row['control_mean'], unit)} among comparable colleagues ({people(row['n_control'])} people)"
    )
    return f"{levels}. {_difference(row)}"


def _change_sentence(row: Mapping[str, Any]) -> str:
    return (
        f"{row['outcome_label']}: the change of {people(row['n_treated'])} mentees against {people(row['n_control'])} colleagues who hadn't joined yet, "
        f"{row['wave']}. {_difference(row)}"
    )


def _difference(row: Mapping[str, Any]) -> str:
    """The difference with its interval, and the sentence that belongs to its verdict."""
    unit, interval_words = row["unit"], effect_interval(row["ci_low"], row["ci_high"], row["unit"])
    if row["verdict"] == "not_detected":
        largest = effect_size(max(abs(row["ci_low"]), abs(row["ci_high"])), unit)
        return f"No clear difference: from {interval_words} is compatible with the data; effects up to {largest} can't be excluded."
    sign = "+" if row["estimate"] > 0 else "-"
    size = f"Difference {sign}{effect_size(abs(row['estimate']), unit)} (95 % interval {interval_words})."
    if row["verdict"] == "supported":
        return f"{size} Comparable employees, not a randomised trial."
    return f"{size} Something other than mentoring may explain it. {_reasons(row)}"


def _level(value: float | None, unit: str) -> str:
    return number(value, unit) if unit in PERCENT_UNITS else f"{value:,.0f} {unit}" if value is not None else "–"


def raw_gap_sentence(row: Mapping[str, Any]) -> str:
    """The gap that isn't an effect, beside the estimate, with the reason not to believe it; empty where there is none."""
    if row.get("raw_gap") is None or row["design"] not in {"target_trial", "difference_in_differences"}:
        return ""
    if row["design"] == "target_trial":
        why = "most of it is who joins, and who stays long enough to join"
        return f"Not to be believed: ever against never mentored, {_signed(row['raw_gap'], row['unit'])}; {why}."
    return f"Not to be believed: mentees less everybody else in the same surveys, {_signed(row['raw_gap'], row['unit'])}; most of it was there before."


def _signed(value: float, unit: str) -> str:
    return f"{'+' if value > 0 else '-'}{effect_size(abs(value), unit)}"


def _when(wave: str | None) -> str:
    """ " after 12 months" for the wave "month 12", " over all waves" for the pooled estimate."""
    if wave == "pooled":
        return " over all waves"
    if wave and wave.startswith("month "):
        months = wave.removeprefix("month ")
        return f" after {months} month" if months == "1" else f" after {months} months"
    return ""


def effect_size(value: float, unit: str) -> str:
    """A difference with its unit; shares as percentage points."""
    if unit in PERCENT_UNITS:
        return f"{100 * value:.1f} points"
    size = abs(value)
    figures = f"{value:,.0f}" if size >= 100 else f"{value:,.2f}"
    return f"{figures} {_SCALE.sub('', unit)}{scale(unit)}".strip()


def scale(unit: str) -> str:
    """ " on a 1-5 scale" of the unit "points (1-5)", "" where a unit names no scale."""
    ends = _SCALE.search(unit)
    return f" on a {ends.group(1)} scale" if ends else ""


def effect_interval(low: float, high: float, unit: str) -> str:
    """Two differences with their unit once; its scale, as in "points (1-5)", stands beside the estimate already."""
    short = _SCALE.sub("", unit)
    tail = "points" if unit in PERCENT_UNITS else short
    return f"{effect_size(low, short).removesuffix(' ' + tail)} to {effect_size(high, short)}"


def measured(row: Mapping[str, Any]) -> str:
    """Which period a goal's value now stands for."""
    first, last = row["measured_from"], row["measured_to"]
    month = first.day == 1 and (last - first).days < 31
    return f"Measured in {first:%B %Y}. " if month else f"Measured to date, up to {last:%d %b %Y}. "


def forecast(row: Mapping[str, Any]) -> str:
    """A goal's forecast with its 95 % prediction interval; one of a share that leaves everything open says so."""
    low, high, unit = row["forecast_low"], row["forecast_high"], row["unit"]
    if unit in PERCENT_UNITS and low is not None and high is not None and low <= 0 and high >= 1:
        return "too uncertain, anything from 0 to 100 %"
    return f"{number(row['forecast_value'], unit)} ({interval(low, high, unit)})"


def goal_sentence(row: Mapping[str, Any]) -> str:
    """Status of a goal in words, with where it is, where it should be and the forecast."""
    words = STATUS_WORDS.get(row["status"], row["status"])
    return f"{words}: {row['status_reason']}" if row.get("status_reason") else words


def _reasons(row: Mapping[str, Any]) -> str:
    reasons = [str(reason) for reason in (row.get("reasons") or [])]
    return ("Why: " + "; ".join(reasons) + ".") if reasons else ""


_CAUSAL = re.compile(r"\b(" + "|".join(re.escape(verb) for verb in CAUSAL_VERBS) + r")\b", re.IGNORECASE)


def refuse_causal_verbs(text: str, *, verdicts: tuple[str, ...] = ()) -> str:
    """`text` unchanged, unless it claims an effect that no design supports.

    verdicts: of the estimates that the text speaks of; a claim is allowed only where all of them are "caused".
    Raises CausalWording naming the words.
    """
    if verdicts and all(verdict == "caused" for verdict in verdicts):
        return text
    found = sorted({match.group(0).lower() for match in _CAUSAL.finditer(text)})
    if found:
        raise CausalWording(f"{', '.join(found)}: a causal claim that the design doesn't carry, in: {text!r}")
    return text
