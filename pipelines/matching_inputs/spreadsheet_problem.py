"""What is to be matched from two spreadsheets: the problem, and what was assumed where no programme file says."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.matching import (
    MatchProblem,
    Policy,
    block_from_text,
    policy_from_block,
    rules_from_policy,
    weights_from_block,
)
from pipelines.matching.affinity import LISTS
from pipelines.matching.eligibility import Availability, LevelGap, Rule, SharedLanguage, TimeZoneGap
from pipelines.matching.policy import pairs_from_block
from pipelines.matching_inputs.compared_lists import compared_lists
from pipelines.matching_inputs.free_text import Reading, synonyms, with_meanings
from pipelines.matching_inputs.group_sheets import read_groups
from pipelines.matching_inputs.level_words import named_order
from pipelines.matching_inputs.own_scores import read_own_scores
from pipelines.matching_inputs.sheet_terms import SheetRefused
from pipelines.matching_inputs.spreadsheets import People, read_people

DEFAULT_WEIGHTS = {"skills": 4.0, "topics": 3.0, "preferences": 3.0, "goals": 2.0, "interests": 1.0}
DEFAULT_RULES: dict[str, Rule] = {
    "languages": SharedLanguage(),
    "utc_offset_hours": TimeZoneGap(6),
    "availability": Availability(1),
    "level_rank": LevelGap(0),
}
"""The rule that holds where both sheets fill the column."""


@dataclass(frozen=True)
class Asked:
    """What is to be matched, and how. said: lines about what was assumed. names: side, application_id, name, email, where sheets gave them."""

    problem: MatchProblem
    policy: Policy
    salt: str
    said: list[str]
    names: pl.DataFrame | None = None


def from_spreadsheets(
    mentees: Path,
    mentors: Path,
    programme: Path | None,
    *,
    as_of: date,
    groups: Path | None = None,
    without: Sequence[str] = (),
    words: Path | None = None,
    scores: Path | None = None,
    aims: Mapping[str, Any] | None = None,
    levels: str | None = None,
    means: Sequence[str] = (),
) -> Asked:
    """Two files and, if given, a programme file; without one sensible rules and weights, which are said.

    groups: a file of person, attribute, value, which only the audit and a declared quota look at. without: names of rules that don't hold. words: a file of synonyms
    beside the shipped ones. scores: a file of scores of one's own; without a programme file they alone count. aims: fields of `Policy` in the place of the programme's. levels: words for levels, lowest first. means: what columns and sheets mean, `HEADING=MEANING`. Raises `SheetRefused`.
    """
    people = read_people(
        {"mentees": mentees, "mentors": mentors},
        as_of=as_of,
        levels=named_order(levels or ""),
        needs_levels="level_gap" not in without,
        means=means,
    )
    wishes, other, alike = (
        compared_lists(people, mentees.name, mentors.name)
        if programme is None
        else (people.mentees, people.mentors, [])
    )
    one, readings = with_meanings(wishes, other, synonyms(words))
    declared = None if groups is None else read_groups(groups, {*one["person_key"], *other["person_key"]})
    own = people.scores if scores is None else read_own_scores(scores, people.names)
    said = [*people.said, *alike, *(_told(reading) for reading in readings)]
    if programme is None:
        rules, weights, policy, lines = _defaults(one, other, mentees.name, mentors.name, has_scores=own is not None)
        lines = [*_not_used(people, one, other), *lines]
        said += lines
        asked = MatchProblem(
            one,
            other,
            rules,
            weights,
            locks=people.agreed,
            pools=people.pools,
            current=people.current,
            groups=declared,
            own_scores=own,
        )
    else:
        block = _block(programme, declared)
        policy = policy_from_block(block)
        asked = MatchProblem(
            one,
            other,
            rules_from_policy(block),
            weights_from_block(block),
            locks=[*pairs_from_block(block, "locks"), *people.agreed],
            forbidden=pairs_from_block(block, "forbidden"),
            pools=people.pools,
            current=people.current,
            groups=declared,
            own_scores=own,
        )
        if own is not None and not asked.score.get("own_scores"):
            raise SheetRefused(
                f"{programme.name} gives own_scores no weight, so {scores or 'the sheet of scores'} would count for nothing. Next step: add own_scores to its weights."
            )
    policy = replace(policy, **(aims or {}))
    if policy.order == "sum":
        said.append("The sum of scores comes first: somebody may stay unmatched who could be matched.")
    salt = programme.stem if programme else "spreadsheets"
    return Asked(_without(asked, without), policy, salt, said, people.names)


def _block(programme: Path, declared: pl.DataFrame | None) -> dict[str, Any]:
    try:
        block = block_from_text(programme.read_text(encoding="utf-8-sig"), programme.name)
    except UnicodeDecodeError:
        raise SheetRefused(f"{programme.name} is no text in UTF-8. Next step: save it as YAML in UTF-8.") from None
    quota = block.get("quota")
    if quota and (declared is None or quota["attribute"] not in declared["attribute"]):
        raise SheetRefused(
            f"{programme.name} declares a quota for {quota['attribute']}, but no file says who belongs to which group. "
            f"Next step: add --groups FILE.csv with the columns person, attribute ({quota['attribute']}) and value."
        )
    return dict(block)


def _defaults(
    one: pl.DataFrame, other: pl.DataFrame, mentees: str, mentors: str, *, has_scores: bool
) -> tuple[list[Rule], dict[str, float], Policy, list[str]]:
    """Rules and weights of the columns that both sheets fill, and what is said of them."""
    rules: list[Rule] = rules_from_policy({"hard_rules": [{"rule": "previous_pair"}]})
    for column, rule in DEFAULT_RULES.items():
        rules += [rule] * (_filled(one, column) and _filled(other, column))
    weights = {name: weight for name, weight in DEFAULT_WEIGHTS.items() if _has(name, one, other)}
    weights = {"own_scores": 1.0} if has_scores else weights
    if not weights:
        raise SheetRefused(
            f"{mentees} and {mentors} share none of the columns {', '.join(DEFAULT_WEIGHTS)}, so nobody fits anybody better than others "
            f"({mentees} has {_given(one)}, {mentors} {_given(other)}). "
            "Next step: add `skills` to both."
        )
    lines = [
        "Rules: "
        + "; ".join(rule.words for rule in rules)
        + ". Without one of them: --without NAME, such as level_gap.",
        "Weights: "
        + ", ".join(f"{name} {weight:g}" for name, weight in weights.items())
        + ". Your own: --programme FILE.yaml",
    ]
    return rules, weights, Policy(), lines


def _not_used(people: People, one: pl.DataFrame, other: pl.DataFrame) -> list[str]:
    """What is read and counts for nothing where no programme's file says how, by its headings."""
    unused = [name for name in ("department", "location") if _filled(one, name) or _filled(other, name)]
    said = []
    for name in unused:
        headings = dict.fromkeys(of_sheet[name] for of_sheet in people.chosen if name in of_sheet)
        others = ", ".join(repr(heading) for heading in headings if heading.casefold() != name)
        said.append(f"{name} ({others})" if others else name)
    return [f"Read and not used without a programme's file: {', '.join(said)}."] if said else []


