"""Declared subgroups of one outcome: whether the effect differs between them, which have a figure, and why the others have none."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboards.facts.programmes import Published
from dashboards.facts.words import group_words, listed, plain, sentence

SUBGROUPS = """
    select subgroups.*, case when cohort_id <> 'all' then coalesce(cohorts.name, cohort_id) else '' end as cohort
    from impact_subgroups as subgroups left join cohorts using (programme_id, cohort_id)
    where programme_id = $1 and outcome = $2 order by cohort_id, subgroup_kind, subgroup_value
"""
LEAST = 2
"""Groups with a figure; one alone can't be compared."""


@dataclass(frozen=True)
class Group:
    """One subgroup with a figure. note: what was left out of its comparison."""

    name: str
    estimate: float
    low: float
    high: float
    n_treated: int
    n_control: int
    note: str


@dataclass(frozen=True)
class Split:
    """All groups of one kind. cohort: its name, "" where all are compared together. answer: whether the effect differs between them. without: names of groups that share a reason, and the reason."""

    kind: str
    cohort: str
    answer: str
    groups: tuple[Group, ...]
    without: tuple[tuple[str, str], ...]


def splits(snapshot: Published, programme_id: str, outcome: str) -> list[Split]:
    """One per declared kind and cohort; a single group with a figure isn't shown, since there is none to set it beside."""
    kinds: dict[tuple[str, str], list[Mapping[str, Any]]] = {}
    for row in snapshot.frame(SUBGROUPS, [programme_id, outcome]).to_dicts():
        kinds.setdefault((row["cohort_id"], row["subgroup_kind"]), []).append(row)
    return [_split(kind, rows) for (_, kind), rows in kinds.items()]


def _split(kind: str, rows: list[Mapping[str, Any]]) -> Split:
    known = [row for row in rows if row["estimate"] is not None]
    reasons: dict[str, list[str]] = {}
    for row in rows:
        if row["estimate"] is None:
            reasons.setdefault(sentence(plain(row["reason"])), []).append(group_words(str(row["subgroup_value"])))
    return Split(
        kind=plain(kind),
        cohort=rows[0]["cohort"],
        answer=rows[0]["interaction_words"],
        groups=tuple(_group(row) for row in known) if len(known) >= LEAST else (),
        without=tuple((listed(names), reason) for reason, names in reasons.items()),
    )


def _group(row: Mapping[str, Any]) -> Group:
    return Group(
        group_words(str(row["subgroup_value"])),
        row["estimate"],
        row["ci_low"],
        row["ci_high"],
        int(row["n_treated"]),
        int(row["n_control"]),
        sentence(plain(row["left_out"])) if row["left_out"] else "",
    )
