"""The annex: one entry per programme, and how the report was made: data quality, definitions, stamp."""

import json
from collections.abc import Callable, Sequence
from typing import Any

from dashboards.facts.finding import Finding
from dashboards.facts.findings import Evidence
from dashboards.facts.freshness import freshness
from dashboards.facts.goals import Goal
from dashboards.facts.measured import NOT_MEASURED
from dashboards.facts.meetings import Meetings
from dashboards.facts.money import Money
from dashboards.facts.people import ALL, Round, latest
from dashboards.facts.programmes import Programme, Published
from dashboards.facts.words import day_words, figure, money, plural, span, spelled
from dashboards.reports import figures

DEFINED = (
    "session_frequency", "participation_rate", "applicants", "match_rate_ever", "completion_rate", "csat_mentee", "survey_response_rate", "retention_rate_12m",
    "promotion_rate_12m", "leadership_representation", "applicant_representation", "cost_per_participant",
)  # fmt: skip
UNMEASURED = """
    select label, suppression_reason from metric_values
    where programme_id = $1 and period_kind = 'to_date' and cohort_id = 'all' and segment_kind = 'all' and starts_with(suppression_reason, 'not measured') order by label
"""
DECLARATION = "select declared_on, version, is_changed_after_results, declaration from impact_declarations where programme_id = $1 and is_current"
RECORDS = """
    select source_id, sum(rows_in) as rows_in, sum(loaded) as loaded, sum(quarantined) as quarantined, sum(duplicates) as duplicates, sum(filtered) as filtered
    from reconciliation group by source_id order by source_id
"""
SOURCES = "select source_id, extracted_at, newest_record_on, age_days, freshness_days, is_stale from sources order by source_id"
HIDDEN = "select rule, is_suppressed, sum(cells) as cells from suppression group by all order by all"
DEFINITIONS = "select metric_id, label, version, definition, denominator from metric_definitions where list_contains($1, metric_id) order by label"
DESIGNS = {
    "lottery": "randomised",
    "staggered": "randomised starts",
    "target_trial": "similar colleagues",
    "difference_in_differences": "joined later or not",
}
COST_PARTS = 3


A_RECORD = "A record is a row of a table: a pair or a meeting is one for itself and one for each of its people."
"""What the table of sources counts."""


def page(
    programme: Programme, meetings: Meetings, rounds: Sequence[Round], goals: Sequence[Goal], evidence: Evidence, costs: Money, gaps: Sequence[str], declared: dict[str, Any], missing: Callable[[str], str]
) -> dict[str, Any]:  # fmt: skip
    """One programme on its page. missing: a metric without a value to "not shown" or "not measured"."""
    one = latest(rounds)
    return {
        "name": programme.name,
        "title": f"{programme.name}: {_answer(meetings, goals)}",
        "facts": [
            {"name": name, "text": text or "not stated"}
            for name, text in (("Mission", programme.mission), ("Link to strategy", programme.strategy), ("Who can take part", programme.population), ("What was agreed", _agreed(programme)))
        ],
        "steps": _steps(one, missing("participation_rate")),
        "meetings": {"title": _meetings_title(meetings), "sentence": meetings.sentence, "drawn": _drawn(meetings)},
        "satisfaction": _satisfaction(rounds, missing("csat_mentee")),
        "goals": [figures.goal(goal) for goal in goals],
        "evidence": [_evidence(found) for found in evidence.findings],
        "silent": "; ".join(f"{silent.label}: {silent.reason}" for silent in evidence.silent),
        "costs": _costs(costs),
        "gaps": list(gaps),
        "declared": declared,
    }  # fmt: skip


def unmeasured(snapshot: Published, programme_id: str) -> list[str]:
    """What isn't measured in a programme and why, metrics with the same reason together."""
    reasons: dict[str, list[str]] = {}
    for row in snapshot.frame(UNMEASURED, [programme_id]).to_dicts():
        reasons.setdefault(row["suppression_reason"].removeprefix(NOT_MEASURED), []).append(row["label"])
    return [f"{reason[:1].upper()}{reason[1:]} ({', '.join(labels)})." for reason, labels in reasons.items()]


def protocol(snapshot: Published, programme_id: str) -> dict[str, Any]:
    """What the programme declared before its results: when, in which version, and whether it was changed afterwards."""
    rows = snapshot.frame(DECLARATION, [programme_id]).to_dicts()
    if not rows:
        return {}
    row = rows[-1]
    body = json.loads(row["declaration"] or "{}")
    outcomes = [
        str(one.get("label", one.get("outcome", ""))) for one in body.get("outcomes", []) if isinstance(one, dict)
    ]
    return {
        "declared_on": day_words(row["declared_on"]) or "an unknown day",
        "version": row["version"],
        "changed": "changed after results were known" if row["is_changed_after_results"] else "not changed since",
        "outcomes": "; ".join(outcomes),
    }


