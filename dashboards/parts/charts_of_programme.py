"""The two charts that explain a programme's verdict: where people are lost, and how often pairs meet against what was agreed."""

import polars as pl
import streamlit as st

from dashboards.design.blocks import block, esc, note
from dashboards.facts.funnel import Funnel
from dashboards.facts.meetings import Meetings
from dashboards.facts.words import figure
from dashboards.parts.drawing import draw


def people_section(found: Funnel) -> None:
    """One funnel of one cohort, with the largest loss marked."""
    st.header(found.title, anchor="people")
    note(f"{found.who}; mentees, completed: pairs")
    if found.known:
        largest = found.largest_loss
        rows = [
            {"step": step.name, "people": step.people, "beside": found.beside(step), "is_largest": step is largest}
            for step in found.known
        ]
        frame = pl.DataFrame(rows, infer_schema_length=None)
        told = "; ".join(f"{step.name}: {step.people:,}" for step in found.known)
        draw(
            "steps",
            frame,
            alt=f"{found.title}. {told}.",
            key="people",
            table=frame.select(Step="step", People="people", Beside="beside"),
        )
    if found.hidden:
        names = ", ".join(step.name.lower() for step in found.hidden)
        block(f'<p class="xs muted">Suppressed or not measured here: {esc(names)} ({esc(found.hidden[0].reason)}).</p>')


def meetings_section(met: Meetings) -> None:
    """Months against the agreed level; why there is nothing where there is nothing."""
    st.header(_heading(met), anchor="meetings")
    if not met.months:
        block(
            f'<p class="small">{met.missing_word.capitalize()}: {esc((met.reason or "").removeprefix("not measured: "))}.</p>'
        )
        return
    note("Meetings per pair and month" + ("; the band is the range of usual months" if met.limits else ""))
    last = met.months[-1]
    frame = pl.DataFrame(
        {
            "month": [month.start for month in met.months],
            "value": [month.value for month in met.months],
            "label": [figure(month.value, "", 2) if month is last else "" for month in met.months],
        }
    )
    people = [month.n_people for month in met.months]
    listed = frame.select(
        pl.col("month").dt.strftime("%B %Y").alias("Month"),
        pl.col("value").round(2).alias("Meetings"),
        pl.Series("People", people),
    )
    draw(
        "against_agreed",
        frame,
        alt=f"{met.sentence} The latest month is {figure(last.value, '', 2)}.",
        key="meetings",
        table=listed,
        agreed=met.agreed,
        band=met.limits,
    )


def _heading(met: Meetings) -> str:
    if met.agreed is None or not met.months:
        return "How often pairs meet"
    words = f"{met.months_words[:1].upper()}{met.months_words[1:]}"
    return words.replace("Below in", f"Below the agreed {figure(met.agreed, '', 1)} meetings in").replace(
        "Kept in", f"The agreed {figure(met.agreed, '', 1)} meetings are kept in"
    )
