"""What the proposal does to groups, how it compares with simpler ways, and what differs from the published pairing."""

from typing import Any

import polars as pl
import streamlit as st

from dashboards import elements
from dashboards.facts.words import plural
from dashboards.workbench.desk import Desk, by_mentee, frame_of
from dashboards.workbench.pairs import against_published

WAYS = {
    "proposed": "Proposed (optimal)",
    "stable": "Stable (deferred acceptance)",
    "greedy": "Best pair first (greedy)",
    "first_come": "First come, first served",
    "random": "At random, within the rules",
}


def fairness_section(desk: Desk) -> None:
    """Groups, other ways, difference to what is published."""
    st.header("By group", anchor=False)
    _groups(desk)
    left, right = st.columns(2, gap="large")
    with left:
        st.header("Against other ways, same people and rules", anchor=False)
        _ways(desk)
    with right:
        st.header("Against what is published", anchor=False)
        _published(desk)


def _groups(desk: Desk) -> None:
    frame = frame_of(desk, "match_group_audit")
    if frame.is_empty():
        elements.nothing_here(
            "The programme declares no group to look at. Name attributes under `matching.audit` in its file."
        )
        return
    flagged = frame.filter(pl.col("fails_four_fifths").fill_null(value=False))
    st.markdown(
        f"**{flagged.height} of {frame.height} groups** fall under four fifths of their reference group. No score sees a group; this is counted afterwards, in the published run."
    )
    groups = frame.group_by("attribute", maintain_order=True)
    st.markdown("\n".join(f"- {references(str(attribute), own)}" for (attribute,), own in groups))
    st.caption(
        "The reference is the group with the highest rate among those that people declared themselves, that are large enough to be shown and that hold at least a tenth of the "
        "mentees. Those who gave no answer are compared, but nobody is compared with them: the highest of several rates is often high by chance, most of all in a small group."
    )
    elements.table(
        pl.DataFrame([group_row(row) for row in frame.to_dicts()]),
        {"attribute": "Attribute", "group": "Group", "people": "Mentees", "coverage": "Matched", "ratio": "Coverage ratio (95%)", "quality": "Mean score ratio (95%)", "sign": "Sign"},
        key="groups",
        takeaway=f"{flagged.height} of {frame.height} groups fall under four fifths",
    )  # fmt: skip


def references(attribute: str, rows: pl.DataFrame) -> str:
    """Which group of an attribute the others are compared with, and why there is none."""
    name = attribute.replace("_", " ").capitalize()
    known = rows.filter(pl.col("coverage_reference").is_not_null())
    if known.is_empty():
        return f"**{name}**: no group is large enough to compare the others with, so there are no ratios."
    coverage, quality = (
        str(known[column][0]).replace("_", " ") for column in ("coverage_reference", "quality_reference")
    )
    people = dict(known.select(pl.col("value").str.replace_all("_", " "), "mentees").iter_rows())
    told = f"**{name}**: matched shares are compared with **{coverage}** ({people[coverage]} mentees)"
    if quality == coverage:
        return f"{told}, and so are mean scores."
    return f"{told}, mean scores with **{quality}** ({people[quality]} mentees)."


def group_row(row: dict[str, Any]) -> dict[str, str]:
    """One group in words; a small group keeps its name and loses its figures."""
    if row["is_suppressed"]:
        hidden = dict.fromkeys(("people", "coverage", "ratio", "quality"), "too few to show")
        return {"attribute": row["attribute"], "group": row["value"].replace("_", " "), **hidden, "sign": "–"}

    def ratio(name: str) -> str:
        value, low, high = (row[f"{name}_ratio{end}"] for end in ("", "_low", "_high"))
        if value is None:
            return "–"
        if row["value"] == row[f"{name}_reference"]:
            return "1 (reference)"
        return f"{value:.2f}" + (f" ({low:.2f} to {high:.2f})" if low is not None and high is not None else "")

    return {
        "attribute": row["attribute"].replace("_", " "),
        "group": row["value"].replace("_", " "),
        "people": str(row["mentees"]),
        "coverage": f"{100 * row['coverage']:.0f}% ({100 * row['coverage_low']:.0f} to {100 * row['coverage_high']:.0f})",
        "ratio": ratio("coverage"),
        "quality": ratio("quality"),
        "sign": "under four fifths: look" if row["fails_four_fifths"] else "none",
    }


def _ways(desk: Desk) -> None:
    frame = desk.found.baselines.with_columns(
        pl.col("way").replace(WAYS), pl.col("total_score").round(2), pl.col("worst_score").round(2),
        best=pl.format("{}%", (100 * pl.col("best_mentor_share")).round(0).cast(pl.Int64)),
    )  # fmt: skip
    elements.table(
        frame,
        {"way": "Way", "matched": "Matched", "total_score": "Total score", "worst_score": "Worst score (0 to 1)", "best": "Have their best mentor"},
        key="ways",
        takeaway="Matched mentees and scores of five ways of pairing",
    )  # fmt: skip


def _published(desk: Desk) -> None:
    version = desk.state.published
    basis = f"version {version.version}" if version else "what the mentoring platform holds as proposed"
    if not desk.current:
        elements.nothing_here("Nothing is published yet, so every pair is new.")
        return
    proposed = by_mentee(desk.pairs)
    before = {(mentee, mentor) for mentee, mentors in desk.current.items() for mentor in mentors}
    rows = [
        {"mentee": desk.name(mentee), "change": against_published(desk, mentee, mentor), "mentor": desk.name(mentor)}
        for mentee, mentor in sorted(desk.pairs)
        if (mentee, mentor) not in before
    ]
    rows += [
        {"mentee": desk.name(mentee), "change": f"ended: was with {desk.name(mentor)}", "mentor": "nobody"}
        for mentee, mentor in sorted(before - set(desk.pairs))
        if not set(proposed.get(mentee, [])) - set(desk.current[mentee])
    ]
    kept = len(before & set(desk.pairs))
    st.markdown(f"**{kept} of {len(before)} pairs** of {basis} are kept; {len(rows)} differ.")
    if rows:
        elements.table(
            pl.DataFrame(rows), {"mentee": "Mentee", "change": "Change", "mentor": "Proposed mentor"}, key="difference", takeaway=plural(len(rows), "difference")
        )  # fmt: skip
