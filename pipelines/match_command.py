"""`impact match`: proposals for a cohort of the workspace, or from two spreadsheets, in the terminal and as a file."""

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
from rich.console import Console
from rich.table import Table

from pipelines.matching import (
    MatchProblem,
    MatchProblemError,
    MatchResult,
    Policy,
    block_from_text,
    policy_from_block,
    rules_from_policy,
    solve,
    weights_from_block,
)
from pipelines.matching.affinity import COMPONENTS, LISTS
from pipelines.matching.difference import Difference
from pipelines.matching.eligibility import Rule, SharedLanguage, TimeZoneGap
from pipelines.matching.policy import pairs_from_block
from pipelines.sheet_files import SheetRefused, write_table
from pipelines.spreadsheets import read_groups, read_people, read_pools

DEFAULT_WEIGHTS = {"skills": 4.0, "topics": 3.0, "preferences": 3.0, "goals": 2.0, "interests": 1.0}
Say = Callable[[str], None]


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


def changes(words: list[str]) -> dict[str, Any]:
    """The arguments of `MatchResult.what_if` from words such as seats:KEY=+2, weight:skills=5, lock:A=B, forbid:A=B, without:RULE."""
    asked: dict[str, Any] = {"seats": {}, "weights": {}, "lock": [], "forbid": [], "without_rules": []}
    for word in words:
        kind, _, rest = word.partition(":")
        name, _, value = rest.partition("=")
        try:
            if kind == "seats":
                asked["seats"][name] = int(value)
            elif kind == "weight":
                if name not in COMPONENTS:
                    raise MatchProblemError(f"There is no component {name!r}; known are {', '.join(COMPONENTS)}.")
                asked["weights"][name] = float(value)
                if not 0 <= asked["weights"][name] <= 1e6:
                    raise ValueError(word)
            elif kind in ("lock", "forbid") and name and value:
                asked[kind].append((name, value))
            elif kind == "without" and name:
                asked["without_rules"].append(name)
            else:
                raise ValueError(word)
        except ValueError as problem:
            if isinstance(problem, MatchProblemError):
                raise
            raise MatchProblemError(
                f"--what-if {word!r} isn't understood; write seats:MENTOR=+2, weight:skills=5, lock:MENTEE=MENTOR, forbid:MENTEE=MENTOR or without:RULE."
            ) from None
    return asked


def solved(asked: Asked, say: Say) -> MatchResult:
    """Solve, telling each stage as it begins, and the figures at the end."""
    started = time.perf_counter()
    for line in asked.said:
        say(line)
    result = solve(
        asked.problem,
        asked.policy,
        salt=asked.salt,
        progress=lambda stage: None if stage == "done" else say(f"  {time.perf_counter() - started:6.1f} s  {stage}"),
    )
    say(f"  {time.perf_counter() - started:6.1f} s  done")
    return result


def summary(result: MatchResult) -> str:
    """The result in two sentences."""
    row = result.quality.row(0, named=True)
    proof = "proven optimal" if row["gap"] == 0 else f"within {row['gap']:.1e} of the proven bound"
    return (
        f"{row['matched']} of {row['mentees']} mentees matched to {row['mentors']} mentors with {row['seats']} seats, {proof}. "
        f"Mean score {row['mean_score'] or 0:.2f}, worst {row['worst_score'] or 0:.2f}; best mentor of all for {100 * (row['first_choice_share'] or 0):.0f} %. "
        f"Greedy would match {row['greedy_matched']}, first come first served {row['first_come_matched']}, stable {row['stable_matched']}."
    )


def shown(console: Console, title: str, frame: pl.DataFrame, most: int = 25) -> None:
    """A frame as a table of at most `most` rows."""
    table = Table(title=title, title_justify="left")
    for name, dtype in frame.schema.items():
        table.add_column(name, justify="right" if dtype.is_numeric() else "left", overflow="fold")
    for row in frame.head(most).iter_rows():
        table.add_row(*(_cell(value) for value in row))
    console.print(table)
    if frame.height > most:
        console.print(f"... and {frame.height - most} more; --out FILE writes all.")


def _cell(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.3f}"
    if isinstance(value, list):
        return "; ".join(map(str, value))
    return "" if value is None else str(value)


def pairs_table(result: MatchResult) -> pl.DataFrame:
    """The pairs as people read them."""
    return result.pairs.select(
        pl.col("mentee_application_id").alias("mentee"),
        pl.col("mentor_application_id").alias("mentor"),
        "score",
        "rank",
        "mentor_rank",
        "price",
        "reasons",
    )


def written(result: MatchResult, out: Path) -> list[Path]:
    """Write pairs, and beside them those without a partner and the alternatives. Returns the files."""
    files = {
        out: pairs_table(result),
        out.with_stem(f"{out.stem}_unmatched"): result.unmatched.drop("person_key"),
        out.with_stem(f"{out.stem}_alternatives"): result.alternatives.drop("mentor_person_key"),
    }
    if result.problem.groups is not None:
        files[out.with_stem(f"{out.stem}_groups")] = result.audit()
    for path, frame in files.items():
        write_table(frame, path)
    return list(files)


def show_groups(console: Console, result: MatchResult) -> None:
    """What the proposal does to declared groups."""
    audit = result.audit().select(
        "attribute",
        "value",
        "mentees",
        "matched",
        "coverage",
        "coverage_ratio",
        "coverage_reference",
        "mean_score",
        "quality_ratio",
        "quality_reference",
        "fails_four_fifths",
    )
    shown(console, "Groups (figures of fewer than five people are left out; no score sees a group)", audit)


def show_change(console: Console, change: Difference) -> None:
    """The difference that a change would make."""
    console.print(change.words)
    shown(console, "What changes", change.quality)
    if change.pairs.height:
        shown(console, "Mentees with another mentor", change.pairs)


def show_mentee(console: Console, result: MatchResult, mentee: str) -> None:
    """Everything about one mentee."""
    found = result.explain(mentee)
    if found["pair"].height:
        shown(
            console,
            f"Mentor of {mentee}",
            found["pair"].select("mentor_application_id", "score", "rank", "price", "reasons"),
        )
        parts = (
            found["pair"]
            .explode("components")
            .unnest("components")
            .select("mentor_application_id", "component", "points")
        )
        shown(console, "Where the score comes from", parts)
    for line in found["unmatched"]["detail"]:
        console.print(f"{mentee} has no mentor: {line}.")
    if found["alternatives"].height:
        shown(console, "Alternatives", found["alternatives"].select("mentor_application_id", "score", "cost", "words"))
