"""The decision that leadership is asked for, with owner and date, from facts only; and the headline above it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

from dashboards.facts.alarms import Watch, watch
from dashboards.facts.finding import Finding
from dashboards.facts.findings import Evidence, evidence, strongest
from dashboards.facts.goals import Goal, furthest_behind, goals, goals_sentence
from dashboards.facts.programmes import Cohort, Published, cohorts, release
from dashboards.facts.words import listed, plural, sentence

Kind = Literal["pairs_silent", "goal_behind", "goal_missing", "unknown", "none"]

FORMING = ("forming", "open", "planned")
NO_DECISION = (
    "No decision is needed: every goal is where it should be, pairs meet, and every source is as fresh as agreed."
)
NO_DECISION_NO_AGES = (
    "No decision is needed: every goal is where it should be, and pairs meet. How old a source may be is not agreed."
)
NO_OWNER = "not named yet"


@dataclass(frozen=True)
class Decision:
    """What is asked (`title`), what it rests on (`facts`), who decides and until when. `phrase` says the matter as part of a sentence."""

    kind: Kind
    title: str
    facts: str
    phrase: str
    owner: str
    by: date
    by_reason: str
    programme_ids: tuple[str, ...] = ()

    @property
    def is_asked(self) -> bool:
        """Whether leadership has to decide something."""
        return self.kind in ("pairs_silent", "goal_behind", "goal_missing")

    @property
    def sentence(self) -> str:
        """Title and facts as running text."""
        return f"{sentence(self.title)} {self.facts}".strip()


def decide(rows: Sequence[Goal], seen: Watch, rounds: Sequence[Cohort], as_of: date) -> Decision:
    """Pairs that don't meet come first, then the goal furthest behind, then what is missing; comfort only where all is known and well."""
    if seen.alarms:
        return _pairs_silent(rows, seen, rounds, as_of)
    worst = furthest_behind(rows)
    if worst is not None:
        return _goal_behind(worst, rounds, as_of)
    by, why = _deadline(None, (), rounds, as_of)
    if not rows:
        facts = "Without a goal nobody can say whether the programmes do what they are for: a measure, a baseline, a target, a date and an owner make one."
        return Decision("goal_missing", "Declare a goal", facts, "no goal is declared yet", NO_OWNER, by, why)
    missing = _missing(rows, seen)
    if missing:
        told = f"Whether a decision is needed can't be told: {'; '.join(missing)}."
        return Decision("unknown", told, "", "whether a decision is needed can't be told", NO_OWNER, by, why)
    told = NO_DECISION if seen.has_ages else NO_DECISION_NO_AGES
    return Decision("none", told, "", "no decision is needed", "", by, why)


def decision(snapshot: Published) -> Decision:
    """The decision that this release asks for."""
    return decide(goals(snapshot), watch(snapshot), cohorts(snapshot), release(snapshot).as_of)


def headline(found: Evidence, asked: Decision) -> str:
    """The most important finding and the decision behind it: the one sentence at the head of report and landing page."""
    best: Finding | None = strongest(found)
    if best is not None and best.verdict in ("caused", "supported"):
        joint = ", but " if asked.is_asked else "; "
        return f"{_capital(best.phrase)}{joint}{_matter(asked, best)}"
    if found.findings:
        hint = f"{_capital(best.phrase)}, which is no proof" if best else "No comparison shows a clear difference"
        return f"{hint}; {asked.phrase}"
    return _capital(asked.phrase)


def needing_a_decision(rows: Sequence[Goal], seen: Watch) -> dict[str, str]:
    """Programme id to what needs a decision there: pairs that don't meet, a goal off track or missed."""
    needs: dict[str, str] = {}
    for goal in rows:
        if goal.status in ("off_track", "missed"):
            needs.setdefault(goal.programme_id, f"goal \u201c{goal.name}\u201d is {goal.word.lower()}")
    return needs | {alarm.programme_id: alarm.sentence.partition(": ")[2] for alarm in seen.alarms}


