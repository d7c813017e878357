"""Parquet as text columns, so that a mapping reads it like any other table: dates and times in ISO form, numbers as they are written, nested columns left out.

A time with a zone is written in UTC with its offset (`instant: "%+"` reads it); one without a zone stays without (`%Y-%m-%dT%H:%M:%S%.f` and a `zone:`).
"""

import io
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from pipelines.sources.cleaning import LINE, RAW, tidied
from pipelines.sources.delimited import DelimitedText
from pipelines.sources.delimited_head import normalised
from pipelines.sources.records import REJECT_SCHEMA, FileOnDisk, Finding, SourceFile, SourceRefused

PART_ROWS = 50_000
MANY_ROWS = 1_000_000
ROWS_A_BYTE = 100  # beyond it nothing tells the rows apart: 51 kB hold 30 million equal ones

FIRST_DAY, LAST_DAY = -719_162, 2_932_896
"""1 January of the year 1 and 31 December 9999, in days since 1970."""
LEAST, GREATEST = -(2**63) + 1, 2**63 - 2
"""Nanoseconds don't reach the year 1, nor 9999."""
_NO_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
UNITS_A_DAY = {"ms": 86_400_000, "us": 86_400_000_000, "ns": 86_400_000_000_000}


def read_parquet(file: SourceFile, *, required: tuple[str, ...] = ()) -> DelimitedText:
    """The columns of a Parquet file as text. Raises `SourceRefused` for a broken file or a missing required column."""
    if not file.data:
        raise SourceRefused(f"{file.name} is empty. Next step: export it again and check that it has rows.")
    _refuse_endless(file.name, rows_of(file), len(file.data))
    with _sound(file.name):
        frame = pl.read_parquet(io.BytesIO(file.data))
    _refuse_missing(file.name, frame.columns, required)
    return text_of_frame(frame, file.name)


def rows_of(file: SourceFile) -> int:
    """Rows of a Parquet file by its footer; 0 where it isn't sound, which is told when it is read."""
    try:
        where = file.path if isinstance(file, FileOnDisk) else io.BytesIO(file.data)
        return int(pq.read_metadata(where).num_rows)
    except (pa.ArrowException, OSError):
        return 0


def parquet_parts(
    file: FileOnDisk, *, required: tuple[str, ...] = (), part_rows: int = PART_ROWS
) -> Iterator[DelimitedText]:
    """What `read_parquet` gives, in parts of at most `part_rows` rows, at least one; findings stand in the first."""
    if not file.path.stat().st_size:
        raise SourceRefused(f"{file.name} is empty. Next step: export it again and check that it has rows.")
    _refuse_endless(file.name, rows_of(file), file.path.stat().st_size)
    before = 0
    with _sound(file.name), pq.ParquetFile(file.path) as parquet:
        _refuse_missing(file.name, parquet.schema_arrow.names, required)
        for batch in parquet.iter_batches(part_rows):
            text = text_of_frame(pl.DataFrame(batch), file.name, before=before)
            before += batch.num_rows
            yield text
        if before == 0:
            yield text_of_frame(pl.DataFrame(parquet.schema_arrow.empty_table()), file.name)


@contextmanager
def _sound(file: str) -> Iterator[None]:
    try:
        yield
    except (pl.exceptions.PolarsError, pa.ArrowException, OSError) as problem:
        raise SourceRefused(f"{file} is not a valid Parquet file ({problem}). Next step: export it again.") from None


def _refuse_endless(file: str, rows: int, size: int) -> None:
    """Raise `SourceRefused` where far more rows are declared than a file of `size` bytes can tell apart."""
    if rows > MANY_ROWS and rows > ROWS_A_BYTE * size:
        raise SourceRefused(
            f"{file} has {rows:,} rows in {size:,} bytes, so nearly all of them are equal. Next step: export one row per record."
        )


