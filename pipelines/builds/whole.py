"""Once a week everything is made again, and what was kept until then is held against it: a rule that kept too much shows, and doesn't stay for longer."""

import logging
from datetime import date, timedelta
from pathlib import Path

import duckdb

from pipelines.builds.made_from import MADE_FROM, forget_all, note, noted, prepare
from pipelines.builds.program import program
from pipelines.warehouse import connect, read_frame

LOG = logging.getLogger("impact.runs")
EVERY = timedelta(days=7)
LAST = "whole"
"""The row whose content is the day on which everything was made."""

BEFORE = "builds.made_before"
APART = f"""
    select before.node from {BEFORE} as before
    inner join {MADE_FROM} as now on before.node = now.node and before.made_from = now.made_from
    where before.content <> now.content and before.made_from <> ? order by before.node
"""


def begin_again_where_due(warehouse: duckdb.DuckDBPyConnection, today: date, *, asked: bool) -> None:
    """Let this run make everything: where somebody asked for it, where another program did the last one, and a week after everything was made last."""
    prepare(warehouse)
    last = noted(warehouse).get(LAST, (None, None))[1]
    if not asked and last and date.fromisoformat(last) + EVERY > today:
        return
    warehouse.execute(f"create or replace table {BEFORE} as from {MADE_FROM}")
    forget_all(warehouse)
    note(warehouse, {"program": (program(), None), LAST: (None, today.isoformat())})


def kept_too_long(warehouse: duckdb.DuckDBPyConnection) -> list[str]:
    """Nodes that came out differently from the same as before, asked once after everything was made: what was kept of them was wrong, or their sums hang on the order of addends."""
    found = read_frame(warehouse, "select 1 from duckdb_tables() where schema_name || '.' || table_name = ?", [BEFORE])
    if found.is_empty():
        return []
    apart = read_frame(warehouse, APART, [program()])["node"].to_list()
    warehouse.execute(f"drop table {BEFORE}")
    return apart


def tell_of_kept_too_long(place: Path) -> None:
    """A warning in the run's log where the warehouse at `place` held what it should have made again."""
    with connect(place) as warehouse:
        apart = kept_too_long(warehouse)
    if apart:
        names = ", ".join(node_id.rpartition(".")[2] for node_id in apart)
        LOG.warning("made from the same as before, these tables came out differently: %s. What they held since the last run that made everything may have been wrong; where only the last digits differ, nothing was.", names)  # fmt: skip
