"""Learning in three parts: own goals by kind and by role, what both sides say, hours between departments."""

from collections.abc import Sequence

import streamlit as st

from dashboards import navigation
from dashboards.design.blocks import block, esc, note, reading_table
from dashboards.facts.learning import Flow
from dashboards.facts.measured import Measured
from dashboards.facts.words import figure, span, unit_words
from dashboards.parts.states import why_not


def goals_section(kinds: Sequence[Measured], owners: Sequence[Measured]) -> None:
    """Goals due so far and reached, by kind and by whose they are."""
    st.header("Own goals by kind", anchor="own-goals")
    note("Goals due so far, and the share that was reached; a dropped goal was not")
    if not kinds and not owners:
        block(
            "<p>No goal of a participant is recorded. Load goals with the day on which they were set, their kind and their result.</p>"
        )
        return
    block(reading_table(("Kind", "Goals", "Reached"), [_goal(row) for row in kinds]))
    roles = [row.segment for row in owners]
    block(reading_table(("Set by", "Goals", "Reached"), [_goal(row) for row in owners]))
    if "mentor" not in roles:
        block('<p class="xs muted">No goal of a mentor is recorded in this programme.</p>')


def _goal(row: Measured) -> tuple[str, str, str]:
    name = f"<b>{esc(row.segment.replace('_', ' ').capitalize())}</b>"
    if not row.is_shown:
        return name, "", why_not(row)
    interval = span(row.low, row.high, row.unit)
    return (
        name,
        f"{row.denominator or 0:,.0f}",
        f'{figure(row.value, row.unit)} <span class="xs muted">{esc(interval)}</span>',
    )


def sides_section(rows: Sequence[tuple[str, Measured]]) -> None:
    """Goal attainment scaling and what mentees and mentors say of each other."""
    st.header("What both sides say", anchor="sides")
    note(
        "To date, with 95% interval and people; goal attainment scaling: 50 is what was expected when the goals were set"
    )
    block(reading_table(("Measure", "Value", "People"), [_side(label, row) for label, row in rows]))


def _side(label: str, row: Measured) -> tuple[str, str, str]:
    if not row.is_shown:
        return f"<b>{esc(label)}</b>", why_not(row), ""
    unit = "" if row.unit == "share" else f" {unit_words(row.unit)}"
    interval = span(row.low, row.high, row.unit)
    return (
        f"<b>{esc(label)}</b>",
        f'{figure(row.value, row.unit)}{esc(unit)} <span class="xs muted">{esc(interval)}</span>',
        f"{row.n_people or 0:,}",
    )


def flow_section(found: Flow | None) -> None:
    """Hours from the mentors' department (rows) to the mentees' (columns)."""
    st.header("Who learns from whom", anchor="flow")
    if found is None:
        block(
            "<p>No hours between departments can be shown: no meeting with known departments, or too few people in each.</p>"
        )
        return
    note("Hours held, from the mentors' department to the mentees' department; those with most hours")
    heads = ("From mentors in", *(f"to {esc(name)}" for name in found.departments))
    rows = [
        (f"<b>{esc(start)}</b>", *(_hours(found, start, end) for end in found.departments))
        for start in found.departments
    ]
    block(reading_table(heads, rows, kind="stack matrix"))
    if found.hidden:
        block(
            f'<p class="xs muted">“few”: hours of fewer people than may be shown, or a number that would tell them ({found.hidden} of {len(found.departments) ** 2} cells).</p>'
        )


def _hours(found: Flow, start: str, end: str) -> str:
    if (start, end) not in found.cells:
        return '<span class="muted">none</span>'
    value = found.cells[(start, end)]
    return '<span class="muted">few</span>' if value is None else f"{value:,.0f}"


def elsewhere(programmes: Sequence[tuple[str, str]]) -> None:
    """Where people's own goals are recorded, each a step away."""
    for programme_id, name in programmes:
        navigation.link("learning", f"Recorded in {name}", choices={"programme": programme_id}, arrow=True)
