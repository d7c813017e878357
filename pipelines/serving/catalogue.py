"""The metric catalogue: the records at the top of the metrics' models, as a table and as a page."""

from pathlib import Path
from typing import Any

import polars as pl

from pipelines.contracts.metric_records import MetricRecord, read_records

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


def read_definitions(metrics_folder: Path) -> pl.DataFrame:
    """One row per metric: metric_id, `FIELDS` as text (headline as bool), the day as of which departments and grades count (`belongs_on`) and what must be recorded for it to be measured (`needs`), from the records under `metrics_folder`.

    Raises RecordError where one can't be read.
    """
    rows = [_row(metric_id, record) for metric_id, record in read_records(metrics_folder).items()]
    schema = {
        "metric_id": pl.String(),
        **{name: pl.Boolean() if name == "headline" else pl.String() for name in FIELDS},
        "belongs_on": pl.String(),
        "needs": pl.String(),
    }
    return pl.DataFrame(rows, schema=schema).sort("metric_id")


def _row(metric_id: str, record: MetricRecord) -> dict[str, Any]:
    said = record.model_dump()
    return {
        "metric_id": metric_id,
        **{name: said[name] if name == "headline" else str(said[name]) for name in FIELDS},
        "belongs_on": record.belongs_on or NOT_DIVIDED,
        "needs": ", ".join(need.replace("_", " ") for need in record.needs) or "nothing beyond its own rows",
    }


def dictionary_page(definitions: pl.DataFrame) -> str:
    """The metric dictionary as Markdown, one section a metric."""
    lines = [
        "# Metric dictionary",
        "",
        "Rendered from the record at the top of each metric's model; don't edit by hand.",
        "",
    ]
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
