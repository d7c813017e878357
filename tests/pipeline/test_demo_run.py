"""The whole pipeline on the demo company: nothing lost, the planted truth found, the real trial's published figures reproduced."""

import re
import time
from pathlib import Path

import dagster as dg
import polars as pl
import pytest

from pipelines.contracts import TABLES
from pipelines.definitions import defs
from pipelines.loading.vault import reading_vault
from tests.demo_run import DemoRun, impact

pytestmark = pytest.mark.pipeline


def estimate(run: DemoRun, **where: str) -> dict:
    rows = [row for row in run.summary["impact_estimates"] if all(row[key] == value for key, value in where.items())]
    assert len(rows) == 1, (where, rows)
    return rows[0]


def test_nothing_leaves_the_machine(demo_run: DemoRun) -> None:
    attempts = demo_run.network_ledger.read_text() if demo_run.network_ledger.exists() else ""
    assert attempts == ""


def test_no_other_user_of_the_machine_can_read_what_a_run_wrote(demo_run: DemoRun) -> None:
    private = [demo_run.data / name for name in ("landing", "warehouse", "serving", "reports", "dagster")]
    written = [path for folder in private for path in (folder, *folder.rglob("*"))]
    assert len(written) > 100
    # dbt copies its own cache, in which no person stands, with the rights that it had
    assert [path for path in written if path.stat().st_mode & 0o077 and path.name != "partial_parse.msgpack"] == []


def test_it_says_where_the_report_is_and_what_to_do_next(demo_run: DemoRun) -> None:
    for words in (
        "leadership_report.pdf",
        "summary.json",
        "make dashboard",
        "make dagster",
        "Headline metrics",
        "Peak memory",
    ):
        assert words in demo_run.output


def test_every_record_is_accounted_for_in_every_table(demo_run: DemoRun) -> None:
    counts = pl.DataFrame(demo_run.summary["reconciliation"])
    assert counts.height > 40
    accounted = pl.sum_horizontal("loaded", "quarantined", "duplicates", "filtered")
    assert counts.filter(accounted != pl.col("rows_in")).is_empty()


def test_every_table_that_a_source_filled_is_drawn_as_fed_by_it(demo_run: DemoRun) -> None:
    counts = pl.DataFrame(demo_run.summary["reconciliation"])
    graph = defs().get_repository_def().asset_graph
    schemas = {table.name: table.schema for table in TABLES}
    for source_id, table in counts.select("source_id", "table_name").unique().iter_rows():
        parents = graph.get(dg.AssetKey([schemas[table], table])).parent_keys
        assert dg.AssetKey(["landing", source_id]) in parents, f"{source_id} fills {table}"


def test_raw_tables_hold_what_reconciliation_says(demo_run: DemoRun) -> None:
    from pipelines.contracts import TABLES

    for table in TABLES:
        rows = dict(demo_run.ask(f"select source_instance, count(*) from {table.address} group by 1").iter_rows())
        told = dict(
            demo_run.ask(
                f"select source_id, loaded from quality.reconciliation where table_name = '{table.name}' and loaded > 0"
            ).iter_rows()
        )
        assert rows == told, table.address


def test_the_planted_bad_data_are_quarantined_to_the_row(demo_run: DemoRun) -> None:
    planted = pl.DataFrame(demo_run.truth("planted_bad_data"), infer_schema_length=None)
    held = planted.filter(pl.col("treatment") == "quarantined").group_by("folder", "table").agg(pl.col("count").sum())
    found = demo_run.ask(
        'select source_id as folder, table_name as "table", count(*) as count from quality.quarantine group by all'
    )
    assert {(a, b): n for a, b, n in held.iter_rows()} == {(a, b): n for a, b, n in found.iter_rows()}


def test_every_quarantined_row_names_file_reason_and_remedy(demo_run: DemoRun) -> None:
    held = demo_run.ask("from quality.quarantine")
    assert held.height > 0
    for column in ("source_file", "rule", "reason", "remedy"):
        assert held[column].null_count() == 0
    kept = demo_run.ask("select count(*) as n from vault.quarantined_rows where raw_text is not null")
    assert kept["n"][0] == held.height


