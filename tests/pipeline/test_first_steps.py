"""How many will start: with their HRIS alone. Everything runs, and what isn't there yet is simply not there."""

import shutil
from pathlib import Path

import duckdb
import pytest

from tests.demo_run import PROJECT, DemoRun, impact

pytestmark = pytest.mark.pipeline

WORKSPACE = """
workspace: my_company
levels: levels.yaml
programmes: programmes
sources:
  - id: hris_products
    connector: mapped_files
    path: exports
    mapping: mappings/hris_products.yaml
"""


def test_one_hris_export_and_the_programme_files_are_enough_for_a_first_release(
    demo_run: DemoRun, tmp_path: Path
) -> None:
    own, data = tmp_path / "own", tmp_path / "data"
    shutil.copytree(PROJECT / "data/examples/demo_company", own)
    shutil.copytree(demo_run.data / "demo/hris_products", own / "exports")
    (own / "workspace.yaml").write_text(WORKSPACE)
    where = {"IMPACT_WORKSPACE": str(own / "workspace.yaml")}

    refused = impact(data, "run", **where)
    assert refused.returncode == 1
    assert "IMPACT_HASH_KEY isn't set" in refused.stderr

    ended = impact(data, "run", **where, IMPACT_HASH_KEY="a key that is long enough")
    assert ended.returncode == 0, ended.stdout + ended.stderr
    assert "a key that is long enough" not in ended.stdout + ended.stderr
    published = data / "serving" / (data / "serving/CURRENT").read_text()
    with duckdb.connect(str(published), read_only=True) as connection:
        known = connection.execute(
            "select n_people from metric_values where metric_id = 'retention_rate_12m' and programme_id = 'organisation'"
        ).fetchall()
        assert known[0][0] > 100
        verdicts = connection.execute("select distinct verdict from impact_estimates").fetchall()
        assert not {row[0] for row in verdicts} & {"caused", "supported"}
    assert (data / "reports/latest/leadership_report.pdf").stat().st_size > 10_000
