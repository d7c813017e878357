"""The first two steps: dropping files, and what was recognised of them with the questions that are left."""

from typing import Any

import polars as pl
import streamlit as st

from dashboards.add_data import asking, blocks
from dashboards.add_data.desk import Desk
from dashboards.add_data.files_shown import show_as_files
from pipelines.first_hour import kinds
from pipelines.first_hour.outlook import outlook
from pipelines.first_hour.plan import Plan, kind_question
from pipelines.first_hour.sheets import LARGEST
from pipelines.first_hour.templates import TEMPLATES, template
from pipelines.first_hour.understanding import Understood
from pipelines.sources.records import SourceRefused

NUMBERS = ("No", "One", "Two", "Three", "Four", "Five", "Six", "Seven", "Eight", "Nine")


def first_use(desk: Desk) -> None:
    """Nothing was added yet: what to drop, templates, sample workspaces."""
    st.title("Add your mentoring data", anchor="main")
    blocks.steps(0)
    left, right = st.columns([1.55, 1], gap="large")
    with left:
        blocks.block(
            '<p class="big">Drop what you have: the list of pairs, the log of meetings, a form’s export, the HR list. '
            "One list of pairs is enough to begin.</p>"
        )
        _drop(desk)
        blocks.muted(
            "Files stay on this computer. Pay, birth dates and free text are never loaded; people are stored under pseudonyms."
        )
    with right:
        _templates()
        _samples(desk)


def questions(desk: Desk) -> None:
    """What was recognised, and the questions that only the owner of the files can answer."""
    plan = desk.plan
    left_open = _open_count(plan)
    st.title(_title(left_open, plan), anchor="main")
    blocks.steps(1)
    names = ", ".join(file.name for file in desk.intake.files)
    blocks.muted(f"{names} · nothing has been loaded yet")
    left, right = st.columns([1.55, 1], gap="large")
    with left:
        _recognised(desk, plan)
        _questions(desk, plan)
        _go(desk, plan, left_open)
    with right:
        _columns(plan)
        _outlook(plan)
        with st.expander("Add or remove files", expanded=not plan.tables):
            _drop(desk)
            _remove(desk)
        _templates()
        show_as_files(plan)


def _drop(desk: Desk) -> None:
    dropped = st.file_uploader(
        f"CSV or XLSX, up to {LARGEST // 1024**2} MB each",
        accept_multiple_files=True,
        type=["csv", "tsv", "txt", "xlsx"],
        key=f"drop_{st.session_state.get('drops', 0)}",
    )
    if not dropped:
        for words in st.session_state.pop("drop_refused", []):
            st.error(words, icon=":material/error:")
        return
    refused = []
    for file in dropped:
        try:
            desk.intake.add(file.name, file.getvalue())
        except SourceRefused as problem:
            refused.append(str(problem))
    desk.forget()
    st.session_state["drop_refused"] = refused
    st.session_state["drops"] = st.session_state.get("drops", 0) + 1
    st.rerun()


def _remove(desk: Desk) -> None:
    for file in desk.intake.files:
        with st.container(horizontal=True, vertical_alignment="center"):
            st.text(file.name)
            st.button("Remove", key=f"remove|{file.name}", type="tertiary", on_click=_removed, args=(desk, file.name))


def _removed(desk: Desk, name: str) -> None:
    desk.intake.remove(name)
    desk.forget()


def _templates() -> None:
    st.header("Templates", anchor=False)
    blocks.muted("With explanations and examples; recognised when they come back.")
    with st.container(horizontal=True):
        for name, words in TEMPLATES.items():
            st.download_button(
                words,
                template(name),
                f"{name}.xlsx",
                key=f"template|{name}",
                icon=":material/download:",
                type="tertiary",
                on_click="ignore",
            )


def _samples(desk: Desk) -> None:
    from pipelines.first_hour.samples import SAMPLES, sample_files

    st.header("Or try it with made-up data", anchor=False)
    for name, words in SAMPLES.items():
        if st.button(words, key=f"sample|{name}", icon=":material/science:", type="tertiary"):
            files, answers = sample_files(name)
            for file, data in files.items():
                desk.intake.add(file, data)
            desk.intake.answers |= answers
            desk.intake.save()
            desk.forget()
            st.rerun()


def _open_count(plan: Plan) -> int:
    alike = len(plan.persons.spellings.alike) if plan.persons.spellings else 0
    return len(plan.open) + len(plan.open_programmes) + len(plan.persons.open) + alike


def _title(left_open: int, plan: Plan) -> str:
    if plan.problems and not left_open:
        return "Something stands in the way"
    if not left_open:
        return "Everything is answered: try it"
    number = NUMBERS[left_open] if left_open < len(NUMBERS) else str(left_open)
    one = left_open == 1
    return f"{number} question{'' if one else 's'} left before {'this' if len(plan.tables) == 1 else 'these'} can be loaded"


