"""Which programme needs somebody, why, and what is the next step? Decided from facts alone; nothing is called steady that isn't known to be."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, Literal

from dashboards.facts.alarms import Alarm, watch
from dashboards.facts.finding import Finding
from dashboards.facts.findings import Evidence, evidence, strongest
from dashboards.facts.goals import WELL, Goal, goals
from dashboards.facts.measured import Measured, to_date
from dashboards.facts.meetings import MONTHS_TO_JUDGE, Meetings, meetings
from dashboards.facts.programmes import Programme, Published, programmes, release
from dashboards.facts.words import listed, plural, sentence, spelled

Kind = Literal["decide", "watch", "ask", "steady"]
Step = Literal["approve", "meet", "goals", "write", "declare", "load", "look"]

SOON_DAYS = 30
DRIFTING_SHARE = 1 / 6
RULE = (
    f"Decide: a matching waits for approval and its cohort starts within {SOON_DAYS} days, a goal is off track or missed, fewer than half of the open pairs met in the last 30 days, or pairs meet less often than agreed now and in "
    f"each of at least {MONTHS_TO_JUDGE} months. Watch: pairs meet less often than agreed now, a goal is at risk, or one open pair in six hasn't met for one and a half times the agreed interval. Can't tell: no goal "
    "is declared or can be judged, or meetings are not measured. Steady: none of these. The nearest date comes first."
)


@dataclass(frozen=True)
class Waiting:
    """A proposed matching that nobody has published yet."""

    cohort_id: str
    cohort: str
    starts: date | None
    applicants: int
    matched: int


@dataclass(frozen=True)
class Standing:
    """One programme on one line. days_left: to the date of its decision, None where it has none."""

    programme: Programme
    kind: Kind
    tag: str
    reasons: tuple[str, ...]
    step: Step
    days_left: int | None
    meetings: Meetings
    goals: tuple[Goal, ...]
    effect: Finding | None
    no_effect: str
    cost: Measured
    drifting: Measured
    waiting: Waiting | None
    alarm: Alarm | None = None

    @property
    def why(self) -> str:
        """Why it has its tag, in one sentence or two."""
        return " ".join(sentence(reason) for reason in self.reasons[:2])

    @property
    def goals_well(self) -> int:
        return sum(goal.status in WELL for goal in self.goals)


def standings(snapshot: Published) -> list[Standing]:
    """One row per programme of the organisation: those that need a decision first, by date."""
    as_of, found, all_goals = release(snapshot).as_of, evidence(snapshot), goals(snapshot)
    met = {row.programme_id: row for row in meetings(snapshot)}
    waiting = {one["programme_id"]: one for one in snapshot.frame(WAITING).to_dicts()}
    alarms = {one.programme_id: one for one in watch(snapshot).alarms}
    rows = [
        _standing(
            snapshot, one, met[one.programme_id], [goal for goal in all_goals if goal.programme_id == one.programme_id], found.of(one.programme_id), _waiting(waiting.get(one.programme_id)), alarms.get(one.programme_id), as_of
        )
        for one in programmes(snapshot)
    ]  # fmt: skip
    order = ("decide", "ask", "watch", "steady")
    return sorted(
        rows,
        key=lambda row: (
            order.index(row.kind),
            row.days_left if row.days_left is not None else 10_000,
            row.programme.name,
        ),
    )


WAITING = """
    select programme_id, cohort_id, coalesce(cohort_name, cohort_id) as cohort, cohort_start_date, mentees, matched
    from match_runs where published_pairs = 0 and coalesce(cohort_status, 'forming') = 'forming' order by cohort_start_date desc nulls first
