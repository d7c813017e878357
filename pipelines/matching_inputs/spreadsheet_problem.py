"""What is to be matched from two spreadsheets: the problem, and what was assumed where no programme file says."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

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
from pipelines.matching.eligibility import Rule, SharedLanguage, TimeZoneGap
from pipelines.matching.policy import pairs_from_block
from pipelines.matching_inputs.sheet_files import SheetRefused
from pipelines.matching_inputs.spreadsheets import read_groups, read_people, read_pools

DEFAULT_WEIGHTS = {"skills": 4.0, "topics": 3.0, "preferences": 3.0, "goals": 2.0, "interests": 1.0}


@dataclass(frozen=True)
class Asked:
    """What is to be matched, and how. said: lines about what was assumed."""

    problem: MatchProblem
    policy: Policy
    salt: str
    said: list[str]


def from_spreadsheets(
    mentees: Path, mentors: Path, programme: Path | None, *, as_of: date, groups: Path | None = None
) -> Asked:
    """Two files and, if given, a programme file; without one sensible rules and weights, which are said.

    groups: a file of person, attribute, value, which only the audit and a declared quota look at.
    """
    one, other = read_people({"mentees": mentees, "mentors": mentors}, as_of=as_of)
    pools = read_pools(mentors)
    declared = None if groups is None else read_groups(groups, {*one["person_key"], *other["person_key"]})
    said = [*_strangers(one, other, mentees.name), *_strangers(other, one, mentors.name)]
    if programme is not None:
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
        problem = MatchProblem(
            one,
            other,
            rules_from_policy(block),
            weights_from_block(block),
            locks=pairs_from_block(block, "locks"),
            forbidden=pairs_from_block(block, "forbidden"),
            pools=pools,
            groups=declared,
        )
        return Asked(problem, policy_from_block(block), programme.stem, said)
    rules: list[Rule] = rules_from_policy({"hard_rules": [{"rule": "previous_pair"}]})
    rules += [SharedLanguage()] * (_filled(one, "languages") and _filled(other, "languages"))
    rules += [TimeZoneGap(6)] * (_filled(one, "utc_offset_hours") and _filled(other, "utc_offset_hours"))
    weights = {name: weight for name, weight in DEFAULT_WEIGHTS.items() if _has(name, one, other)}
    if not weights:
        raise SheetRefused(
            f"{mentees.name} and {mentors.name} share none of the columns {', '.join(DEFAULT_WEIGHTS)}, so nobody fits anybody better than others. "
            "Next step: add `skills` to both."
        )
    said += [
        "Rules: " + "; ".join(rule.words for rule in rules) + ".",
        "Weights: "
        + ", ".join(f"{name} {weight:g}" for name, weight in weights.items())
        + ". Own ones: --programme FILE.yaml",
    ]
    problem = MatchProblem(one, other, rules, weights, pools=pools, groups=declared)
    return Asked(problem, Policy(), "spreadsheets", said)


def _strangers(side: pl.DataFrame, other: pl.DataFrame, file: str) -> list[str]:
    """A line for each column whose ids name nobody of the other sheet: a slip there would quietly undo a wish or an exclusion."""
    lines = []
    for column in ("preferred", "excluded"):
        named = side[column].explode().drop_nulls().unique().sort()
        unknown = named.filter(~named.is_in(other["person_key"].implode())).to_list()
        if unknown:
            rest = f" and {len(unknown) - 3} more" if len(unknown) > 3 else ""
            lines.append(
                f"{file}: {column} names {', '.join(unknown[:3])}{rest}, not found in the other sheet and left aside. Check the spelling."
            )
    return lines


def _filled(frame: pl.DataFrame, column: str) -> bool:
    values = frame[column]
    return (
        bool((values.list.len() > 0).any()) if isinstance(values.dtype, pl.List) else values.null_count() < values.len()
    )


def _has(component: str, mentees: pl.DataFrame, mentors: pl.DataFrame) -> bool:
    if component == "preferences":
        return _filled(mentees, "preferred") or _filled(mentors, "preferred")
    return component in LISTS and all(_filled(mentees, name) and _filled(mentors, name) for name in LISTS[component][0])
