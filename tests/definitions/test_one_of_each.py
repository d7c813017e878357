"""What CONTRIBUTING promises: one metric, connector, page and estimator, added to a copy of the repository by its recipes, are there, and nothing else had to be touched."""

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

PROJECT = Path(__file__).parents[2]
METRIC = """{% call metric() %}
label: Satisfaction of peers
definition: Share of mentees' answers that are 4 or 5, a second time.
formula: answers 4 and 5 / valid answers
numerator: Answers of 4 or 5
denominator: Valid answers
population: Mentees who answered
index_date: Day of the answer
belongs_on: on the day of the answer
window: The month, or everything to date
exclusions: Other scales
minimum_n: 5
direction: increase
unit: share
interval_method: wilson
owner: People analytics
version: 1
headline: false
now: last_wave
answers: {role: mentee, about: satisfaction}
{% endcall %}
"""
CONNECTOR = '''"""Pulse: one answer a line."""

from collections.abc import Mapping, Sequence
from typing import Any

from pipelines.sources.connector import SURVEYS, Connector, Documentation
from pipelines.sources.records import Extract, SourceFile


def read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
    """Nothing yet."""
    return Extract({}, {})


SPEC = Connector(
    name="pulse",
    system="pulse",
    read=read,
    tables=SURVEYS,
    documentation=Documentation("Pulse", "Surveys", "surveys.md", "answers", "no", "made samples", "none yet"),
)
'''
PAGE = '''"""Pulse: how people feel."""

import streamlit as st

st.title("Pulse", anchor="main")
'''
PAGE_LINE = '    PageSpec("pulse", "Pulse", "favorite", "Programmes", "How do people feel?", "pulse", reads=("metric_values",), models=("metric_values",)),'
ESTIMATOR = '''"""How wide an interval is beside its estimate."""


def wider_than_it_says(estimate: float, low: float, high: float) -> str | None:
    """Why nothing can be read from an interval that is ten times as wide as its estimate."""
    return "the interval is ten times as wide as the estimate" if high - low > 10 * abs(estimate) else None
'''
RULE = '    Rule("wide", "suggestive", lambda _: "An interval ten times as wide as the estimate", lambda e, _: wider_than_it_says(e.estimate, e.ci_low, e.ci_high)),'
IMPORT = "from pipelines.impact.interval_width import wider_than_it_says"

NEW_FILES = {
    "metric": {"dbt_project/models/metrics/peer_satisfaction.sql": METRIC},
    "connector": {"pipelines/sources/surveys/pulse/__init__.py": CONNECTOR},
    "page": {"dashboards/app_pages/pulse.py": PAGE},
    "estimator": {"pipelines/impact/interval_width.py": ESTIMATOR},
}
ENTRIES = {
    "page": [("dashboards/pages.py", "PAGES = (", PAGE_LINE)],
    "estimator": [("pipelines/impact/rules.py", "RULES: tuple", RULE)],
}
PROMISED = {"metric": "one file", "connector": "one folder", "page": "one file and one line", "estimator": "one module and one rule"}  # fmt: skip

