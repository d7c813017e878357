"""What is said of the age of sources: comfort only in the words of what somebody agreed, or of what is usual where nobody did."""

from datetime import UTC, date, datetime
from typing import Any

import polars as pl
import pytest

from dashboards.facts import quality
from dashboards.facts.alarms import Watch
from dashboards.facts.decision import decide
from dashboards.facts.freshness import freshness


class Release:
    """A release of some sources: id to age, limit and whether somebody agreed it."""

    def __init__(self, **sources: tuple[int, int | None, bool | None]) -> None:
        self.sources = sources

    def frame(self, query: str, _: Any = None) -> pl.DataFrame:
        if "from sources" in query:
            return pl.DataFrame([self._row(name, *told) for name, told in self.sources.items()])
        if "reconciliation" in query:
            return pl.DataFrame(
                {"source_id": ["a"], "table_name": ["persons"], **{part: [0] for part in quality.PARTS}}
            )
        return pl.DataFrame([{"as_of_date": date(2026, 11, 1), "release_id": "r", "is_demo": False}])

    def _row(self, name: str, age: int, limit: int | None, is_agreed: bool | None) -> dict[str, Any]:
        row = {
            "source_id": name, "newest_record_on": date(2026, 10, 1), "extracted_at": datetime(2026, 11, 1, tzinfo=UTC), "age_days": age, "freshness_days": limit,
            "is_stale": limit is not None and age > limit, "bytes": 1, "files": 1,
        }  # fmt: skip
        return row if is_agreed is None else row | {"freshness_is_agreed": is_agreed}


SAID = {
    "nobody stated an age": (Release(a=(3, 35, False)), "Every source that is watched is as fresh as usual: the newest record of a log, or the export of a list, is at most 35 days old."),
    "somebody did": (Release(a=(3, 35, False), b=(3, 10, True)), "Every source with an agreed age is fresh."),
    "a release of an earlier version": (Release(a=(3, 35, None)), "Every source with an agreed age is fresh."),
    "no source has an age": (Release(a=(3, None, True)), "No age is agreed for any source."),
    "older than usual": (Release(a=(40, 35, False)), "Older than usual: a (40 days, usual 35)."),
    "older than agreed": (Release(a=(40, 35, True)), "Older than agreed: a (40 days, agreed 35)."),
}  # fmt: skip


@pytest.mark.parametrize("case", SAID)
def test_sources_are_called_fresh_in_the_words_of_what_was_agreed(case: str) -> None:
    release, said = SAID[case]
    assert freshness(release).words == said


@pytest.mark.parametrize(("is_agreed", "word"), [(False, "usual"), (True, "agreed")])
def test_a_stale_source_is_older_than_usual_or_agreed_wherever_it_is_told(is_agreed: bool, word: str) -> None:
    release = Release(a=(40, 35, is_agreed))
    assert quality.title(release).startswith(f"One source is older than {word};")
    assert quality.sources(release)["state"].to_list() == [f"older than {word}"]
    assert f"35 days {'agreed' if is_agreed else 'are usual'}" in freshness(release).stale[0].words


def test_no_comfort_is_taken_from_ages_that_nobody_agreed() -> None:
    goal = type("Goal", (), {"status": "achieved", "pace": None})()
    told = decide([goal], Watch(has_ages=False), [], date(2026, 11, 1)).title
    assert "as fresh as agreed" not in told
