"""What `impact match` answers: the solved cohort in sentences, as tables on the terminal, and as files."""

import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from rich.console import Console
from rich.table import Table

from pipelines.counted import counted
from pipelines.matching import MatchResult, solve
from pipelines.matching.difference import Difference
from pipelines.matching_inputs.sheet_writing import write_table, write_workbook
from pipelines.matching_inputs.spreadsheet_problem import Asked

Say = Callable[[str], None]


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


def warnings(result: MatchResult) -> list[str]:
    """What must be said before any figure: scores that say nothing, as a whole or of somebody."""
    mentees = result.problem.mentees
    best = np.zeros(mentees.height, dtype=np.int64)
    edges = result.everything
    np.maximum.at(best, edges.rows, edges.scores)
    np.maximum.at(best, result.solved.rows, result.solved.scores)
    if not mentees.height or not edges.size:
        return []
    if not best.any():
        columns = ", ".join(name for name in result.problem.score if name != "preferences")
        return [
            f"Nothing that any mentee wants is offered by any mentor who may be theirs: every score is 0, and the pairs below are arbitrary. Look at these columns of both sheets: {columns}."
        ]
    if edges.size > result.solved.rows.size and edges.scores.min() == edges.scores.max() and _is_plain(result):
        return [
            "Every pair that the rules allow has the same score, so it says nothing about who fits whom: the pairs below keep the rules and are otherwise arbitrary."
        ]
    could = np.zeros(mentees.height, dtype=bool)
    could[edges.rows] = could[result.solved.rows] = True
    silent = mentees["application_id"].filter(pl.Series((best == 0) & could)).to_list()
    if not silent:
        return []
    one = len(silent) == 1
    return [
        f"{len(silent)} of {counted(mentees.height, 'mentee')} {'scores' if one else 'score'} with nobody, so any mentor is as good for them: {', '.join(silent[:5])}{', ...' if len(silent) > 5 else ''}."
    ]


def _is_plain(result: MatchResult) -> bool:
    """Whether nothing else than scores decides: no lock and no pair that stands already."""
    return not result.problem.locks and not result.problem.current


def summary(result: MatchResult) -> str:
    """The result in two sentences."""
    row = result.quality.row(0, named=True)
    if not row["matched"]:
        return f"0 of {counted(row['mentees'], 'mentee')} matched: the rules allow no pair. Why stands below."
    if not row["total_score"]:
        return f"{_matched(row)} by the rules alone; the scores decide nothing."
    proof = "proven optimal" if row["gap"] == 0 else f"within {row['gap']:.1e} of the proven bound"
    return (
        f"{_matched(row)}, {proof}. "
        f"Mean score {row['mean_score'] or 0:.2f}, worst {row['worst_score'] or 0:.2f}; best mentor of all for {100 * (row['first_choice_share'] or 0):.0f} %. "
        f"Greedy would match {row['greedy_matched']}, first come first served {row['first_come_matched']}, stable {row['stable_matched']}."
    )


def short_seats(result: MatchResult) -> list[str]:
    """Where seats are short: that a lot decided who gets one and what that costs, or that it could; nothing where there are enough."""
    if result.solved.left_out.any():
        plain = solve(result.problem, replace(result.policy, places="score"), salt=result.salt)
        return [
            "Seats are short, so a lot decides who gets one: neither a short list of wishes nor a long one helps. "
            f"By the greatest sum of scores (--places score) the total would be {plain.total:.3f} instead of {result.total:.3f}."
        ]
    if not (result.unmatched["reason"] == "no_free_seat").any() or result.policy.places == "lot":
        return []
    return [
        "Seats are short, and the greatest sum of scores decides who gets one: whoever asks for little is easier to please. With --places lot they are drawn, so that nobody gains by a shorter list."
    ]


def price_of_limits(result: MatchResult) -> list[str]:
    """What a quota and limits on mentors' groups cost; nothing where there are none."""
    free = result.without_limits()
    if free is None:
        return []
    quota = result.policy.quota
    named = [one.words for one in result.policy.mentor_groups] + ([f"the quota for {quota.attribute}"] if quota else [])
    fewer = len(np.unique(free.solved.rows)) - len(np.unique(result.solved.rows))
    lost = free.total - result.total
    share = f" ({100 * lost / free.total:.1f} %)" if free.total else ""
    return [
        f"Declared limits ({'; '.join(named)}) cost {lost:.3f} of the total score{share} and {counted(fewer, 'place')}."
    ]


def _matched(row: Mapping[str, Any]) -> str:
    return f"{row['matched']} of {counted(row['mentees'], 'mentee')} matched to {counted(row['mentors'], 'mentor')} with {counted(row['seats'], 'seat')}"


