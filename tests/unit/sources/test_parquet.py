"""Parquet by mapping file: typed columns become the text that a mapping reads, at once or in parts."""

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from pipelines.sources.parquet import parquet_parts, read_parquet
from pipelines.sources.records import FileOnDisk, SourceFile, SourceRefused


@pytest.fixture
def export(tmp_path: Path) -> FileOnDisk:
    rows = 250
    frame = pl.DataFrame(
        {
            "id": range(rows),
            "grade": pl.Series(["A", "B"] * (rows // 2), dtype=pl.Categorical),
            "hired": [date(2020, 1, 1 + n % 28) if n % 7 else None for n in range(rows)],
            "changed": [datetime(2026, 1, 1, n % 24, tzinfo=UTC) for n in range(rows)],
            "skills": [["sql"]] * rows,
        }
    )
    path = tmp_path / "people.parquet"
    frame.write_parquet(path, row_group_size=100)
    return FileOnDisk("people.parquet", path)


@pytest.mark.parametrize("part_rows", [1, 60, 100, 1000])
def test_parts_hold_the_rows_of_the_whole_file_with_their_numbers(export: FileOnDisk, part_rows: int) -> None:
    whole = read_parquet(export, required=("id",))
    parts = list(parquet_parts(export, required=("id",), part_rows=part_rows))
    assert max(part.rows.height for part in parts) <= part_rows
    assert_frame_equal(pl.concat([part.rows for part in parts]), whole.rows)
    assert parts[0].findings == whole.findings
    assert [finding.kind for finding in whole.findings] == ["nested_column"]


def test_a_missing_column_an_empty_file_and_a_broken_one_are_refused_alike(export: FileOnDisk, tmp_path: Path) -> None:
    (tmp_path / "empty.parquet").write_bytes(b"")
    (tmp_path / "broken.parquet").write_bytes(b"PAR1 and nothing of it")
    cases = {
        "people.parquet": "required column 'email'",
        "empty.parquet": "is empty",
        "broken.parquet": "not a valid Parquet",
    }
    for name, words in cases.items():
        path = tmp_path / name
        with pytest.raises(SourceRefused, match=words):
            read_parquet(SourceFile(name, path.read_bytes()), required=("email",))
        with pytest.raises(SourceRefused, match=words):
            list(parquet_parts(FileOnDisk(name, path), required=("email",)))


@pytest.mark.slow
def test_a_small_file_of_millions_of_equal_rows_is_refused_before_it_is_unfolded(tmp_path: Path) -> None:
    path = tmp_path / "people.parquet"
    pl.DataFrame({"id": pl.repeat("1", 30_000_000, eager=True)}).write_parquet(path)
    assert path.stat().st_size < 100_000
    file = FileOnDisk("people.parquet", path)
    with pytest.raises(SourceRefused, match="30,000,000 rows"):
        read_parquet(file)
    with pytest.raises(SourceRefused, match="nearly all of them are equal"):
        next(parquet_parts(file))
