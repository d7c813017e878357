"""One programme on one line of the landing page: is it about me, do pairs meet, will goals be met, does it work, what does it cost."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from dashboards import navigation
from dashboards.design import icons
from dashboards.design.blocks import block, esc, reading_table, with_icon
from dashboards.design.pictures import sparkline
from dashboards.facts.goals import Goal
from dashboards.facts.meetings import Meetings
from dashboards.facts.standing import Standing
from dashboards.facts.words import figure, money, plural, short_unit, span
from dashboards.pages import address
from dashboards.parts.states import why_not

WIDTHS = (3.9, 2.3, 1.4, 2.1, 1.1)
HEADS = ("", "Meetings a month, of agreed", "Goals on course", "Best-supported effect", "Cost a person")
IN_FULL = 12
"""Programmes that have a row with everything."""
STEPS = {
    "approve": ("matching", "Approve the matching"),
    "meet": ("programme", "See the meetings"),
    "goals": ("goals", "See the goals"),
    "write": ("todo", "Write to these pairs"),
    "declare": ("goals", "Declare a goal"),
    "load": ("quality", "See what is missing"),
    "look": ("programme", "Open the programme"),
}
ASSURANCE = {"always": "pass", "sometimes": "hit_miss", "hardly_ever": "fail"}
VARIATION = {"usual": "common", "better": "improvement", "worse": "concern"}


def heads() -> None:
    """The columns' names, once above the rows; on narrow screens each cell has its own."""
    with st.container(key="rowhead"):
        for column, name in zip(st.columns(WIDTHS, gap="medium"), HEADS, strict=True):
            with column:
                block(f'<p class="xs muted">{esc(name)}</p>')


def programme_row(row: Standing, place: int, as_of: date) -> None:
    """One line: name, tag, reason and next step, then the four answers."""
    with st.container(border=True, key=f"row-{row.kind}-{place}"):
        name, meet, aims, effect, cost = st.columns(WIDTHS, gap="medium")
        with name:
            _name(row, place)
        with meet:
            block(_cell(HEADS[1], meetings_cell(row.meetings, as_of)))
        with aims:
            block(_cell(HEADS[2], goals_cell(row.goals, row.goals_well)))
        with effect:
            block(_cell(HEADS[3], effect_cell(row)))
        with cost:
            shown = f"<p>{money(row.cost.value, row.programme.currency)}</p>"
            block(_cell(HEADS[4], shown if row.cost.is_shown else f'<p class="small">{why_not(row.cost)}</p>'))


def further(rows: Sequence[Standing]) -> None:
    """Programmes beyond the first dozen, a line each: nobody reads forty rows in full. They are those of least haste."""
    if not rows:
        return
    st.header(f"{plural(len(rows), 'more programme')}", anchor="more")
    heads = ("Programme", "", "Why", "Meetings a month", "Goals on course", "Cost a person")
    block(reading_table(heads, [_line(row) for row in rows]))


def _line(row: Standing) -> tuple[str, ...]:
    link = address("programme", programme=row.programme.programme_id)
    met, agreed = row.meetings, row.meetings.agreed
    meets = met.missing_word if met.value is None else figure(met.value, "", 1) + (f" of {figure(agreed, '', 1)} agreed" if agreed else "")  # fmt: skip
    sure = "" if met.value is None else _sure(span(met.low, met.high, "", 1), met.n_people)
    return (
        f'<a href="{link}" target="_self">{esc(row.programme.name)}</a>',
        icons.tag(row.kind, row.tag),
        esc(row.why),
        f'{esc(meets)} <span class="xs muted">{esc(sure)}</span>',
        f"{row.goals_well} of {len(row.goals)}" if row.goals else "none declared",
        money(row.cost.value, row.programme.currency) if row.cost.is_shown else esc(row.cost.missing_word),
    )


def _name(row: Standing, place: int) -> None:
    chosen = {"programme": row.programme.programme_id}
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        navigation.link("programme", row.programme.name, choices=chosen)
        block(icons.tag(row.kind, row.tag), width="content")
    block(f'<p class="xs muted">{esc(row.programme.objective.capitalize())}</p><p>{esc(row.why)}</p>')
    page, words = STEPS[row.step]
    with st.container(key=f"next-{place}"):
        navigation.link(page, words, choices=chosen, arrow=True)


def _cell(name: str, body: str) -> str:
    return f'<p class="lab wide-hidden">{esc(name)}</p>{body}'


def meetings_cell(met: Meetings, as_of: date) -> str:
    """Value against the agreed level, the line of months, whether it meets the level; or why there is none."""
    if met.value is None:
        said = (met.reason or "").removeprefix("not measured: ")
        return f'<p><b>{met.missing_word.capitalize()}</b></p><p class="xs muted">{esc(said)}</p>'
    agreed = f"of {figure(met.agreed, '', 1)}" if met.agreed is not None else "no cadence agreed"
    sure = _sure(span(met.low, met.high, "", 1), met.n_people)
    when = met.when.removesuffix(f" {as_of.year}")
    line = sparkline(
        [month.start for month in met.months], [month.value for month in met.months], _said(met), level=met.agreed
    )
    marks = icons.variation(VARIATION[met.variation], 18) if met.variation in VARIATION else ""
    marks += icons.assurance(ASSURANCE.get(met.assurance, "unknown") if met.is_judged else "unknown", 18)
    return (
        f'<div class="row"><span class="big">{figure(met.value, "", 1)}</span><span class="small muted">{esc(sure)}</span><span class="small muted">{esc(agreed)} · {esc(when)}</span></div>'
        f'<div class="line">{line}</div>' + (with_icon(marks, esc(met.months_words)) if met.months_words else "")
    )


def _sure(interval: str, people: int | None) -> str:
    """ "0.6 to 0.8, n 132": the 95% interval and how many people; what isn't known is left out."""
    return ", ".join(part for part in (interval, f"n {people:,}" if people is not None else "") if part)


def _said(met: Meetings) -> str:
    return f"Meetings per pair and month over {plural(len(met.months), 'month')}: {met.months_words or 'no level is agreed'}"


def goals_cell(goals: tuple[Goal, ...], well: int) -> str:
    """One icon a goal, the worst first, and how many are on course."""
    if not goals:
        return '<p class="small"><b>None declared</b></p>'
    shapes = "".join(icons.goal(goal.status, 22) for goal in goals)
    return f'<div class="row tight">{shapes}</div><p class="small">{well} of {len(goals)}</p>'


def effect_cell(row: Standing) -> str:
    """Rating first, then what may be said."""
    one = row.effect
    if one is None:
        return f'<p class="small">{esc(row.no_effect)}</p>'
    size = f" {one.number} {short_unit(one.unit)}" if one.is_difference else ""
    sure = _sure(one.interval, one.n_treated + one.n_control)
    return (
        f'<div>{icons.rating(one.rating)} <span class="small muted">{one.rating}/5</span></div>'
        f'<p class="small">{esc(one.label)}{esc(size)}</p><p class="xs muted">{esc(sure)}</p><p class="small muted">{esc(one.word.capitalize())}</p>'
    )
