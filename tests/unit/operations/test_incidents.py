"""Whether the installation is well, and that people are told of each incident once, and once that it is over."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipelines.operations.health import Problem, health, metrics
from pipelines.operations.incidents import News, compare, watch
from pipelines.operations.last_runs import read_runs, record_run
from pipelines.serving.release_health import SourceAge
from tests.published import publish_test_snapshot

NOW = datetime(2026, 11, 2, 9, tzinfo=UTC)
FAILED = Problem("run everything", "The run of everything failed at: raw.")
STALE = Problem("stale hris", "The newest record of hris is 50 days old; 35 were agreed.")


@pytest.fixture(scope="module")
def serving(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return publish_test_snapshot(tmp_path_factory.mktemp("serving")).parent


def test_an_incident_is_told_once_and_its_end_once(tmp_path: Path) -> None:
    told: list[News] = []

    def tell(news: News) -> bool:
        told.append(news)
        return True

    for problems in ([FAILED], [FAILED], [FAILED, STALE], [STALE], []):
        watch(tmp_path, problems, NOW, tell)
    assert [([one.key for one in news.begun], [one.key for one in news.over]) for news in told] == [
        ([FAILED.key], []), ([STALE.key], []), ([], [FAILED.key]), ([], [STALE.key]),
    ]  # fmt: skip


def test_where_nobody_could_be_reached_it_is_news_again(tmp_path: Path) -> None:
    reached = iter([False, True, False, True])
    begun, over = [], []
    for problems in ([FAILED], [FAILED], [], []):
        news = watch(tmp_path, problems, NOW, lambda _: next(reached))
        begun.append(len(news.begun))
        over.append(len(news.over))
    assert (begun, over) == ([1, 1, 0, 0], [0, 0, 1, 1])


@given(st.lists(st.sets(st.sampled_from("abc")), max_size=12))
def test_what_was_told_to_begin_is_told_to_end_and_nothing_else(days: list[set[str]]) -> None:
    open_, standing = {}, set()
    for keys in days:
        current, news = compare(open_, [Problem(key, key) for key in sorted(keys)], NOW)
        begun, over = {one.key for one in news.begun}, {one.key for one in news.over}
        assert not begun & standing
        assert over <= standing
        standing = (standing | begun) - over
        assert standing == keys
        open_ = {key: one.__class__(one.key, one.words, one.since, True) for key, one in current.items()}


def test_a_run_that_failed_and_one_that_is_late_are_problems_until_one_succeeds(tmp_path: Path, serving: Path) -> None:
    record_run(tmp_path, "everything", "r1", NOW - timedelta(days=3))
    keys = [one.key for one in health(tmp_path, serving, NOW).problems]
    assert "late" in keys
    record_run(tmp_path, "everything", "r2", NOW - timedelta(hours=1), where="raw tables")
    record_run(tmp_path, "everything", "r2", NOW, where="raw tables")
    assert read_runs(tmp_path)["everything"].ended_at == (NOW - timedelta(hours=1)).isoformat()
    assert {"late", "run everything"} <= {one.key for one in health(tmp_path, serving, NOW).problems}
    record_run(tmp_path, "everything", "r3", NOW)
    assert not {"late", "run everything"} & {one.key for one in health(tmp_path, serving, NOW).problems}


def test_a_stale_source_is_a_problem_with_both_ages(tmp_path: Path, serving: Path) -> None:
    (stale,) = [one for one in health(tmp_path, serving, NOW).problems if one.key.startswith("stale")]
    assert stale.words == "The newest record of surveys is 91 days old; 35 were agreed."


def test_a_usual_age_is_not_called_an_agreed_one() -> None:
    assert SourceAge("meetings", 135, 35, is_stale=True, is_agreed=False).limit == "35 are usual"
    assert SourceAge("meetings", 2, 1, is_stale=True).limit == "1 was agreed"


def test_nothing_published_is_not_well_and_a_damaged_release_says_so(tmp_path: Path) -> None:
    assert not health(tmp_path, tmp_path / "none", NOW).is_serving


def test_the_metrics_are_prometheus_text_and_name_nobody(tmp_path: Path, serving: Path) -> None:
    record_run(tmp_path, "everything", "r1", NOW)
    text = metrics(health(tmp_path, serving, NOW), NOW, {"sent": 3}).decode()
    assert 'impact_last_run_success{job="everything"} 1.0' in text
    assert 'impact_source_stale{source="surveys"} 1.0' in text
    assert 'impact_messages{state="sent"} 3.0' in text
    assert "impact_quarantined_rows 2.0" in text
    assert "@" not in text