"""


def title(rows: Sequence[Standing]) -> str:
    """How many programmes need a decision; comfort only where everything is known."""
    if not rows:
        return "No programme is declared yet"
    deciding, open_ = (sum(row.kind == kind for row in rows) for kind in ("decide", "ask"))
    if deciding:
        return f"{_of(deciding, rows)} {'needs' if deciding == 1 else 'need'} a decision"
    if open_:
        which = rows[0].programme.name if len(rows) == 1 else f"{_of(open_, rows)[:1].lower()}{_of(open_, rows)[1:]}"
        return f"Whether {which} {'needs' if open_ == 1 else 'need'} a decision can't be told"
    return "No programme needs a decision" if len(rows) > 1 else f"{rows[0].programme.name} needs no decision"


def first(rows: Sequence[Standing]) -> tuple[str, str] | None:
    """The programme to begin with and why; None where none needs anybody."""
    if not rows or rows[0].kind in ("steady", "watch"):
        return None
    row = rows[0]
    if row.days_left is not None and row.waiting is not None:
        return row.programme.name, f"its next cohort starts in {plural(row.days_left, 'day')}."
    return row.programme.name, sentence(row.reasons[0])


def _of(count: int, rows: Sequence[Standing]) -> str:
    if len(rows) == 1:
        return rows[0].programme.name
    if count == len(rows):
        return "Both programmes" if count == 2 else f"All {spelled(count)} programmes"
    return f"{spelled(count).capitalize()} of {plural(len(rows), 'programme') if len(rows) > 12 else f'{spelled(len(rows))} programmes'}"


def _standing(
    snapshot: Published,
    programme: Programme,
    met: Meetings,
    own: Sequence[Goal],
    found: Evidence,
    waiting: Waiting | None,
    alarm: Alarm | None,
    as_of: date,
) -> Standing:
    drifting = to_date(snapshot, "drifting_pairs", programme.programme_id)
    best = strongest(found) or next(iter(found.shown), None)
    row = Standing(
        programme, "steady", "Steady", (), "look", None, met, tuple(own), best, _no_effect(found),
        to_date(snapshot, "cost_per_participant", programme.programme_id), drifting, waiting, alarm,
    )  # fmt: skip
    end = programme.end
    return (
        replace(row, tag="Ended", reasons=(f"it ended on {end.day} {end:%B %Y}",))
        if end is not None and end <= as_of
        else _judged(row, as_of)
    )


def _judged(row: Standing, as_of: date) -> Standing:
    """The first rule that holds gives the tag; its reasons and next step go with it."""
    for rule in (_approval_due, _decision_due, _cannot_tell, _to_watch):
        found = rule(row, as_of)
        if found is not None:
            return found
    meet = "no clear sign that pairs meet too seldom," if row.meetings.is_unclear else "pairs meet as agreed"
    return replace(row, reasons=(f"{meet} and every goal is where it should be",), step="look")


def _approval_due(row: Standing, as_of: date) -> Standing | None:
    if row.waiting is None or row.waiting.starts is None:
        return None
    days = (row.waiting.starts - as_of).days
    if not 0 <= days <= SOON_DAYS:
        return None
    left = row.waiting.applicants - row.waiting.matched
    rest = f"; {left} {'has' if left == 1 else 'have'} none" if left else ""
    reason = f"{row.waiting.matched} of {plural(row.waiting.applicants, 'applicant')} have a proposed mentor{rest}"
    return replace(
        row,
        kind="decide",
        tag=f"Decide by {row.waiting.starts.day} {row.waiting.starts:%b}",
        reasons=(reason, *_troubles(row)),
        step="approve",
        days_left=days,
    )


def _decision_due(row: Standing, as_of: date) -> Standing | None:
    troubles = _troubles(row)
    if not troubles:
        return None
    due = [(goal.due - as_of).days for goal in row.goals if goal.status == "off_track"]
    return replace(
        row,
        kind="decide",
        tag="Decide",
        reasons=(_joined(troubles),),
        step="meet" if row.alarm or _meets_too_seldom(row.meetings) else "goals",
        days_left=min(due, default=None),
    )


def _cannot_tell(row: Standing, _as_of: date) -> Standing | None:
    missing: list[str] = []
    step: Step = "declare"
    if not row.goals:
        missing.append("no goal is declared")
    elif all(goal.status == "cannot_tell" for goal in row.goals):
        missing.append("no goal can be judged")
    if row.meetings.value is None:
        missing.append(
            f"meetings are {row.meetings.missing_word} ({(row.meetings.reason or '').removeprefix('not measured: ')})"
        )
        step = "declare" if not row.goals else "load"
    return replace(row, kind="ask", tag="Can't tell", reasons=tuple(missing), step=step) if missing else None


def _to_watch(row: Standing, _as_of: date) -> Standing | None:
    risky = [goal for goal in row.goals if goal.status == "at_risk"]
    drifting = row.drifting
    if drifting.value is not None and drifting.denominator and drifting.value / drifting.denominator >= DRIFTING_SHARE:
        pairs = f"{drifting.value:.0f} of {plural(int(drifting.denominator), 'open pair')} have stopped meeting"
        return replace(row, kind="watch", tag="Watch", reasons=(pairs,), step="write")
    if row.meetings.word == "below":
        return replace(
            row,
            kind="watch",
            tag="Watch",
            reasons=("pairs meet less often than agreed",),
            step="meet",
        )
    if risky:
        at_risk = f"{spelled(len(risky))} of {plural(len(row.goals), 'goal') if len(row.goals) > 12 else spelled(len(row.goals)) + ' goals'} {'is' if len(risky) == 1 else 'are'} at risk"
        only = f"its only goal, {risky[0].name.lower()}, is at risk"
        return replace(row, kind="watch", tag="Watch", reasons=(at_risk if len(row.goals) > 1 else only,), step="goals")
    return None


def _troubles(row: Standing) -> list[str]:
    """What has gone wrong, each as half a sentence."""
    found = ["pairs meet less often than agreed"] if _meets_too_seldom(row.meetings) else []
    found = [row.alarm.counts] if row.alarm else found
    for status, words in (("missed", "missed"), ("off_track", "off track")):
        names = [goal.name[:1].lower() + goal.name[1:] for goal in row.goals if goal.status == status]
        if names:
            found.append(f"{listed(names[:2])} {'is' if len(names) == 1 else 'are'} {words}")
    return found


def _joined(parts: Sequence[str]) -> str:
    return listed(parts, ", and" if len(parts) == 2 else "and").replace(" , and", ", and")


def _meets_too_seldom(met: Meetings) -> bool:
    """Below the agreed level now and in every month that is known."""
    return met.word == "below" and met.is_judged and not met.months_reached


def _no_effect(found: Evidence) -> str:
    """Why no effect is told."""
    if found.silent:
        return f"Not measured: {found.silent[0].reason.partition('so there is ')[2] or found.silent[0].reason}"
    return "Not measured: no outcome is declared"


def _waiting(row: dict[str, Any] | None) -> Waiting | None:
    if row is None:
        return None
    return Waiting(row["cohort_id"], row["cohort"], row["cohort_start_date"], row["mentees"], row["matched"])