def shown(console: Console, title: str, frame: pl.DataFrame, most: int = 25) -> None:
    """A frame as a table of at most `most` rows."""
    table = Table(title=title, title_justify="left")
    for name, dtype in frame.schema.items():
        table.add_column(
            name.replace("_", " ").capitalize(), justify="right" if dtype.is_numeric() else "left", overflow="fold"
        )
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


def pairs_table(asked: Asked, result: MatchResult, *, in_full: bool = True) -> pl.DataFrame:
    """The pairs as people read them, with names where the sheets gave them; in full with addresses and prices too."""
    frame = result.pairs if in_full else result.unpriced.with_columns(price=None)
    pairs = frame.select(
        pl.col("mentee_application_id").alias("mentee"),
        pl.col("mentor_application_id").alias("mentor"),
        pl.col("score", "price").cast(pl.Float64).round(3),
        "rank",
        "mentor_rank",
        "reasons",
    )
    for side in ("mentor", "mentee"):
        pairs = _with_names(pairs, asked.names, side)
    columns = [f"{side}{more}" for side in ("mentee", "mentor") for more in ("", "_name", *(["_email"] * in_full))]
    named = [name for name in columns if name in pairs.columns]
    return pairs.select(*named, "score", "rank", "mentor_rank", "price", "reasons")


def on_screen(pairs: pl.DataFrame) -> pl.DataFrame:
    """What fits on a terminal of the pairs: who, how well, and why. Ranks and prices are in the file."""
    return pairs.drop("rank", "mentor_rank", "price")


def _with_names(pairs: pl.DataFrame, names: pl.DataFrame | None, side: str) -> pl.DataFrame:
    if names is None:
        return pairs
    known = names.filter(pl.col("side") == f"{side}s").select(
        pl.col("application_id").alias(side),
        pl.col("name").alias(f"{side}_name"),
        pl.col("email").alias(f"{side}_email"),
    )
    is_label = known[f"{side}_email"] == known[side].str.to_lowercase()
    repeats = [f"{side}_email"] * bool(is_label.all()) + [f"{side}_name"] * bool(
        (known[f"{side}_name"] == known[side]).all()
    )
    filled = [
        name
        for name in known.columns
        if name == side or (known[name].null_count() < known.height and name not in repeats)
    ]
    return pairs.join(known.select(filled), on=side, how="left", maintain_order="left")


def unmatched_table(asked: Asked, result: MatchResult) -> pl.DataFrame:
    """Those without a partner, with names and addresses where the sheets gave them."""
    frame = result.unmatched.select(pl.col("application_id").alias("person"), "role", "reason", "detail")
    sides = [
        _with_names(frame.filter(pl.col("role") == side).rename({"person": side}), asked.names, side).rename(
            {f"{side}{more}": f"person{more}" for more in ("", "_name", "_email")}, strict=False
        )
        for side in ("mentee", "mentor")
    ]
    both = pl.concat(sides, how="diagonal")
    named = [name for name in ("person", "person_name", "person_email") if name in both.columns]
    return both.select(*named, "role", "reason", "detail")


def alternatives_table(asked: Asked, result: MatchResult) -> pl.DataFrame:
    """Each mentee's cheapest other mentors, with names and addresses where the sheets gave them."""
    ids = {"mentee_application_id": "mentee", "mentor_application_id": "mentor"}
    frame = result.alternatives.drop("mentor_person_key").rename(ids).with_columns(pl.col("score", "cost").round(3))
    for side in ("mentor", "mentee"):
        frame = _with_names(frame, asked.names, side)
    people = [
        name for side in ids.values() for name in (side, f"{side}_name", f"{side}_email") if name in frame.columns
    ]
    return frame.select(*people, pl.exclude(people))


def written(asked: Asked, result: MatchResult, out: Path, told: Sequence[str] = ()) -> list[Path]:
    """Write pairs, those without a partner, the alternatives and the settings: sheets of one workbook, or files beside each other. told: what the answer said beside. Returns the files."""
    tables = {
        "pairs": pairs_table(asked, result),
        "unmatched": unmatched_table(asked, result),
        "alternatives": alternatives_table(asked, result),
        "settings": pl.DataFrame({"setting": [*asked.said, *told]}, schema={"setting": pl.String}),
    }
    if result.problem.groups is not None:
        tables["groups"] = result.audit()
    if out.suffix.lower() == ".xlsx":
        write_workbook(tables, out)
        return [out]
    files = {out if name == "pairs" else out.with_stem(f"{out.stem}_{name}"): table for name, table in tables.items()}
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