def _refuse_missing(file: str, columns: Sequence[str], required: tuple[str, ...]) -> None:
    present = {normalised(name) for name in columns}
    missing = [name for name in required if normalised(name) not in present]
    if missing:
        raise SourceRefused(
            f"{file}: required column {', '.join(map(repr, missing))} is missing; it has {', '.join(columns)}. "
            "Next step: export the file with that column, or correct the name in the mapping file."
        )


def text_of_frame(frame: pl.DataFrame, file: str, *, before: int = 0) -> DelimitedText:
    """A typed frame as text columns with the number and the text of each row; before: rows of the file that precede it."""
    nested = [name for name, dtype in frame.schema.items() if dtype.is_nested()]
    findings = [
        Finding("nested_column", "", f"{file}: {name}", "it is a list or a record; it was dropped") for name in nested
    ]
    kept = [name for name in frame.columns if name not in nested]
    frame, never = _without_infinity(frame)
    frame, unread = _with_read_bytes(frame)
    findings += [Finding("bytes_unread", "", f"{file}: {name}", f"{rows} rows hold bytes that are no text; they are read as empty") for name, rows in unread.items()]  # fmt: skip
    findings += [
        Finding("no_end", "", f"{file}: {name}", f"{rows} rows hold infinity, which is no day; they are read as empty")
        for name, rows in never.items()
    ]
    rows = frame.select(text_column(name, frame.schema[name]) for name in kept).with_columns(
        pl.int_range(before + 1, before + pl.len() + 1, dtype=pl.Int64).alias(LINE),
        pl.concat_str([pl.col(name).fill_null("") for name in kept] or [pl.lit("")], separator="\t").alias(RAW),
    )
    return DelimitedText(file, tuple(kept), (), tidied(rows), pl.DataFrame(schema=REJECT_SCHEMA), findings)


def _without_infinity(frame: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, int]]:
    """Days and times within the years that can be written, and how many a column held beyond them: PostgreSQL's `infinity`, which is no day."""
    never: dict[str, int] = {}
    for name, dtype in frame.schema.items():
        if not isinstance(dtype, pl.Date | pl.Datetime):
            continue
        unit = 1 if isinstance(dtype, pl.Date) else UNITS_A_DAY[dtype.time_unit]
        first, last = max(FIRST_DAY * unit, LEAST), min(LAST_DAY * unit, GREATEST)
        beyond = ~frame[name].to_physical().is_between(first, last)
        if beyond.any():
            never[name] = int(beyond.sum())
            frame = frame.with_columns(pl.when(~beyond).then(pl.col(name)).alias(name))
    return frame, never


def _with_read_bytes(frame: pl.DataFrame) -> tuple[pl.DataFrame, dict[str, int]]:
    """Text that was stored as bytes, as text, and how many values of a column are none: a picture, a number of an id's sixteen bytes, another encoding than UTF-8."""
    unread: dict[str, int] = {}
    for name in [name for name, dtype in frame.schema.items() if dtype == pl.Binary]:
        read = pl.Series(name, [text_of_bytes(value) for value in frame[name]], dtype=pl.String)
        lost = int((frame[name].is_not_null() & read.is_null()).sum())
        frame = frame.with_columns(read)
        if lost:
            unread[name] = lost
    return frame, unread


def text_of_bytes(value: bytes | None) -> str | None:
    """The text that bytes are in UTF-8; None where they are none, or hold what no text does."""
    try:
        text = None if value is None else value.decode()
    except UnicodeDecodeError:
        return None
    return None if text is None or _NO_TEXT.search(text) else text


def text_column(name: str, dtype: pl.DataType) -> pl.Expr:
    """A typed column as text: days and times in ISO form."""
    column = pl.col(name)
    if isinstance(dtype, pl.Datetime):
        if dtype.time_zone is not None:
            return column.dt.convert_time_zone("UTC").dt.strftime("%Y-%m-%dT%H:%M:%S%.6f+00:00")
        return column.dt.strftime("%Y-%m-%dT%H:%M:%S%.6f")
    if isinstance(dtype, pl.Date):
        return column.dt.strftime("%Y-%m-%d")
    if isinstance(dtype, pl.Duration):
        return column.dt.to_string("iso")
    return column.cast(pl.String)