def test_the_kenya_trial_shows_its_published_figures(demo_run: DemoRun) -> None:
    mentor = estimate(demo_run, programme_id="kenya_mentoring_trial", arm="mentor", wave="pooled")
    taught = estimate(demo_run, programme_id="kenya_mentoring_trial", arm="class", wave="pooled")
    assert mentor["n_observations"] == 2578
    assert (round(mentor["estimate"], 2), round(mentor["std_error"], 2)) == (371.83, 133.02)
    assert (round(taught["estimate"], 2), round(taught["std_error"], 2)) == (124.51, 144.90)
    waves = demo_run.ask(
        "select estimate from impact.estimates where arm = 'mentor' and wave <> 'pooled' order by months_since_start"
    )
    assert waves["estimate"].round(2).to_list() == [266.06, 50.22, 321.06, 994.68, 915.59, 20.81, 35.86]


def test_the_planted_effects_lie_in_the_intervals(demo_run: DemoRun) -> None:
    truth = demo_run.truth()["lottery"]
    planted = {
        ("skill_confidence", "month 9"): truth["confidence_post_intention_to_treat"],
        ("retained_12m", "month 12"): truth["retained_12m_intention_to_treat_points"] / 100,
        ("promoted_12m", "month 12"): truth["promoted_12m_intention_to_treat_points"] / 100,
    }
    for (outcome, wave), effect in planted.items():
        found = estimate(demo_run, cohort_id=truth["cohort_id"], outcome=outcome, wave=wave)
        assert found["ci_low"] <= effect <= found["ci_high"], outcome


COMPARED = {"retained_12m": "p_retained_12m", "promoted_12m": "promoted_12m"}


def planted(demo_run: DemoRun, programme_id: str, outcome: str) -> float:
    """Mean difference of the potential outcomes, over mentees who weren't randomised and whose window is over."""
    truth = demo_run.potential_outcomes().filter(
        (pl.col("programme_id") == programme_id)
        & pl.col("is_enrolled")
        & pl.col("arm").is_null()
        & pl.col("retained_12m_if_not").is_not_null()
    )
    name = COMPARED[outcome]
    gap = truth[f"{name}_if_mentored"].cast(pl.Float64) - truth[f"{name}_if_not"].cast(pl.Float64)
    return float(gap.to_numpy().mean())


def raw_gap(demo_run: DemoRun, programme_id: str, outcome: str) -> float:
    query = f"select raw_gap from impact.estimates where programme_id = '{programme_id}' and outcome = '{outcome}' and cohort_id = 'all'"
    return float(demo_run.ask(query)["raw_gap"][0])


@pytest.mark.parametrize("programme_id", ["inclusive_leadership", "new_hires_90_days"])
def test_the_planted_retention_effect_lies_in_the_interval_of_the_comparison(
    demo_run: DemoRun, programme_id: str
) -> None:
    found = estimate(demo_run, programme_id=programme_id, outcome="retained_12m", cohort_id="all")
    assert found["design"] == "target_trial"
    assert found["ci_low"] <= planted(demo_run, programme_id, "retained_12m") <= found["ci_high"]


@pytest.mark.parametrize("programme_id", ["inclusive_leadership", "project_confidence"])
def test_the_planted_promotion_effect_lies_in_the_interval_of_the_comparison(
    demo_run: DemoRun, programme_id: str
) -> None:
    found = estimate(demo_run, programme_id=programme_id, outcome="promoted_12m", cohort_id="all")
    assert found["ci_low"] <= planted(demo_run, programme_id, "promoted_12m") <= found["ci_high"]


PROJECT_CONFIDENCE_STAYS = "project_confidence:all:retained_12m:mentoring:12 months"


def test_too_few_leavers_among_the_mentored_are_refused_with_the_rule(demo_run: DemoRun) -> None:
    found = estimate(demo_run, programme_id="project_confidence", outcome="retained_12m", cohort_id="all")
    assert (found["verdict"], found["estimate"]) == ("not_supported", None)
    query = f"select reasons from impact.estimates where estimate_id = '{PROJECT_CONFIDENCE_STAYS}'"
    assert list(demo_run.ask(query)["reasons"][0]) == ["only 4 events in one arm; at least 5 are needed"]


