"""Facts as rows that a figure can be drawn from: positions on a scale from 0 to 1, icons by name, and the texts beside them."""

from collections.abc import Sequence
from math import ceil, floor, log10
from typing import Any

from dashboards.facts.changes import BEFORE, LAST, Change
from dashboards.facts.finding import Finding
from dashboards.facts.goals import Goal
from dashboards.facts.meetings import ASSURANCE_WORDS, VARIATION_WORDS, Meetings, Month
from dashboards.facts.people import Round
from dashboards.facts.representation import Representation
from dashboards.facts.words import SHARES, figure, level, plural, short_unit, span, unit_words

GOAL_SPAN = (-0.22, 1.6)
"""The part of a goal's way that its bar shows: baseline at 0, target at 1."""
SATISFACTION_FROM = 0.5
ICONS = {"achieved": "achieved", "achieved_within_margin": "within", "on_track": "track", "at_risk": "risk", "off_track": "off", "missed": "off", "cannot_tell": "open"}  # fmt: skip


def place(value: float, low: float, high: float) -> float:
    """Where a value lies between two ends, kept just inside the drawing."""
    return round(min(1.02, max(-0.02, (value - low) / ((high - low) or 1.0))), 4)


def interval(low: float | None, value: float, high: float | None, ends: tuple[float, float]) -> dict[str, Any]:
    """Three positions of an interval, and whether it runs beyond the drawing."""
    a, b = (value if low is None else low), (value if high is None else high)
    return {
        "low": place(a, *ends),
        "at": place(value, *ends),
        "high": place(b, *ends),
        "beyond": [a < ends[0], b > ends[1]],
        "has_interval": low is not None and high is not None and low != high,
    }


def card(row: Meetings, top: float) -> dict[str, Any]:
    """A programme on the strip; all cards share the scale from 0 to `top`."""
    drawn = None if row.value is None else interval(row.low, row.value, row.high, (0.0, top))
    return {
        "name": row.programme,
        "state": row.period or "no period yet",
        "value": figure(row.value, "", 1),
        "agreed": "" if row.agreed is None else figure(row.agreed, "", 1),
        "agreed_at": None if row.agreed is None else place(row.agreed, 0.0, top),
        "interval": drawn,
        "told": "" if row.value is None else f"{level(row.value, row.low, row.high)}",
        "variation": row.variation,
        "variation_words": "" if row.value is None else VARIATION_WORDS[row.variation],
        "assurance": row.assurance,
        "assurance_words": ASSURANCE_WORDS[row.assurance],
        "is_below": row.word == "below",
        "word": row.told_word if row.value is not None else row.missing_word.capitalize(),
        "detail": _months(row) if row.value is not None else (row.reason or "").removeprefix("not measured: "),
    }


def _months(row: Meetings) -> str:
    """How many months kept the agreed level, behind the word for the present."""
    if row.word == "below" and row.months_below:
        return row.months_sentence.removeprefix("below ") or ASSURANCE_WORDS[row.assurance]
    if row.is_unclear:
        return row.months_sentence or ASSURANCE_WORDS[row.assurance]
    return f"now; {row.months_sentence}" if row.months_sentence else ASSURANCE_WORDS[row.assurance]


def short(row: Meetings) -> str:
    """A programme that has no card, in a few words."""
    if row.value is None:
        return f"{row.programme}, {row.missing_word}"
    return f"{row.programme} {figure(row.value, '', 1)}, {row.told_word.lower()}"


def finding(one: Finding) -> dict[str, Any]:
    """A finding of page 1 with its interval against zero."""
    ends = _ends([one.low, one.high, 0.0])
    return {
        "number": one.number,
        "unit": one.unit_told,
        "title": one.title,
        "sentence": one.sentence,
        "interval": interval(one.low, one.estimate, one.high, ends),
        "zero": place(0.0, *ends),
        "interval_words": f"{one.interval} {short_unit(one.unit)}",
        "rating": one.rating,
        "word": one.word,
    }


def change(row: Change) -> dict[str, Any]:
    """A measure over time: runs of neighbouring months as points between 0 and 1, its usual range, and both periods."""
    values = [month.value for month in row.months]
    extra = [*(row.limits or ()), *([row.agreed] if row.agreed is not None else [])]
    low, high = min([*values, *extra], default=0.0), max([*values, *extra], default=1.0)
    pad = (high - low) * 0.06 or 0.5
    ends = (low - pad, high + pad)
    return {
        "label": row.label,
        "programme": row.programme,
        "unit": "end of period"
        if row.is_stock
        else "yearly rate"
        if row.metric_id.startswith("turnover")
        else unit_words(row.unit),
        "runs": runs(row.months, ends),
        "band": None if row.limits is None else [place(row.limits[0], *ends), place(row.limits[1], *ends)],
        "agreed": None if row.agreed is None else place(row.agreed, *ends),
        "before": figure(row.before.value if row.before else None, row.unit, row.places),
        "before_words": row.before_words if row.before is not None and row.before_words not in (BEFORE, LAST) else "",
        "difference": row.difference_words,
        "now": figure(row.value, row.unit, row.places),
        "variation": row.variation,
        "answer": row.answer,
        "detail": row.detail,
        "alt": f"{row.label}, {row.programme}: {plural(len(row.months), 'month')}, last {figure(row.value, row.unit, row.places)}. {row.answer}: {row.detail}.{f' Difference: {row.difference_words}.' if row.difference else ''}",
    }


