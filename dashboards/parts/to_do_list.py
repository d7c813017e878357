"""The list of work: what and why, whose, until when and how old, and one button that does the next step."""

from collections.abc import Sequence
from datetime import date

import streamlit as st

from dashboards import navigation
from dashboards.design import icons
from dashboards.design.blocks import block, esc
from dashboards.facts.drafts import draft
from dashboards.facts.words import plural
from dashboards.facts.work_items import KINDS, Item
from pipelines.access.principal import Principal

WIDTHS = (5.0, 2.0, 1.6, 1.6)
ABOUT_PEOPLE = ("pairs", "milestones", "applicants", "surveys")
HEADS = ("", "Owner", "Due", "Next step")


def of(principal: Principal, items: Sequence[Item]) -> list[Item]:
    """What is theirs to do: about people whom they see, and the rest where they see the whole programme."""
    return [
        item
        for item in items
        if (principal.may_see if item.kind in ABOUT_PEOPLE else principal.may_decide)(item.programme_id)
    ]


def say(words: str | None) -> None:
    """A quiet line, where there is something to say."""
    if words:
        st.caption(words)


def show(items: Sequence[Item], today: date) -> None:
    """One row per thing; the first has the page's one primary button."""
    if not items:
        block("<p>Nothing of this kind waits.</p>")
        return
    with st.container(key="rowhead"):
        for column, name in zip(st.columns(WIDTHS, gap="medium"), HEADS, strict=True):
            with column:
                block(f'<p class="xs muted">{esc(name)}</p>')
    with st.container(border=True, key="list", gap=None):
        for place, item in enumerate(items):
            _row(item, place, today)


def _row(item: Item, place: int, today: date) -> None:
    with st.container(key=f"item-{place}"):
        what, whose, until, step = st.columns(WIDTHS, gap="medium", vertical_alignment="center")
        with what:
            mark = icons.tag("decide", "Decide") if item.kind == "decision" else icons.tag("watch", KINDS[item.kind])
            block(
                f'<div class="task"><div>{mark}</div><div><p class="strong">{esc(item.title)}</p><p class="small muted">{esc(item.detail)}</p></div></div>'
            )
        with whose:
            block(f'<p class="small">{esc(item.owner)}</p><p class="xs muted">{esc(item.programme)}</p>')
        with until:
            block(_due(item, today))
        with step:
            _step(item, place)


def _due(item: Item, today: date) -> str:
    age = item.age(today)
    old = "" if age is None else f'<p class="xs muted">{esc(plural(age, "day"))} old</p>'
    if item.due is None:
        return f'<p class="small">no date set</p>{old}'
    late = ' <b class="concern">overdue</b>' if item.due < today else ""
    return f'<p class="small">{item.due.day} {item.due:%B %Y}{late}</p>{old}'


def _step(item: Item, place: int) -> None:
    if st.button(
        item.step,
        key=f"go-{place}",
        type="primary" if place == 0 else "secondary",
        width="stretch",
        help=f"{item.step}: {item.title}",
    ):
        if item.page:
            navigation.go(item.page, {"programme": item.programme_id} if item.programme_id else {})
        _draft(item)


@st.dialog("Draft message", width="medium")
def _draft(item: Item) -> None:
    """A text to begin with; it is copied from here, nothing is sent."""
    found = draft(item.kind)
    if found is None:
        st.markdown("Nothing to write: this is done on a page.")
        return
    st.markdown(f"**For:** {item.title}, {item.programme}  \n**To:** {found.to}")
    st.text_area("Message", found.text.replace("{programme}", item.programme), height=220)
    st.caption(
        "Nothing is sent from here: copy the text into your mail and fill in what stands in braces. What is drafted by rule waits on the page Messages."
    )
