"""Planner: before launch, what will this programme be able to see?"""

import streamlit as st

from dashboards.parts import planning

heading = st.empty()
left, right = st.columns((1, 2), gap="large")
with left:
    plan = planning.choose_plan()
with heading.container():
    st.title(plan.title, anchor="main")
    st.markdown(plan.answer)
with right:
    planning.sizes(plan)
    planning.hoped_for(plan)
if plan.found is None:
    st.warning(
        "So large a difference can't happen from this share. Judge this programme by a survey or by ramp-up, or put several cohorts together.",
        icon=":material/warning:",
    )
st.markdown(
    "**What helps most:** more people than places, and randomised places: then nobody has to believe in weighting. Asking the same scale before and after costs "
    "nothing and halves the number needed. Retention shows only in large programmes or over several years."
)