@pytest.mark.parametrize("programme_id", ["inclusive_leadership"])
def test_the_naive_gap_lies_far_outside_the_interval_and_is_published_only_as_not_to_be_believed(
    demo_run: DemoRun, programme_id: str
) -> None:
    naive = demo_run.truth()["naive"]["still_employed_gap_points"][programme_id] / 100
    found = estimate(demo_run, programme_id=programme_id, outcome="retained_12m", cohort_id="all")
    assert naive > 0.2
    assert found["ci_high"] < naive
    assert raw_gap(demo_run, programme_id, "retained_12m") > 0.2
    shown = demo_run.ask_published(
        "select estimate, raw_gap from impact_estimates where estimate is not null and design = 'target_trial'"
    )
    assert (shown["estimate"] != shown["raw_gap"]).all()


def test_the_planted_change_of_engagement_lies_in_the_interval_and_the_slump_is_not_taken_for_it(
    demo_run: DemoRun,
) -> None:
    found = estimate(demo_run, programme_id="inclusive_leadership", outcome="engagement_index", cohort_id="all")
    assert found["design"] == "difference_in_differences"
    assert found["ci_low"] <= 0.10 <= found["ci_high"]
    assert raw_gap(demo_run, "inclusive_leadership", "engagement_index") > 0.3
    null = estimate(demo_run, programme_id="project_confidence", outcome="engagement_index", cohort_id="all")
    assert null["ci_low"] <= 0 <= null["ci_high"]


def test_the_planted_days_saved_lie_in_the_interval(demo_run: DemoRun) -> None:
    saved = demo_run.truth()["ramp_up"]["mean_days_saved"]
    found = estimate(demo_run, programme_id="new_hires_90_days", outcome="ramp_up_days", cohort_id="all")
    assert found["ci_low"] <= -saved <= found["ci_high"]


def test_the_programme_that_does_nothing_is_nowhere_called_supported(demo_run: DemoRun) -> None:
    rows = demo_run.ask("select verdict from impact.estimates where programme_id = 'project_confidence'")
    assert rows.height == 4
    assert not set(rows["verdict"]) & {"caused", "supported", "suggestive"}


def test_an_outcome_that_only_mentees_were_asked_is_refused(demo_run: DemoRun) -> None:
    rows = demo_run.ask(
        "select estimate, verdict from impact.estimates where outcome = 'skill_confidence' and cohort_id = 'all'"
    )
    assert rows.height == 3
    assert set(rows["verdict"]) == {"refused"}
    assert rows["estimate"].null_count() == rows.height


def test_every_estimate_names_its_declaration_and_policy(demo_run: DemoRun) -> None:
    bare = demo_run.ask(
        "select * from impact.estimates where declaration_hash is null or policy_version is null or is_changed_after_results"
    )
    assert bare.is_empty()


def test_every_published_value_has_its_n_and_interval(demo_run: DemoRun) -> None:
    bare = demo_run.ask_published(
        """
        select metric_id, programme_id, period_kind from metric_values
        where value is not null and (ci_low is null or ci_high is null or n_people is null or interval_method in ('', 'none'))
        """
    )
    assert bare.is_empty(), bare


def test_no_published_cell_counts_fewer_than_five_people(demo_run: DemoRun) -> None:
    small = demo_run.ask_published("select * from metric_values where n_people between 1 and 4 and value is not null")
    assert small.is_empty()


def test_every_published_metric_stands_in_the_dictionary(demo_run: DemoRun) -> None:
    unknown = demo_run.ask_published(
        "select distinct metric_id from metric_values anti join metric_definitions using (metric_id)"
    )
    assert unknown.is_empty()


