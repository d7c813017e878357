"""A last day before the first one: of who is here it is an earlier employment's, of anybody else it waits to be mended."""

from collections import Counter
from datetime import date

import polars as pl
import pytest

from pipelines.sources.records import Finding, TableBatch
from pipelines.sources.returned import KIND, without_earlier_leaving

LEFT, CAME = date(2021, 12, 31), date(2023, 1, 1)


def batches(status: str | None, first: str = "latest_hire_date") -> list[TableBatch]:
    persons = pl.DataFrame({"person_id": ["a"], "status": [status], first: [CAME], "termination_date": [LEFT]})
    spells = pl.DataFrame(
        {"person_id": ["a", "a"], "hire_date": [date(2015, 1, 1), CAME], "end_date": [LEFT, date(2022, 1, 1)]}
    )
    return [TableBatch("persons", persons), TableBatch("employment_spells", spells)]


@pytest.mark.parametrize("status", ["active", "leave", "pending"])
@pytest.mark.parametrize("first", ["latest_hire_date", "original_hire_date"])
def test_who_is_here_has_not_left_before_they_came(status: str, first: str) -> None:
    tally: Counter[Finding] = Counter()
    persons, spells = without_earlier_leaving(batches(status, first), tally)
    assert persons.rows["termination_date"].to_list() == [None]
    assert spells.rows["end_date"].to_list() == [LEFT, None]
    assert [(finding.kind, rows) for finding, rows in tally.items()] == [(KIND, 1)]


@pytest.mark.parametrize("status", ["inactive", "unknown", None])
def test_without_a_word_that_they_are_here_nothing_is_changed(status: str | None) -> None:
    tally: Counter[Finding] = Counter()
    persons, spells = without_earlier_leaving(batches(status), tally)
    assert persons.rows["termination_date"].to_list() == [LEFT]
    assert spells.rows["end_date"].to_list() == [LEFT, date(2022, 1, 1)]
    assert not tally