def quality(snapshot: Published, k: int) -> dict[str, Any]:
    """Records by source, what is old, and what is hidden."""
    stale = [
        f"{row['source_id']}: newest record {row['newest_record_on'].day} {row['newest_record_on']:%B %Y}, {plural(row['age_days'], 'day')} old, {row['freshness_days']} allowed"
        for row in snapshot.frame(SOURCES).to_dicts() if row["is_stale"]
    ]  # fmt: skip
    fresh, cells = freshness(snapshot), snapshot.frame(HIDDEN).to_dicts()
    hidden = sum(row["cells"] for row in cells if row["is_suppressed"])
    return {
        "records": [
            {name: count if name == "source_id" else f"{count:,}" for name, count in row.items()}
            for row in snapshot.frame(RECORDS).to_dicts()
        ],
        "fresh": f"{fresh.older}: {'; '.join(stale)}." if stale else fresh.words,
        "hidden": f"{A_RECORD} Groups of fewer than {k} people are not shown, nor numbers from which they could be worked out, nor what could not be measured: {hidden:,.0f} of {sum(row['cells'] for row in cells):,.0f} published figures.",
    }  # fmt: skip


def definitions(snapshot: Published) -> list[dict[str, Any]]:
    """The metrics behind the report, in words."""
    return snapshot.frame(DEFINITIONS, [list(DEFINED)]).to_dicts()


def stamp(snapshot: Published) -> list[list[str]]:
    """Which data, code and definitions made the report."""
    row = snapshot.frame("from release").row(0, named=True)
    extracts = snapshot.frame(SOURCES).to_dicts()
    return [
        ["Release", row["release_id"]],
        ["Content hash", row["content_hash"]],
        ["Data as of", f"{row['as_of_date']}"],
        ["Run", row["run_id"]],
        ["Code", row["code_version"]],
        ["Lock file", row["lock_hash"]],
        ["Head of the audit log", row.get("audit_head") or "no entry yet"],
        ["Metric dictionary", row["dictionary_version"]],
        ["Smallest group shown", f"{row['min_group_size']} people"],
        ["Extracts", "; ".join(f"{one['source_id']} {one['extracted_at']:%Y-%m-%d}" for one in extracts)],
    ]


def _answer(meetings: Meetings, goals: Sequence[Goal]) -> str:
    against = {
        "below": "pairs meet less often than agreed",
        "as_agreed": "pairs meet as agreed",
        "above": "pairs meet more often than agreed",
        "no_level": "meetings are not judged",
    }
    if meetings.is_unclear:
        against["as_agreed"] = "whether pairs meet as agreed can't be told from so few"
    off = sum(goal.status in ("off_track", "missed") for goal in goals)
    told = [against[meetings.word] if meetings.value is not None else f"meetings are {meetings.missing_word}"]
    if goals:
        told.append(_off_track(off, len(goals)) if len(goals) > 1 else f"its goal is {goals[0].word.lower()}")
    else:
        told.append("no goal is declared")
    return ", ".join(told)  # fmt: skip


def _off_track(off: int, goals: int) -> str:
    if goals == 2 and off != 1:
        return "both goals are off track" if off else "neither of two goals is off track"
    return f"{spelled(off) if off else 'none'} of {spelled(goals)} goals {'is' if off <= 1 else 'are'} off track"


def _agreed(programme: Programme) -> str:
    sessions = f"{spelled(programme.planned_sessions)} meetings" if programme.planned_sessions else ""
    cadence = f"{figure(programme.agreed, '', 1)} a month" if programme.agreed else ""
    told = ", ".join(part for part in (sessions, cadence) if part)
    return f"{told[:1].upper()}{told[1:]}." if told else ""


def _steps(one: Round | None, missing: str) -> dict[str, Any]:
    if one is None:
        return {"title": f"Who takes part is {missing}", "rows": [], "note": ""}
    steps = (
        ("Could take part", one.eligible),
        ("Applied", one.applied),
        ("Matched", one.matched),
        ("Pair not closed early", one.lasted),
        ("Finished as agreed", one.finished),
    )
    shown = [(name, count) for name, count in steps if count is not None]
    top = max((count for name, count in shown if name != "Could take part"), default=1) or 1
    of = f" of {one.ended:,}" if one.ended is not None else ""
    rows = [
        {
            "name": name,
            "count": f"{count:,}",
            "share": round(min(1.0, count / top), 4),
            "is_last": name == "Finished as agreed",
            "of": of if name == "Finished as agreed" else "",
        }
        for name, count in shown
        if name != "Could take part"
    ]
    title = (
        f"Of {plural(one.applied, 'applicant')}, {one.matched:,} {'was' if one.matched == 1 else 'were'} matched"
        if one.applied and one.matched is not None
        else "Who takes part"
    )
    could = f"{one.eligible:,} could take part. " if one.eligible is not None else ""
    return {"title": title, "rows": rows, "note": f"{one.name[:1].upper()}{one.name[1:]}. {could}Not closed early: still open, or ended as planned. Finished: the agreed sessions or the closing assessment."}  # fmt: skip


