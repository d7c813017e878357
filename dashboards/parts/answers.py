"""What stands around a programme's comparisons: outcomes without a figure, its declaration, the looks that were taken, and the same outcome elsewhere."""

from collections.abc import Mapping, Sequence
from typing import Any

import streamlit as st

from dashboards.design.blocks import block, esc, note, reading_table
from dashboards.facts.finding import WORDS
from dashboards.facts.findings import Evidence
from dashboards.facts.words import day_words, difference, difference_span, plain, sentence, unit_words

Row = Mapping[str, Any]
TOGETHER = ("Outcome", "Alone", "Given the others", "Mean of all", "A further programme", "Estimates")
LOOKS = ("Outcome", "Look", "Known by", "Interval", "Said first")


def declare_one(*, is_anywhere: bool) -> None:
    """Nothing is declared here: how to declare an outcome."""
    said = (
        "This programme declares no outcome, so nothing is said of its effects. Add `impact: outcomes:` to its file before results exist."
        if is_anywhere
        else "No programme declares an outcome. Add `impact: outcomes:` to a programme's file before its results exist."
    )
    st.info(said, icon=":material/info:")


def not_measured(rows: Sequence[tuple[str, str]]) -> None:
    """Outcomes without a figure, and why."""
    if rows:
        st.header("Not measured", anchor=False)
        block(
            reading_table(
                ("Outcome", "Why"), [(f"<b>{esc(name)}</b>", esc(sentence(plain(why)))) for name, why in rows]
            )
        )


def labels(found: Evidence) -> dict[str, str]:
    """Every outcome's name, whether it has a figure or not."""
    return {**{one.outcome: one.label for one in found.silent}, **{one.outcome: one.label for one in found.findings}}


def declaration(versions: Sequence[Row]) -> None:
    """When it was declared, and whether it was changed after results existed."""
    if not versions:
        return
    current, changed = versions[-1], [version for version in versions if version["is_changed_after_results"]]
    said = f"Declared {day_words(current['declared_on']) or 'without a date'}, version {current['version']}, hash {current['declaration_hash']}."
    if changed:
        when = ", ".join(day_words(version["first_seen"]) for version in changed)
        st.warning(
            f"{said} **Changed after results existed** ({when}): read as exploratory what the change touched.",
            icon=":material/edit_note:",
        )
    else:
        st.caption(f"{said} Not changed since results exist.")


def judged_when(rows: Sequence[Row], names: Mapping[str, str], rounds: Mapping[str, str]) -> None:
    """The looks that were taken, with what was said first at each. names of outcomes, rounds: of cohorts, both by id."""
    if not rows:
        return
    with st.expander("When each outcome was judged"):
        note(
            "A verdict rests on what was known by the day of its look and stays until the next one; later months can't change it, corrected records of earlier ones do."
        )
        block(reading_table(LOOKS, [[esc(cell) for cell in _look(row, names, rounds)] for row in rows]))


def _look(row: Row, names: Mapping[str, str], rounds: Mapping[str, str]) -> tuple[str, ...]:
    words = WORDS[row["verdict"]]
    return (
        _looked_at(names.get(row["outcome"], plain(row["outcome"])), row, rounds),
        f"{row['look']} of {row['looks_declared']}" if row["looks_declared"] else f"{row['look']}, yearly",
        day_words(row["looked_on"]),
        f"{100 * (1 - row['look_level']):.4g}%",
        words[:1].upper() + words[1:],
    )


def _looked_at(label: str, row: Row, rounds: Mapping[str, str]) -> str:
    """The outcome, and of a lottery which cohort, arm and wave."""
    cohort = row.get("cohort_id")
    places = [rounds.get(f"{cohort}", cohort), row.get("arm"), row.get("wave")]
    return label if cohort in (None, "all") else ", ".join([label, *(str(place) for place in places if place)])


def taken_together(rows: Sequence[Row], names: Mapping[str, str], rounds: Mapping[str, str]) -> None:
    """Outcomes that other programmes have too: each estimate beside the others, and what a further programme may expect."""
    if not rows:
        return
    st.header("Taken together with the other programmes", anchor=False)
    note(
        "A single result that stands out is usually too large. Pulled towards the mean of all estimates of the same outcome, as far as its own uncertainty asks, it is the better guess. 95% intervals."
    )
    block(reading_table(TOGETHER, [_together(row, names, rounds) for row in rows]))


def _together(row: Row, names: Mapping[str, str], rounds: Mapping[str, str]) -> tuple[str, ...]:
    cohort = "" if row["cohort_id"] == "all" else f", {rounds.get(row['cohort_id'], row['cohort_id'])}"
    unit = row["unit"]
    return (
        f"<b>{esc(names.get(row['outcome'], plain(row['outcome'])) + cohort)}</b><br>"
        f'<span class="xs muted">{esc(unit_words(unit, is_difference=True))}</span>',
        esc(difference(row["estimate"], row["shrunk_low"], row["shrunk_high"], unit)),
        _pulled(row, "shrunk", unit),
        _pulled(row, "mean", unit),
        esc(difference_span(row["prediction_low"], row["prediction_high"], unit)),
        f"{row['estimates_pooled']}",
    )


def _pulled(row: Row, name: str, unit: str) -> str:
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return f'<b>{esc(difference(row[name], low, high, unit))}</b> <span class="xs muted">{esc(difference_span(low, high, unit))}</span>'
