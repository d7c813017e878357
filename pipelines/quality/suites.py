"""One Great Expectations suite a table, derived from the contract; it runs on the loaded table as a blocking check.

Great Expectations 1.24 reads pandas only, so this module is the one place with pandas, and imports both when asked. Numbers go in as doubles: Decimal objects
are extremely slow there. Its telemetry and progress bars are off.
"""

import os
import warnings
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import polars as pl

from pipelines.contracts import Column, Table

RESULT_SCHEMA: dict[str, pl.DataType] = {
    "table_name": pl.String(),
    "check_name": pl.String(),
    "column_name": pl.String(),
    "passed": pl.Boolean(),
    "observed": pl.String(),
    "expected": pl.String(),
    "severity": pl.String(),
}
# Tables without which nothing can be said at all. Everything else may still be missing: many start with their HRIS alone, some with pairs and a survey.
MUST_HAVE_ROWS = frozenset(("programmes", "workspace"))
ABOUT_THE_TABLE = frozenset(("ExpectTableColumnsToMatchSet", "ExpectTableRowCountToBeBetween"))
"""Expectations that a table without rows can break; the others are about its rows, and hold for none."""


@dataclass(frozen=True)
class Check:
    """One expectation by its Great Expectations type and arguments, with the words that a reader sees."""

    check_name: str
    column_name: str | None
    kind: str
    arguments: dict[str, Any]
    expected: str

    @property
    def identity(self) -> str:
        """Name of the check within its table."""
        return f"{self.check_name} {self.column_name or ''}"


def checks_for(table: Table) -> list[Check]:
    """What the contract promises of `table`: columns present, not null, one row per key, values and bounds, rows where they are needed."""
    columns = [column for column in table.all_columns if column.pii != "P2"]
    names = [column.name for column in columns]
    checks = [
        Check(
            "columns_present",
            None,
            "ExpectTableColumnsToMatchSet",
            {"column_set": names, "exact_match": False},
            f"all {len(names)} columns of the contract",
        ),
        Check(
            "one_row_a_key",
            None,
            "ExpectCompoundColumnsToBeUnique",
            {"column_list": list(table.key)},
            f"one row for each {', '.join(table.key)}",
        ),
    ]
    if len(table.key) == 1:
        checks[1] = Check(
            "one_row_a_key",
            table.key[0],
            "ExpectColumnValuesToBeUnique",
            {"column": table.key[0]},
            f"one row for each {table.key[0]}",
        )
    if table.name in MUST_HAVE_ROWS:
        checks.append(Check("has_rows", None, "ExpectTableRowCountToBeBetween", {"min_value": 1}, "at least one row"))
    for column in columns:
        checks.extend(_column_checks(column))
    return checks


def _column_checks(column: Column) -> list[Check]:
    checks = []
    at = {"column": column.name}
    if column.required:
        checks.append(Check("not_null", column.name, "ExpectColumnValuesToNotBeNull", at, "no empty value"))
    if column.values is not None:
        values = list(column.values)
        checks.append(
            Check(
                "allowed_values",
                column.name,
                "ExpectColumnValuesToBeInSet",
                {**at, "value_set": values},
                f"one of {', '.join(values)}",
            )
        )
    if column.minimum is not None or column.maximum is not None:
        bounds = {"min_value": _bound(column, column.minimum), "max_value": _bound(column, column.maximum)}
        low, high = ("open" if bound is None else str(bound) for bound in (column.minimum, column.maximum))
        checks.append(
            Check("bounds", column.name, "ExpectColumnValuesToBeBetween", {**at, **bounds}, f"{low} to {high}")
        )
    if column.reference:
        pattern = {**at, "regex": "^[0-9a-f]{32}$"}
        checks.append(
            Check(
                "pseudonymised", column.name, "ExpectColumnValuesToMatchRegex", pattern, "a keyed hash of 32 hex digits"
            )
        )
    return checks


def _bound(column: Column, bound: float | str | None) -> Any:
    """Dates and instants reach pandas as datetimes and compare with datetimes only."""
    return (
        datetime.combine(date.fromisoformat(str(bound)), datetime.min.time())
        if column.type in ("date", "instant") and bound is not None
        else bound
    )


def suite_of(table: Table, checks: list[Check]) -> Any:
    """The `great_expectations.ExpectationSuite` of these checks of `table`."""
    gx = _great_expectations()
    expectations = [
        getattr(gx.expectations, check.kind)(**check.arguments, meta={"check": check.identity}) for check in checks
    ]
    return gx.ExpectationSuite(f"raw_{table.name}", expectations=expectations)


