"""What other weights would do, as differences. Changes nothing: weights live in the programme's file, with their reasons."""

from dataclasses import replace
from typing import Literal

import polars as pl
import streamlit as st

from dashboards import elements
from dashboards.facts.words import plural
from dashboards.workbench.desk import Desk, frame_of
from pipelines.matching import MatchProblemError

FIGURES = {
    "matched": ("Matched mentees", 0),
    "total_score": ("Total score", 2),
    "mean_score": ("Mean score", 3),
    "worst_score": ("Worst score", 3),
    "first_choice_share": ("Have their best mentor", 3),
    "top3_share": ("Have one of their best three", 3),
    "idle_mentors": ("Mentors without a mentee", 0),
}
MOST_WEIGHT = 10.0


def what_if_section(desk: Desk) -> None:
    """Sliders, the differences, who moves; then the prepared changes with groups."""
    left, right = st.columns([1, 2], gap="large")
    weights = dict(desk.found.problem.score)
    with left:
        st.markdown("**Weights**")
        chosen = {
            name: st.slider(name.replace("_", " ").capitalize(), 0.0, max(MOST_WEIGHT, weight), float(weight), 0.5, key=f"weight_{desk.cohort}_{name}")
            for name, weight in sorted(weights.items())
        }  # fmt: skip
        floor = st.toggle(
            "Raise the worst score", value=desk.found.policy.floor is not False, key=f"floor_{desk.cohort}"
        )
        keep = st.slider(
            "Worth of keeping a published pair",
            0.0,
            0.3,
            float(desk.found.policy.keep_bonus),
            0.01,
            key=f"keep_{desk.cohort}",
        )
    with right:
        _differences(desk, chosen, floor=floor, keep=keep)
    _prepared(desk)


def _differences(desk: Desk, weights: dict[str, float], *, floor: bool, keep: float) -> None:
    policy = replace(desk.found.policy, floor=_floor(desk, wanted=floor), keep_bonus=keep)
    if weights == dict(desk.found.problem.score) and policy == desk.found.policy:
        elements.nothing_here("Move a slider to see the difference from the proposal.")
        return
    if sum(weights.values()) <= 0:
        elements.nothing_here("At least one weight must be above 0.")
        return
    try:
        found = desk.found.what_if(weights=weights, policy=policy)
    except MatchProblemError as problem:
        st.error(str(problem))
        return
    st.markdown(
        f"**{found.words}** Scores are weighted differently, so totals and means compare two yardsticks; coverage and choices compare directly."
    )
    elements.table(
        difference_rows(found.quality),
        {"figure": "Figure", "before": "Proposal", "after": "With these weights", "difference": "Difference"},
        key="what_if",
        takeaway=found.words,
    )
    if found.pairs.height:
        with st.expander(f"{plural(found.pairs.height, 'mentee')} who would get another mentor or none"):
            moved = found.pairs.with_columns(
                pl.Series(column, [desk.name(one) if one else "nobody" for one in found.pairs[column]])
                for column in ("mentee_application_id", "mentor_before", "mentor_after")
            )
            elements.table(
                moved,
                {"mentee_application_id": "Mentee", "mentor_before": "Proposed", "mentor_after": "With these weights"},
                key="what_if_pairs",
                takeaway=f"{plural(moved.height, 'mentee moves', 'mentees move')}",
            )


def _floor(desk: Desk, *, wanted: bool) -> bool | float | Literal["leximin"]:
    present = desk.found.policy.floor
    return (present if present is not False else True) if wanted else False


def difference_rows(quality: pl.DataFrame) -> pl.DataFrame:
    """figure, before, after, difference as text, in readers' words; a figure that doesn't exist is a dash."""
    rows = []
    for row in quality.to_dicts():
        name, digits = FIGURES.get(row["figure"], (row["figure"].replace("_", " "), 3))
        values = [row[part] for part in ("before", "after")]
        texts = ["–" if value is None else f"{value:.{digits}f}" for value in values]
        gap = "–" if row["difference"] is None else f"{row['difference']:+.{digits}f}"
        rows.append({"figure": name, "before": texts[0], "after": texts[1], "difference": gap})
    return pl.DataFrame(rows, schema=dict.fromkeys(("figure", "before", "after", "difference"), pl.String))


def _prepared(desk: Desk) -> None:
    """Changes that the run worked out beforehand: the only place where groups are known."""
    frame = frame_of(desk, "match_what_if")
    st.header("Prepared changes, groups included", anchor=False)
    if frame.is_empty():
        elements.nothing_here("The run prepared no changes: only one weight, or too many people to work them all out.")
        return
    figures = [name for name in frame["figure"].unique(maintain_order=True) if name.startswith("lowest_")]
    kept = ["matched", "total_score", "first_choice_share", "worst_score", *figures]
    wide = (
        frame.filter(pl.col("figure").is_in(kept))
        .with_columns(
            pl.when(pl.col("figure") == "matched")
            .then(pl.col("difference").map_elements(lambda gap: f"{gap:+.0f}", return_dtype=pl.String))
            .otherwise(pl.col("difference").map_elements(lambda gap: f"{gap:+.3f}", return_dtype=pl.String))
            .alias("difference")
        )
        .pivot(on="figure", index=["words", "changed_mentees"], values="difference", maintain_order=True)
    )
    heads = {name: (FIGURES[name][0] if name in FIGURES else group_head(name)) for name in kept}
    elements.table(
        wide,
        {"words": "Change", "changed_mentees": "Mentees who move", **heads},
        key="prepared",
        takeaway=f"{plural(wide.height, 'change with its differences', 'changes with their differences')}",
    )
    st.caption(
        "Differences from the published run. Groups: how far the group that comes off worst lies from the reference group (1 = equal; see Fairness and difference); groups too small to show are left out. "
        "Groups are worked out in the pipeline, since no demographic attribute reaches this page."
    )


def group_head(figure: str) -> str:
    """`lowest_coverage_ratio:gender` in words."""
    ratio, _, attribute = figure.partition(":")
    what = "coverage" if "coverage" in ratio else "mean score"
    return f"Lowest {what} ratio by {attribute.replace('_', ' ')}"
