"""The dbt macros that hold statistics, rendered without dbt, so that their SQL can be run on a handful of rows."""

from pathlib import Path
from typing import Any

import duckdb
import jinja2
import yaml

PROJECT = Path(__file__).resolve().parents[3] / "dbt_project"
FILES = (
    "intervals.sql",
    "survival.sql",
    "goal_attainment.sql",
    "process_limits.sql",
    "count_limits.sql",
    "contributions.sql",
    "metric_rows_by_person.sql",
    "months.sql",
)


class Dialect:
    """What models ask of dbt itself, in DuckDB's words."""

    @staticmethod
    def datediff(first: str, second: str, part: str) -> str:
        """Number of boundaries of `part` between two days."""
        return f"date_diff('{part}', {first}, {second})"

    @staticmethod
    def dateadd(part: str, number: int, day: str) -> str:
        """The day so many parts later."""
        return f"({day} + interval ({number}) {part})"


def render(text: str) -> str:
    """`text` with the macros of `FILES` in reach and the project's vars."""
    variables = yaml.safe_load((PROJECT / "dbt_project.yml").read_text(encoding="utf-8"))["vars"]
    environment = jinja2.Environment(extensions=["jinja2.ext.do"], autoescape=False)
    macros = "\n".join((PROJECT / "macros" / name).read_text(encoding="utf-8") for name in FILES)
    return environment.from_string(macros + text).render(
        var=variables.__getitem__, ref=lambda name: name, cell_columns=lambda: ["cell"], same_cell=lambda one, other: f"{one}.cell = {other}.cell", dbt=Dialect,
        metric_readings=lambda: [("none", "to_date")], units_from_zero=lambda: "('share', 'sessions')",
    )  # fmt: skip


def model(name: str) -> str:
    """The text of a model of metrics, to be run on tables that bear the names of those it asks for."""
    return (PROJECT / f"models/metrics/{name}.sql").read_text(encoding="utf-8")


def number(expression: str) -> float:
    """The value of one SQL expression with macros in it."""
    return duckdb.sql(f"select {render(expression)}").fetchall()[0][0]


def rows(query: str, **tables: Any) -> list[dict[str, Any]]:
    """Rows of a query with macros in it, over frames given by name."""
    connection = duckdb.connect()
    for name, frame in tables.items():
        connection.register(name, frame.to_arrow())
    return connection.sql(render(query)).pl().to_dicts()