def validate(frame: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Run the suite of `table` over its loaded rows: one row per check, `RESULT_SCHEMA`.

    `severity` is `error`, or `crashed` where the expectation itself broke (a crash also says failed, but says nothing about the data). `observed` quotes
    values only from columns that hold no person.
    """
    checks = checks_for(table)
    asked = [check for check in checks if frame.height or check.kind in ABOUT_THE_TABLE]
    results = _results(frame, table, asked)
    rows = [_row(check, table, results.get(check.identity), frame.height) for check in checks]
    return pl.DataFrame(rows, schema=RESULT_SCHEMA)


def _results(frame: pl.DataFrame, table: Table, checks: list[Check]) -> dict[str, Any]:
    """Great Expectations' result of each check, by its identity."""
    if not checks:
        return {}
    batch = _whole_frame(_great_expectations()).get_batch({"dataframe": _pandas(frame)})
    outcome = batch.validate(
        suite_of(table, checks), result_format={"result_format": "BASIC", "partial_unexpected_count": 3}
    )
    return {result.expectation_config.meta["check"]: result for result in outcome.results}


def _row(check: Check, table: Table, result: Any, rows: int) -> dict[str, Any]:
    """A check's row of `RESULT_SCHEMA`. result: None where the check is about rows and there are none."""
    crashed = _crash(result) if result is not None else None
    column = table.column(check.column_name) if check.column_name else None
    observed = _observed(check, result.result if result is not None else {}, column, rows)
    return {
        "table_name": table.name,
        "check_name": check.check_name,
        "column_name": check.column_name,
        "passed": result is None or bool(result.success),
        "observed": f"the check itself crashed: {crashed}" if crashed else observed,
        "expected": check.expected,
        "severity": "crashed" if crashed else "error",
    }


def _great_expectations() -> Any:
    os.environ["GX_ANALYTICS_ENABLED"] = "false"
    # it imports pyspark where there is one, for kinds of data that aren't used here
    warnings.filterwarnings("ignore", message="PySpark does not yet fully support pandas")
    import great_expectations as gx

    return gx


@lru_cache(maxsize=1)
def _whole_frame(gx: Any) -> Any:
    """The batch definition that takes a frame, in an ephemeral context: one a process, since each change of a context is written out as YAML, which costs more than most suites."""
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False, "metric_calculations": False}
    return context.data_sources.add_pandas("raw").add_dataframe_asset("table").add_batch_definition_whole_dataframe("all")  # fmt: skip


def _pandas(frame: pl.DataFrame) -> Any:
    """Plain pandas: dates as datetimes, instants without zone (UTC), text as objects, nulls as missing values."""
    import pandas as pd

    data: dict[str, Any] = {}
    for name, dtype in frame.schema.items():
        values = frame[name]
        if dtype == pl.Date:
            data[name] = pd.Series(_fine_where_it_fits(values.cast(pl.Datetime("us"))).to_numpy())
        elif isinstance(dtype, pl.Datetime):
            data[name] = pd.Series(_fine_where_it_fits(values.dt.replace_time_zone(None)).to_numpy())
        elif dtype.is_numeric():
            data[name] = pd.Series(values.cast(pl.Float64).to_numpy(), dtype="float64")
        else:
            data[name] = pd.Series(values.to_list(), dtype="object")
    return pd.DataFrame(data)


def _fine_where_it_fits(instants: pl.Series) -> pl.Series:
    """In nanoseconds where all lie between 1678 and 2261: Great Expectations compares those as a whole column, and others one by one in Python."""
    ends = (instants.min(), instants.max())
    fits = all(datetime(1678, 1, 1) <= day <= datetime(2261, 12, 31) for day in ends if isinstance(day, datetime))
    return instants.dt.cast_time_unit("ns") if fits else instants


def _crash(result: Any) -> str | None:
    """The exception of an expectation that broke, None where it ran."""
    info = result.exception_info or {}
    entries = [info] if "raised_exception" in info else list(info.values())
    for entry in entries:
        if isinstance(entry, dict) and entry.get("raised_exception"):
            return str(entry.get("exception_message", "unknown"))[:200]
    return None


def _observed(check: Check, result: dict[str, Any], column: Column | None, rows: int) -> str:
    """What was found, in words; values only of columns in class P0 and outside demographics."""
    if check.kind == "ExpectTableColumnsToMatchSet":
        missing = sorted(set(check.arguments["column_set"]) - set(result.get("observed_value") or []))
        return f"missing: {', '.join(missing)}" if missing else "all present"
    if check.kind == "ExpectTableRowCountToBeBetween":
        return f"{result.get('observed_value', rows)} rows"
    bad = int(result.get("unexpected_count") or 0)
    if not bad:
        return f"{rows:,} {'row' if rows == 1 else 'rows'}, none against it"
    sample = ""
    if column is not None and column.pii == "P0" and check.check_name in ("allowed_values", "bounds"):
        values = [str(value).removesuffix(" 00:00:00") for value in result.get("partial_unexpected_list") or []]
        sample = "; for example " + ", ".join(
            "(hidden)" if "@" in value or len(value) > 24 else value for value in dict.fromkeys(values)
        )
    return f"{bad:,} of {rows:,} rows{sample}"
