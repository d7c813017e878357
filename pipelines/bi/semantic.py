"""The metrics for semantic layers, in dbt's own language for them (MetricFlow): one semantic model over metric_values and one metric each.

A cell of metric_values is a result, not a part: cells aren't added up. Each metric therefore takes the one cell that its dimensions name, and the greatest where a
query names several, never a sum.
"""

from typing import Any

import polars as pl

DIMENSIONS = ("metric_id", "programme_id", "cohort_id", "segment_kind", "segment_value", "period_kind")
MEASURES = ("value", "ci_low", "ci_high", "n_people")


def semantic_layer(definitions: pl.DataFrame) -> dict[str, Any]:
    """semantic_models and metrics as a document. definitions: table metric_definitions of the contract."""
    return {"semantic_models": [_model()], "metrics": [_metric(row) for row in definitions.iter_rows(named=True)]}


def _model() -> dict[str, Any]:
    return {
        "name": "metric_values",
        "description": "Results of all metrics by programme, cohort, segment and period; small groups are empty. Cells are not to be added up.",
        "model": "ref('metric_values')",
        "defaults": {"agg_time_dimension": "period_end"},
        "primary_entity": "cell",
        "dimensions": [
            {"name": "period_end", "type": "time", "type_params": {"time_granularity": "day"}},
            *({"name": name, "type": "categorical"} for name in DIMENSIONS),
        ],
        "measures": [{"name": f"cell_{name}", "agg": "max", "expr": name} for name in MEASURES],
    }


def _metric(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": row["metric_id"],
        "label": row["label"],
        "description": f"{row['definition']} Unit: {row['unit']}. {row['numerator']}, of {row['denominator']}.",
        "type": "simple",
        "type_params": {"measure": "cell_value"},
        "filter": f"{{{{ Dimension('cell__metric_id') }}}} = '{row['metric_id']}'",
    }
