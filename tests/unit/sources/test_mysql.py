"""What MySQL is asked, and what of its answers: judged without a server, by the statements that SQLAlchemy makes for it. Each was found against a real MariaDB."""

from datetime import UTC, date, datetime

import polars as pl
import pytest
import sqlalchemy as sa
from sqlalchemy.dialects import mysql as dialect

from pipelines.sources.parquet import text_of_frame
from pipelines.sources.sql import mysql
from pipelines.sources.sql.database import as_token, from_token, selected
from pipelines.sources.sql.frames import frame_of


def sql(expression: sa.ColumnElement) -> str:
    return str(expression.compile(dialect=dialect.dialect(), compile_kwargs={"literal_binds": True}))


@pytest.mark.parametrize(
    ("kind", "asked"),
    [
        (dialect.BIT(1), "CAST(v AS UNSIGNED INTEGER)"),
        (dialect.YEAR(), "nullif(v, 0)"),
        (dialect.TIME(), "CAST(v AS CHAR)"),
        (dialect.INTEGER(5, zerofill=True, unsigned=True), "CAST(v AS CHAR)"),
        (sa.BINARY(16), "hex(v)"),
        (mysql.own_type(dialect.TIMESTAMP()), "date_format(v, '%%Y-%%m-%%dT%%H:%%i:%%s.%%f+00:00')"),
        (dialect.DATETIME(), "v"),
        (dialect.INTEGER(), "v"),
        (dialect.TINYINT(1), "v"),
    ],
)
def test_what_no_driver_gives_alike_is_asked_for_as_text_or_number(kind: sa.types.TypeEngine, asked: str) -> None:
    assert sql(selected("v", {"v": kind})).removesuffix(" AS v") == asked


@pytest.mark.parametrize("kind", [dialect.ENUM("z9", "a1"), dialect.SET("z9", "a1")])
def test_a_key_that_is_sorted_by_number_and_compared_as_text_is_sorted_as_text(kind: sa.types.TypeEngine) -> None:
    assert sql(mysql.ordered(sa.column("k", kind), kind)) == "CAST(k AS CHAR)"


def test_a_key_in_bytes_comes_back_from_its_token_as_it_was() -> None:
    assert from_token(as_token(b"\xff\x01"), sa.VARBINARY(2)) == b"\xff\x01"
    assert from_token("FF01", sa.BINARY(2)) == b"\xff\x01"


def test_a_zero_day_among_days_is_text_and_the_others_are_written_as_ever() -> None:
    frame = frame_of(["day", "at", "n"], [(date(2024, 3, 1), datetime(2024, 3, 1, 9), 1), ("0000-00-00", "0000-00-00 00:00:00", None)])  # fmt: skip
    rows = text_of_frame(frame, "t").rows
    assert rows["day"].to_list() == ["2024-03-01", "0000-00-00"]
    assert rows["at"].to_list() == ["2024-03-01T09:00:00.000000", "0000-00-00 00:00:00"]
    assert frame["n"].dtype == pl.Int64


def test_a_column_of_one_type_keeps_it_and_numbers_beyond_eight_bytes_stay_whole() -> None:
    frame = frame_of(["id", "at"], [(2**64 - 1, datetime(2024, 3, 1, tzinfo=UTC)), (1, None)])
    assert text_of_frame(frame, "t").rows["id"].to_list() == ["18446744073709551615", "1"]
    assert isinstance(frame["at"].dtype, pl.Datetime)
