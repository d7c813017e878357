"""A metric is one file: its record at the top of its model, and SQL only where its units are new."""

from pathlib import Path

import pytest
import yaml

from pipelines.components.metric_models import rendered
from pipelines.contracts.metric_records import MetricRecord, RecordError, read_record, read_records

PROJECT = Path(__file__).parents[2]
METRICS = PROJECT / "dbt_project/models/metrics"
NO_METRICS = {"metric_values", "goal_forecasts", "goal_status", "metric_signals", "programme_costs"}
FAMILIES = {"answers", "change", "followed", "separations"}
RECORD = """{% call metric() %}
label: People
definition: People who took part.
formula: count
numerator: People
denominator: People
population: Everybody
index_date: As-of day
window: To date
exclusions: None
minimum_n: 1
direction: increase
unit: people
interval_method: census
owner: People analytics
version: 1
headline: false
now: to_date
{% endcall %}
"""


def texts() -> dict[str, str]:
    return {path.stem: path.read_text(encoding="utf-8") for path in METRICS.glob("*.sql")}


def families(record: MetricRecord) -> set[str]:
    return {name for name in FAMILIES if getattr(record, name) is not None}


@pytest.mark.parametrize("path", rendered(PROJECT), ids=str)
def test_what_follows_from_the_records_is_rendered_from_them(path: Path) -> None:
    assert (PROJECT / path).read_text(encoding="utf-8") == rendered(PROJECT)[path], "Run: make rendered"


def test_every_model_that_measures_something_has_a_record() -> None:
    assert set(texts()) - set(read_records(METRICS)) == NO_METRICS


def test_a_metric_is_of_one_family_without_sql_or_of_none_with_it() -> None:
    for metric, record in read_records(METRICS).items():
        body = texts()[metric].partition("{% endcall %}")[2].strip()
        assert len(families(record)) == (0 if body else 1), metric


def test_what_is_divided_by_departments_and_grades_says_as_of_which_day() -> None:
    told = {metric for metric, record in read_records(METRICS).items() if record.belongs_on}
    own = {metric for metric, text in texts().items() if "own_segment" in text or "group_share_rows" in text}
    assert told == set(read_records(METRICS)) - own


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        (RECORD.replace("label: People\n", ""), "people.sql: line 1: 'label' is missing"),
        (RECORD.replace("unit: people", "unti: people"), "line 13: nobody reads the word 'unti'; did you mean 'unit'"),
        (RECORD.replace("now: to_date", "now: today"), "line 18: 'now' is none of"),
        (RECORD.replace("minimum_n: 1", "minimum_n: 0"), "line 11: 'minimum_n'"),
        (RECORD.replace("now: to_date", "now: to_date\nanswers: {role: mentee}"), "line 19: 'about' is missing"),
        ("select 1", "people.sql doesn't begin with a record"),
    ],
)
def test_a_record_that_cannot_be_read_is_refused_with_its_line(wrong: str, words: str) -> None:
    with pytest.raises(RecordError) as refused:
        read_record("people", wrong)
    assert words in str(refused.value)


def test_words_on_when_a_log_begins_name_the_days_that_the_models_allow() -> None:
    allowed = yaml.safe_load((PROJECT / "dbt_project/dbt_project.yml").read_text(encoding="utf-8"))["vars"][
        "log_grace_days"
    ]
    told = [record.exclusions for record in read_records(METRICS).values() if "before the log" in record.exclusions]
    assert len(told) == 5
    assert all(f"begins more than {allowed} days after" in words for words in told)
