"""What one estimate rests on: its waves and arms, what was looked at, balance, overlap, what could overturn it, and the declared subgroups."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st

from dashboards import queries
from dashboards.design.blocks import block, esc, note, reading_table
from dashboards.facts import answers, subgroups
from dashboards.facts.checks import DRAWN, Check, checks, drawn, raw_gap
from dashboards.facts.finding import Finding
from dashboards.facts.second_opinions import asked_otherwise, methods, side_by_side
from dashboards.facts.words import figure, listed, plain, sentence, unit_words
from dashboards.parts import forest
from dashboards.parts.drawing import draw
from dashboards.snapshot import Snapshot

Row = Mapping[str, Any]
CHECKED = ("What was looked at", "Found", "The policy asks")


def rests_on(snapshot: Snapshot, programme: str, outcome: str) -> None:
    """Everything that speaks for and against the answers to one question."""
    told = queries.known(answers.each_comparison, snapshot, programme, outcome)
    rows = {row["estimate_id"]: row for row in queries.estimates_of(snapshot, programme, outcome)}
    if len(told) > 1:
        block(forest.table(told))
    if sum(one.is_randomised for one in told) > 2 and any(one.when.endswith("over all waves") for one in told):
        st.caption(
            "By chance alone one in twenty single waves would exclude zero. The estimates over all waves are the answer."
        )
    _randomised([one for one in told if one.is_randomised], rows)
    for one in (one for one in told if not one.is_randomised):
        _compared(snapshot, one, rows[one.estimate_id])
    _subgroups(queries.known(subgroups.splits, snapshot, programme, outcome), told[0].unit)


def _randomised(told: Sequence[Finding], rows: Mapping[str, Row]) -> None:
    """Who was drawn, whose outcome is missing and what that may do, for each estimate of a lottery; then what the rules say of them."""
    if not told:
        return
    st.subheader("Who was drawn, and whose outcome is known", anchor=False)
    block(reading_table(DRAWN, [[esc(cell) for cell in drawn(rows[one.estimate_id], one)] for one in told]))
    for one in told:
        reasons = rows[one.estimate_id]["reasons"]
        if reasons:
            st.caption(f"{one.label}{one.when}: {one.word}, since {plain('; '.join(reasons))}.")


def _compared(snapshot: Snapshot, one: Finding, row: Row) -> None:
    """A comparison that is not randomised: raw gap, checks, balance, overlap, sensitivity, what couldn't be tested."""
    st.subheader("Compared without randomisation", anchor=False)
    block(f"<p><b>{esc(one.title)}.</b> {esc(one.sentence)}</p>")
    not_to_be_believed(row)
    _checks(checks(row, queries.thresholds(snapshot)), row)
    _by_other_methods(row)
    for heading, said in _spoken_for_and_against(row, queries.thresholds(snapshot)):
        block(f"<p><b>{esc(heading)}.</b> {esc(said)}</p>")
    _before_and_after(snapshot, row)
    _alike(snapshot, row)


def not_to_be_believed(row: Row) -> None:
    """The raw gap with the reason not to believe it."""
    gap = raw_gap(row)
    if gap:
        st.markdown(f":material/do_not_disturb_on: {gap}")


def _checks(found: Sequence[Check], row: Row) -> None:
    block(reading_table(CHECKED, [[esc(cell) for cell in (one.what, one.found, one.asked)] for one in found]))
    if row["reasons"]:
        st.caption(f"What the rules say: {sentence(plain('; '.join(row['reasons'])))}")


def _by_other_methods(row: Row) -> None:
    """The matched picture for leadership, and the same difference by each method on one scale."""
    found = methods(row)
    if not found:
        return
    st.subheader(side_by_side(row) or "The same difference by other methods", anchor=False)
    note("The same people and outcome by other methods, with 95% intervals; none of them is a verdict of its own")
    block(forest.methods(found, row["unit"]))


def _spoken_for_and_against(row: Row, policy: Mapping[str, float]) -> list[tuple[str, str]]:
    said = (
        ("Asked in other ways", " ".join(asked_otherwise(row, policy))),
        ("What could overturn it", row["sensitivity_words"] or ""),
        ("Not testable here", sentence("; ".join(row["untested"] or []))),
    )
    return [(heading, words) for heading, words in said if words]


