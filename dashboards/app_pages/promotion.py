"""Promotion: do mentees rise more often than comparable colleagues, leaving being the other way out?"""

import polars as pl
import streamlit as st

from dashboards import charts, effects, elements, queries, wording

snapshot = st.session_state["snapshot"]
row = effects.chosen_comparison(
    snapshot,
    "Promotion",
    "promoted",
    otherwise="Nobody can say yet whether mentees rise more often.",
    outcome="promoted_12m",
    key="promotion",
)
effects.curve_section(snapshot, row, outcome="promoted", key="promotion")
effects.evidence_link(row)
st.caption(
    "Leaving is counted as what it is, the end of every chance to be promoted; taking leavers as if they might still rise would show too many promotions. "
    "People are compared with colleagues of like level, tenure and rating, so a different mix of grades doesn't show as a difference."
)
described = queries.everywhere(snapshot, ["promotion_rate_12m"]).filter(pl.col("value").is_not_null())
if described.height:
    st.subheader("For information: promotion rates as they are", anchor=False)
    shown = described.with_columns(label=pl.format("{} (n {})", "programme_name", "n_people"))
    elements.chart_with_table(
        charts.intervals,
        shown,
        title="Promoted within 12 months of enrolment, no comparison made",
        unit="share",
        key="promotion_rates",
        takeaway="; ".join(f"{one['label']}: {wording.metric_line(one)}" for one in shown.to_dicts()),
        source="metric promotion_rate_12m, Aalen-Johansen with leaving as the competing event",
        columns={"programme_name": "Programme", "value": "Share", "ci_low": "95 % from", "ci_high": "95 % to", "n_people": "People"},
    )  # fmt: skip