def test_over_unchanged_files_nothing_is_done_and_that_is_said(demo_run: DemoRun) -> None:
    warehouse = demo_run.data / "warehouse/warehouse.duckdb"
    before, started = warehouse.stat().st_mtime_ns, time.monotonic()
    ended = impact(demo_run.data, "demo")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "Nothing new: sources, programmes, decisions, settings and code are as at the run" in ended.stdout
    assert "leadership_report.pdf" in ended.stdout
    assert warehouse.stat().st_mtime_ns == before
    assert time.monotonic() - started < 60  # some three seconds on a quiet machine


def reports(run: DemoRun) -> list[Path]:
    return sorted((run.data / "reports/latest").glob("leadership_report.*"))


def test_matching_is_proven_and_beats_greedy(demo_run: DemoRun) -> None:
    (run,) = demo_run.summary["matching"]
    assert run["gap"] <= 1e-9
    assert (run["matched"], run["total_score"]) > (run["greedy_matched"], run["greedy_total_score"])
    assert run["matched"] < run["mentees"], (
        "the demo has too few seats in some languages, so that the unmatched can be seen"
    )
    unmatched = demo_run.ask("select * from analytics.match_unmatched where role = 'mentee'")
    assert unmatched.height == run["mentees"] - run["matched"]
    assert unmatched["detail"].null_count() == 0


EMAIL = re.compile(rb"[A-Za-z0-9._%+-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")


def test_no_name_and_no_address_stands_outside_the_vault(demo_run: DemoRun) -> None:
    names = set(demo_run.ask("select distinct family_name from vault.persons where length(family_name) > 5")["family_name"])  # fmt: skip
    assert len(names) > 20
    with reading_vault(demo_run.data / "warehouse/warehouse.duckdb", demo_run.data / "vault/vault.duckdb") as outside:
        columns = outside.execute("select schema_name || '.' || table_name, column_name from duckdb_columns() where database_name = current_database() and not internal").fetchall()  # fmt: skip
        assert len(columns) > 500
        for table, column in columns:
            values = outside.sql(f'select distinct cast("{column}" as varchar) from {table}').pl().to_series()
            text = "\n".join(values.drop_nulls())
            addresses = [match.group(0) for match in EMAIL.finditer(text.encode())]
            assert not [address for address in addresses if set(address.lower()) - set(b"x.@-_")], (table, column)
            public = {"Brooks"} if table.endswith("programmes") else set()  # an author in the real trial's attribution
            leaked = set(re.findall(r"[A-Za-zÀ-ÿ]+", text)) & names - public
            assert not leaked, (table, column, leaked)


def test_the_readers_file_holds_no_person(demo_run: DemoRun) -> None:
    columns = demo_run.ask_published("select table_name, column_name from duckdb_columns() where not internal")
    personal = columns.filter(
        pl.col("column_name").str.contains("person|mentor_key|mentee_key|application_id|email|name$")
    )
    allowed = {"programme_name", "cohort_name", "name", "table_name", "column_name", "check_name"}
    assert set(personal["column_name"]) <= allowed


def test_a_row_of_the_readers_file_is_a_cell_a_source_or_a_rule_and_none_stands_for_a_person(
    demo_run: DemoRun,
) -> None:
    """So a release grows with programmes, cohorts, segments and months, and not with the company."""
    columns = demo_run.ask_published(
        "select table_name, column_name from information_schema.columns where table_schema = 'main'"
    )
    of_one = r"(^|_)(person|pair|session|application|response|survey_response|spell|assignment|goal_entry)_(key|id)$"
    assert columns.filter(pl.col("column_name").str.contains(of_one)).rows() == []
    cells = demo_run.ask_published(
        "select count(*) as rows, count(distinct (metric_id, programme_id, cohort_id, segment_kind, segment_value, period_kind, period_start)) as cells from metric_values"
    )
    assert cells["rows"][0] == cells["cells"][0]


def test_the_password_column_of_the_student_register_is_nowhere(demo_run: DemoRun) -> None:
    text = (demo_run.data / "demo/students/users.csv").read_text(encoding="utf-8-sig")
    header, first = (line.split(",") for line in text.splitlines()[:2])
    secret = first[header.index("password")].strip('"')
    assert len(secret) > 3
    assert secret.encode() not in (demo_run.data / "warehouse/warehouse.duckdb").read_bytes()
