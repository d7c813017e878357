"""The dry run: what would be loaded, the rows that can't be read in a table to mend them, and what won't be measured."""

from collections.abc import Mapping
from typing import Any

import streamlit as st

from dashboards.add_data import blocks
from dashboards.add_data.desk import Desk
from pipelines.first_hour.mending import Held, held_by_sheet, mend
from pipelines.first_hour.outlook import held_sentence, loaded_sentence, measured_sentence, total_rows
from pipelines.first_hour.progress import Progress


def running(desk: Desk) -> None:
    """A dry run is going on."""
    st.title("Dry run: every row is read and checked, nothing is loaded", anchor="main")
    blocks.steps(2)
    _wait(desk.intake.folder.as_posix())


@st.fragment(run_every=1)
def _wait(folder: str) -> None:
    from pathlib import Path

    from pipelines.first_hour.progress import RUNNING, progress_of

    progress = progress_of(Path(folder))
    if progress is None or progress.state != RUNNING:
        st.rerun(scope="app")
    st.progress(0.5, "Usually about ten seconds.")


def stopped(desk: Desk, progress: Progress) -> None:
    """It came to an end by something that must be mended first."""
    st.title("It stopped. Nothing was changed", anchor="main")
    blocks.steps(2 if progress.action == "check" else 3)
    for problem in progress.problems:
        st.error(problem, icon=":material/error:")
    with st.container(horizontal=True):
        st.button("Back to the questions", type="primary", on_click=desk.forget, icon=":material/arrow_back:")


def result(desk: Desk, progress: Progress) -> None:
    """What the dry run found, and the way on."""
    found = progress.result
    held = held_by_sheet(found["held"], desk.intake.files)
    st.title(_title(found), anchor="main")
    blocks.steps(2)
    for problem in found["problems"]:
        st.error(problem, icon=":material/error:")
    blocks.bullets(
        [
            _split(loaded_sentence(found, done=False)),
            _split(held_sentence(found, done=False)),
            _split(measured_sentence(found)),
        ]
    )
    other = [question for question in found["questions"] if "/bad_rows/" not in question["key"]]
    for question in other:
        st.warning(f"{question['words']}. Before you go on: {question['first']}.", icon=":material/help:")
    edited = mending_tables(held)
    _ways_on(desk, found, edited, has_held=bool(held))
    not_measured(found)
    _notes(found)


def _title(found: Mapping[str, Any]) -> str:
    if found["problems"]:
        return "Something must be mended first. Nothing was loaded"
    held = int(found.get("held_rows", len(found["held"])))
    if not held:
        return "The dry run is good: everything can be loaded"
    return f"{held:,} of {max(total_rows(found), held):,} rows can’t be read"


def _split(sentence: str) -> tuple[str, str]:
    head, _, rest = sentence.partition(": ")
    return (f"{head}:", rest) if rest else ("", sentence)


def mending_tables(held: list[Held]) -> list[tuple[Held, Any]]:
    """The unreadable rows of each sheet as they stand in the file, to be mended."""
    edited = []
    for one in held:
        st.header(f"Rows of {one.title} that can’t be read", anchor=False)
        blocks.muted("Correct the cells here; your file stays as it is. Rows that you leave alone aren’t loaded.")
        columns = {
            "Row": st.column_config.NumberColumn(disabled=True, width="small"),
            "Why": st.column_config.TextColumn(disabled=True, width="large"),
        }
        edited.append(
            (
                one,
                st.data_editor(
                    one.frame,
                    hide_index=True,
                    column_config=columns,
                    key=f"held|{one.source}|{one.file}",
                    num_rows="fixed",
                ),
            )
        )
    return edited


def _ways_on(desk: Desk, found: Mapping[str, Any], edited: list[tuple[Held, Any]], *, has_held: bool) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        if not found["problems"]:
            words = "Load without these rows" if has_held else "Load"
            if st.button(words, type="primary", icon=":material/database_upload:"):
                accept = [question["key"] for question in found["questions"]]
                desk.opened.begin_run(desk.plan, desk.intake, desk.stamp, accept)
                st.rerun()
        if has_held and st.button("Mend them and try again", icon=":material/build:"):
            mend_and_retry(desk, edited)
        st.button("Stop: back to the questions", on_click=desk.forget, type="tertiary", icon=":material/arrow_back:")


def mend_and_retry(desk: Desk, edited: list[tuple[Held, Any]]) -> None:
    """Keep what was corrected beside the files and try again."""
    count = sum(mend(desk.opened.data / "corrections", one, frame) for one, frame in edited)
    if not count:
        st.warning("No cell was changed. Correct a cell in the table first.", icon=":material/edit:")
        return
    desk.opened.begin_check(desk.plan, desk.intake, desk.stamp)
    st.rerun()


def not_measured(found: Mapping[str, Any]) -> None:
    """Everything that can't be measured, and what it would take."""
    if found["not_measured"]:
        with st.expander("What can’t be measured, and what it would take"):
            blocks.table(
                ("Not measured", "Because", "What it would take"),
                [(", ".join(one["metrics"]), one["missing"], one["remedy"]) for one in found["not_measured"]],
            )


def _notes(found: Mapping[str, Any]) -> None:
    if found["findings"]:
        with st.expander("Notes of the dry run"):
            for line in found["findings"]:
                st.text(line)