LOOK = """
import json
from pathlib import Path
from pipelines.components import metric_models, policy_page, source_pages
metric_models.write(Path())
policy_page.write(Path())
from dashboards import exposures, pages
from pipelines.contracts.metric_records import read_records
from pipelines.serving.catalogue import read_definitions
from pipelines.sources.connectors import CONNECTORS
metrics = Path("dbt_project/models/metrics")
print(json.dumps({
    "dictionary": Path("docs/metrics.md").read_text(),
    "listed": read_definitions(metrics)["metric_id"].to_list(),
    "connectors": list(CONNECTORS),
    "sources": source_pages.written("README.md"),
    "pages": [page.path for page in pages.PAGES],
    "files": [page.file.exists() for page in pages.PAGES],
    "exposures": exposures.rendered(),
    "rules": Path("docs/guides/verdicts.md").read_text(),
}))
"""


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The repository as git knows it, with one of each added."""
    folder = tmp_path_factory.mktemp("repository")
    names = subprocess.run(["git", "ls-files", "-z"], cwd=PROJECT, capture_output=True, text=True, check=True).stdout
    for name in filter(None, names.split("\0")):
        if (PROJECT / name).is_file() and not name.startswith(("tests/", "data/", "docs/images/")):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(PROJECT / name, folder / name)
    (folder / ".venv").symlink_to(PROJECT / ".venv")
    for files in NEW_FILES.values():
        for name, text in files.items():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(text)
    for entries in ENTRIES.values():
        for name, listed, line in entries:
            _add_last(folder / name, listed, line)
    rules = folder / "pipelines/impact/rules.py"
    rules.write_text(rules.read_text().replace("from pipelines.impact.verdicts", f"{IMPORT}\nfrom pipelines.impact.verdicts", 1))  # fmt: skip
    return folder


def _add_last(path: Path, listed: str, line: str) -> None:
    """A line more at the end of a module's tuple."""
    text = path.read_text()
    end = text.index("\n)", text.index(f"\n{listed}"))
    path.write_text(f"{text[:end]}\n{line}{text[end:]}")


@pytest.fixture(scope="module")
def found(copy: Path) -> dict[str, Any]:
    """What the copy says of itself, after what follows from declarations was rendered."""
    shown = subprocess.run([PROJECT / ".venv/bin/python", "-c", LOOK], cwd=copy, env=_env(copy), capture_output=True, text=True, check=False)  # fmt: skip
    assert shown.returncode == 0, shown.stderr[-3000:]
    told: dict[str, Any] = json.loads(shown.stdout)
    return told


def _env(copy: Path) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": "1", "IMPACT_WAREHOUSE": str(copy / "warehouse.duckdb")}  # fmt: skip


def test_a_metric_is_in_the_dictionary_and_on_the_list_of_the_metrics_page(found: dict[str, Any]) -> None:
    assert "## Satisfaction of peers (`peer_satisfaction`, version 1)" in found["dictionary"]
    assert "peer_satisfaction" in found["listed"]


def test_a_metric_is_among_the_values_that_are_published(copy: Path, found: dict[str, Any]) -> None:
    place = ["--project-dir", "dbt_project", "--profiles-dir", "dbt_project", "--target-path", str(copy / "target"), "--log-path", str(copy)]  # fmt: skip
    subprocess.run([PROJECT / ".venv/bin/dbt", "--quiet", "parse", *place], cwd=copy, env=_env(copy), check=True)
    nodes = json.loads((copy / "target/manifest.json").read_bytes())["nodes"]
    new = nodes["model.mentorship_impact.peer_satisfaction"]
    assert new["unique_id"] in nodes["model.mentorship_impact.metric_values"]["depends_on"]["nodes"]
    assert new["config"]["meta"]["metric"]["label"] == "Satisfaction of peers"
    assert "model.mentorship_impact.survey_scores" in new["depends_on"]["nodes"]


def test_a_connector_is_listed_and_documented(found: dict[str, Any]) -> None:
    assert "pulse" in found["connectors"]
    assert "Pulse" in found["sources"]


def test_a_page_is_in_the_navigation_and_among_the_exposures(found: dict[str, Any]) -> None:
    assert "pulse" in found["pages"]
    assert all(found["files"])
    assert "name: page_pulse" in found["exposures"]


def test_an_estimator_is_asked_before_a_verdict(found: dict[str, Any]) -> None:
    assert "An interval ten times as wide as the estimate" in found["rules"]


@pytest.mark.parametrize("thing", NEW_FILES)
def test_the_recipe_promises_what_was_added_here(thing: str) -> None:
    recipe = re.search(rf"\*\*Add an? {thing}\b[^*]*\*\*: ([\w ]+)", (PROJECT / "CONTRIBUTING.md").read_text("utf-8"))
    assert recipe, thing
    assert recipe[1] == PROMISED[thing]
    assert len(NEW_FILES[thing]) == 1
    assert len(ENTRIES.get(thing, [])) == PROMISED[thing].count(" and one ")
