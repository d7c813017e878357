"""Frames as files that people open: CSV, XLSX, Parquet, without a text that a spreadsheet would run as a formula."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from pipelines.matching.problem import TEXT_LIST
from pipelines.matching_inputs.sheet_terms import SheetRefused
from pipelines.spreadsheet_cells import guarded_frame


def write_table(frame: pl.DataFrame, path: Path) -> None:
    """A frame as CSV, XLSX or Parquet by the file's ending; lists are joined by "; " where the format knows none. Raises `SheetRefused`."""
    ending = path.suffix.lower()
    if ending not in (".csv", ".xlsx", ".parquet"):
        raise SheetRefused(f"{path.name} is no .csv, .xlsx or .parquet file. Next step: choose one of these endings.")
    with _writable(path):
        if ending == ".parquet":
            frame.write_parquet(path)
        elif ending == ".csv":
            _flat(frame).write_csv(path)
        else:
            _flat(frame).write_excel(path)


def write_workbook(tables: Mapping[str, pl.DataFrame], path: Path) -> None:
    """Several frames as the sheets of one workbook. Raises `SheetRefused`."""
    from xlsxwriter import Workbook

    with _writable(path), Workbook(path, {"strings_to_formulas": False, "strings_to_urls": False}) as book:
        for name, frame in tables.items():
            _flat(frame).write_excel(book, worksheet=name, autofit=True)


def _flat(frame: pl.DataFrame) -> pl.DataFrame:
    """Lists as one text, and no text that a spreadsheet would run as a formula."""
    lists = [name for name, dtype in frame.schema.items() if dtype == TEXT_LIST]
    return guarded_frame(frame.with_columns(pl.col(name).list.join("; ") for name in lists))


@contextmanager
def _writable(path: Path) -> Iterator[None]:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield
    except OSError as problem:
        reason = problem.strerror or str(problem)
        raise SheetRefused(
            f"{path} can't be written ({reason}). Next step: close it elsewhere, or name another file."
        ) from problem
