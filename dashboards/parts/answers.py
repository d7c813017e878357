"""The answers of one programme: each estimate in its sentence, its declaration, what it rests on, and what got no figure."""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl
import streamlit as st

from dashboards import choices, effects, elements, queries, wording
from dashboards.facts.words import plural
from dashboards.parts.evidence import evidence_section, lottery_section, subgroup_section
from dashboards.snapshot import Snapshot

Row = Mapping[str, Any]
NO_GAP = "A gap between participants and everybody else is never an estimate."
COMPARED = ("target_trial", "difference_in_differences")


def headline(rows: Sequence[Row]) -> str:
    """How many answers show a difference, show none, or get no figure."""
    if not rows:
        return f"**No answer yet**: nothing is compared. {NO_GAP}"
    shown = [row for row in rows if row["estimate"] is not None]
    established = [row for row in shown if row["verdict"] in {"caused", "supported"}]
    return (
        f"**{len(established)} of {plural(len(rows), 'answer')}** {_shows(len(established))} a difference that its design supports; "
        f"{len(shown) - len(established)} {_shows(len(shown) - len(established))} none that is clear, {len(rows) - len(shown)} {'gets' if len(rows) - len(shown) == 1 else 'get'} no figure. {NO_GAP}"
    )


def _shows(count: int) -> str:
    return "shows" if count == 1 else "show"


def sentences(own: Sequence[Row]) -> None:
    """One sentence per estimate, the rating first."""
    for row in own:
        primary = " (primary outcome)" if row["is_primary"] else ""
        place = "" if row["cohort_id"] == "all" else f" Cohort {row['cohort_id']}."
        st.markdown(f"{effects.verdict_badge(row)}{primary} · {wording.effect_sentence(row)}{place}")


def declaration(snapshot: Snapshot, programme: str) -> None:
    """When it was declared, and whether it was changed after results existed."""
    versions = queries.declarations(snapshot, programme)
    if not versions:
        return
    current, changed = versions[-1], [version for version in versions if version["is_changed_after_results"]]
    said = f"Declared {current['declared_on'] or 'without a date'}, version {current['version']}, hash {current['declaration_hash']}."
    if changed:
        when = ", ".join(str(version["first_seen"]) for version in changed)
        st.warning(
            f"{said} **Changed after results existed** ({when}): read as exploratory what the change touched.",
            icon=":material/edit_note:",
        )
    else:
        st.caption(f"{said} Not changed since results exist.")


def judged_when(snapshot: Snapshot, programme: str, own: Sequence[Row]) -> None:
    """The looks that were taken, with what was said first at each."""
    labels = {str(row["outcome"]): str(row["outcome_label"]) for row in own}
    rows = [
        {
            "outcome": _looked_at(labels.get(row["outcome"], row["outcome"]), row),
            "look": f"{row['look']} of {row['looks_declared']}" if row["looks_declared"] else f"{row['look']}, yearly",
            "looked_on": row["looked_on"],
            "verdict": wording.VERDICT_WORDS[row["verdict"]],
            "level": f"{100 * (1 - row['look_level']):.4g} %",
        }
        for row in queries.looks(snapshot, programme)
    ]
    if not rows:
        return
    with st.expander("When each outcome was judged"):
        st.markdown(
            "A verdict rests on what was known by the day of its look and stays until the next one; later months can't change it, corrected records of earlier ones do."
        )
        names = {
            "outcome": "Outcome",
            "look": "Look",
            "looked_on": "Known by",
            "level": "Interval",
            "verdict": "Said first",
        }
        elements.table(
            pl.DataFrame(rows), names, key="looks", takeaway="Looks that were taken, and what was said first"
        )


def _looked_at(label: str, row: Row) -> str:
    """The outcome, and of a lottery which cohort, arm and wave."""
    places = [row.get(name) for name in ("cohort_id", "arm", "wave")]
    return label if places[0] in (None, "all") else ", ".join([label, *(str(place) for place in places if place)])


def taken_together(snapshot: Snapshot, programme: str, own: Sequence[Row]) -> None:
    """Outcomes that other programmes have too: each estimate beside the others, and what a further programme may expect."""
    rows = queries.pooled(snapshot, programme)
    if not rows:
        return
    labels = {str(row["outcome"]): str(row["outcome_label"]) for row in own}
    st.header("Taken together with the other programmes", anchor=False)
    st.markdown(
        "A single result that stands out is usually too large. Pulled towards the mean of all estimates of the same outcome, as far as its own uncertainty asks, it is the better guess."
    )
    told = [
        {
            "outcome": labels.get(row["outcome"], row["outcome"]) + _of_cohort(row["cohort_id"]),
            "alone": wording.effect_size(row["estimate"], row["unit"]),
            "together": f"{wording.effect_size(row['shrunk'], row['unit'])} ({wording.effect_interval(row['shrunk_low'], row['shrunk_high'], row['unit'])})",
            "mean": f"{wording.effect_size(row['mean'], row['unit'])} ({wording.effect_interval(row['mean_low'], row['mean_high'], row['unit'])})",
            "next": wording.effect_interval(row["prediction_low"], row["prediction_high"], row["unit"]),
            "count": row["estimates_pooled"],
        }
        for row in rows
    ]
    names = {
        "outcome": "Outcome",
        "alone": "Alone",
        "together": "Given the others (95 %)",
        "mean": "Mean of all (95 %)",
        "next": "A further programme, 95 %",
        "count": "Estimates",
    }
    elements.table(pl.DataFrame(told), names, key="together", takeaway="Each estimate alone and given the others")


def _of_cohort(cohort_id: str) -> str:
    return "" if cohort_id == "all" else f", cohort {cohort_id}"


def what_one_rests_on(snapshot: Snapshot, programme: str, own: Sequence[Row]) -> None:
    """One outcome that the reader chooses, with everything that speaks for and against it."""
    labels = {str(row["outcome"]): str(row["outcome_label"]) for row in own if row["estimate"] is not None}
    if not labels:
        return
    st.header("What one answer rests on", anchor=False)
    outcome = choices.choose("Outcome", labels, key="outcome", width=330)
    lottery = [
        row
        for row in queries.estimates(snapshot)
        if (row["programme_id"], row["outcome"], row["design"]) == (programme, outcome, "lottery")
        and row["estimate"] is not None
    ]
    if lottery:
        lottery_section(pl.DataFrame(lottery, infer_schema_length=None))
    for row in (one for one in own if one["outcome"] == outcome and one["design"] in COMPARED):
        st.markdown(
            f"**Compared without randomisation.** {effects.verdict_badge(row)} · {wording.effect_sentence(row)}"
        )
        if row["estimate"] is not None:
            evidence_section(snapshot, row)
    subgroup_section(snapshot, next(row for row in own if row["outcome"] == outcome and row["estimate"] is not None))


def without_figure(own: Sequence[Row]) -> None:
    """Outcomes that got no figure, and why."""
    refused = [row for row in own if row["estimate"] is None]
    if not refused:
        return
    st.header("No figure, and why", anchor=False)
    told = pl.DataFrame(refused, infer_schema_length=None).with_columns(
        pl.col("reasons").list.join("; "), pl.col("verdict").replace(wording.VERDICT_WORDS)
    )
    names = {"outcome_label": "Outcome", "cohort_id": "Cohorts", "verdict": "Answer", "reasons": "Why"}
    elements.table(told, names, key="refused", takeaway="Outcomes without a figure and why")
