"""The three sample workspaces of Add data, each opened with one click and run through to the dashboard: what is said at the end is true."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from pipelines.first_hour.samples import SAMPLES, sample_files
from pipelines.sources.records import SourceFile
from tests.strangers.front_door import Opened, run_from_files
from tests.strangers.said import falsehoods

pytestmark = [pytest.mark.pipeline, pytest.mark.xdist_group("strangers"), pytest.mark.timeout(3_000)]

TODAY = date(2026, 10, 31)
LOADED = {
    "pairs_only": "Loaded: 24 pairs.",
    "company": "Loaded: 36 pairs, 160 people, 283 meetings and 57 answers to surveys.",
    "school": "Loaded: 40 pairs and 228 meetings.",
}


@pytest.fixture(scope="module", params=SAMPLES)
def ran(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Opened]]:
    files, answers = sample_files(request.param, TODAY)
    folder: Path = tmp_path_factory.mktemp(request.param)
    yield request.param, run_from_files(folder, [SourceFile(n, data) for n, data in files.items()], answers, TODAY)


def test_nothing_is_said_that_cant_be_true(ran: tuple[str, Opened]) -> None:
    assert falsehoods(ran[1]) == []


def test_the_closing_sentences_count_what_is_in_the_warehouse(ran: tuple[str, Opened]) -> None:
    name, opened = ran
    loaded, held, _ = opened.closing
    assert loaded == LOADED[name]
    assert held == "Not loaded: nothing; every row was read."
    for words, table in (("pair", "pairs"), ("meeting", "sessions")):
        counted = opened.warehouse(f"select count(*) from marts.{table}").item()
        assert (f"{counted:,} {words}" in loaded) == bool(counted)


def test_what_is_called_not_measured_has_no_figure_and_what_is_measured_has_one(ran: tuple[str, Opened]) -> None:
    _, opened = ran
    labels = dict(opened.ask("select label, metric_id from metric_definitions").iter_rows())
    named = {labels[label] for one in opened.done["not_measured"] for label in one["metrics"]}
    measured = set(opened.warehouse("select distinct metric_id from metrics.metric_values where value is not null")["metric_id"])  # fmt: skip
    assert named & measured == set()
    assert opened.closing[2].startswith("Not measured: ")


def test_the_dry_run_promised_what_the_run_did(ran: tuple[str, Opened]) -> None:
    checked, done = ran[1].checked, ran[1].done
    counts = [
        sorted((row["source"], row["table_name"], row["rows_in"], row["loaded"], row["quarantined"]) for row in found["tables"])
        for found in (checked, done)
    ]  # fmt: skip
    assert counts[0] == counts[1]
    assert (checked["problems"], checked["questions"]) == ([], [])
    assert checked["not_measured"] == done["not_measured"]


def test_the_programme_is_called_by_its_name_on_the_dashboard(ran: tuple[str, Opened]) -> None:
    name, opened = ran
    said = {"pairs_only": "Club mentoring", "company": "Career partners", "school": "Students meet alumni"}[name]
    assert said in opened.page("all_programmes")
    assert said in opened.report
