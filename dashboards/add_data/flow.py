"""The page from top to bottom: which step it is at, and what that step shows."""

import streamlit as st

from dashboards.add_data import blocks, loading, trying, understood
from dashboards.add_data.desk import Desk, the_desk
from pipelines.first_hour.progress import DONE, RUNNING


def show() -> None:
    """Show the step at which this workspace's intake stands."""
    st.html(blocks.STYLE)
    with st.container(key="add_data"):
        desk = the_desk()
        if desk is None:
            _switched_off()
        else:
            _step(desk)


def _step(desk: Desk) -> None:
    progress = desk.progress
    if progress and progress.state == RUNNING:
        (loading.running if progress.action == "run" else trying.running)(desk)
    elif not desk.has_files:
        understood.first_use(desk)
    elif progress and progress.action == "run" and progress.stamp == desk.stamp:
        (loading.result if progress.state == DONE else trying.stopped)(desk, progress)
    elif progress and progress.action == "check" and progress.stamp == desk.stamp:
        (trying.result if progress.state == DONE and not progress.problems else trying.stopped)(desk, progress)
    else:
        understood.questions(desk)


def _switched_off() -> None:
    st.title("Data are added on the computer that holds them", anchor="main")
    blocks.block(
        "<p>This dashboard is for reading. On the computer that holds the data, run <code>make start</code> (or <code>impact start</code>): "
        "it opens this page, where files can be dropped, checked and loaded.</p>"
    )
