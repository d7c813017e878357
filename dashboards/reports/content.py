"""What the leadership report says, gathered from the facts: plain values that all three forms (PDF, HTML, text) print. Nothing is worded or computed in a template."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from dashboards.facts import changes, decision, findings, goals, meetings, money, people, representation
from dashboards.facts.findings import RATING_NOTE
from dashboards.facts.measured import to_date
from dashboards.facts.programmes import Programme, Published, Release, programmes, release
from dashboards.facts.words import figure, listed, plural, spelled
from dashboards.reports import annex, figures
from dashboards.reports.issued import Issued

CARDS = 4
"""Programmes on the strip of page 1; the others are told in one line."""
LOW_LOSS = 4
"""The least rating of a lottery with low loss: one that wasn't registered has a dot less than the highest."""
MUCH_LOST = 0.1
CAVEATS = {
    "none": "No programme's outcomes are compared with those of similar people yet, so nothing here says what a programme does.",
    "plain": "Only places drawn at random show for sure what a programme did; comparisons with colleagues allow for what was measured, nothing else.",
}


@dataclass(frozen=True)
class ReportContent:
    """Everything that is printed. `values`: plain values for the templates; `told`: the facts behind them, for the register."""

    title: str
    as_of: date
    release: Release
    told: "Told"
    values: dict[str, Any]


@dataclass(frozen=True)
class Told:
    """The facts of one release, asked once."""

    release: Release
    programmes: list[Programme]
    meetings: list[meetings.Meetings]
    evidence: findings.Evidence
    goals: list[goals.Goal]
    changes: list[changes.Change]
    decision: decision.Decision
    costs: list[money.Money]
    rounds: dict[str, list[people.Round]]
    representation: list[representation.Representation]


def gather(snapshot: Published, issued: Issued | None = None) -> ReportContent:
    """Read the release once and put the report together. issued: the last issued report, with which "what changed" compares."""
    told = _ask(snapshot, issued)
    title = "Mentoring: leadership report"
    values = {
        "organisation": told.release.workspace.replace("_", " ").capitalize(),
        "title": title,
        "period": _period(told.release.as_of),
        "as_of": f"{told.release.as_of.day} {told.release.as_of:%B %Y}",
        "number": 1 if issued is None else issued.number + 1,
        "is_demo": told.release.is_demo,
        "headline": decision.headline(told.evidence, told.decision),
        "purpose": _purpose(told),
        "strip": _strip(told.meetings),
        "findings": _findings(told.evidence),
        "changes": _changes(told.changes, issued),
        "decision": _decision(told),
        "caveat": _caveat(told.evidence),
        "cost": money.costs_sentence(told.costs),
        "goals": _goals(told.goals),
        "evidence": _evidence(told.evidence),
        "people": _people(told),
        "representation": [_representation(one) for one in told.representation[:1]],
        "annex": [_annex_page(one, told, snapshot) for one in told.programmes],
        "quality": annex.quality(snapshot, told.release.min_group_size),
        "definitions": annex.definitions(snapshot),
        "stamp": annex.stamp(snapshot),
    }
    return ReportContent(title, told.release.as_of, told.release, told, values)


def _ask(snapshot: Published, issued: Issued | None) -> Told:
    return Told(
        release=release(snapshot),
        programmes=programmes(snapshot),
        meetings=meetings.meetings(snapshot),
        evidence=findings.evidence(snapshot),
        goals=goals.goals(snapshot),
        changes=changes.changes(snapshot, issued.measures if issued else None),
        decision=decision.decision(snapshot),
        costs=money.costs(snapshot),
        rounds=people.rounds(snapshot),
        representation=representation.representation(snapshot),
    )


def _period(as_of: date) -> str:
    """The last three complete months: "August to October 2026"."""
    end = as_of if (as_of + timedelta(days=1)).day == 1 else as_of.replace(day=1) - timedelta(days=1)
    start = (end.replace(day=1) - timedelta(days=40)).replace(day=1)
    return f"{start:%B}{'' if start.year == end.year else f' {start.year}'} to {end:%B %Y}"


def _purpose(told: Told) -> str:
    count = len(told.programmes)
    noun = "the mentoring programme" if count == 1 else f"{spelled(count)} mentoring programmes"
    asked = "which decision is needed" if told.decision.is_asked else "whether a decision is needed"
    if not count:
        return "This report tells leadership what mentoring does; no programme is loaded yet."
    return f"This report tells leadership what {noun} did in the last three months, how sure we are, and {asked}."


def _strip(rows: Sequence[meetings.Meetings]) -> dict[str, Any]:
    top = (
        max((value for row in rows for value in (row.high, row.value, row.agreed) if value is not None), default=1.0)
        * 1.08
    )
    rest = rows[CARDS:]
    return {
        "title": meetings.headline(rows),
        "cards": [figures.card(row, top) for row in rows[:CARDS]],
        "sentence": rows[0].sentence if len(rows) == 1 else "",
        "rest": f"Also: {'; '.join(figures.short(row) for row in rest)}." if rest else "",
    }


def _findings(found: findings.Evidence) -> dict[str, Any]:
    chosen = findings.top_findings(found)
    silent = "; ".join(f"{one.programme}, {one.label.lower()}: {one.reason}" for one in found.silent[:4])
    return {
        "title": findings.findings_title(chosen),
        "rows": [figures.finding(one) for one in chosen],
        "note": RATING_NOTE,
        "silent": ""
        if chosen
        else f"Not estimated: {silent}."
        if silent
        else "No programme declares an outcome to compare.",
    }


