"""What `impact match` answers: the solved cohort in sentences, as tables on the terminal, and as files."""

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
from rich.console import Console
from rich.table import Table

from pipelines.matching import MatchProblemError, MatchResult, solve
from pipelines.matching.affinity import COMPONENTS
from pipelines.matching.difference import Difference
from pipelines.matching_inputs.sheet_files import write_table
from pipelines.matching_inputs.spreadsheet_problem import Asked

Say = Callable[[str], None]


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
                    raise MatchProblemError(
                        f"There is no component {name!r}. Next step: name one of {', '.join(COMPONENTS)}."
                    )
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
                f"--what-if {word!r} isn't understood. Next step: write seats:MENTOR=+2, weight:skills=5, lock:MENTEE=MENTOR, forbid:MENTEE=MENTOR or without:RULE."
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
