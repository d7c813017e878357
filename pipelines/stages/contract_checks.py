"""The contract of each raw table, validated where something in it is new."""

from collections.abc import Iterator

import duckdb
import polars as pl

from pipelines.builds.made_from import note, noted, prepare, raw_contents
from pipelines.builds.program import hash_of, program
from pipelines.contracts import TABLES
from pipelines.warehouse import read_frame, read_kept


def contract_results(warehouse: duckdb.DuckDBPyConnection) -> Iterator[tuple[str, pl.DataFrame]]:
    """Name and results of each table: those of the last run where its rows and the program are as they were. What they were made from is written down."""
    from pipelines.quality.suites import RESULT_SCHEMA, validate  # slow to import

    prepare(warehouse)
    held = raw_contents(warehouse, [table.address for table in TABLES])
    told = noted(warehouse)
    last = read_kept(warehouse, "quality.check_results", RESULT_SCHEMA)
    for table in TABLES:
        node, now = f"expectations.{table.address}", hash_of([program(), held[table.address]])
        kept = last.filter(pl.col("table_name") == table.name)
        if told.get(node) == (now, None) and kept.height:
            yield table.name, kept
            continue
        columns = ", ".join(column.name for column in table.all_columns if column.pii != "P2")
        yield table.name, validate(read_frame(warehouse, f"select {columns} from {table.address}"), table)
        note(warehouse, {node: (now, None)})
