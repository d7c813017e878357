"""What waits for somebody: decisions, pairs that have stopped meeting, late milestones, applicants, surveys, goals that fall due, data; each with owner, age and next step.

Counts come from the readers' file. Items about single pairs and applicants come from the managers' file; without it they are counted where a count may be shown.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from dashboards.facts.drifting import Drifting, drifting
from dashboards.facts.freshness import freshness
from dashboards.facts.goals import TROUBLED, WELL
from dashboards.facts.programmes import Published, release
from dashboards.facts.standing import Standing, standings
from dashboards.facts.waiting import MILESTONES
from dashboards.facts.words import listed, plural, sentence, spelled
from dashboards.facts.work_items import KINDS, Item, item_of

DATA_OWNER = "People analytics"
DUE_SOON_DAYS = 61
QUARANTINE = "select reason, sum(rows) as rows from quarantine_counts group by reason order by rows desc, reason"


def to_do(snapshot: Published, managers: Published | None) -> list[Item]:
    """Everything that waits, decisions first, then by date."""
    rows, today = standings(snapshot), release(snapshot).as_of
    items = [item for row in rows for item in _decisions(row)]
    items += [item for row in rows for item in _goals_due(row, today)]
    items += _people(rows, managers, today) if managers else [item for row in rows for item in _counted(row)]
    items += _data(snapshot)
    order = list(KINDS)
    return sorted(
        items,
        key=lambda item: (order.index(item.kind), item.due or date.max, item.since or date.max),
    )


def title(items: Sequence[Item], today: date) -> str:
    """How many decisions wait and when the next is due."""
    deciding = [item for item in items if item.kind == "decision"]
    if not items:
        return "Nothing waits"
    if not deciding:
        return f"No decision waits; {plural(len(items), 'thing')} to do"
    waits = f"{spelled(len(deciding)).capitalize()} {'decision waits' if len(deciding) == 1 else 'decisions wait'}"
    due = next((item for item in deciding if item.due and item.due >= today), None)
    return f"{waits}; the next is due {due.due.day} {due.due:%B %Y}" if due and due.due else waits


def lead(items: Sequence[Item]) -> str:
    """What comes first after the decisions."""
    rest = [item for item in items if item.kind != "decision"]
    if not rest:
        return (
            "Nothing else waits."
            if items
            else "No pair is silent, no milestone late, nobody waits, and no row is in quarantine."
        )
    begin = next((item for item in rest if item.kind == "pairs"), rest[0])
    where = f" ({begin.programme})" if begin.programme_id else ""
    if len(rest) == len(items):
        return f"{begin.title}{where} first."
    return f"Then: {begin.title[:1].lower()}{begin.title[1:]}{where}."


def _decisions(row: Standing) -> Iterable[Item]:
    if row.waiting is not None:
        yield from _matching(row)
    if "pairs meet less often than agreed" in " ".join(row.reasons):
        yield item_of(
            row,
            "decision",
            "Decide how pairs get to meet as agreed",
            row.meetings.sentence,
            page="programme",
            step="See the meetings",
        )
    for goal in row.goals:
        if goal.status in ("off_track", "missed"):
            yield item_of(
                row,
                "decision",
                f"Revise the goal or the programme: {goal.name.lower()}",
                goal.facts,
                page="goals",
                step="Open the goal",
                due=goal.due,
                owner=goal.owner,
            )
    if not row.goals and row.kind != "steady":
        yield item_of(
            row,
            "decision",
            "Declare a goal",
            "No goal is declared, so nobody can tell whether the programme does what it is for",
            page="goals",
            step="See how",
        )


def _matching(row: Standing) -> Iterable[Item]:
    one = row.waiting
    if one is None:
        return
    yield item_of(
        row,
        "decision",
        f"Approve the matching of {one.cohort}",
        f"{one.matched} of {plural(one.applicants, 'applicant')} have a proposed mentor",
        page="matching",
        step="Open matching",
        due=one.starts,
    )
    left = one.applicants - one.matched
    if left:
        yield item_of(
            row,
            "decision",
            f"Find mentors for {plural(left, 'applicant')}",
            f"{one.cohort}: the places offered are used, or no rule allows another pair",
            step="Draft a call",
            due=one.starts,
        )


def _goals_due(row: Standing, today: date) -> Iterable[Item]:
    for goal in row.goals:
        near = 0 <= (goal.due - today).days <= DUE_SOON_DAYS
        if near and goal.status not in (*WELL, "off_track", "missed"):
            words = "at risk" if goal.status in TROUBLED else "not yet to be judged"
            yield item_of(
                row,
                "goals",
                f"A goal falls due: {goal.name.lower()}",
                f"It is {words}. {goal.facts}",
                page="goals",
                step="Open the goal",
                due=goal.due,
                owner=goal.owner,
            )


def _counted(row: Standing) -> Iterable[Item]:
    """Without the managers' file: pairs are counted, nobody is listed."""
    if row.drifting.value:
        yield item_of(
            row,
            "pairs",
            f"Write to {plural(round(row.drifting.value), 'pair')} that {'has' if row.drifting.value == 1 else 'have'} stopped meeting",
            f"Of {plural(round(row.drifting.denominator or 0), 'open pair')}; programme managers see which",
            step="Draft a message",
        )


