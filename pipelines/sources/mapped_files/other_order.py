"""A file whose days are written in the other order than the mapping says: month first for day first. Half of its days would be read, and wrongly."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from pipelines.sources.conversions import Reading, as_list
from pipelines.sources.records import SourceRefused
from pipelines.sources.times.other_order import is_numeric, only_in_other_order

NOT_READ = ("not_a_date", "not_a_time")


def refuse_other_order(
    frame: pl.DataFrame, rejects: pl.DataFrame, columns: Mapping[str, Any], reading: Reading
) -> None:
    """Raise `SourceRefused` where days that can't be read fit the other order, and no day fits the declared one alone."""
    if not rejects["rule"].is_in(NOT_READ).any():
        return
    for spec in columns.values():
        patterns = [str(one) for one in as_list(spec.get("date") or spec.get("instant"))]
        header = reading.present(spec.get("from"))
        if header is None or not any(is_numeric(pattern) for pattern in patterns):
            continue
        values = frame.select(reading.text(header, as_list(spec.get("null")))).to_series().drop_nulls()
        example = only_in_other_order(values, patterns)
        if example is not None:
            raise SourceRefused(
                f"{reading.file}: {header} is written in another order of day and month than the mapping says ({' or '.join(patterns)}): {example} can't be read so, and no day shows that order. "
                "Read so, the others would be wrong. Next step: give this file an entry of its own in the mapping file, with its own pattern, or export it as before."
            )
