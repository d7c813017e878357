"""One thing that waits for somebody, whose it is and what is done about it."""

from collections import Counter
from dataclasses import dataclass
from datetime import date
from typing import Literal

from dashboards.facts.standing import Standing

Kind = Literal["decision", "pairs", "milestones", "applicants", "surveys", "goals", "data"]
KINDS: dict[Kind, str] = {
    "decision": "Decisions", "pairs": "Pairs", "milestones": "Milestones", "applicants": "Applicants", "surveys": "Surveys", "goals": "Goals", "data": "Data",
}  # fmt: skip
TEAM = "Programme team"


@dataclass(frozen=True)
class Item:
    """One thing to do. since: since when it waits; due: until when, where there is a date; page: where it is done, "" where a message is drafted instead."""

    kind: Kind
    title: str
    detail: str
    programme_id: str
    programme: str
    owner: str
    since: date | None
    due: date | None
    page: str
    step: str

    def age(self, today: date) -> int | None:
        """Days that it has waited; None where that isn't known."""
        return (today - self.since).days if self.since else None


def owner_of(row: Standing) -> str:
    """Who answers for a programme: the owner of most of its goals."""
    named = Counter(goal.owner for goal in row.goals if goal.owner)
    return named.most_common(1)[0][0] if named else TEAM


def item_of(
    row: Standing,
    kind: Kind,
    name: str,
    detail: str,
    *,
    page: str = "",
    step: str,
    since: date | None = None,
    due: date | None = None,
    owner: str = "",
) -> Item:
    """An item of one programme; without an owner of its own it is whoever answers for the programme."""
    return Item(
        kind,
        name,
        detail,
        row.programme.programme_id,
        row.programme.name,
        owner or owner_of(row),
        since,
        due,
        page,
        step,
    )