def _given(people: pl.DataFrame) -> str:
    """The lists that a sheet fills, in words."""
    return ", ".join(name for name in DEFAULT_WEIGHTS if name in people.columns and _filled(people, name)) or "none"


def _without(problem: MatchProblem, names: Sequence[str]) -> MatchProblem:
    present = {rule.name for rule in problem.rules}
    unknown = sorted(set(names) - present - {rule.name for rule in DEFAULT_RULES.values()})
    if unknown:
        raise SheetRefused(
            f"There is no rule {', '.join(unknown)} in this run. Next step: name one of {', '.join(sorted(present))} after --without."
        )
    return replace(problem, rules=[rule for rule in problem.rules if rule.name not in names])


def _told(reading: Reading) -> str:
    return f"Read {reading.wish!r} as {' and '.join(map(repr, reading.meant))}" + (
        "." if reading.how == "synonym" else f" ({reading.likeness:.2f} alike)."
    )


def _filled(frame: pl.DataFrame, column: str) -> bool:
    values = frame[column]
    return (
        bool((values.list.len() > 0).any()) if isinstance(values.dtype, pl.List) else values.null_count() < values.len()
    )


def _has(component: str, mentees: pl.DataFrame, mentors: pl.DataFrame) -> bool:
    if component == "preferences":
        return _filled(mentees, "preferred") or _filled(mentors, "preferred")
    return component in LISTS and all(_filled(mentees, name) and _filled(mentors, name) for name in LISTS[component][0])
