"""The whole dbt project on a warehouse made by hand: every rule that it shows, and the published trial's figures from its own tables."""

import gc
import json
import os
import warnings
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import duckdb
import numpy as np
import polars as pl
import pytest
import statsmodels.api as sm
from dbt.adapters.factory import FACTORY
from dbt.cli.main import dbtRunner
from lifelines import AalenJohansenFitter, KaplanMeierFitter

from pipelines.builds.dbt import incremental
from pipelines.components import dbt_sources
from pipelines.components.parsed_project import parsed_manifest
from pipelines.contracts.metric_records import read_records
from pipelines.decisions import state_of
from tests.engines.incremental import CHANGES, compared
from tests.engines.parity import on_postgres
from tests.engines.spark_cluster import why_no_spark
from tests.engines.spark_parity import compare_some, running_spark
from tests.pipeline import scratch_warehouse
from tests.pipeline.kenya_rows import COVARIATES, FILE, add_kenya

PROJECT = Path(__file__).resolve().parents[2] / "dbt_project"
HARDEST = ("int_person_components", "int_session_copies", "int_job_states", "int_unmatched_applicants", "headcount_months", "ramp_up_days")  # fmt: skip
"""Recursion twice, the nearest row in time, medians, series, and a metric with curves, digests and lists."""

pytestmark = pytest.mark.xdist_group("dbt")


