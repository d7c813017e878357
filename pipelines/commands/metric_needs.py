"""What no metric can be measured without, and whether the loaded rows show it: `impact check` says beforehand what a run will call not measured.

A fact that no row of any source shows, and that no source declares (`holds:`), is met for no programme: the run's own judgement (model `int_needs_unmet`) asks for it programme by
programme, and so never measures what is named here.
"""

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import yaml

from pipelines.contracts.metric_records import read_records

# One question per fact: whether any row of the raw tables shows it. `$as_of` is the day up to which everything is counted.
SHOWN_BY: Mapping[str, str] = {
    "leavers": "select bool_or(end_date is not null) from raw_people.employment_spells where not is_deleted",
    "reasons_for_leaving": "select bool_or(end_kind is not null and end_kind <> 'unknown') from raw_people.employment_spells where not is_deleted",
    "levels": "select bool_or(level_rank is not null) from raw_people.job_history where not is_deleted",
    "past_levels": """
        select bool_or(levels > 1 or promoted) from (
            select count(distinct level_rank) as levels, coalesce(bool_or(change_action = 'promotion'), false) as promoted
            from raw_people.job_history where not is_deleted group by source_instance, person_id
        )""",
    "past_jobs": """
        select bool_or(jobs > 1) from (
            select count(distinct valid_from) as jobs from raw_people.job_history where not is_deleted group by source_instance, person_id
        )""",
    "departments": "select bool_or(department is not null) from raw_people.job_history where not is_deleted",
    "sessions": "select count(*) > 0 from raw_sessions.sessions where not is_deleted",
    "missed_sessions": "select bool_or(status in ('no_show', 'cancelled', 'unknown')) from raw_sessions.sessions where not is_deleted",
    "pair_age": "select bool_or(actual_start_date + $window <= $as_of) from raw_registry.pairs where not is_deleted",
    "pair_endings": "select bool_or(actual_end_date is not null or status in ('completed', 'cancelled')) from raw_registry.pairs where not is_deleted",
    "pair_outcomes": """
        select bool_or(status in ('completed', 'cancelled') or close_reason is not null) or not bool_or(actual_end_date is not null)
        from raw_registry.pairs where not is_deleted""",
    "done_milestones": "select bool_or(done_date is not null) from raw_registry.milestones where not is_deleted",
    "goal_results": "select bool_or(status <> 'open' or attainment_level is not null) from raw_registry.goals where not is_deleted",
    "applications": """
        select bool_or(role_sought = 'mentee' and decision is distinct from 'accepted') from raw_registry.applications where not is_deleted""",
    "offers": "select bool_or(role_sought = 'mentee' and decision in ('accepted', 'withdrawn')) from raw_registry.applications where not is_deleted",
    "cadence": "select bool_or(cadence_days is not null) from raw_registry.programmes where not is_deleted",
}
SHOWN = 6


@dataclass(frozen=True)
class NotMeasured:
    """Metrics that no run can measure. missing, remedy: as pages and report say them."""

    need: str
    metrics: tuple[str, ...]
    missing: str
    remedy: str


@dataclass(frozen=True)
class MetricNeeds:
    """What the metrics of a dbt project declare that they need (`needs` of their records), and the words for each need (seed `metric_needs`)."""

    project: Path

    @cached_property
    def words(self) -> dict[str, tuple[str, str]]:
        """Need to what is missing without it, and what to do."""
        with (self.project / "seeds/metric_needs.csv").open(encoding="utf-8", newline="") as file:
            return {row["need_id"]: (row["missing"], row["remedy"]) for row in csv.DictReader(file)}

    @cached_property
    def of_metrics(self) -> dict[str, list[str]]:
        """Metric to its needs, in the order in which they are told."""
        records = read_records(self.project / "models/metrics")
        return {metric: list(record.needs) for metric, record in records.items()}

    @cached_property
    def window(self) -> int:
        """Days that a pair must be open before it is judged."""
        settings: dict[str, Any] = yaml.safe_load((self.project / "dbt_project.yml").read_text(encoding="utf-8"))
        return int(_variables(settings)["active_window_days"])

    def not_measured(self, warehouse: duckdb.DuckDBPyConnection, as_of: Any) -> list[NotMeasured]:
        """What the rows of the raw tables rule out, each metric under the first of its needs that isn't met."""
        unmet = {need for need in self.words if not self._is_shown(warehouse, need, as_of)}
        by_need: dict[str, list[str]] = {}
        for metric, needs in sorted(self.of_metrics.items()):
            missing = next((need for need in needs if need in unmet), None)
            if missing is not None:
                by_need.setdefault(missing, []).append(metric)
        return [NotMeasured(need, tuple(by_need[need]), *self.words[need]) for need in self.words if need in by_need]

    def _is_shown(self, warehouse: duckdb.DuckDBPyConnection, need: str, as_of: Any) -> bool:
        query = SHOWN_BY[need]
        values = {name: value for name, value in (("as_of", as_of), ("window", self.window)) if f"${name}" in query}
        declared = "select count(*) > 0 from raw_registry.source_facts where not is_deleted and fact = ?"
        found = [warehouse.execute(query, values).fetchall(), warehouse.execute(declared, [need]).fetchall()]
        return any(bool(rows[0][0]) for rows in found)


def _variables(settings: Mapping[str, Any]) -> Mapping[str, Any]:
    """The project's variables, which may stand below its name."""
    given = settings.get("vars") or {}
    return given if "active_window_days" in given else given[settings["name"]]


def shown(metrics: tuple[str, ...]) -> str:
    """A list of metrics in words, cut where it is long."""
    more = len(metrics) - SHOWN
    return ", ".join(metrics[:SHOWN]) + (f" and {more} more" if more > 0 else "")
