"""Impact evidence: what may be said, on which design, and what may not."""

import polars as pl
import streamlit as st

from dashboards import charts, elements, queries, wording

WHEN = (
    pl.when(pl.col("wave") == "pooled")
    .then(pl.lit("all waves"))
    .otherwise(pl.coalesce(pl.format("month {}", pl.col("months_since_start").cast(pl.Int64)), "wave"))
)

snapshot = st.session_state["snapshot"]
rows = queries.estimates(snapshot)
told = [row for row in queries.headline_estimates(snapshot) if row["estimate"] is not None]
known = sum(row["verdict"] == "caused" for row in told)
elements.heading(
    "Impact evidence",
    f"**{known} of {len(told)} estimates** establish a difference by lottery. Everything without a lottery is described, not explained: "
    "a gap between participants and others is never shown as an estimate.",
)
elements.banner(snapshot)
if not rows:
    elements.nothing_here(
        "No programme declares an outcome. Add `impact: outcomes:` to a programme's file before its results exist."
    )
    st.stop()

frame = pl.DataFrame(rows, infer_schema_length=None)
for (programme, cohort), group in frame.group_by("programme_name", "cohort_id", maintain_order=True):
    shown = group.filter(pl.col("estimate").is_not_null())
    if shown.is_empty():
        continue
    st.subheader(f"{programme} · {cohort}", anchor=False)
    for (label, unit), outcome in shown.group_by("outcome_label", "unit", maintain_order=True):
        pooled = outcome.filter(pl.col("wave") == "pooled")
        for row in (pooled if pooled.height else outcome).to_dicts():
            st.markdown(
                f"{wording.VERDICT_MARKS[row['verdict']]} **{wording.VERDICT_WORDS[row['verdict']]}** · {wording.effect_sentence(row)}"
            )
        if outcome.height > 2 and pooled.height:
            st.caption(
                f"{outcome.height - pooled.height} single waves are drawn as well; by chance alone one in twenty of them would exclude zero. The pooled estimates are the answer."
            )
        drawn = outcome.sort("arm", "months_since_start", nulls_last=False).with_columns(
            pl.col("estimate").alias("value"),
            pl.format("{}, {} (n {} / {})", "arm", WHEN, "n_treated", "n_control").alias("row"),
        )
        elements.chart_with_table(
            charts.intervals,
            drawn,
            listed=drawn.with_columns(pl.col("reasons").list.join("; "), pl.col("verdict").replace(wording.VERDICT_WORDS)),
            title=f"{label}: offered a place less not offered, 95 % intervals",
            unit=str(unit),
            label="row",
            zero_line=True,
            is_difference=True,
            least_height=30,
            key=f"effect_{cohort}_{outcome['outcome'][0]}",
            takeaway="; ".join(f"{row['row']}: {wording.effect_size(row['estimate'], row['unit'])}" for row in drawn.to_dicts()),
            source=f"{outcome['design'][0]}; {outcome['estimator'][0]}; declaration {outcome['declaration_hash'][0]}",
            columns={
                "arm": "Arm", "wave": "Wave", "estimate": "Estimate", "std_error": "Standard error", "ci_low": "95 % from", "ci_high": "95 % to",
                "n_treated": "Offered", "n_control": "Not offered", "n_observations": "Observations", "clusters": "Clusters", "control_mean": "Control mean",
                "smallest_detectable": "Smallest detectable", "response_gap": "Response gap", "verdict": "Verdict", "reasons": "Reasons",
            },
        )  # fmt: skip

silent = frame.filter(pl.col("estimate").is_null())
if silent.height:
    st.subheader("Not estimated or refused", anchor=False)
    listed = (
        silent.with_columns(pl.col("reasons").list.join("; "), pl.col("verdict").replace(wording.VERDICT_WORDS))
        .group_by("programme_name", "outcome_label", "verdict", "reasons", maintain_order=True)
        .agg(pl.col("cohort_id").n_unique().alias("cohorts"))
    )
    elements.table(
        listed,
        {
            "programme_name": "Programme",
            "outcome_label": "Outcome",
            "verdict": "Answer",
            "cohorts": "Cohorts",
            "reasons": "Why",
        },
        key="not_estimated",
        takeaway="Outcomes without an estimate and why",
    )
