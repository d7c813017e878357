"""The contract's tables out of a published release: only its columns, in its types."""

from pathlib import Path

import polars as pl

from pipelines.bi.contract import CONTRACT, TYPES, BiContract, BiTable
from pipelines.warehouse import connect, read_frame


class ContractBroken(RuntimeError):
    """The release doesn't hold what the contract promises; the message names table and columns."""


def tables_of(release: Path, contract: BiContract = CONTRACT) -> dict[str, pl.DataFrame]:
    """Every table of the contract, sorted by its key. release: the readers' file. Raises ContractBroken."""
    with connect(release, read_only=True) as file:
        return {
            table.name: _kept(read_frame(file, f'select * from "{table.name}"'), table) for table in contract.tables
        }


def _kept(frame: pl.DataFrame, table: BiTable) -> pl.DataFrame:
    missing = [column.name for column in table.columns if column.name not in frame.columns]
    if missing:
        raise ContractBroken(f"{table.name} lacks {', '.join(missing)}. Next step: `impact run --again` publishes a whole release.")  # fmt: skip
    joined = [
        pl.col(name).list.join("; ") for name, dtype in frame.schema.items() if isinstance(dtype, pl.List) and name in table.types
    ]  # fmt: skip
    return (
        frame.with_columns(joined)
        .select(pl.col(column.name).cast(TYPES[column.type]) for column in table.columns)
        .sort(list(table.key), nulls_last=True)
    )
