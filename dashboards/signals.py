"""What changed in the last complete month, and whether it is more than months differ anyway."""

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from dashboards import elements, queries, wording
from dashboards.snapshot import Snapshot

COLUMNS = {
    "label": "Metric", "value": "Last month", "n_people": "People", "limit_low": "Limit from", "limit_high": "Limit to", "baseline_mean": "Mean before",
    "baseline_months": "Months before", "told": "Answer", "unit": "Unit",
}  # fmt: skip
ANSWERS = {"above": "above its limits", "below": "below its limits", "within": "within its limits"}
RULES = {
    "three_months_together": "the last three months taken together lie beyond what chance would leave them",
    "two_of_three": "two of the last three months lie in the outer third of the limits",
    "seven_on_one_side": "seven months in a row lie on one side of the mean, together by more than chance",
    "seven_in_one_direction": "seven months in a row move in one direction",
}
NOTE = (
    "Limits of counts: where chance alone would leave a month, from the mean of the months in a row before, on a scale where a fall to nothing can be told; wider where months differ "
    "by more than chance. Other metrics: mean plus and minus 2.66 times the mean difference between neighbours (XmR chart). Metrics that look back over more than a month are left out. "
    "Besides a month beyond a limit, two of three in the outer third, seven on one side and seven in one direction are signs for counts. In simulated years in which nothing changed, with 5, 20 "
    "and 100 pairs, a metric of counts shows a sign in at most one year of ten. A sign means: look for a reason; it names none."
)


def signals_section(snapshot: Snapshot, programme: str, cohort: str = queries.ALL, *, key: str) -> None:
    """The sentence, the metrics outside their limits with n and limits, and what could not be judged."""
    rows = queries.signals(snapshot, programme, cohort)
    if not rows:
        elements.nothing_here(
            "No monthly metric has a value for the last complete month here, so nothing can be said of change."
        )
        return
    judged = [row for row in rows if row["signal"] in ANSWERS]
    st.markdown(answer(rows))
    outside = [row for row in judged if row["signal"] != "within"]
    if outside:
        st.markdown("\n".join(f"- {sentence(row)}" for row in outside))
    waiting = not_judged(rows)
    if waiting:
        st.caption(f"Not judged: {waiting}.")
    if judged:
        with st.expander("Limits and how they are found", icon=":material/table:"):
            st.caption(NOTE)
            told = pl.DataFrame(judged, infer_schema_length=None).with_columns(told=pl.col("signal").replace(ANSWERS))
            elements.table(told, COLUMNS, key=f"{key}_signals", takeaway=answer(rows).replace("**", ""))


def answer(rows: list[dict[str, Any]]) -> str:
    """How many of the metrics that can be judged lie outside their limits."""
    month = f"{rows[0]['period_start']:%B %Y}"
    judged = [row for row in rows if row["signal"] in ANSWERS]
    outside = sum(row["signal"] != "within" for row in judged)
    if not judged:
        return f"**Too early to tell for {month}**: limits want 8 months in a row before it that can be shown."
    noun = "metric" if len(judged) == 1 else "metrics"
    if not outside:
        return f"**None of {len(judged)} {noun}** lies outside its limits in {month}: no sign of a change beyond the usual variation between months."
    verb = "lies" if outside == 1 else "lie"
    return f"**{outside} of {len(judged)} {noun}** {verb} outside the usual variation between months in {month}:"


def sentence(row: Mapping[str, Any]) -> str:
    """One metric outside its limits: value, n, limits and what they rest on, as far as they may be shown."""
    unit = row["unit"]
    mark = "▲" if row["signal"] == "above" else "▼"
    value = (
        ""
        if row["value"] is None
        else f": {wording.number(row['value'], unit)} (n = {wording.people(row['n_people'])})"
    )
    why = RULES.get(row["rule"] or "") or f"{row['signal']} its limits"
    told = f"{mark} **{row['label']}**{value}, {why}"
    if row["limit_low"] is None:
        return f"{told}; the {row['baseline_months']} months before can't all be shown"
    return (
        f"{told}; limits {wording.interval(row['limit_low'], row['limit_high'], unit)} from the {row['baseline_months']} months before "
        f"(mean {wording.number(row['baseline_mean'], unit)})"
    )


def not_judged(rows: list[dict[str, Any]]) -> str:
    """Metrics without limits, by reason."""
    reasons: dict[str, list[str]] = {}
    for row in rows:
        if row["signal"] not in ANSWERS:
            reasons.setdefault(row["no_limits_reason"], []).append(row["label"])
    return "; ".join(f"{', '.join(labels)} ({reason})" for reason, labels in reasons.items())
