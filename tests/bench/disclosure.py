"""How many small groups a reader can work out of a release, and what stays shown: `.venv/bin/python -m tests.bench.disclosure WAREHOUSE`."""

import sys
import time
from pathlib import Path

import numpy as np
import polars as pl

from pipelines.serving import disclosure
from pipelines.serving.disclosure_bounds import bounds
from pipelines.serving.disclosure_rule import with_complement
from pipelines.serving.disclosure_sums import count_variables
from pipelines.serving.published_cells import published_cells
from pipelines.warehouse import connect, read_frame

LEVEL = (
    pl.when(pl.col("segment_kind") != "all")
    .then(pl.lit("segment"))
    .when(pl.col("cohort_id") != "all")
    .then(pl.lit("cohort"))
    .otherwise(pl.lit("programme"))
)


def derivable(cells: pl.DataFrame, hidden: np.ndarray, k: int) -> tuple[int, int]:
    """Counts under the rule that propagation fixes exactly, and those that it places in too narrow an interval."""
    counts = count_variables(cells)
    width = disclosure._protection(cells, counts, k)
    known = counts.exposed(hidden)
    low, high = bounds(disclosure._system(cells, counts), counts.values, known)
    return int(((width > 0) & (high - low < 1e-6)).sum()), int((high - low < width).sum())


def say(*words: object) -> None:
    """One line."""
    sys.stdout.write(" ".join(map(str, words)) + "\n")


def main(warehouse: Path, k: int = 5) -> None:
    """Print the figures for `warehouse`."""
    with connect(warehouse, read_only=True) as connection:
        values = published_cells(read_frame(connection, "select * from metrics.metric_values"))
    cells = with_complement(values.sort(disclosure.KEY, nulls_last=True))
    began = time.perf_counter()
    hidden = disclosure.hidden_cells(cells, k)
    say(f"{cells.height} cells, {hidden.sum()} hidden, {time.perf_counter() - began:.1f} s")
    few = cells.select(pl.col("n_people").is_between(1, k - 1).fill_null(value=False)).to_series().to_numpy()
    say("fixed, too narrow where only cells under k people are hidden:", derivable(cells, few, k))
    say("fixed, too narrow as published:", derivable(cells, hidden, k))
    shown = cells.with_columns(pl.Series("shown", ~hidden)).filter(pl.col("value").is_not_null())
    say(shown.group_by(LEVEL.alias("level"), "period_kind").agg(pl.len(), pl.col("shown").mean()).sort("level"))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
