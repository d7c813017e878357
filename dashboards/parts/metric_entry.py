"""One metric's whole entry, and the list of all of them."""

from collections.abc import Sequence

import streamlit as st

from dashboards.design.blocks import block, esc, reading_table
from dashboards.facts.dictionary import Entry
from dashboards.facts.measured import Measured
from dashboards.facts.words import level, listed, unit_words
from dashboards.pages import address, page_at
from dashboards.parts.states import why_not

FIELDS = {
    "formula": "Formula", "numerator": "Numerator", "denominator": "Denominator", "population": "Population", "index_date": "Index date", "window": "Window",
    "exclusions": "Exclusions", "direction": "Better is", "interval_method": "Interval", "belongs_on": "Department and grade", "needs": "Needs", "owner": "Owner", "version": "Version",
}  # fmt: skip


def show(entry: Entry, values: Sequence[tuple[str, Measured]]) -> None:
    """Definition, where it is used, and its value in every programme."""
    one = entry.definition
    st.header(one.label, anchor="entry")
    block(
        f'<p>{esc(one.definition)}</p><p class="small muted">{esc(one.metric_id)}, in {esc(unit_words(one.unit))}. Used on: {_used(entry)}.</p>'
    )
    left, right = st.columns((1.4, 1), gap="large")
    with left:
        block(
            reading_table(
                ("Field", "Meaning"), [(f"<b>{name}</b>", esc(getattr(one, field))) for field, name in FIELDS.items()]
            )
        )
    with right:
        if values:
            block(
                reading_table(
                    ("Programme", "Value to date, 95% CI"),
                    [(f"<b>{esc(name)}</b>", _value(row)) for name, row in values],
                )
            )
        else:
            block(f"<p>No value of it is published. It needs: {esc(one.needs)}.</p>")


def _value(row: Measured) -> str:
    if not row.is_shown:
        return why_not(row)
    people = f' <span class="xs muted">{row.n_people:,} people</span>' if row.n_people else ""
    return f"{esc(level(row.value, row.low, row.high, row.unit))}{people}"


def _used(entry: Entry) -> str:
    links = [f'<a href="{address(path)}" target="_self">{esc(page_at(path).title)}</a>' for path in entry.pages]
    if entry.goals:
        links.append(f"goals of {esc(listed(entry.goals))}")
    return ", ".join(links) or "nowhere else"


def all_of(entries: Sequence[Entry], asked: str) -> None:
    """Every metric that was asked for, with its definition and where it is used."""
    st.header("All metrics" if not asked else f"{len(entries)} found", anchor="all")
    if not entries:
        block(f"<p>No metric has “{esc(asked)}” in its name, definition or unit.</p>")
        return
    rows = [
        (
            f'<a href="{address("metrics", metric=entry.definition.metric_id)}" target="_self">{esc(entry.definition.label)}</a>',
            esc(entry.definition.definition),
            esc(unit_words(entry.definition.unit)),
            _used(entry),
        )
        for entry in entries
    ]
    block(reading_table(("Metric", "Definition", "Unit", "Used on"), rows))
