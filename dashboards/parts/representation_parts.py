"""Representation in three parts: the path to the goal, the share at each step, the groups side by side."""

from collections.abc import Sequence

import polars as pl
import streamlit as st

from dashboards import queries
from dashboards.charts.programme import month_days
from dashboards.design.blocks import block, esc, note, reading_table
from dashboards.facts.groups import LEADERS, UNKNOWN, Compared, Leaders, Share, name_of
from dashboards.facts.measured import Measured, by_segment, to_date
from dashboards.facts.programmes import ORGANISATION
from dashboards.facts.words import figure, span
from dashboards.parts.drawing import draw
from dashboards.parts.states import why_not as said
from dashboards.snapshot import Snapshot


def why_not(snapshot: Snapshot, kind: str) -> str:
    """Why no group of leaders is shown."""
    found = [row.reason for row in queries.known(by_segment, snapshot, LEADERS, ORGANISATION, kind) if row.reason]
    reason = found[0] if found else queries.known(to_date, snapshot, LEADERS, ORGANISATION).reason
    return reason.removeprefix("not measured: ") or "nothing is recorded of this attribute"


def path_section(top: Leaders | None) -> None:
    """The share of leaders over time, the planned path and the forecast where there is one."""
    if top is None or not top.months:
        st.header("Leaders over time", anchor="trend")
        block("<p>No month can be shown for this group.</p>")
        return
    st.header(top.pace, anchor="trend")
    months, last = top.months, top.months[-1]
    sure = "with 95% interval" if any(month.low is not None for month in months) else "a complete count"
    note(f"Share of the group “{name_of(top.group)}” among leaders at the ends of months, {sure}")
    frame = pl.DataFrame({
        "month": month_days([month.end for month in months if month.end]),
        "value": [month.value for month in months],
        "low": [month.low if month.low is not None else month.value for month in months],
        "high": [month.high if month.high is not None else month.value for month in months],
        "label": [f"now {figure(month.value, 'share', 0)}" if month is last else "" for month in months],
    })  # fmt: skip
    draw("path", frame, _plan(top), _forecast(top), alt=_told(top), key="path", table=_table(months))
    if top.goal is not None:
        block(
            f'<p class="xs muted">Goal: {esc(top.goal.statement)} From {esc(top.goal.baseline_text)} to {esc(top.goal.target_text)}. {esc(top.goal.owner)}.</p>'
        )


def _plan(top: Leaders) -> pl.DataFrame:
    goal = top.goal
    ends = (
        []
        if goal is None or goal.start is None
        else [(goal.start, goal.baseline, ""), (goal.due, goal.target, f"goal {goal.target_text}")]
    )
    return pl.DataFrame(ends, schema={"month": pl.Date, "value": pl.Float64, "label": pl.String}, orient="row")


def _forecast(top: Leaders) -> pl.DataFrame:
    rows = []
    if top.goal is not None and top.goal.forecast is not None and top.months[-1].end is not None:
        rows = [(top.months[-1].end, top.now.value, top.now.value), (top.goal.due, *top.goal.forecast)]
    return pl.DataFrame(rows, schema={"month": pl.Date, "low": pl.Float64, "high": pl.Float64}, orient="row")


def _told(top: Leaders) -> str:
    first, last = top.months[0], top.months[-1]
    told = f"{figure(first.value, 'share')} in {first.end:%B %Y}, {figure(last.value, 'share')} in {last.end:%B %Y}"
    return f"{told}; the goal is {top.goal.target_text} by {top.goal.due:%B %Y}." if top.goal else f"{told}."


def _table(months: Sequence[Measured]) -> pl.DataFrame:
    shown = months[-6:]
    return pl.DataFrame({
        "Month": [f"{month.end:%B %Y}" for month in shown],
        "Share": [figure(month.value, "share") for month in shown],
        "95% CI": [span(month.low, month.high, "share") or "complete count" for month in shown],
        "Leaders": [f"{month.denominator:,.0f}" if month.denominator is not None else "" for month in shown],
    })  # fmt: skip


