"""The page Reports: what was issued, every figure of it with its query, and which of them were corrected since."""

from collections.abc import Callable
from pathlib import Path

import polars as pl
import pytest

from dashboards.reports import issue
from tests.dashboards.reading import OpenPage, texts
from tests.published import tables

Publish = Callable[..., Path]


@pytest.fixture
def archive(published: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A data folder with one issued report of the common snapshot."""
    data = tmp_path_factory.mktemp("archive")
    issue(published, data / "reports")
    monkeypatch.setenv("IMPACT_DATA", str(data))
    return data


def test_before_a_report_is_issued_the_page_says_how(open_page: OpenPage) -> None:
    app = open_page("reports")
    assert app.title[0].value == "No report is issued yet"
    assert "impact report" in app.info[0].value


def test_each_figure_of_a_report_stands_with_its_query_and_what_it_is_today(open_page: OpenPage, archive: Path) -> None:
    app = open_page("reports")
    assert not app.exception
    assert app.title[0].value == "Report 1 of 31 October 2026: none of its figures was corrected since"
    (claims,) = [table.value for table in app.dataframe]
    assert len(claims) > 20
    assert set(claims["Does it hold?"]) == {"as told"}
    assert claims["Query"].str.startswith("select").all() and claims["Release"].eq("feedc0ffee12").all()
    assert [button.label for button in app.get("download_button")][:3] == ["PDF", "HTML", "Text"]


def test_a_figure_of_a_time_that_was_over_and_is_another_now_is_a_correction_and_stands_first(
    open_page: OpenPage, publish_with: Publish, archive: Path
) -> None:
    values = tables()["metric_values"]
    past = (pl.col("metric_id") == "session_frequency") & (pl.col("period_kind") == "month")
    to_date = (pl.col("metric_id") == "applicants") & (pl.col("period_kind") == "to_date")
    later = values.with_columns(
        pl.when(past).then(pl.col("numerator") * 1.5).otherwise("numerator").alias("numerator"),
        pl.when(to_date).then(pl.col("value") + 1).otherwise("value").alias("value"),
    )
    app = open_page("reports", publish_with(metric_values=later))
    assert "corrected since" in app.title[0].value and "none of" not in app.title[0].value
    (claims,) = [table.value for table in app.dataframe]
    states = claims["Does it hold?"].to_list()
    assert states[0] == "corrected" and states == sorted(states, key=["corrected", "not published", "moved on", "as told"].index)  # fmt: skip
    first = claims.iloc[0]
    assert first["Told"] != first["Today"] and first["Claim"].startswith("Meetings per pair per month")
    assert any("corrected (the time was over when it was told" in text for text in texts(app))
