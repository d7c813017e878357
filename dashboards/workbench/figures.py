"""The proposal's figures: one sentence, six cards."""

from collections.abc import Mapping

import streamlit as st

from dashboards.facts.words import plural
from dashboards.workbench.desk import Desk


def answer(desk: Desk, programmes: Mapping[str, str]) -> tuple[str, str]:
    """Coverage, for the title; and how far the decisions are, in one sentence."""
    quality = desk.found.quality.row(0, named=True)
    published = desk.state.published
    told = (
        f"version {published.version} with {plural(len(published.pairs), 'pair')} is published"
        if published
        else "nothing is published"
    )
    name = programmes.get(desk.run["programme_id"], desk.run["programme_id"])
    approved = len(desk.state.approved)
    return (
        f"{quality['matched']} of {plural(quality['mentees'], 'mentee')} {'has' if quality['matched'] == 1 else 'have'} a proposed mentor",
        f"**{name}**: {'no pair is' if not approved else 'one pair is' if approved == 1 else f'{approved} pairs are'} approved, {told}.",
    )


def cards(desk: Desk) -> None:
    """The figures of the proposal; complete counts, so without intervals."""
    quality = desk.found.quality.row(0, named=True)
    grid = st.grid(min_column_width=150)
    grid.metric("Coverage", share(quality["coverage"]), help=f"{quality['matched']} of {quality['mentees']} mentees")
    grid.metric(
        "Mean score", number(quality["mean_score"]), help=f"Between 0 and 1; median {number(quality['median_score'])}"
    )
    grid.metric("Worst score", number(quality["worst_score"]), help="The floor is raised as far as coverage allows")
    grid.metric(
        "Best available mentor",
        share(quality["first_choice_share"]),
        help="Matched mentees whose mentor is the best of all they may have",
    )
    grid.metric(
        "Seats used",
        share(quality["seats_used_share"]),
        help=f"{quality['seats']} seats of {quality['mentors']} mentors",
    )
    grid.metric(
        "Locked · approved",
        f"{len(desk.state.locks)} · {len(desk.state.approved)}",
        help="Pairs that somebody locked, and pairs that somebody approved",
    )


def share(value: float | None) -> str:
    """A share in percent, a dash where there is none."""
    return "–" if value is None else f"{100 * value:.0f}%"


def number(value: float | None) -> str:
    """A score with two decimals, a dash where there is none."""
    return "–" if value is None else f"{value:.2f}"