def held_in_words(pairs: Sequence[Drifting]) -> str:
    """How many of the pairs that have stopped meeting may simply be finished; where nobody planned a number, nobody missed it."""
    finished = sum(pair.has_held_all for pair in pairs)
    if finished:
        return (
            f"{plural(finished, 'pair')} {'has' if finished == 1 else 'have'} held all that was planned: offer to close"
        )
    is_planned = any(pair.planned is not None for pair in pairs)
    return "None has held all that was planned" if is_planned else "Nobody wrote down how many meetings they planned"


def _people(rows: Sequence[Standing], managers: Published, today: date) -> list[Item]:
    # Where no meetings are loaded nobody knows who has stopped.
    names = {row.programme.programme_id: row.programme.name for row in rows if not row.drifting.is_unmeasured}
    silent = drifting(managers, today, names)
    found: list[Item] = []
    for row in rows:
        own = [pair for pair in silent if pair.programme_id == row.programme.programme_id]
        mine = [row.programme.programme_id]
        if own:
            longest = min((pair.last_met for pair in own if pair.last_met), default=None)
            found.append(
                item_of(
                    row,
                    "pairs",
                    f"Write to {plural(len(own), 'pair')} that {'has' if len(own) == 1 else 'have'} stopped meeting",
                    held_in_words(own),
                    step="Draft a message",
                    since=longest,
                )
            )
        found += _milestones(row, managers.frame("from work_milestones where programme_id = $1", mine).to_dicts())
        found += _applicants(row, managers.frame("from work_applicants where programme_id = $1", mine).to_dicts())
        found += _surveys(row, managers.frame("from work_surveys where programme_id = $1", mine).to_dicts())
    return found


def _milestones(row: Standing, late: Sequence[Mapping[str, Any]]) -> Iterable[Item]:
    if late:
        kinds = Counter(str(one["milestone"]) for one in late)
        detail = listed(
            [plural(count, *MILESTONES.get(name, (name.replace("_", " "),))) for name, count in kinds.most_common()]
        )
        yield item_of(
            row,
            "milestones",
            f"Ask for {plural(len(late), 'late milestone')}",
            sentence(detail).rstrip("."),
            step="Draft a message",
            since=min(one["due_date"] for one in late),
        )


def _applicants(row: Standing, waiting: Sequence[Mapping[str, Any]]) -> Iterable[Item]:
    """Those who wait in a cohort that is being formed belong to its matching."""
    proposed = row.waiting.cohort_id if row.waiting else None
    others = [one for one in waiting if one["cohort_id"] != proposed]
    if others:
        listed_ = sum(one["decision"] == "waitlisted" for one in others)
        detail = f"{listed_} on a waiting list" if listed_ else "No answer yet"
        yield item_of(
            row,
            "applicants",
            f"Answer {plural(len(others), 'applicant')}",
            detail,
            step="Draft an answer",
            since=min(one["submitted_date"] for one in others),
        )


def _surveys(row: Standing, sent: Sequence[Mapping[str, Any]]) -> Iterable[Item]:
    for survey in sent:
        left = survey["invited"] - survey["answered"]
        if left > 0:
            yield item_of(
                row,
                "surveys",
                f"Remind {plural(left, 'person', 'people')} of a survey",
                f"{survey['survey_id']}: {survey['answered']} of {survey['invited']} answered",
                step="Draft a reminder",
                since=survey["sent_date"],
            )


def _data(snapshot: Published) -> Iterable[Item]:
    for source in freshness(snapshot).stale:
        yield Item(
            "data",
            f"Ask for a new extract of {source.source_id}",
            sentence(source.words).rstrip("."),
            "",
            "All",
            DATA_OWNER,
            source.newest,
            None,
            "quality",
            "Open quality",
        )
    held = snapshot.frame(QUARANTINE).to_dicts()
    if held:
        rows = sum(one["rows"] for one in held)
        detail = (
            f"{plural(len(held), 'kind')}; the largest: {held[0]['reason']} ({plural(int(held[0]['rows']), 'row')})"
        )
        yield Item(
            "data",
            f"Mend {plural(int(rows), 'quarantined row')}",
            detail,
            "",
            "All",
            DATA_OWNER,
            None,
            None,
            "quality",
            "Open quality",
        )
