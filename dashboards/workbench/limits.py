"""What each limit of a proposal costs: the same people, matched once without it."""

import logging
from collections.abc import Callable
from dataclasses import replace

import polars as pl
import streamlit as st

from dashboards import elements
from dashboards.facts.words import plural
from dashboards.workbench.desk import Desk, decisions_key
from pipelines.matching import MatchResult
from pipelines.matching.difference import Difference

AT_ONCE = 60_000
"""Feasible pairs up to which every limit is priced as soon as the section opens; beyond, somebody has to ask for it."""


def limits_section(desk: Desk) -> None:
    """Hard rules and limits on who shares a mentor, each with the pairs that it rules out and what would be added without it."""
    st.header("What each limit costs", anchor=False)
    small = desk.run["feasible_pairs"] <= AT_ONCE
    priced = small or st.toggle("Work out what each limit costs (some seconds each)", key="price_limits")
    rows = (
        _kept((desk.managers.key, desk.cohort, *decisions_key(desk.state)), desk.found)
        if priced
        else unpriced(desk.found)
    )
    if rows.is_empty():
        elements.nothing_here("No hard rule is declared.")
        return
    elements.table(
        rows,
        {"words": "The limit that", "pairs_removed": "Pairs ruled out", "mentees": "Mentees more without it", "score": "Score more without it"},
        key="limits",
        takeaway=f"{plural(rows.height, 'limit')}, with what each costs",
    )  # fmt: skip
    if priced:
        st.caption(
            "Each limit alone is left out and everybody is matched again; the proposal stays as it is. A total score may fall where more mentees get a place, since places come first. "
            "A limit that needs groups is priced by `impact match`, since no demographic attribute reaches this page."
        )


def unpriced(found: MatchResult) -> pl.DataFrame:
    """The limits with the pairs that they rule out."""
    limits = pl.DataFrame({"words": [one.words for one in found.policy.mentor_groups]}, schema={"words": pl.String})
    return pl.concat([found.rules.select("words", "pairs_removed"), limits], how="diagonal")


def limit_prices(found: MatchResult) -> pl.DataFrame:
    """One row per limit: words, pairs_removed (null where it rules out no single pair), and the mentees and the total score that would come without it."""
    without: list[Callable[[], Difference]] = [
        lambda name=name: found.what_if(without_rules=[name])  # type: ignore[misc]
        for name in found.rules["rule"]
    ]
    limits = found.policy.mentor_groups
    for one in limits:
        others = replace(found.policy, mentor_groups=tuple(other for other in limits if other is not one))
        without.append(lambda others=others: found.what_if(policy=others))  # type: ignore[misc]
    gains = [_gain(solve()) for solve in without]
    return unpriced(found).with_columns(
        pl.Series("mentees", [mentees for mentees, _ in gains], dtype=pl.Int64),
        pl.Series("score", [score for _, score in gains], dtype=pl.Float64).round(3),
    )


def _gain(found: Difference) -> tuple[int, float]:
    figures = dict(found.quality.select("figure", "difference").iter_rows())
    return round(figures["matched"]), figures["total_score"]


@st.cache_resource(max_entries=24, show_spinner="Matching without each limit ...")
def _kept(decided: object, _found: MatchResult) -> pl.DataFrame:
    """Prices under some decisions, kept: each limit is a matching of its own."""
    logging.getLogger("dashboards").debug("limits under %s are priced", decided)
    return limit_prices(_found)