def _changes(rows: Sequence[changes.Change], issued: Issued | None) -> dict[str, Any]:
    shown = changes.leading(rows)
    waiting = sum(not row.moved and row.signal != "within" and not row.is_stock for row in rows)
    return {
        "title": changes.changes_title(rows),
        "before": changes.BEFORE.capitalize() if issued is None else f"Report {issued.number}",
        "rows": [figures.change(row) for row in shown],
        "note": f"{plural(waiting, 'more measure')} can't be judged yet: too few months in a row, or months with too few people to show."
        if waiting
        else "",
        "since": [] if issued is None else list(issued.since),
    }


def _decision(told: Told) -> dict[str, Any]:
    asked = told.decision
    about = [
        one.sentence
        for one in told.representation
        if one.programme_id in asked.programme_ids and one.goal and asked.kind == "goal_behind"
    ]
    waiting = next(
        (
            one.waiting
            for rows in told.rounds.values()
            for one in rows
            if one.programme_id in asked.programme_ids and one.waiting
        ),
        None,
    )
    extra = [
        *about[:1],
        *([f"{plural(waiting, 'applicant')} {'has' if waiting == 1 else 'have'} no mentor yet."] if waiting else []),
    ]
    return {
        "is_asked": asked.is_asked,
        "title": f"Decision asked: {asked.title[:1].lower()}{asked.title[1:]}"
        if asked.is_asked
        else asked.title.rstrip("."),
        "facts": " ".join([asked.facts, *extra]) if asked.is_asked else "",
        "owner": asked.owner,
        "by": f"{asked.by.day} {asked.by:%B %Y}",
        "why": asked.by_reason,
    }


def _caveat(found: findings.Evidence) -> str:
    best = findings.strongest(found)
    if not found.findings:
        return CAVEATS["none"]
    if best is not None and best.is_randomised and best.loss >= MUCH_LOST:
        lost = f"{best.loss:.0%} of those drawn have no known outcome in the first finding"
        return (
            f"{lost}, about evenly on both sides, so it still rates {best.rating} of 5."
            if best.rating >= LOW_LOSS
            else f"{lost}, so it rates {best.rating} of 5."
        )
    return CAVEATS["plain"]


def _goals(rows: Sequence[goals.Goal]) -> dict[str, Any]:
    return {
        "title": goals.goals_title(rows),
        "rows": [figures.goal(row) for row in rows],
        "note": "Status. Within margin: the value has reached the target, its interval has not. At risk: behind plan, its interval still reaches the plan. Off track: not even that. "
        "Cannot tell: not measured, or no complete period yet. A complete count has no interval.",
    }


def _evidence(found: findings.Evidence) -> dict[str, Any]:
    reasons: dict[str, list[str]] = {}
    for one in found.silent:
        reasons.setdefault(one.reason, []).append(f"{one.label[:1].lower()}{one.label[1:]} in {one.programme}")
    silent = [f"{listed(names)} ({reason})" for reason, names in reasons.items()]
    note = "Filled: interval excludes zero. Where people were drawn at random, the comparison without randomisation is in the annex."
    return {
        "title": found.title,
        "groups": figures.forest(found.shown),
        "note": note,
        "silent": f"Not estimated: {'; '.join(silent)}." if silent else "",
    }


def _people(told: Told) -> dict[str, Any]:
    rows = [figures.round_row(one) for rows in told.rounds.values() if (one := people.latest(rows)) is not None]
    step = told.representation[0].applied if told.representation else None
    title = "People: who takes part, and whether they are satisfied"
    if step is not None and len(step.points) > 1 and abs(step.change) >= 0.05:
        who = told.representation[0].group_words
        title = f"People: the share \u201c{who}\u201d among applicants {'rose' if step.change > 0 else 'fell'} from {figure(step.points[0].share, 'share')} to {figure(step.points[-1].share, 'share')}"
    return {"title": title, "rows": sorted(rows, key=lambda row: row["programme"])}


def _representation(one: representation.Representation) -> dict[str, Any]:
    return {
        "steps": figures.steps(one),
        "note": f"Share \u201c{one.group_words}\u201d in {one.programme}, by round; complete counts of those whose group is known"
        + (f"; dotted: {one.reference:.0%} of those who could take part." if one.reference is not None else "."),
        "alt": "; ".join(
            f"{step.name}: {', '.join(f'{point.label} {point.share:.0%}' for point in step.points)}"
            for step in one.steps
        ),
    }


def _annex_page(one: Programme, told: Told, snapshot: Published) -> dict[str, Any]:
    own = next(row for row in told.meetings if row.programme_id == one.programme_id)
    spent = next(row for row in told.costs if row.programme_id == one.programme_id)
    return annex.page(
        one, own, told.rounds.get(one.programme_id, []), [goal for goal in told.goals if goal.programme_id == one.programme_id],
        told.evidence.of(one.programme_id), spent, annex.unmeasured(snapshot, one.programme_id), annex.protocol(snapshot, one.programme_id),
        lambda metric_id: to_date(snapshot, metric_id, one.programme_id).missing_word,
    )  # fmt: skip