def _recognised(desk: Desk, plan: Plan) -> None:
    st.header("What we recognised", anchor=False)
    rows = [
        (one.sheet.title, f"**{kinds.KINDS[one.kind]}**", f"{one.rows or one.sheet.rows.height:,}", _left_out(one))
        for one in plan.tables
    ]
    rows += [(sheet.title, "Left out", f"{sheet.rows.height:,}", "") for sheet in plan.left_out]
    rows += [
        (sheet.title, "Not recognised", f"{sheet.rows.height:,}", "See the question below") for sheet in plan.unknown
    ]
    if rows:
        blocks.table(("Sheet", "Read as", "Rows", "Left out"), rows, numbers=frozenset({2}))
    for words in plan.problems:
        st.error(words, icon=":material/error:")
    if not rows:
        return
    with st.expander("Show the first rows as they will be read"):
        for one in plan.tables:
            st.markdown(f"**{one.sheet.title}**")
            _first_rows(one)
    with st.expander("Something was recognised wrongly?"):
        for one in [*plan.tables]:
            _change_kind(desk, one.sheet.key, one.sheet.title, one.kind, kind_question(one.sheet).options)
        for sheet in plan.left_out:
            _change_kind(desk, sheet.key, sheet.title, kinds.LEFT_OUT, kind_question(sheet).options)


def _change_kind(desk: Desk, key: str, title: str, kind: str, options: tuple[Any, ...]) -> None:
    values = [option.value for option in options]
    words = {option.value: option.words for option in options}
    widget = f"q|{key}|kind"
    st.selectbox(
        f"A row of “{title}” is",
        values,
        index=values.index(kind),
        format_func=lambda value: words[value],
        key=widget,
        on_change=desk.answer,
        args=(f"{key}|kind", widget),
    )


def _left_out(one: Understood) -> str:
    parts = list(one.left_out)
    if one.unreadable:
        parts.append(
            f"{one.unreadable:,} {'row' if one.unreadable == 1 else 'rows'} that can’t be read: you can mend them in the dry run"
        )
    words = ", ".join(parts) or "Nothing"
    return words[0].upper() + words[1:]


def _first_rows(one: Understood) -> None:
    """The file's own cells of the columns that are used: what a person can compare with the file."""
    used = [name for name, (use, _) in one.columns.items() if use == "used"]
    frame = one.sheet.rows.select(used).filter(pl.any_horizontal(pl.all().is_not_null())).head(3)
    if used and frame.height:
        blocks.table(frame.columns, [[cell or "" for cell in row] for row in frame.iter_rows()])
    for note in one.notes:
        blocks.muted(f"Taken for granted: {note}.")


def _questions(desk: Desk, plan: Plan) -> None:
    if not plan.questions and not plan.tables:
        return
    st.header("Questions only you can answer", anchor=False)
    number = 0
    for question in plan.questions:
        number += 1
        asking.ask(desk, question, number)
    asking.ask_names(desk, plan.persons)
    if plan.persons.nobody:
        shown = ", ".join(f"“{one.written}”" for one in plan.persons.nobody[:10])
        count = len(plan.persons.nobody)
        st.info(
            f"{count:,} of {len(plan.persons.named):,} names {'is' if count == 1 else 'are'} on no list of people: {shown}. They take part in no rate until the list has them.",
            icon=":material/person_off:",
        )
    for programme in plan.programmes:
        if programme not in plan.given:
            number += 1
            asking.ask_programme(desk, programme, number, plan.open_programmes.get(programme, []))


def _go(desk: Desk, plan: Plan, left_open: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        pressed = st.button("Start the dry run", type="primary", icon=":material/play_arrow:")
        total = len(plan.questions) + len([one for one in plan.programmes if one not in plan.given])
        blocks.muted(
            f"{total - min(left_open, total)} of {total} answered. The dry run loads nothing."
            if total
            else "The dry run loads nothing."
        )
    if not pressed:
        return
    missing = [f"“{question.words}”" for question in plan.open]
    missing += [
        f"{plan.programmes[one] or 'the programme'}: {'; '.join(words)}" for one, words in plan.open_programmes.items()
    ]
    missing += [f"who “{one.written}” is" for one in plan.persons.open]
    if missing or plan.problems:
        words = "; ".join([*missing, *plan.problems]).rstrip(".")
        st.error(f"Not yet. Still open: {words}.", icon=":material/error:")
        return
    desk.opened.begin_check(plan, desk.intake, desk.stamp)
    st.rerun()


def _columns(plan: Plan) -> None:
    if not plan.tables:
        return
    titles = {one.sheet.key: one.sheet.title for one in plan.tables}
    st.header("Every column", anchor=False)
    chosen = next(iter(titles))
    if len(titles) > 1:
        chosen = (
            st.segmented_control(
                "Sheet",
                list(titles),
                format_func=lambda key: titles[key],
                default=chosen,
                label_visibility="collapsed",
                key="columns_of",
            )
            or chosen
        )
    blocks.column_groups(next(one.columns for one in plan.tables if one.sheet.key == chosen))


def _outlook(plan: Plan) -> None:
    if not plan.tables:
        return
    st.header("What you will see, and what not", anchor=False)
    seen = outlook(plan)
    entries = [("Yes:", ", ".join(seen.yes))] if seen.yes else []
    blocks.bullets([*entries, *((f"Not measured: {what}.", f"It would take {needed}.") for what, needed in seen.no)])
