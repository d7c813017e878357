"""Which metrics stand on which raw tables and columns, read off the models' own SQL: what a missing table or an empty column costs.

Tables are exact: a metric needs a table where any model below it reads it. Columns are the models' words: a metric may need a column where a model below it, which also stands on the column's
table, names it. That may name a metric too many, never one too few.
"""

import re
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

_REF = re.compile(r"ref\(\s*'([a-z0-9_]+)'\s*\)")
_SOURCE = re.compile(r"source\(\s*'([a-z0-9_]+)'\s*,\s*'([a-z0-9_]+)'\s*\)")
_MACRO_CALL = re.compile(r"\b([a-z_]+)\(")
_MACRO = re.compile(r"{%-?\s*macro\s+([a-z_]+)\(.*?%}(.*?){%-?\s*endmacro\s*-?%}", re.DOTALL)
NOT_METRICS = frozenset({"metric_values", "goal_forecasts", "goal_status", "people_without_consent"})
SHOWN = 6


@dataclass(frozen=True)
class MetricNeeds:
    """The models of a dbt project, by name."""

    project: Path

    @cached_property
    def _macros(self) -> dict[str, str]:
        texts = (path.read_text(encoding="utf-8") for path in (self.project / "macros").rglob("*.sql"))
        return {name: body for text in texts for name, body in _MACRO.findall(text)}

    @cached_property
    def _sql(self) -> dict[str, str]:
        """Model to its SQL, with the bodies of the macros that it calls."""
        found = {}
        for path in (self.project / "models").rglob("*.sql"):
            text = path.read_text(encoding="utf-8")
            called = {name for name in _MACRO_CALL.findall(text) if name in self._macros}
            found[path.stem] = "\n".join([text, *(self._macros[name] for name in sorted(called))])
        return found

    @cached_property
    def metrics(self) -> list[str]:
        """Every metric's id."""
        return sorted(
            path.stem for path in (self.project / "models/metrics").glob("*.sql") if path.stem not in NOT_METRICS
        )

    def _below(self, model: str) -> set[str]:
        """The model and all that it stands on."""
        seen: set[str] = set()
        waiting = [model]
        while waiting:
            name = waiting.pop()
            if name not in seen and name in self._sql:
                seen.add(name)
                waiting.extend(_REF.findall(self._sql[name]))
        return seen

    @cached_property
    def _models_of(self) -> dict[str, set[str]]:
        return {metric: self._below(metric) for metric in self.metrics}

    def tables(self, metric: str) -> set[str]:
        """Raw tables that the metric stands on."""
        return {table for model in self._models_of[metric] for _, table in _SOURCE.findall(self._sql[model])}

    def lost_without_table(self, table: str) -> list[str]:
        """Metrics that stand on `table`."""
        return [metric for metric in self.metrics if table in self.tables(metric)]

    def lost_without_column(self, table: str, column: str) -> list[str]:
        """Metrics for which a model above staging, standing on `table`, names `column`."""
        word = re.compile(rf"\b{re.escape(column)}\b")
        naming = {
            model
            for model, sql in self._sql.items()
            if not model.startswith("stg_")
            and word.search(sql)
            and any(found == table for below in self._below(model) for _, found in _SOURCE.findall(self._sql[below]))
        }
        return [metric for metric in self.metrics if naming & self._models_of[metric]]


def shown(metrics: list[str]) -> str:
    """A list of metrics in words, cut where it is long."""
    more = len(metrics) - SHOWN
    return ", ".join(metrics[:SHOWN]) + (f" and {more} more" if more > 0 else "")
