"""Questions as the page asks them: one at a time readable, each answer kept at once."""

from collections.abc import Callable, Sequence
from datetime import date

import streamlit as st

from dashboards.add_data import blocks
from dashboards.add_data.desk import Desk
from pipelines.first_hour.names import OPEN, Named, key_of
from pipelines.first_hour.people import Persons
from pipelines.first_hour.programme import (
    CADENCES,
    GOAL_METRICS,
    LETTERS,
    OBJECTIVES,
    WHO,
    goal_of,
    goals_are_kept,
    missing_letters,
)
from pipelines.first_hour.programme import key_of as programme_key
from pipelines.first_hour.questions import Question

MANY_OPTIONS = 8
SAME_PERSON = {"yes": "Yes, one person", "no": "No, two people"}


def ask(desk: Desk, question: Question, number: int) -> None:
    """One question in a card; few options as radio buttons, many as a list."""
    values = [option.value for option in question.options]
    words = {option.value: option.words for option in question.options}
    given = question.answer(desk.intake.answers)
    widget = f"q|{question.key}"
    label = f"**{number}. {_plain(question.words)}**" + (f"  \n{_plain(question.why)}" if question.why else "")
    place = values.index(given) if given is not None else None
    with st.container(border=True):
        if len(values) > MANY_OPTIONS:
            st.selectbox(
                label,
                values,
                index=place,
                format_func=lambda value: words.get(value, value),
                key=widget,
                on_change=desk.answer,
                args=(question.key, widget),
                placeholder="Choose",
            )
            return
        notes = [option.note for option in question.options]
        st.radio(
            label,
            values,
            index=place,
            format_func=lambda value: _plain(words[str(value)]),
            captions=notes if any(notes) else None,
            key=widget,
            on_change=desk.answer,
            args=(question.key, widget),
        )


def ask_names(desk: Desk, persons: Persons) -> None:
    """Whom names mean, where they only resemble somebody on the list or two of them each other."""
    for one in (one for one in persons.named if one.suggestions or one.how == OPEN):
        _ask_name(desk, one)
    for first, other in persons.spellings.alike if persons.spellings else ():
        key = key_of(f"{other}={first}")
        with st.container(border=True):
            st.radio(
                f"**Are “{_plain(first)}” and “{_plain(other)}” the same person?**",
                ["yes", "no"],
                index=None,
                format_func=SAME_PERSON.__getitem__,
                key=f"q|{key}",
                on_change=desk.answer,
                args=(key, f"q|{key}"),
            )


def _ask_name(desk: Desk, one: Named) -> None:
    key = key_of(one.written)
    options = [*(listed.person for listed in one.suggestions), ""]
    words = {listed.person: f"{listed.name} ({listed.person})" for listed in one.suggestions} | {
        "": "Nobody on the list"
    }
    given = desk.intake.answers.get(key)
    with st.container(border=True):
        st.radio(
            f"**Who is “{_plain(one.written)}”?**  \nThe list of people has nobody of exactly this name.",
            options,
            index=options.index(given) if given in options else None,
            format_func=lambda value: _plain(words[value]),
            key=f"q|{key}",
            on_change=desk.answer,
            args=(key, f"q|{key}"),
        )


def ask_programme(desk: Desk, programme_id: str, number: int, open_words: Sequence[str]) -> None:
    """A programme in six questions."""
    answers = desk.intake.answers

    def text(what: str, label: str, placeholder: str = "") -> None:
        key = programme_key(programme_id, what)
        st.text_input(
            label,
            answers.get(key, ""),
            key=f"q|{key}",
            on_change=desk.answer,
            args=(key, f"q|{key}"),
            placeholder=placeholder,
        )

    def choice(what: str, label: str, options: Sequence[str], words: Callable[[str], str]) -> None:
        key = programme_key(programme_id, what)
        given = answers.get(key)
        place = options.index(given) if given in options else None
        st.selectbox(
            label,
            options,
            index=place,
            format_func=words,
            key=f"q|{key}",
            on_change=desk.answer,
            args=(key, f"q|{key}"),
            placeholder="Choose",
        )

    with st.container(border=True):
        name = answers.get(programme_key(programme_id, "name")) or "the programme"
        st.markdown(f"**{number}. About {_plain(name)}**  \n{_still_open(open_words)}")
        left, right = st.columns(2)
        with left:
            text("name", "What is it called?", placeholder="Sales mentoring")
            choice("who", "Who may take part?", list(WHO), lambda value: WHO[value])
            choice("cadence", "How often did pairs agree to meet?", list(CADENCES), lambda value: CADENCES[value][0])
        with right:
            choice("objective", "What is it for?", list(OBJECTIVES), lambda value: OBJECTIVES[value])
            text("months", "How many months does a pair last?", placeholder="9; leave empty if nothing was agreed")
            text("owner", "Who owns it?", placeholder="Head of learning")
        with st.expander("A first goal (you can add one later)"):
            _ask_goal(desk, programme_id, text, choice)


def _still_open(words: Sequence[str]) -> str:
    return (
        f"Still open: {'; '.join(words)}."
        if words
        else "All that is needed. What isn’t stated is shown as not stated, and not measured."
    )


def _ask_goal(desk: Desk, programme_id: str, text: Callable[..., None], choice: Callable[..., None]) -> None:
    if goals_are_kept(programme_id, desk.intake.answers):
        st.markdown("This programme’s goals were changed on the page Goals, and are changed there.")
        return
    text("goal_statement", "The goal in one sentence", placeholder="By June 2027 nine of ten mentees are satisfied")
    choice("goal_metric", "What measures it?", list(GOAL_METRICS), lambda value: GOAL_METRICS[value][0])
    left, right = st.columns(2)
    with left:
        text("goal_baseline", "Where does it stand?", placeholder="70")
        _day(desk, programme_id, "goal_baseline_date", "Since when?")
    with right:
        text("goal_target", "Where shall it be?", placeholder="90")
        _day(desk, programme_id, "goal_due", "By when?")
    text("goal_because", "Why can it be reached?", placeholder="Pairs now agree their dates on the first day")
    goal = goal_of(programme_id, desk.intake.answers)
    if goal:
        missing = missing_letters(goal)
        blocks.bullets(
            [(letter, f"{words}{' — missing' if letter in missing else ' ✓'}") for letter, words in LETTERS.items()]
        )


def _day(desk: Desk, programme_id: str, what: str, label: str) -> None:
    key = programme_key(programme_id, what)
    given = desk.intake.answers.get(key)
    st.date_input(
        label,
        date.fromisoformat(given) if given and given != "None" else None,
        key=f"q|{key}",
        on_change=desk.answer,
        args=(key, f"q|{key}"),
    )


def _plain(text: str) -> str:
    """Text of people's files as text: nothing of it is Markdown."""
    return "".join(f"\\{mark}" if mark in "\\`*_{}[]<>#|~$:" else mark for mark in text)
