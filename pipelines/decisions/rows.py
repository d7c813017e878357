"""Decisions as rows of `raw_registry.match_decisions` and back: one row per decision and pair that it names, without actor and reason.

The reason is free text in which somebody may name a person, and the actor may be a name: both stay in the store.
"""

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from pipelines.decisions.decision import Decision


def rows_of(decisions: Iterable[Decision]) -> list[dict[str, Any]]:
    """cohort_id, revision, item (0 = first), kind, mentee_application_id, mentor_application_id, seats, undone_revision, run_id, made_at (ISO)."""
    rows = []
    for decision in decisions:
        named: list[tuple[str | None, str | None]] = [*decision.pairs] or [(None, decision.mentor)]
        wanted = dict(decision.wanted)
        for item, (mentee, mentor) in enumerate(named):
            rows.append(
                {
                    "cohort_id": decision.cohort_id,
                    "revision": decision.revision,
                    "item": item,
                    "kind": decision.kind,
                    "mentee_application_id": mentee,
                    "mentor_application_id": mentor,
                    "seats": decision.seats if mentee is None else wanted.get(mentee),
                    "undone_revision": decision.undoes,
                    "run_id": decision.run_id,
                    "made_at": decision.made_at.isoformat() if decision.made_at else None,
                }
            )
    return rows


def decisions_from_rows(rows: Iterable[Mapping[str, Any]]) -> list[Decision]:
    """The decisions of one cohort, oldest first, from rows in the shape of `rows_of`; actor and reason are empty."""
    ordered = sorted(rows, key=lambda row: (row["revision"], row["item"]))
    found = []
    for revision, items in groupby(ordered, key=lambda row: row["revision"]):
        named = list(items)
        first = named[0]
        pairs = tuple(
            (row["mentee_application_id"], row["mentor_application_id"])
            for row in named
            if row["mentee_application_id"]
        )
        found.append(
            Decision(
                first["cohort_id"],
                revision,
                first["kind"],
                pairs=pairs,
                mentor=None if pairs else first["mentor_application_id"],
                seats=None if pairs else first["seats"],
                wanted=tuple(
                    dict.fromkeys(
                        (row["mentee_application_id"], row["seats"])
                        for row in named
                        if row["mentee_application_id"] and row["seats"]
                    )
                ),
                undoes=first["undone_revision"],
                run_id=first["run_id"],
            )
        )
    return found