def standing(snapshot: Published) -> dict[str, object]:
    """Goals, alarms, headline and decision, as the summary of a run holds them."""
    rows, seen, asked = goals(snapshot), watch(snapshot), decision(snapshot)
    return {
        "goals": [{"goal_id": goal.goal_id, "status": goal.status, "status_reason": goal.reason or None} for goal in sorted(rows, key=lambda goal: (goal.programme_id, goal.goal_id))],
        "goals_sentence": goals_sentence(rows),
        "alarms": [alarm.sentence for alarm in seen.alarms],
        "headline": headline(evidence(snapshot), asked),
        "decision": asked.sentence,
    }  # fmt: skip


def _pairs_silent(rows: Sequence[Goal], seen: Watch, rounds: Sequence[Cohort], as_of: date) -> Decision:
    ids = tuple(alarm.programme_id for alarm in seen.alarms)
    names = listed([alarm.programme for alarm in seen.alarms])
    facts = " ".join(f"{alarm.sentence}." for alarm in seen.alarms)
    by, why = _deadline(None, ids, rounds, as_of)
    owners = sorted({goal.owner for goal in rows if goal.programme_id in ids and goal.owner})
    title = f"Decide what happens next where pairs don't meet: {names}"
    return Decision(
        "pairs_silent", title, facts, f"pairs don't meet in {names}", listed(owners) or NO_OWNER, by, why, ids
    )


def _goal_behind(goal: Goal, rounds: Sequence[Cohort], as_of: date) -> Decision:
    by, why = _deadline(goal, (goal.programme_id,), rounds, as_of)
    title = f"Decide what may change for \u201c{goal.name}\u201d in {goal.programme}, or revise the goal"
    phrase = f"the goal \u201c{goal.name}\u201d of {goal.programme} is {goal.word.lower()}"
    facts = f"{sentence(goal.statement)} {goal.facts}"
    return Decision("goal_behind", title, facts, phrase, goal.owner or NO_OWNER, by, why, (goal.programme_id,))


def _missing(rows: Sequence[Goal], seen: Watch) -> list[str]:
    open_ = sum(goal.status == "cannot_tell" for goal in rows)
    found = [f"{open_} of {plural(len(rows), 'goal')} can't be judged"] if open_ else []
    if seen.unknown:
        found.append(f"it isn't known whether pairs meet in {listed(seen.unknown)}")
    if seen.stale:
        found.append(f"older than {'agreed' if seen.has_ages else 'usual'}: {', '.join(seen.stale)}")
    return found


def _deadline(
    goal: Goal | None, programme_ids: Sequence[str], rounds: Sequence[Cohort], as_of: date
) -> tuple[date, str]:
    """The earliest of: the working day before the next round begins, the goal's own date, and the next report at the end of next month."""
    candidates = [(_end_of_next_month(as_of), "before the next report")]
    starts = [
        one.start
        for one in rounds
        if one.start and one.start > as_of and (not programme_ids or one.programme_id in programme_ids)
    ]
    if starts:
        start = min(starts)
        candidates.append((_working_day_before(start), f"the next round begins on {start.day} {start:%B}"))
    if goal is not None and goal.due > as_of:
        candidates.append((goal.due, "the goal is due then"))
    return min(one for one in candidates if one[0] > as_of)


def _working_day_before(day: date) -> date:
    before = day - timedelta(days=1)
    return before - timedelta(days=max(0, before.weekday() - 4))


def _end_of_next_month(day: date) -> date:
    after = (day.replace(day=1) + timedelta(days=70)).replace(day=1)
    return after - timedelta(days=1)


def _matter(asked: Decision, best: Finding) -> str:
    """The decision's matter; the programme isn't named a second time."""
    if asked.kind != "goal_behind" or best.programme_id not in asked.programme_ids:
        return asked.phrase
    return asked.phrase.replace(f" of {best.programme}", "").replace("the goal", "its goal", 1)


def _capital(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"
