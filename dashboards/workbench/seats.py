"""Who stays without a partner and why, the seats, and how many more would help."""

import polars as pl
import streamlit as st

from dashboards import elements
from dashboards.facts.words import plural
from dashboards.workbench.deciding import decide_button
from dashboards.workbench.desk import Desk
from dashboards.workbench.limits import limits_section
from pipelines.decisions.decision import MOST_SEATS


def seats_section(desk: Desk) -> None:
    """Unmatched people on the left, seats on the right."""
    left, right = st.columns(2, gap="large")
    with left:
        st.header("Without a partner", anchor=False)
        _unmatched(desk)
    with right:
        st.header("Seats", anchor=False)
        _seats(desk)
        _edit(desk)
    limits_section(desk)


def _unmatched(desk: Desk) -> None:
    frame = desk.found.unmatched
    if frame.is_empty():
        elements.nothing_here("Everybody has a partner.")
        return
    shown = frame.with_columns(
        pl.Series("person", [desk.name(one) for one in frame["application_id"]]),
        pl.Series("why", [desk.named(words) for words in frame["detail"]]),
    )
    st.markdown("\n".join(reasons(shown)))
    elements.table(
        shown,
        {"role": "Role", "person": "Person", "why": "Why"},
        key="unmatched",
        takeaway=f"{plural(frame.height, 'application')} without a partner, with the reason",
    )


def reasons(unmatched: pl.DataFrame, most: int = 4) -> list[str]:
    """The reasons that apply to most people, each once with its number of people: a cell of the table cuts long ones off. unmatched: role, why."""
    counted = unmatched.group_by("role", "why").len().sort("len", "role", "why", descending=[True, False, False])
    lines = [
        f"- **{row['len']} {row['role']}{'s' if row['len'] > 1 else ''}**: {row['why']}"
        for row in counted.head(most).to_dicts()
    ]
    rest = counted.height - most
    return [*lines, f"- and {rest} more reasons, in the table"] if rest > 0 else lines


def _seats(desk: Desk) -> None:
    prices = desk.found.prices
    shown = prices.with_columns(
        pl.Series("mentor", [desk.name(one) for one in prices["application_id"]]),
        pl.Series("decided", [one in desk.state.capacities for one in prices["application_id"]]),
        pl.col("price").round(3),
    ).sort("price", "wanted_by", "application_id", descending=[True, True, False])
    elements.table(
        shown,
        {"mentor": "Mentor", "seats": "Seats", "taken": "Taken", "price": "What one more would add", "wanted_by": "Wanted by others", "decided": "Changed here"},
        key="seats",
        takeaway=f"Seats of {shown.height} mentors, the most wanted first",
    )  # fmt: skip


def _edit(desk: Desk) -> None:
    mentors = desk.found.prices.sort("price", descending=True)["application_id"].to_list()
    mentor = st.selectbox("Mentor", mentors, format_func=desk.name, key=desk.key("seats_of"))
    if mentor is None:
        return
    now = int(desk.found.prices.filter(pl.col("application_id") == mentor)["seats"][0])
    seats = st.number_input("Seats", 0, MOST_SEATS, now, key=f"seats_{mentor}", width=160)
    with st.container(horizontal=True):
        decide_button(
            desk, "capacity", "Set the seats", key="set_seats", disabled=seats == now, mentor=mentor, seats=int(seats)
        )
        if mentor in desk.state.capacities:
            decide_button(desk, "capacity", "As declared again", key="declared_seats", mentor=mentor, seats=None)
