"""Render dbt's source files from the raw contracts, so that a raw column is declared once.

`python -m pipelines.components.dbt_sources` writes `dbt_project/models/staging/<concern>/_<schema>__sources.yml`;
a test holds the committed files equal to what `rendered` returns.
"""

from pathlib import Path
from typing import Any

import yaml

from pipelines.contracts import DUCKDB_TYPES, TABLES, Table

HEADER = "# Rendered from pipelines/contracts/ by `python -m pipelines.components.dbt_sources`; change it there.\n"


def rendered() -> dict[str, str]:
    """Path under `dbt_project/models/staging` to the text of the source file there, one a raw schema."""
    return {
        f"{schema.removeprefix('raw_')}/_{schema}__sources.yml": _source_file(schema)
        for schema in dict.fromkeys(table.schema for table in TABLES)
    }


def write(staging: Path) -> list[Path]:
    """Write every source file under the folder `staging` and return their paths."""
    paths = []
    for name, text in rendered().items():
        path = staging / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        paths.append(path)
    return paths


def _source_file(schema: str) -> str:
    tables = [_table(table) for table in TABLES if table.schema == schema]
    source = {"name": schema, "schema": schema, "description": f"Canonical tables of `{schema}`.", "tables": tables}
    return HEADER + yaml.safe_dump({"version": 2, "sources": [source]}, sort_keys=False, allow_unicode=True, width=120)


def _table(table: Table) -> dict[str, Any]:
    # P2 columns are only in `vault`, so the warehouse's raw tables don't have them.
    columns = [
        {"name": column.name, "description": column.description, "data_type": DUCKDB_TYPES[column.type]}
        for column in table.all_columns
        if column.pii != "P2"
    ]
    return {
        "name": table.name,
        "description": table.grain,
        "config": {"meta": {"dagster": {"asset_key": [table.schema, table.name]}}},
        "data_tests": [{"unique_combination": {"arguments": {"columns": list(table.key)}}}],
        "columns": columns,
    }


if __name__ == "__main__":
    write(Path("dbt_project/models/staging"))
