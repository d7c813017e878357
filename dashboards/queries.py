"""What pages ask of the snapshot, one function a question. A new release has a new path, so the caches never go stale."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl
import streamlit as st

from dashboards.facts import goals as goal_facts
from dashboards.snapshot import Snapshot

ALL = "all"


@st.cache_data(max_entries=256, show_spinner=False)
def _frame(path: str, query: str, parameters: tuple) -> pl.DataFrame:
    return Snapshot(Path(path)).frame(query, list(parameters))


def ask(snapshot: Snapshot, query: str, *parameters: Any) -> pl.DataFrame:
    """The result of `query` on this release, cached by release and parameters."""
    return _frame(str(snapshot.path), query, parameters)


@dataclass(frozen=True)
class Cached:
    """A release as the facts ask it, each answer cached by release and parameters."""

    snapshot: Snapshot

    def frame(self, query: str, parameters: list | None = None) -> pl.DataFrame:
        """The result of `query`."""
        return ask(self.snapshot, query, *(parameters or []))


def release(snapshot: Snapshot) -> dict[str, Any]:
    """The release's one row."""
    return ask(snapshot, "from release").to_dicts()[0]


def programmes(snapshot: Snapshot) -> dict[str, str]:
    """Programme id to name, in the order of names."""
    return dict(ask(snapshot, "select programme_id, name from programmes order by name").iter_rows())


def cohorts(snapshot: Snapshot, programme: str) -> dict[str, str]:
    """Cohort id to name of one programme, newest first."""
    query = "select cohort_id, name from cohorts where programme_id = $1 order by start_date desc, cohort_id"
    return dict(ask(snapshot, query, programme).iter_rows())


def to_date(snapshot: Snapshot, programme: str, cohort: str = ALL) -> dict[str, dict[str, Any]]:
    """Metric id to its row to date, of one programme and cohort, unsegmented."""
    query = """
        select * from metric_values
        where period_kind = 'to_date' and segment_kind = 'all' and programme_id = $1 and cohort_id = $2
    """
    return {row["metric_id"]: row for row in ask(snapshot, query, programme, cohort).to_dicts()}


def monthly(snapshot: Snapshot, metrics: list[str], programme: str, cohort: str = ALL) -> pl.DataFrame:
    """Monthly values of some metrics, shown ones only, with the metric's label as series."""
    query = """
        select *, label as series from metric_values
        where period_kind = 'month' and segment_kind = 'all' and programme_id = $1 and cohort_id = $2
            and list_contains($3, metric_id) and value is not null and not is_suppressed
        order by period_start, metric_id
    """
    return ask(snapshot, query, programme, cohort, metrics)


def signals(snapshot: Snapshot, programme: str, cohort: str = ALL) -> list[dict[str, Any]]:
    """The last complete month of each monthly metric with its natural limits, those outside first."""
    query = """
        select * from metric_signals where programme_id = $1 and cohort_id = $2
        order by case signal when 'above' then 0 when 'below' then 0 when 'within' then 1 else 2 end, label
    """
    return ask(snapshot, query, programme, cohort).to_dicts()


def segments(snapshot: Snapshot, programme: str, metric: str) -> pl.DataFrame:
    """Every segment's row to date of one metric."""
    query = """
        select * from metric_values
        where period_kind = 'to_date' and segment_kind <> 'all' and programme_id = $1 and cohort_id = 'all' and metric_id = $2
        order by segment_kind, segment_value
    """
    return ask(snapshot, query, programme, metric)


def everywhere(snapshot: Snapshot, metrics: list[str]) -> pl.DataFrame:
    """Some metrics to date in every programme, whether they have a value or not."""
    query = """
        select metric_values.*, coalesce(programmes.name, 'Whole organisation') as programme_name
        from metric_values left join programmes on metric_values.programme_id = programmes.programme_id
        where list_contains($1, metric_id) and period_kind = 'to_date' and cohort_id = 'all' and segment_kind = 'all'
        order by programmes.name nulls last, list_position($1, metric_id)
    """
    return ask(snapshot, query, metrics)


def sessions_agreed_per_month(snapshot: Snapshot, programme: str) -> float | None:
    """Sessions that each pair agreed to hold in a month of 30.4375 days, the month of metric session_frequency; None where no cadence is agreed."""
    query = "select 30.4375 / nullif(cadence_days, 0) from programmes where programme_id = $1"
    return ask(snapshot, query, programme).item()


def definitions(snapshot: Snapshot) -> dict[str, dict[str, Any]]:
    """The dictionary: metric id to its entry, in the order of labels."""
    return {row["metric_id"]: row for row in ask(snapshot, "from metric_definitions order by label").to_dicts()}


def definition(snapshot: Snapshot, metric: str) -> dict[str, Any] | None:
    """The dictionary's entry of a metric."""
    return definitions(snapshot).get(metric)


def goals(snapshot: Snapshot) -> list[dict[str, Any]]:
    """All goals with their status, those that need attention first.

    Their *_share columns say how far a value lies on the way from the goal's baseline (0) to its target (1).
    """
    query = """
        select goals.*, metric_definitions.interval_method,
            (current_value - baseline) / nullif(target_value - baseline, 0) as now_share,
            (ci_low - baseline) / nullif(target_value - baseline, 0) as low_share,
            (ci_high - baseline) / nullif(target_value - baseline, 0) as high_share,
            (expected_now - baseline) / nullif(target_value - baseline, 0) as expected_share
        from goals left join metric_definitions on goals.metric_id = metric_definitions.metric_id
        order by programme_id, goal_id
    """
    found = ask(snapshot, query).to_dicts()
    places = {goal.goal_id: place for place, goal in enumerate(goal_facts.goals(Cached(snapshot)))}
    return sorted(found, key=lambda goal: places[goal["goal_id"]])


def estimates(snapshot: Snapshot) -> list[dict[str, Any]]:
    """All impact estimates, primary outcomes first."""
    return ask(
        snapshot, "from impact_estimates order by programme_name, is_primary desc, cohort_id, outcome, arm, wave"
    ).to_dicts()


def headline_estimates(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Estimates and refusals, one an arm and outcome where its waves were pooled; a single wave isn't told beside its pool."""
    made = estimates(snapshot)
    pooled = {(row["cohort_id"], row["outcome"], row["arm"]) for row in made if row["wave"] == "pooled"}
    return [
        row for row in made if row["wave"] == "pooled" or (row["cohort_id"], row["outcome"], row["arm"]) not in pooled
    ]


def trial_estimates(snapshot: Snapshot, event: str) -> list[dict[str, Any]]:
    """Estimates by target trials of outcomes whose name begins with `event`, by programme."""
    query = """
        select * from impact_estimates
        where starts_with(outcome, $1) and (design = 'target_trial' or cohort_id = 'all') order by programme_name, outcome
    """
    return ask(snapshot, query, event).to_dicts()


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


def stale_sources(snapshot: Snapshot) -> list[dict[str, Any]]:
    """Sources older than agreed."""
    return ask(snapshot, "from sources where is_stale order by source_id").to_dicts()
