"""The metric catalogue: the definitions that stand in the YAML beside each metric's model, as a table and as a page."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import polars as pl
import yaml

FIELDS = (
    "label",
    "definition",
    "formula",
    "numerator",
    "denominator",
    "population",
    "index_date",
    "window",
    "exclusions",
    "minimum_n",
    "direction",
    "unit",
    "interval_method",
    "owner",
    "version",
    "headline",
)

NOT_DIVIDED = "isn't divided by them"


class CatalogueError(ValueError):
    """A metric's definition lacks a field; the message names both."""


def read_definitions(metrics_folder: Path) -> pl.DataFrame:
    """One row per metric: metric_id `FIELDS` as text (headline as bool) the day as of which departments and grades count (`belongs_on`) and what must be recorded for it to be measured (`needs`), from the YAML files under `metrics_folder`.

    Raises CatalogueError where a field is missing.
    """
    rows: list[dict[str, Any]] = []
    for path in sorted(metrics_folder.glob("**/*.yml")):
        for model in (yaml.safe_load(path.read_text(encoding="utf-8")) or {}).get("models", []):
            meta = model.get("config", {}).get("meta", {})
            rows += [_row(metric_id, metric, path) for metric_id, metric in _metrics_of(model["name"], meta).items()]
    schema = {
        "metric_id": pl.String(),
        **{name: pl.Boolean() if name == "headline" else pl.String() for name in FIELDS},
        "belongs_on": pl.String(),
        "needs": pl.String(),
    }
    return pl.DataFrame(rows, schema=schema).sort("metric_id")


def _metrics_of(model: str, meta: Mapping[str, Any]) -> dict[str, Mapping[str, Any]]:
    """A model holds one metric of its own name, or a family under `metrics:`."""
    if "metrics" in meta:
        return {str(metric["metric_id"]): metric for metric in meta["metrics"]}
    return {str(meta["metric"].get("metric_id", model)): meta["metric"]} if "metric" in meta else {}


def _row(metric_id: str, metric: Mapping[str, Any], path: Path) -> dict[str, Any]:
    missing = [name for name in FIELDS if name not in metric]
    if missing:
        raise CatalogueError(f"{path.name}: metric {metric_id} lacks {', '.join(missing)}.")
    return {
        "metric_id": metric_id,
        **{name: bool(metric[name]) if name == "headline" else str(metric[name]) for name in FIELDS},
        "belongs_on": str(metric.get("belongs_on", NOT_DIVIDED)),
        "needs": ", ".join(need.replace("_", " ") for need in metric.get("needs", [])) or "nothing beyond its own rows",
    }


def dictionary_page(definitions: pl.DataFrame) -> str:
    """The metric dictionary as Markdown, one section a metric."""
    lines = ["# Metric dictionary", "", "Rendered from the definitions beside the dbt models; don't edit by hand.", ""]
    for row in definitions.to_dicts():
        lines += [f"## {row['label']} (`{row['metric_id']}`, version {row['version']})", "", row["definition"], ""]
        lines += ["| | |", "|---|---|"]
        skipped = ("label", "definition", "version", "headline")
        lines += [
            f"| {_title(name)} | {row[name]} |" for name in (*FIELDS, "belongs_on", "needs") if name not in skipped
        ]
        lines.append("")
    return "\n".join(lines)


def _title(name: str) -> str:
    return "Department and grade" if name == "belongs_on" else name.replace("_", " ").capitalize()
