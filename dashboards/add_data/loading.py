"""The run with its stages and the time left, and the three sentences at its end."""

import time
from pathlib import Path

import streamlit as st

from dashboards import navigation
from dashboards.add_data import blocks, trying
from dashboards.add_data.desk import Desk
from dashboards.add_data.files_shown import show_as_files
from dashboards.pages import PAGES
from pipelines.first_hour.mending import held_by_sheet
from pipelines.first_hour.outlook import held_sentence, loaded_sentence, measured_sentence
from pipelines.first_hour.progress import RUNNING, Progress, progress_of, stages_in_words
from pipelines.kept_key import KEEP_IT, NAME

SIGNS = {"done": "✓", "now": "…", "waiting": " "}
WORDS = {"done": "done", "now": "now", "waiting": ""}


def running(desk: Desk) -> None:
    """The run is going on; closing the page doesn't stop it."""
    st.title("Loading: the dashboard is being made", anchor="main")
    blocks.steps(3)
    _wait(desk.intake.folder.as_posix())


@st.fragment(run_every=2)
def _wait(folder: str) -> None:
    progress = progress_of(Path(folder))
    if progress is None or progress.state != RUNNING:
        st.rerun(scope="app")
        return
    left = progress.seconds_left(time.time())
    said = "Usually two to four minutes." if left is None else f"About {_duration(left)} left."
    st.progress(progress.share, f"{said} You may close this page; it goes on.")
    rows = [(words, f"{SIGNS[state]} {WORDS[state]}") for words, state in stages_in_words(progress)]
    blocks.table(("Stage", "How far"), rows)


def _duration(seconds: int) -> str:
    minutes = round(seconds / 60)
    return f"{seconds} seconds" if seconds < 60 else "a minute" if minutes == 1 else f"{minutes} minutes"


def result(desk: Desk, progress: Progress) -> None:
    """What was loaded, what wasn't and how to mend it, what isn't measured and what it would take; and the dashboard."""
    found = progress.result
    st.title("It is loaded. Your dashboard is ready", anchor="main")
    blocks.steps(4)
    sentences = (loaded_sentence(found, done=True), held_sentence(found, done=True), measured_sentence(found))
    blocks.bullets([trying._split(sentence) for sentence in sentences])
    for warning in found.get("warnings", []):
        st.warning(f"{warning[:1].upper()}{warning[1:]}.", icon=":material/info:")
    navigation.link(PAGES[0].path, "Open the dashboard", arrow=True)
    held = held_by_sheet(found["held"], desk.intake.files)
    edited = trying.mending_tables(held)
    if held and st.button("Mend them and load again", icon=":material/build:"):
        trying.mend_and_retry(desk, edited)
    trying.not_measured(found)
    with st.expander("Add another file, for example next month’s export"):
        from dashboards.add_data.understood import _drop, _remove

        _drop(desk)
        _remove(desk)
    show_as_files(desk.plan)
    blocks.muted(
        f"The key under which people are stored is {desk.opened.data.name}/{NAME} in the workspace’s folder. {KEEP_IT}"
    )