def steps_section(steps: Sequence[Share], group: str) -> None:
    """The group's share at each step; those that can't be shown are named."""
    shown = [step for step in steps if step.share is not None]
    st.header("From eligible to leading", anchor="steps")
    note(f"Share of the group “{name_of(group)}” at each step, all cohorts together; dashed: among the eligible")
    if shown:
        eligible = next((step.share for step in shown if step.step == "Eligible"), None)
        frame = pl.DataFrame(
            [
                {"step": step.step, "share": step.share, "low": (step.interval or (step.share, step.share))[0], "high": (step.interval or (step.share, step.share))[1], "words": step.words, "is_marked": step.step == "Leaders, all"}
                for step in shown
            ],
            infer_schema_length=None,
        )  # fmt: skip
        listed = pl.DataFrame(
            {
                "Step": [step.step for step in shown],
                "Group": [step.count for step in shown],
                "All": [step.whole for step in shown],
                "Share": [figure(step.share, "share") for step in shown],
            }
        )
        draw(
            "shares",
            frame,
            alt="; ".join(f"{step.step}: {step.words}" for step in shown),
            key="steps",
            table=listed,
            reference=eligible,
        )
    hidden = [step for step in steps if step.share is None]
    if hidden:
        names = "; ".join(f"{step.step.lower()} ({step.reason})" for step in hidden)
        block(f'<p class="xs muted">Not shown: {esc(names)}.</p>')
    block(
        '<p class="xs muted">Lines: 95% intervals of chance. Eligible and leaders are complete counts. Described without comparison; not an effect.</p>'
    )


def compared_section(rows: Sequence[Compared], names: Sequence[str]) -> None:
    """Each outcome in every group, and whether two groups differ."""
    st.header(_heading(rows), anchor="groups")
    if not rows:
        block("<p>No outcome is published by this attribute.</p>")
        return
    names = [name for name in names if name not in UNKNOWN]
    heads = ("All cohorts", *(esc(name_of(name).capitalize()) for name in names), "Difference (95% interval)")
    block(reading_table(heads, [(f"<b>{esc(row.label)}</b>", *_cells(row, names), esc(row.said)) for row in rows]))


def _heading(rows: Sequence[Compared]) -> str:
    told = [row for row in rows if "difference" in row.said]
    clear = [row.label.lower() for row in told if row.said.endswith("a difference")]
    if not told:
        return "The groups can't be compared"
    return (
        f"The groups differ in {', '.join(clear)}"
        if clear
        else f"No clear difference between the groups in any of {len(told)} outcomes"
    )


def _cells(row: Compared, names: Sequence[str]) -> list[str]:
    by_name = {one.segment: one for one in row.groups}
    return [_cell(by_name.get(name)) for name in names]


def _cell(one: Measured | None) -> str:
    if one is None:
        return '<span class="muted">nobody</span>'
    if not one.is_shown:
        return said(one)
    interval = span(one.low, one.high, one.unit)
    beside = f"{interval} · " if interval else ""
    return (
        f'<b>{figure(one.value, one.unit)}</b> <span class="xs muted">{esc(beside)}{one.n_people or 0:,} people</span>'
    )


def completeness(snapshot: Snapshot, kind: str) -> None:
    """How many leaders' group isn't known; they stay in every total."""
    rows = {row.segment: row for row in queries.known(by_segment, snapshot, LEADERS, ORGANISATION, kind)}
    unknown = next((rows[name] for name in UNKNOWN if name in rows), None)
    if unknown is None:
        return
    told = figure(unknown.value, "share") if unknown.is_shown else "too few to show"
    block(
        f'<p class="xs muted">Leaders whose group isn\'t known: {esc(told)}. They stay in every total and are never added to a group.</p>'
    )
