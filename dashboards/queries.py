"""What pages ask of the snapshot, one function a question. A new release has a new path, so the caches never go stale."""

import logging
from collections.abc import Callable
from typing import Any, TypeVar

import duckdb
import polars as pl
import streamlit as st

from dashboards.facts import reference_trial
from dashboards.snapshot import NothingPublished, Snapshot, current_snapshot

ALL = "all"
Answer = TypeVar("Answer")


@st.cache_data(max_entries=256, show_spinner=False)
def _frame(key: str, _snapshot: Snapshot, query: str, parameters: tuple[Any, ...]) -> pl.DataFrame:
    logging.getLogger("dashboards").debug("asks %s", key)
    return _snapshot.frame(query, list(parameters))


def ask(snapshot: Snapshot, query: str, *parameters: Any) -> pl.DataFrame:
    """The result of `query` on this release, cached by release and parameters."""
    return _frame(snapshot.key, snapshot, query, parameters)


@st.cache_data(max_entries=256, show_spinner=False)
def _fact(question: str, key: str, about: tuple[Any, ...], _snapshot: Snapshot, _answer: Callable[..., Any]) -> Any:
    logging.getLogger("dashboards").debug("%s%s asks %s", question, about, key)
    with _snapshot.opened() as reading:
        return _answer(reading, *about)


def known(question: Callable[..., Answer], snapshot: Snapshot, *about: Any) -> Answer:
    """The answer of a function of `dashboards.facts` on this release, cached by release and what it is asked about."""
    answer: Answer = _fact(f"{question.__module__}.{question.__qualname__}", snapshot.key, about, snapshot, question)
    return answer


def pages_without_data() -> tuple[str, ...]:
    """The addresses of pages that only some releases have something for, where this one hasn't."""
    try:
        is_loaded = known(reference_trial.is_loaded, current_snapshot())
    except (NothingPublished, duckdb.Error, pl.exceptions.PolarsError):  # the page that is opened says what is wrong
        is_loaded = False
    return () if is_loaded else ("check_us",)


def programmes(snapshot: Snapshot) -> dict[str, str]:
    """Programme id to name, in the order of names."""
    return dict(ask(snapshot, "select programme_id, name from programmes order by name").iter_rows())


def everywhere(snapshot: Snapshot, metrics: list[str]) -> pl.DataFrame:
    """Some metrics to date in every programme, whether they have a value or not."""
    query = """
        select metric_values.*, coalesce(programmes.name, 'Whole organisation, everybody employed') as programme_name
        from metric_values left join programmes on metric_values.programme_id = programmes.programme_id
        where list_contains($1, metric_id) and period_kind = 'to_date' and cohort_id = 'all' and segment_kind = 'all'
        order by programmes.name nulls last, list_position($1, metric_id)
    """
    return ask(snapshot, query, metrics)


def estimates(snapshot: Snapshot) -> list[dict[str, Any]]:
    """All impact estimates, primary outcomes first."""
    return ask(
        snapshot, "from impact_estimates order by programme_name, is_primary desc, cohort_id, outcome, arm, wave"
    ).to_dicts()


def estimates_of(snapshot: Snapshot, programme: str, outcome: str) -> list[dict[str, Any]]:
    """All estimates of one outcome of a programme."""
    return [row for row in estimates(snapshot) if (row["programme_id"], row["outcome"]) == (programme, outcome)]


def thresholds(snapshot: Snapshot) -> dict[str, float]:
    """The figures of the verdict policy that the release was judged by. A page prints none of its own."""
    return dict(ask(snapshot, "select threshold, value from impact_thresholds").iter_rows())


def effect_frame(snapshot: Snapshot, table: str, programme: str, outcome: str) -> pl.DataFrame:
    """Rows of one of the impact stage's tables (balance, overlap, curves, steps, subgroups) for one programme and outcome."""
    order = {
        "curves": "arm, month",
        "overlap": "bin_low",
        "steps": "event_time",
        "subgroups": "cohort_id, subgroup_kind, subgroup_value",
    }
    query = f"select * from impact_{table} where programme_id = $1 and outcome = $2 order by {order.get(table, 'all')}"
    return ask(snapshot, query, programme, outcome)


def declarations(snapshot: Snapshot, programme: str) -> list[dict[str, Any]]:
    """Versions of a programme's impact declaration, oldest first."""
    return ask(snapshot, "from impact_declarations where programme_id = $1 order by version", programme).to_dicts()


def pooled(snapshot: Snapshot, programme: str) -> list[dict[str, Any]]:
    """The programme's estimates beside those of the same outcome elsewhere."""
    return ask(snapshot, "from impact_pooled where programme_id = $1 order by outcome, cohort_id", programme).to_dicts()


def looks(snapshot: Snapshot, programme: str) -> list[dict[str, Any]]:
    """When each outcome of a programme was judged, and what was said first, oldest first."""
    return ask(snapshot, "from impact_looks where programme_id = $1 order by outcome, looked_on", programme).to_dicts()


def match_runs(snapshot: Snapshot) -> pl.DataFrame:
    """Runs of matching, one a cohort that is being formed."""
    return ask(snapshot, "from match_runs order by cohort_id")