def runs(months: Sequence[Month], ends: tuple[float, float]) -> list[list[list[float]]]:
    """Months as points; a gap of a month begins a new run."""
    if not months:
        return []
    numbers = [12 * month.start.year + month.start.month for month in months]
    width = max(numbers[-1] - numbers[0], 1)
    found: list[list[list[float]]] = [[]]
    for i, month in enumerate(months):
        if i and numbers[i] != numbers[i - 1] + 1:
            found.append([])
        found[-1].append([round((numbers[i] - numbers[0]) / width, 4), place(month.value, *ends)])
    return found


def goal(row: Goal) -> dict[str, Any]:
    """A goal on its way from baseline (left) to target (right)."""
    now = row.share_of_way(row.value)
    sides = sorted(side for side in (row.share_of_way(row.low), row.share_of_way(row.high)) if side is not None)
    drawn = None if now is None else interval(sides[0] if sides else None, now, sides[-1] if sides else None, GOAL_SPAN)
    expected = row.share_of_way(row.expected)
    return {
        "name": row.name,
        "programme": row.programme,
        "owner": row.owner,
        "statement": row.statement,
        "baseline": row.baseline_text,
        "target": row.target_text,
        "now": row.now_text,
        "now_value": row.now_text.partition(" (")[0],
        "now_interval": "".join(row.now_text.partition(" (")[1:]).strip(),
        "due": f"{row.due:%b %Y}",
        "word": row.word,
        "icon": ICONS[row.status],
        "is_troubled": row.status in ("off_track", "missed", "at_risk"),
        "reason": row.reason,
        "from": place(0.0, *GOAL_SPAN),
        "to": place(1.0, *GOAL_SPAN),
        "expected": None if expected is None else place(expected, *GOAL_SPAN),
        "interval": drawn,
    }


def forest(rows: Sequence[Finding]) -> list[dict[str, Any]]:
    """The rated comparisons by unit, each group on one scale with its ticks."""
    groups: dict[str, list[Finding]] = {}
    for one in rows:
        groups.setdefault(one.unit, []).append(one)
    ordered = sorted(groups.items(), key=lambda group: (group[0] not in SHARES, group[0]))
    return [_forest_group(unit, own) for unit, own in ordered]


def _forest_group(unit: str, rows: Sequence[Finding]) -> dict[str, Any]:
    ends = _ends([end for one in rows for end in (one.low, one.high)] + [0.0])
    return {
        "unit": unit_words(unit, is_difference=True),
        "zero": place(0.0, *ends),
        "ticks": [{"at": place(tick, *ends), "label": _tick(tick, unit)} for tick in ticks(*ends)],
        "rows": [
            {
                "label": one.label + _when(one),
                "programme": one.programme,
                "interval": interval(one.low, one.estimate, one.high, ends),
                "clear": one.is_difference,
                "told": f"{one.number} ({one.interval})",
                "rating": one.rating,
                "word": one.word,
            }
            for one in rows
        ],
    }


def _when(one: Finding) -> str:
    return one.when.replace(", after", ",")


def ticks(low: float, high: float, most: int = 6) -> list[float]:
    """Round numbers between two ends, about `most` of them."""
    raw = (high - low) / most
    base = 10 ** floor(log10(raw))
    step = next(base * factor for factor in (1, 2, 5, 10) if base * factor >= raw)
    return [round(i * step, 10) for i in range(ceil(low / step), floor(high / step) + 1)]


def _tick(value: float, unit: str) -> str:
    shown = 100 * value if unit in SHARES else value
    return f"{'+' if shown > 0 else '−' if shown < 0 else ''}{abs(shown):g}"


def _ends(values: Sequence[float]) -> tuple[float, float]:
    low, high = min(values), max(values)
    pad = (high - low) * 0.08 or 1.0
    return low - pad, high + pad


def round_row(one: Round) -> dict[str, Any]:
    """One round on page 2: counts and satisfaction."""
    asked = one.satisfied
    return {
        "programme": one.programme,
        "name": one.name,
        "eligible": _count(one.eligible),
        "applied": _count(one.applied),
        "matched": _count(one.matched),
        "pairs": one.pairs_words or "–",
        "satisfied": "" if asked is None else figure(asked.value, "share", 0),
        "satisfied_span": "" if asked is None else f"({span(asked.low, asked.high, 'share', 0)})",
        "interval": None if asked is None else interval(asked.low, asked.value, asked.high, (SATISFACTION_FROM, 1.0)),
        "answered": figure(one.answered, "share", 0),
    }


def _count(value: int | None) -> str:
    return "–" if value is None else f"{value:,}"


def steps(one: Representation) -> list[dict[str, Any]]:
    """Small multiples of one group's share, all on one scale."""
    shares = [point.share for step in one.steps for point in step.points] + (
        [one.goal.target] if one.goal and one.goal.target else []
    )
    ends = (max(0.0, min(shares) - 0.08), min(1.0, max(shares) + 0.16))
    labels = sorted({point.label for step in one.steps for point in step.points})
    return [
        {
            "name": step.name,
            "points": [
                [round(labels.index(point.label) / max(len(labels) - 1, 1), 4), place(point.share, *ends)]
                for point in step.points
            ],
            "first": figure(step.points[0].share, "share", 0),
            "last": figure(step.points[-1].share, "share", 0),
            "from": labels[0],
            "to": labels[-1],
            "falls": step.change < 0,
            "is_marked": step is one.applied or (one.goal is not None and step.name == one.goal.name),
            "reference": place(one.reference, *ends)
            if one.reference is not None and step.name in ("Applied", "Took part as mentees", "Mentors")
            else None,
            "goal": place(one.goal.target, *ends)
            if one.goal and one.goal.target and step.name == one.goal.name
            else None,
            "goal_words": f"goal {one.goal.target_text}" if one.goal else "",
        }
        for step in one.steps
    ]