def _meetings_title(row: Meetings) -> str:
    if row.value is None:
        return f"Meetings are {row.missing_word}"
    if not row.months or row.agreed is None:
        return f"{figure(row.value, '', 1)} meetings per pair per month"
    if not row.months_below:
        return f"Pairs met as often as agreed {row.months_sentence.removeprefix('kept ')}"
    return f"Pairs met less than agreed {row.months_sentence.removeprefix('below ')}"


def _drawn(row: Meetings) -> dict[str, Any] | None:
    if len(row.months) < 2:
        return None
    top = max([month.value for month in row.months] + [row.agreed or 0.0]) * 1.15
    return {
        "runs": figures.runs(row.months, (0.0, top)),
        "agreed": None if row.agreed is None else figures.place(row.agreed, 0.0, top),
        "agreed_words": "" if row.agreed is None else f"agreed {figure(row.agreed, '', 1)}",
        "first": f"{row.months[0].start:%b %Y}",
        "last": f"{row.months[-1].start:%b %Y}",
        "ticks": [{"at": figures.place(tick, 0.0, top), "label": f"{tick:g}"} for tick in figures.ticks(0.0, top, 3)],
        "alt": f"Meetings per pair per month: {', '.join(f'{month.start:%b %Y} {month.value:.1f}' for month in row.months)}.",
    }


def _satisfaction(rounds: Sequence[Round], missing: str) -> dict[str, Any]:
    asked = [one for one in rounds if one.satisfied is not None]
    rows = [
        {
            "name": "All rounds" if one.cohort_id == ALL else one.name,
            "value": figure(one.satisfied.value, "share", 0),
            "span": f"({span(one.satisfied.low, one.satisfied.high, 'share', 0)})",
            "interval": figures.interval(
                one.satisfied.low, one.satisfied.value, one.satisfied.high, (figures.SATISFACTION_FROM, 1.0)
            ),
            "answered": figure(one.answered, "share", 0),
        }
        for one in asked[-5:]
        if one.satisfied is not None
    ]
    if not asked or asked[-1].satisfied is None:
        return {"title": f"Satisfaction is {missing}", "rows": []}
    best = asked[-1].satisfied
    return {"title": f"{figure(best.value, 'share', 0)} of mentees who answered are satisfied", "rows": rows}


def _evidence(one: Finding) -> dict[str, Any]:
    known = f"{one.n_treated:,} and {one.n_control:,}"
    drawn = f"{one.drawn[0]:,} and {one.drawn[1]:,}, " if one.drawn else f"{known}, "
    return {
        "label": one.label + one.when.replace(", after", ","),
        "compared": f"{drawn}{DESIGNS.get(one.design, one.design.replace('_', ' '))}",
        "measured": known,
        "told": f"{one.number} ({one.interval})",
        "rating": one.rating,
        "word": one.word,
    }


def _costs(costs: Money) -> dict[str, Any]:
    shown = [item for item in costs.items if item.amount]
    top = sum(item.amount or 0.0 for item in shown) or 1.0
    lead = sorted(shown, key=lambda item: -(item.amount or 0.0))[:COST_PARTS]
    rest = sum(item.amount or 0.0 for item in shown) - sum(item.amount or 0.0 for item in lead)
    parts = [
        {
            "name": item.item,
            "amount": money(item.amount, costs.currency),
            "share": round((item.amount or 0.0) / top, 4),
            "source": item.source,
        }
        for item in lead
    ]
    if rest > 0:
        parts.append(
            {
                "name": "everything else",
                "amount": money(rest, costs.currency),
                "share": round(rest / top, 4),
                "source": "declared amounts",
            }
        )
    per_pair = (
        f" {money(costs.per_completed_pair, costs.currency)} per pair that finished as agreed."
        if costs.per_completed_pair
        else ""
    )
    told = (
        f"{money(costs.total, costs.currency)} since {costs.start:%B %Y}.{per_pair}"
        if costs.total is not None and costs.start
        else f"Not measured: {costs.reason or 'no costs and no hourly rate are loaded'}."
    )
    return {"title": costs.title, "parts": parts, "sentence": told}  # fmt: skip
