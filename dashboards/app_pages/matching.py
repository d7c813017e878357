"""Matching run: what is proposed for the cohorts being formed, how good it is, and who stays without a partner."""

import polars as pl
import streamlit as st

from dashboards import elements, queries, wording
from dashboards.snapshot import Snapshot

snapshot: Snapshot = st.session_state["snapshot"]
runs = queries.ask(snapshot, "from match_runs order by cohort_id")
names = queries.programmes(snapshot)
elements.heading(
    "Matching run",
    "Proposals for the cohorts being formed. Nothing is sent and nobody is paired before a person approves."
    if runs.height
    else "No cohort is being formed.",
)
elements.banner(snapshot)
if runs.is_empty():
    elements.nothing_here("Set a cohort's `status: forming` in the programme's file and load its applications.")
    st.stop()

cohort = elements.choose(
    "Cohort", dict(zip(runs["cohort_id"], runs["cohort_id"], strict=True)), key="match_cohort", width=330
)
run = runs.row(by_predicate=pl.col("cohort_id") == cohort, named=True)
st.markdown(
    f"**{run['matched']} of {run['mentees']} mentees** of {names.get(run['programme_id'], run['programme_id'])} are matched to {run['mentors']} mentors with {run['seats']} seats. "
    f"The total score is proven best possible (gap {run['gap']:.2g})."
)
grid = st.grid(min_column_width=170)
grid.metric(
    "Coverage",
    f"{run['coverage']:.1%}",
    help=f"{run['matched']} of {run['mentees']} mentees; a complete count, no interval",
)
grid.metric(
    "Mean score",
    f"{run['mean_score']:.2f}" if run["mean_score"] is not None else "–",
    help=f"Between 0 and 1; worst {run['worst_score']}, median {run['median_score']}",
)
grid.metric(
    "Worst score",
    f"{run['worst_score']:.2f}" if run["worst_score"] is not None else "–",
    help="The floor is raised as far as coverage allows",
)
grid.metric(
    "Best available mentor",
    f"{run['first_choice_share']:.0%}" if run["first_choice_share"] is not None else "–",
    help="Share of matched mentees whose mentor is the best of all they may have",
)
st.subheader("Against simpler ways, on the same input", anchor=False)
baselines = pl.DataFrame(
    [
        {"Way": "Optimal (proposed)", "Matched": run["matched"], "Total score": run["total_score"]},
        {"Way": "Best pair first (greedy)", "Matched": run["greedy_matched"], "Total score": run["greedy_total_score"]},
        {
            "Way": "First come, first served",
            "Matched": run["first_come_matched"],
            "Total score": run["first_come_total_score"],
        },
    ]
)
st.dataframe(
    baselines,
    hide_index=True,
    alt="Matched mentees and total score of three ways of pairing",
    column_config={"Total score": st.column_config.NumberColumn(format="%.2f")},
)

left, right = st.columns(2)
with left:
    st.subheader("Hard rules", anchor=False)
    rules = queries.ask(
        snapshot,
        "select words, pairs_removed from match_rules where cohort_id = $1 order by pairs_removed desc",
        cohort,
    )
    st.dataframe(
        rules.rename({"words": "The rule that", "pairs_removed": "Pairs ruled out"}),
        hide_index=True,
        alt="Pairs that each hard rule removes",
    )
with right:
    st.subheader("Without a partner", anchor=False)
    reasons = queries.ask(
        snapshot,
        "select role, reason, people, is_suppressed from match_unmatched_reasons where cohort_id = $1 order by role, reason",
        cohort,
    )
    if reasons.is_empty():
        elements.nothing_here("Everybody has a partner.")
    else:
        shown = reasons.with_columns(
            pl.when("is_suppressed")
            .then(pl.lit("fewer than 5"))
            .otherwise(pl.col("people").cast(pl.String))
            .alias("people"),
            pl.col("reason").str.replace_all("_", " "),
        ).drop("is_suppressed")
        st.dataframe(
            shown.rename({"role": "Role", "reason": "Reason", "people": "People"}),
            hide_index=True,
            alt="People without a partner by reason",
        )

managers = snapshot.managers
if managers is not None:
    st.subheader("Proposed pairs", anchor=False)
    st.caption("For programme managers. People appear under pseudonyms; names stay in the vault.")
    pairs = queries.ask(
        managers,
        """
        select left(mentee_person_key, 8) as mentee, left(mentor_person_key, 8) as mentor, score, rank, array_to_string(reasons, '; ') as reasons
        from match_pairs where cohort_id = $1 order by score, mentee_person_key
        """,
        cohort,
    )
    elements.table(
        pairs,
        {
            "mentee": "Mentee",
            "mentor": "Mentor",
            "score": "Score (0 to 1)",
            "rank": "Mentee's rank of this mentor",
            "reasons": "Why",
        },
        key="pairs",
        takeaway="Proposed pairs, the weakest first",
    )
    unmatched = queries.ask(
        managers,
        "select role, left(person_key, 8) as person, detail from match_unmatched where cohort_id = $1 order by role, person",
        cohort,
    )
    if unmatched.height:
        with st.expander(f"{unmatched.height} applications without a partner, and why"):
            elements.table(
                unmatched,
                {"role": "Role", "person": "Person", "detail": "Why"},
                key="unmatched",
                takeaway="Applications without a partner",
            )
st.caption(
    f"Run {run['run_id']} · input {run['input_hash'][:12]} · output {run['output_hash'][:12]} · {run['solver_version']} · {wording.people(run['feasible_pairs'])} feasible pairs"
)
