"""The same as files: the YAML that the answers come to, for those who want to see or edit it."""

import streamlit as st

from pipelines.first_hour.plan import Plan, programme_files
from pipelines.first_hour.plan_sources import sources_of
from pipelines.mapping_text import as_yaml


def show_as_files(plan: Plan) -> None:
    """Every mapping and programme file as it will be written."""
    with st.expander("Show the files that are written"):
        st.caption("The same files that engineers edit; you need none of them.")
        for name, source in sources_of(plan).items():
            st.markdown(f"**mappings/{name}.yaml**")
            st.code(as_yaml(source.mapping), language="yaml", height=220)
        for name, file in programme_files(plan).items():
            st.markdown(f"**programmes/{name}.yaml**")
            st.code(as_yaml(file), language="yaml", height=220)
