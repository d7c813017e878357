"""The data quality page: which source is older than agreed, and each held-back record, masked, with its rule and what to do."""

from pathlib import Path

import polars as pl
import pytest
from streamlit.testing.v1 import AppTest

from pipelines.serving.snapshot import publish, write_tables
from tests.dashboards.reading import texts
from tests.published import manager_tables, tables

ROOT = Path(__file__).resolve().parents[2]


def opened(serving: Path, monkeypatch: pytest.MonkeyPatch, **address: str) -> AppTest:
    monkeypatch.setenv("IMPACT_SERVING", str(serving))
    app = AppTest.from_file(ROOT / "dashboards/streamlit_app.py", default_timeout=90).switch_page(
        "app_pages/quality.py"
    )
    for name, value in address.items():
        app.query_params[name] = value
    return app.run()


def frame_with(app: AppTest, column: str) -> pl.DataFrame:
    return next(pl.DataFrame(element.value) for element in app.dataframe if column in element.value.columns)


def test_a_source_that_is_older_than_agreed_is_named_first(published: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(published.parent, monkeypatch)
    assert app.title[0].value == "One source is older than agreed; 2 rows wait to be mended"
    sources = frame_with(app, "Last file or page (UTC)")
    assert sources.select("Source", "State", "Last file or page (UTC)", "Size").rows()[0] == (
        "surveys",
        "older than agreed",
        "01 Aug 2026, 00:00",
        "5 kB",
    )


def test_the_held_back_records_of_one_rule_are_shown_masked_with_what_to_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    managers = manager_tables()
    other = managers["quarantine"].with_columns(
        pl.lit("missing_key").alias("rule"), pl.lit(13, dtype=pl.Int64).alias("source_line")
    )
    managers["quarantine"] = pl.concat([managers["quarantine"], other])
    publish(tmp_path, lambda path: write_tables(path, tables()), lambda path: write_tables(path, managers))
    assert frame_with(opened(tmp_path, monkeypatch), "Record (masked)")["Line"].to_list() == [12, 13]
    chosen = frame_with(opened(tmp_path, monkeypatch, held="hris.missing_key"), "Record (masked)")
    assert chosen.select("File", "Line", "What to do", "Record (masked)").rows() == [
        ("personalstamm.csv", 13, "correct it and export again", "0012;***;30.02.2024")
    ]


def test_a_reader_who_is_no_manager_is_told_that_records_are_not_for_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = publish(
        tmp_path, lambda path: write_tables(path, tables()), lambda path: write_tables(path, manager_tables())
    )
    path.with_name(f"managers_{path.name}").unlink()
    app = opened(tmp_path, monkeypatch)
    assert any("shown to administrators only" in element.value for element in app.caption)
    assert not any("Record (masked)" in element.value.columns for element in app.dataframe)


def test_the_page_says_what_the_audit_of_small_groups_found(pages: dict[str, AppTest]) -> None:
    said = "\n".join(texts(pages["quality"]))
    assert (
        "214 numbers must not be known, 390 sums were tried, none can be worked out (groups of fewer than 5 people)"
        in said
    )