def _before_and_after(snapshot: Snapshot, row: Row) -> None:
    steps = queries.effect_frame(snapshot, "steps", row["programme_id"], row["outcome"])
    if steps.is_empty():
        return
    st.subheader("Before the start there should be no difference", anchor=False)
    note(
        f"Difference by survey waves since the start, with 95% intervals; {unit_words(row['unit'], is_difference=True)}"
    )
    listed_steps = steps.select(
        pl.col("event_time").alias("Waves since the start"),
        pl.col("estimate").round(3).alias("Difference"),
        pl.col("ci_low").round(3).alias("95% from"),
        pl.col("ci_high").round(3).alias("95% to"),
    )
    said = "; ".join(f"wave {one['event_time']}: {figure(one['estimate'], '', 2)}" for one in steps.to_dicts())
    draw("event_steps", steps, unit=row["unit"], alt=said, key=f"steps_{row['outcome']}", table=listed_steps)


def _alike(snapshot: Snapshot, row: Row) -> None:
    """Balance and overlap side by side, each under what it shows."""
    balance = queries.effect_frame(snapshot, "balance", row["programme_id"], row["outcome"])
    if balance.is_empty():
        return
    left, right = st.columns(2, gap="large")
    with left:
        _balance(balance, row, queries.thresholds(snapshot)["greatest_smd_supported"])
    with right:
        _overlap(queries.effect_frame(snapshot, "overlap", row["programme_id"], row["outcome"]), row)


def _balance(frame: pl.DataFrame, row: Row, most: float) -> None:
    unlike = [plain(one["covariate"]) for one in frame.to_dicts() if abs(one["smd_after"] or 0.0) > most]
    st.subheader(
        f"After weighting the groups still differ in {listed(unlike)}" if unlike else "After weighting the groups are alike", anchor=False
    )  # fmt: skip
    note(f"Standardised mean differences; within the dashed lines ({most:.2f}) counts as alike")
    shown = frame.with_columns(pl.col("covariate").str.replace_all("_", " "))
    listed_rows = shown.select(
        pl.col("covariate").alias("Covariate"),
        pl.col("mean_treated").round(2).alias("Mentees"),
        pl.col("mean_comparison_before").round(2).alias("Colleagues"),
        pl.col("mean_comparison_after").round(2).alias("Colleagues, weighted"),
        pl.col("smd_before").round(2).alias("Difference before"),
        pl.col("smd_after").round(2).alias("After"),
    )
    said = f"Largest after weighting: {plain(row['largest_smd_covariate'])}, {abs(row['largest_smd']):.2f} standard deviations"
    draw("love", shown, alt=said, key=f"love_{row['outcome']}", table=listed_rows)


def _overlap(frame: pl.DataFrame, row: Row) -> None:
    outside = row["outside_support"]
    st.subheader(_comparable(outside), anchor=False)
    note(
        "Chance to join in a month, of mentees (up) and of those compared with (down); bars of few people are left out"
    )
    listed_rows = frame.select(
        pl.format("{} to {}%", (100 * pl.col("bin_low")).round(1), (100 * pl.col("bin_high")).round(1)).alias("Chance to join"),
        (100 * pl.col("treated_share")).round(1).alias("Mentees, %"),
        (100 * pl.col("comparison_share")).round(1).alias("Comparison, %"),
    )  # fmt: skip
    draw(
        "chances",
        frame,
        alt=_comparable(outside),
        key=f"overlap_{row['outcome']}",
        table=listed_rows,
    )


def _comparable(outside: float) -> str:
    if outside >= 0.005:
        return f"{outside:.0%} of mentees have no comparable colleague"
    return f"{'Nearly every' if outside else 'Every'} mentee has a comparable colleague"


def _subgroups(splits: Sequence[subgroups.Split], unit: str) -> None:
    """Declared subgroups: whether the effect differs between them, and the groups only where two or more can be shown."""
    for split in splits:
        place = f" ({split.cohort})" if split.cohort else ""
        st.subheader(f"By {split.kind}{place}: {split.answer}", anchor=False)
        note("Subgroups were declared before results existed; each was judged by the same rules")
        if split.groups:
            block(forest.groups(split.groups, unit))
        if split.without:
            rows = [(esc(names), esc(reason)) for names, reason in split.without]
            block(reading_table(("Without a figure", "Why"), rows))
