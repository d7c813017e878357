"""Render what follows from the metrics' records: `python -m pipelines.components.metric_models`.

dbt needs a description and the columns of every model in YAML, and the list of metrics before it knows its graph. Both, and the dictionary, are written here;
a test holds the committed files equal to what `rendered` returns.
"""

import json
from pathlib import Path

import yaml

from pipelines.contracts.metric_records import read_records
from pipelines.serving.catalogue import dictionary_page, read_definitions

METRICS = Path("dbt_project/models/metrics")
COLUMNS_STAND_IN = METRICS / "_metrics__models.yml"
HEADER = (
    "Rendered from the records of the metrics by `python -m pipelines.components.metric_models`; change them there."
)


def rendered(project: Path) -> dict[Path, str]:
    """Path in the project folder to the text of each file that follows from the records there."""
    return {
        METRICS / "_each_metric__models.yml": _models(project),
        Path("dbt_project/macros/metric_ids.sql"): _ids(project),
        Path("docs/metrics.md"): dictionary_page(read_definitions(project / METRICS)),
    }


def _models(project: Path) -> str:
    """Every metric has the columns of `metric_values`, which adds the loads behind it: a metric whose rows are as they were isn't made again because another file brought them."""
    given = yaml.safe_load((project / COLUMNS_STAND_IN).read_text(encoding="utf-8"))["models"]
    columns = next(model["columns"] for model in given if model["name"] == "metric_values")
    shared = "".join(f"    - {_in_one_line(column)}\n" for column in columns if column["name"] != "source_load_ids")
    told = {name: _in_one_line(record.definition) for name, record in read_records(project / METRICS).items()}
    models = [f"  - {{name: {name}, columns: *metric_columns, description: {text}}}\n" for name, text in told.items()]
    return (
        f"# {HEADER}\nversion: 2\n\nanchors:\n  metric_columns: &metric_columns\n{shared}\nmodels:\n{''.join(models)}"
    )


def _ids(project: Path) -> str:
    names = ",\n        ".join(f"'{name}'" for name in read_records(project / METRICS))
    return f"{{# Every metric. {HEADER} #}}\n{{% macro metric_ids() %}}\n    {{{{ return([\n        {names}\n    ]) }}}}\n{{% endmacro %}}\n"


def _in_one_line(value: object) -> str:
    """YAML in one line; JSON is."""
    return json.dumps(value, ensure_ascii=False)


def write(project: Path) -> list[Path]:
    """Write every rendered file and return their paths."""
    for path, text in rendered(project).items():
        (project / path).write_text(text, encoding="utf-8")
    return list(rendered(project))


if __name__ == "__main__":
    write(Path())
