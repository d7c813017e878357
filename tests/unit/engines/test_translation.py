"""What DuckDB says shortly is written out for PostgreSQL. That the rows are the same is shown on a real server: tests/pipeline/test_dbt_build.py."""

import re

import pytest

from pipelines.engines.rewrites import NotTranslated
from pipelines.engines.translation import translated, translated_type

TABLES = {
    "db": {
        "marts": {
            "spells": {"person": "text", "day": "date", "level": "integer", "pay": "double precision"},
            "looks": {"person": "text", "asked_on": "date"},
        }
    }
}


def said(query: str) -> str:
    """The translation in one line, without quotes, in small letters."""
    words = translated(query, "postgres", TABLES).replace('"', "").lower()
    return re.sub(r"\s+", " ", words).replace("( ", "(").replace(" )", ")")


def test_grouping_by_all_names_the_columns_that_are_no_aggregates_and_no_constants() -> None:
    words = said("select person, 'all' as kind, max(level) as level, (select max(asked_on) from db.marts.looks) as day from db.marts.spells group by all")  # fmt: skip
    assert words.endswith("group by spells.person")


def test_a_star_without_some_columns_is_spelt_out() -> None:
    assert said("select * exclude (day, pay) from db.marts.spells").startswith("select spells.person as person, spells.level as level from")  # fmt: skip


def test_a_union_by_name_puts_columns_in_order_and_fills_what_is_missing() -> None:
    words = said("select person, level from db.marts.spells union all by name select day, person from db.marts.spells")
    assert "union all select spells.person as person, null as level, spells.day as day" in words
    assert words.startswith("select spells.person as person, spells.level as level, null as day")


def test_a_condition_on_a_window_is_asked_of_a_subquery_that_keeps_its_columns() -> None:
    words = said("select person from db.marts.spells qualify row_number() over (partition by person order by day desc) = 1 or level is null")  # fmt: skip
    assert words.startswith("select person from (select spells.person as person, row_number() over (partition by spells.person order by spells.day desc nulls last) as qualify_")  # fmt: skip
    assert re.search(r"where qualify_\d = 1 or qualify_\d is null$", words)


@pytest.mark.parametrize(
    ("condition", "neighbour", "upper"),
    [(">=", "lead", "<"), (">", "lead", "<="), ("<=", "lag", ">"), ("<", "lag", ">=")],
)
def test_the_nearest_row_in_time_is_the_one_that_holds_until_its_neighbour(condition: str, neighbour: str, upper: str) -> None:  # fmt: skip
    words = said(f"select looks.person, spells.level from db.marts.looks as looks asof left join db.marts.spells as spells on looks.person = spells.person and looks.asked_on {condition} spells.day")  # fmt: skip
    assert f"{neighbour}(spells.day) over (partition by spells.person order by spells.day) as asof_neighbour" in words
    assert f"looks.asked_on {upper} spells.asof_neighbour or spells.asof_neighbour is null" in words
    assert "asof left join" not in words


def test_any_value_is_the_first_that_is_known_and_keeps_its_order_and_filter() -> None:
    words = said("select any_value(level order by day) filter (where pay > 1) as level from db.marts.spells")
    assert "array_agg(spells.level order by spells.day) filter(where not (spells.level) is null and spells.pay > 1))[1]" in words  # fmt: skip


def test_whole_numbers_are_divided_with_their_fraction() -> None:
    assert "cast(spells.level as double precision) / 2" in said("select level / 2 as half from db.marts.spells")


def test_nulls_come_last_in_both_directions() -> None:
    assert "desc nulls last" in said("select row_number() over (order by level desc) as place from db.marts.spells")


@pytest.mark.parametrize(
    ("query", "named"),
    [
        ("select\n    person,\n    jaro_winkler_similarity_of(person) as alike\nfrom db.marts.spells", r"line 3: jaro_winkler_similarity_of\(\) has no words in postgres"),
        ("select looks.person from db.marts.looks as looks asof left join db.marts.spells as spells on looks.person = spells.person", "asof join"),
    ],
)  # fmt: skip
def test_what_has_no_words_there_is_named_with_its_line(query: str, named: str) -> None:
    with pytest.raises(NotTranslated, match=named):
        translated(query, "postgres", TABLES)


@pytest.mark.parametrize(("kind", "there"), [("varchar", "TEXT"), ("double", "DOUBLE PRECISION"), ("ubigint[]", "DECIMAL(20, 0)[]"), ("timestamptz", "TIMESTAMPTZ")])  # fmt: skip
def test_a_contracts_types_have_their_names_there(kind: str, there: str) -> None:
    assert translated_type(kind, "postgres") == there


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("select level / 2 as half from db.marts.spells", "try_divide(cast(spells.level as double), cast(2 as double)) as half"),
        ("select pay * 0.5 as half from db.marts.spells", "spells.pay * cast(0.5 as double) as half"),
        ("select day - date '2026-01-01' as days from db.marts.spells", "datediff(spells.day, cast('2026-01-01' as date)) as days"),
        ("select sum(pay) filter (where level > 1) over (partition by person) as paid from db.marts.spells", "sum(case when spells.level > 1 then spells.pay end) over (partition by spells.person) as paid"),
    ],
)  # fmt: skip
def test_spark_has_words_of_its_own(query: str, words: str) -> None:
    found = re.sub(r"\s+", " ", translated(query, "spark", TABLES).replace("`", "").lower())
    assert words in found.replace("( ", "(").replace(" )", ")")