def build(folder: Path, *, tested: bool = True) -> None:
    """`dbt build` in this process on the warehouse in `folder`; every model and snapshot, and where `tested` every test, must pass."""
    os.environ["IMPACT_WAREHOUSE"] = str(folder / "warehouse.duckdb")
    options = ["--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT), "--target-path", str(folder / "target")]
    untested = [] if tested else ["--exclude-resource-type", "unit_test", "--exclude-resource-type", "test"]
    try:
        outcome = dbtRunner().invoke(["--quiet", "build", *options, *untested, "--log-path", str(folder / "logs")])
    finally:
        # dbt keeps its DuckDB handle for the life of the process, and a second one with another configuration is refused
        for adapter in FACTORY.adapters.values():
            adapter.cleanup_connections()
            adapter.connections.close_all_connections()
        gc.collect()
    failed = [
        f"{node.node.name}: {node.message}"
        for node in getattr(outcome.result, "results", [])
        if node.status in ("error", "fail")
    ]
    assert outcome.success, f"dbt build failed: {outcome.exception or failed}"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    before = os.environ.get("IMPACT_WAREHOUSE")
    folder = tmp_path_factory.mktemp("dbt")
    rows = scratch_warehouse.scratch_rows()
    add_kenya(rows)
    place = scratch_warehouse.write(folder, rows)
    with incremental(place, json.loads(parsed_manifest().read_bytes())):
        build(folder)
    yield folder
    os.environ.pop("IMPACT_WAREHOUSE") if before is None else os.environ.update(IMPACT_WAREHOUSE=before)


@pytest.fixture
def warehouse(folder: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as connection:
        yield connection


def metric(
    warehouse: duckdb.DuckDBPyConnection, metric_id: str, programme_id: str, segment: str = "all", cohort: str = "all"
) -> dict:
    """The one row to date."""
    found = warehouse.sql(
        "select * from metrics.metric_values where metric_id = ? and programme_id = ? and segment_value = ? and cohort_id = ? "
        "and period_kind = 'to_date'",
        params=[metric_id, programme_id, segment, cohort],
    ).pl()
    assert found.height == 1, f"{found.height} rows of {metric_id}"
    return found.to_dicts()[0]


def values(warehouse: duckdb.DuckDBPyConnection, query: str) -> list:
    return [row[0] if len(row) == 1 else row for row in warehouse.sql(query).fetchall()]


def test_the_published_pairs_are_those_of_the_log(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = values(
        warehouse,
        "select cohort_id, version, mentee_application_id, mentor_application_id from marts.published_pairs order by all",
    )
    expected = []
    for cohort in ("C-forming", "C-taken-back"):
        published = state_of([one for one in scratch_warehouse.DECISIONS if one.cohort_id == cohort]).published
        expected += [(cohort, published.version, *pair) for pair in sorted(published.pairs)] if published else []
    assert found == expected == [("C-forming", 3, "a1", "b2"), ("C-forming", 3, "a3", "b1")]


# --- what changed


def test_making_what_rests_on_something_new_leaves_what_making_everything_leaves(folder: Path) -> None:
    (told,) = compared(folder / "warehouse.duckdb", [CHANGES])
    assert told["apart"] == {}, "tables that differ from those of a whole build"
    assert told["kept"] > 20, "everything was made again"


# --- other engines


def test_every_model_gives_the_same_rows_on_postgresql(folder: Path) -> None:
    found = on_postgres(folder / "warehouse.duckdb")
    assert found["apart"] == {}
    assert found["same"] == found["models"] > 150


@pytest.mark.skipif(bool(why_no_spark()), reason=why_no_spark())
def test_the_hardest_models_give_the_same_rows_on_spark(folder: Path) -> None:
    """All of them: `make parity-spark`."""
    with running_spark("local") as engine:
        found = compare_some(folder / "warehouse.duckdb", engine, HARDEST)
    assert found["apart"] == {}
    assert found["same"] == len(HARDEST)


# --- where people belonged


def test_a_reorganisation_moves_no_session_that_was_held_before_it(warehouse: duckdb.DuckDBPyConnection) -> None:
    """e25 and e27 met from February to October and belong to Operations from June on: five sessions each are Operations', and Sales keeps the four before."""
    assert metric(warehouse, "sessions_held", "growth", "Operations")["numerator"] == 2 * 5
    # of Sales' mentees e21 and e23 met nine times each, e29 five times
    assert metric(warehouse, "sessions_held", "growth", "Sales")["numerator"] == 2 * 9 + 5 + 2 * 4


@pytest.mark.parametrize("metric_id", ["active_pair_rate", "session_frequency", "retention_rate_3m", "participants"])
def test_who_began_in_a_department_is_counted_there_whatever_it_is_called_today(
    warehouse: duckdb.DuckDBPyConnection, metric_id: str
) -> None:
    """Pairs, enrolments and follow-up began in February, when Operations didn't exist."""
    found = values(
        warehouse,
        f"select distinct segment_value from metrics.metric_values where metric_id = '{metric_id}' and programme_id = 'growth' and segment_kind = 'department'",
    )
    assert set(found) == {"Sales", "Engineering"}
    by_department = values(
        warehouse,
        f"select segment_value, denominator from metrics.{metric_id} where programme_id = 'growth' and segment_kind = 'department' and period_kind = 'to_date'",
    )
    assert sum(dict(by_department).values()) == pytest.approx(metric(warehouse, metric_id, "growth")["denominator"])


def test_a_mover_is_in_each_department_for_its_own_days(warehouse: duckdb.DuckDBPyConnection) -> None:
    spans = values(
        warehouse,
        "select segment_value, cast(valid_from as varchar), cast(valid_to as varchar) from intermediate.int_person_segments "
        "where person_key = 'hris_hq:e25' and programme_id = 'growth' and segment_kind = 'department' order by valid_from",
    )
    assert spans == [("Sales", "0001-01-01", "2026-06-01"), ("Operations", "2026-06-01", "9999-12-31")]


def test_who_asked_in_vain_is_known_with_the_month_in_which_others_began(warehouse: duckdb.DuckDBPyConnection) -> None:
    """e33 to e36 were turned down or wait; half of their cohort had begun in February. Nobody of a lottery is among them."""
    found = values(
        warehouse,
        "select person_key, cast(date_trunc('month', others_began_date) as date)::varchar from intermediate.int_unmatched_applicants where programme_id in ('growth', 'trial') order by person_key",
    )
    assert found == [(f"hris_hq:e{number}", "2026-02-01") for number in range(33, 37)]


# --- identity


def test_one_agreeing_address_makes_one_person(warehouse: duckdb.DuckDBPyConnection) -> None:
    keys = values(
        warehouse,
        "select distinct person_key from intermediate.int_persons_resolved where person_id in ('platform:p1', 'hris_hq:e01')",
    )
    assert keys == ["hris_hq:e01"]


def test_contradictory_identifiers_go_to_review_and_are_never_merged(warehouse: duckdb.DuckDBPyConnection) -> None:
    conflicts = set(values(warehouse, "select person_id, other_person_id from intermediate.int_identity_conflicts"))
    assert ("hris_hq:r2", "platform:p2") in conflicts
    assert ("hris_hq:r4", "platform:p3") in conflicts
    assert values(
        warehouse, "select person_key from intermediate.int_persons_resolved where person_id = 'platform:p2'"
    ) == ["platform:p2"]
    assert values(
        warehouse, "select person_key from intermediate.int_persons_resolved where person_id = 'platform:p3'"
    ) == ["hris_hq:r3"]


def test_an_application_by_mail_address_finds_the_employee(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert values(
        warehouse, "select person_key, is_known_person from marts.applications where application_id = 'm21'"
    ) == [("hris_hq:e21", True)]
    assert "hris_hq:e01" in values(warehouse, "select value from marts.application_preferences where kind = 'person'")


# --- employment


def test_ten_days_between_jobs_are_no_break_and_a_year_is(warehouse: duckdb.DuckDBPyConnection) -> None:
    counted = values(
        warehouse,
        "select person_key, count(*) from marts.employment_spells where person_key like 'hris_hq:x%' group by all order by all",
    )
    assert dict(counted) == {"hris_hq:x1": 1, "hris_hq:x2": 2, "hris_hq:x3": 1}


def test_who_has_left_leaves_on_the_day_that_their_own_record_tells(warehouse: duckdb.DuckDBPyConnection) -> None:
    spells = values(
        warehouse,
        "select person_key, end_date from marts.employment_spells where person_key in ('hris_hq:gone1', 'hris_hq:gone2')",
    )
    assert spells == [("hris_hq:gone1", date(2023, 7, 1))]


def test_a_move_between_business_units_is_a_transfer(warehouse: duckdb.DuckDBPyConnection) -> None:
    walk = values(
        warehouse,
        "select business_unit, leavers, transfers_in, transfers_out from marts.headcount_months where month = date '2026-05-01' order by all",
    )
    assert walk == [("HQ", 0, 0, 1), ("Products", 0, 1, 0)]


# --- sessions


def test_calendar_copies_of_a_session_count_once_and_prove_nothing(warehouse: duckdb.DuckDBPyConnection) -> None:
    # 8 pairs x 9 months + 5 of the ninth pair; four pairs have a calendar copy of each
    assert metric(warehouse, "sessions_held", "growth")["value"] == 77
    assert values(warehouse, "select status from marts.sessions where session_id = 'calendar:c1'") == ["unknown"]
    assert values(warehouse, "select status from marts.sessions where session_id = 'calendar:c4'") == ["scheduled"]
    assert values(warehouse, "select source_count from marts.sessions where session_id = 'calendar:c6a'") == [2]
    assert values(
        warehouse, "select pair_id from intermediate.int_sessions_merged where session_id = 'calendar:c5'"
    ) == [None]


def test_notice_takes_a_session_out_of_the_denominator_and_a_no_show_does_not(
    warehouse: duckdb.DuckDBPyConnection,
) -> None:
    row = metric(warehouse, "show_up_rate", "growth")
    assert (row["numerator"], row["denominator"]) == (77, 77 + 1 + 2)


# --- surveys


def test_the_last_answer_counts_and_tests_do_not(warehouse: duckdb.DuckDBPyConnection) -> None:
    row = metric(warehouse, "csat_mentee", "growth")
    assert row["denominator"] == 10
    assert values(
        warehouse, "select left_out_because from intermediate.int_survey_responses_selected where response_id = 'test1'"
    ) == ["test"]


def test_nobody_is_joined_to_an_anonymous_survey(warehouse: duckdb.DuckDBPyConnection) -> None:
    assert values(
        warehouse, "select count(*) from marts.survey_scores where survey_id = 'pulse' and person_key is not null"
    ) == [0]
    assert metric(warehouse, "csat_mentor", "growth")["numerator"] == 5


def test_a_change_over_two_scales_is_refused_with_its_reason(warehouse: duckdb.DuckDBPyConnection) -> None:
    row = metric(warehouse, "skill_confidence_change", "growth")
    assert row["is_suppressed"]
    assert row["value"] is None
    assert row["suppression_reason"].startswith("refused")


# --- outcomes against independent programs


def test_retention_agrees_with_lifelines(warehouse: duckdb.DuckDBPyConnection) -> None:
    people = warehouse.sql(
        "select date_diff('day', index_date, coalesce(left_date, date '2026-10-31')) as days, left_date is not null as has_left "
        "from intermediate.int_follow_up where programme_id = 'organisation' and horizon_months = 24 "
        "and person_key not in (select person_key from intermediate.int_people_without_consent)"
    ).fetchall()
    fitter = KaplanMeierFitter().fit([days for days, _ in people], [has_left for _, has_left in people])
    row = metric(warehouse, "retention_rate_24m", "organisation")
    assert row["value"] == pytest.approx(float(fitter.predict(730)), abs=1e-9)
    low, high = fitter.confidence_interval_.loc[:730].iloc[-1]
    assert (row["ci_low"], row["ci_high"]) == pytest.approx((low, high), abs=1e-9)


def test_ramp_up_waits_for_the_second_reading_and_leavers_compete(warehouse: duckdb.DuckDBPyConnection) -> None:
    people = warehouse.sql(
        "select date_diff('day', hire_date, coalesce(ramped_up_date, left_date, last_reading_date)) as days, "
        "case when ramped_up_date is not null then 1 when left_date is not null then 2 else 0 end as event from intermediate.int_ramp_ups"
    ).fetchall()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        fitter = AalenJohansenFitter().fit(
            [days for days, _ in people], [event for _, event in people], event_of_interest=1
        )
    curve = fitter.cumulative_density_.iloc[:, 0]
    row = metric(warehouse, "ramp_up_days", "organisation")
    assert row["value"] is None or row["value"] == pytest.approx(
        float(curve.index[np.argmax(curve.to_numpy() >= 0.5 - 1e-9)]), abs=0.5
    )
    # n1 was over the threshold once on day 20, which was luck
    assert (40, 1) in people
    assert (20, 1) not in people


def test_students_with_the_agreed_sessions_are_guided(warehouse: duckdb.DuckDBPyConnection) -> None:
    row = metric(warehouse, "guided_students", "guides")
    assert (row["value"], row["denominator"]) == (4, 8)


def test_leaders_who_do_not_say_are_shown_apart(warehouse: duckdb.DuckDBPyConnection) -> None:
    known, unknown = (
        metric(warehouse, "leadership_representation", "organisation", group) for group in ("woman", "unknown")
    )
    assert (known["numerator"], known["denominator"]) == (2, 7)
    assert (unknown["numerator"], unknown["denominator"]) == (1, 8)
    assert known["ci_low"] == known["ci_high"] == known["value"], "a count of all leaders is no sample"


def test_groups_of_applicants_are_counted_for_themselves(warehouse: duckdb.DuckDBPyConnection) -> None:
    rows = values(
        warehouse,
        "select segment_value, numerator, denominator from metrics.applicant_representation where cohort_id = 'all' and segment_kind = 'gender' and programme_id = 'growth'",
    )
    counted = values(
        warehouse,
        """
        select coalesce(nullif(said.value, 'not_disclosed'), 'unknown'), count(distinct asked.person_key)
        from marts.applications as asked
        left join intermediate.int_person_demographics as said on asked.person_key = said.person_key and said.attribute = 'gender'
        where asked.programme_id = 'growth' and asked.role_sought = 'mentee' and asked.is_known_person and not asked.is_deleted
            and asked.person_key not in (select person_key from intermediate.int_people_without_consent)
        group by 1
        """,
    )
    told = dict(counted)
    assert rows and told
    assert {group: numerator for group, numerator, _ in rows if numerator} == told
    assert {denominator for group, _, denominator in rows if group != "unknown"} == {
        sum(told.values()) - told.get("unknown", 0)
    }


# --- goals


def test_goals_are_judged(warehouse: duckdb.DuckDBPyConnection) -> None:
    goals = {
        goal: (status, target)
        for goal, status, target in values(warehouse, "select goal_id, status, target_value from metrics.goal_status")
    }
    assert goals["lead"] == ("off_track", pytest.approx(0.48))  # all leaders are counted, so no interval excuses them
    assert goals["nowhere"][0] == "cannot_tell"
    assert goals["pairs"][1] == 10


# --- trials


def test_a_lottery_keeps_losers_and_leaves_out_who_said_no(warehouse: duckdb.DuckDBPyConnection) -> None:
    people = set(
        values(warehouse, "select distinct person_key from marts.trial_observations where programme_id = 'trial'")
    )
    assert "field:t24" not in people
    assert len(people) == 23
    assert values(
        warehouse,
        "select distinct is_exposed, exposure_arm from marts.trial_observations where programme_id = 'trial' and wave_no = 0",
    ) == [(False, "control")]


def test_trial_values_pass_through_without_loss(warehouse: duckdb.DuckDBPyConnection) -> None:
    found = warehouse.sql(
        "select person_key, wave_no, outcome_value, baseline_value from marts.trial_observations where programme_id = 'trial' and person_key = 'field:t3'"
    ).fetchall()
    baseline = 1000.0 / 3 + 3
    assert sorted(found) == [("field:t3", wave, baseline + (100.0 if wave else 0.0), baseline) for wave in range(3)]
    assert values(
        warehouse, "select value from marts.trial_covariates where covariate = 'age_b' and person_key = 'field:t3'"
    ) == [30.0 + 3 / 7]


def test_the_published_regression_comes_out_of_the_marts(warehouse: duckdb.DuckDBPyConnection) -> None:
    """Brooks, Donovan & Johnson (2018), table 3: mentor 371.83 (133.02), class 124.51 (144.90), n 2,578."""
    observations = warehouse.sql(
        "select * from marts.trial_observations where programme_id = 'kenya' and outcome = 'weekly_profit'"
    ).pl()
    covariates = warehouse.sql("select * from marts.trial_covariates where programme_id = 'kenya'").pl()
    wide = covariates.filter(pl.col("covariate").is_in(COVARIATES)).pivot(
        on="covariate", index="person_key", values="value"
    )
    complete = observations.join(wide, on="person_key").drop_nulls(["outcome_value", "baseline_value", *COVARIATES])
    assert complete.height == 2578
    design = pl.DataFrame({"constant": np.ones(complete.height)}).with_columns(
        (complete["exposure_arm"] == "mentor").cast(pl.Float64).alias("mentor"),
        (complete["exposure_arm"] == "class").cast(pl.Float64).alias("class"),
        complete["baseline_value"],
        *(complete[name] for name in COVARIATES),
        *((complete["wave_no"] == wave).cast(pl.Float64).alias(f"wave{wave}") for wave in range(1, 8)),
    )
    people = complete["person_key"].rank("dense").to_numpy()
    fit = sm.OLS(complete["outcome_value"].to_numpy(), design.to_numpy()).fit(
        cov_type="cluster", cov_kwds={"groups": people}
    )
    estimates = dict(zip(design.columns, zip(fit.params, fit.bse, strict=True), strict=True))
    assert [round(number, 2) for number in estimates["mentor"]] == pytest.approx([371.83, 133.02], abs=0.02)
    assert [round(number, 2) for number in estimates["class"]] == pytest.approx([124.51, 144.90], abs=0.02)
    assert observations.height == pl.read_csv(FILE)["tprofits"].drop_nulls().len()


# --- the whole


def test_the_same_inputs_give_the_same_tables(folder: Path) -> None:
    def content() -> list:
        with duckdb.connect(str(folder / "warehouse.duckdb"), read_only=True) as connection:
            tables = connection.sql(
                "select table_schema || '.' || table_name from information_schema.tables "
                "where table_schema in ('marts', 'metrics', 'snapshots') order by all"
            ).fetchall()
            return [
                (
                    name,
                    connection.sql(
                        f"select md5(string_agg(md5(t::text), '' order by t::text)) from {name} as t"
                    ).fetchall(),
                )
                for (name,) in tables
            ]

    before = content()
    build(folder, tested=False)
    assert [name for name, hashed in content() if (name, hashed) not in before] == []


def test_every_metric_has_the_unit_of_its_record(warehouse: duckdb.DuckDBPyConnection) -> None:
    units = {metric: record.unit for metric, record in read_records(PROJECT / "models/metrics").items()}
    shown = values(warehouse, "select distinct metric_id || '/' || unit from metrics.metric_values where unit != 'EUR'")
    assert {told.split("/")[0]: told.split("/")[1] for told in shown}.items() <= units.items()


def test_the_source_files_are_rendered_from_the_contracts() -> None:
    for name, text in dbt_sources.rendered().items():
        assert (PROJECT / "models/staging" / name).read_text(encoding="utf-8") == text, (
            f"run python -m pipelines.components.dbt_sources: {name}"
        )


def test_everybody_behind_a_figure_is_one_number_of_it(warehouse: duckdb.DuckDBPyConnection) -> None:
    """What releases are compared by: as many numbers as people, in every cell of every metric so small that none are shared. Who left on the first day is an event of nobody at risk."""
    numbers = "coalesce(len(contributions), 0)"
    cells = f"select distinct metric_id from metrics.metric_values where {numbers}"
    assert values(warehouse, f"{cells} < n_people") == []
    assert all("turnover" in metric_id for metric_id in values(warehouse, f"{cells} > n_people"))
    assert values(warehouse, f"select count(*) from metrics.metric_values where {numbers} > 5")[0] > 100
