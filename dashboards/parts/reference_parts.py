"""The published trial beside its recomputation: a table, what it shows, and where to load it."""

from collections.abc import Sequence

import streamlit as st

from dashboards.design.blocks import esc, reading_table
from dashboards.facts.reference_trial import Recomputed
from dashboards.facts.words import figure

HEADS = (
    "Kenyan shillings a week more than in the control arm",
    "In print",
    "Recomputed",
    "95% interval",
    "Observations",
    "Agrees",
)


def beside_print(rows: Sequence[Recomputed]) -> str:
    """One row per published line: estimates with their standard errors in brackets."""
    return reading_table(HEADS, [_cells(row) for row in rows])


def what_it_shows() -> None:
    """What a reader may conclude from figures that agree."""
    st.markdown(
        "The trial's data went through the same connector, warehouse models and estimator as every programme on these pages. Where the figures agree with print, "
        "that way is sound for a randomised programme; it says nothing about the effect of any programme here."
    )


def how_to_load() -> None:
    """What makes the trial appear."""
    st.info("The demo holds it: `make demo`. It is kept apart from your own programmes.", icon=":material/info:")


def _cells(row: Recomputed) -> list[str]:
    line = row.published
    ours = "not computed" if row.estimate is None else _with_error(row.estimate, row.std_error or 0.0)
    limits = "–" if row.low is None or row.high is None else f"{figure(row.low, '', 2)} to {figure(row.high, '', 2)}"
    agrees = "yes, to the last printed digit" if row.agrees else "no"
    observations = "–" if row.observations is None else f"{row.observations:,}"
    return [
        esc(cell)
        for cell in (line.words, _with_error(line.estimate, line.std_error), ours, limits, observations, agrees)
    ]


def _with_error(estimate: float, error: float) -> str:
    return f"{figure(estimate, '', 2)} ({figure(error, '', 2)})"
