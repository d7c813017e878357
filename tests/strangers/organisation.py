"""A small organisation that isn't the demo: its files as it would have them, one run of the whole pipeline, and what was said about it.

Its lists are plain rows; a list that stays empty has no file, so that what an organisation doesn't keep isn't there.
"""

import csv
import json
import re
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
import pytest
import yaml
from streamlit.testing.v1 import AppTest

from tests.dashboards.reading import texts
from tests.demo_run import PROJECT, impact, run_environment

KEY = "a key that only the strangers use"
Rows = list[dict[str, Any]]
_PERSON = {"from": "person", "reference": "org"}
_MEMBER = {"pair_id": {"from": "pair"}, "joined_date": {"from": "began", "date": "%Y-%m-%d"}}
_MEMBER["left_date"] = {"from": "ended", "date": "%Y-%m-%d"}


def _day(column: str) -> dict[str, str]:
    return {"from": column, "date": "%Y-%m-%d"}


def _tables(zone: str) -> dict[str, dict[str, Any]]:
    """What a file of each list fills: table name to its columns."""
    instant = {"instant": "%Y-%m-%d %H:%M", "zone": zone}
    names = [
        {
            "table": "person_identifiers",
            "columns": {"person_id": _PERSON, "id_type": {"const": "org"}, "id_value": _PERSON},
        }
    ]
    return {
        "people": [
            {
                "table": "persons",
                "columns": {"person_id": _PERSON, "person_kind": {"from": "kind", "default": "employee"}},
            },
            *names,
        ],
        "spells": [
            {
                "table": "employment_spells",
                "columns": {
                    "person_id": _PERSON,
                    "spell_no": {"const": 1},
                    "hire_date": _day("hired"),
                    "end_date": _day("left"),
                    "end_kind": {"from": "reason"},
                },
            }
        ],
        "jobs": [
            {
                "table": "job_history",
                "columns": {
                    "person_id": _PERSON,
                    "assignment_id": {"const": "1"},
                    "valid_from": _day("since"),
                    "valid_to": _day("until"),
                    "seq": {"const": 0},
                    "level": {"from": "level"},
                    "level_rank": {"from": "level", "level_rank": True},
                    "department": {"from": "department"},
                },
            }
        ],
        "applications": [
            {
                "table": "applications",
                "columns": {
                    "application_id": {"from": "application"},
                    "programme_id": {"from": "programme"},
                    "cohort_id": {"from": "cohort"},
                    "person_id": _PERSON,
                    "role_sought": {"from": "role"},
                    "submitted_at": {"from": "sent", **instant},
                    "decision": {"from": "decision"},
                    "decided_at": {"from": "decided", **instant},
                    "assigned_arm": {"from": "arm"},
                    "assignment_unit": {"from": "unit"},
                },
            }
        ],
        "pairs": [
            {
                "table": "pairs",
                "columns": {
                    "pair_id": {"from": "pair"},
                    "programme_id": {"from": "programme"},
                    "cohort_id": {"from": "cohort"},
                    "status": {"from": "status", "default": "active"},
                    "actual_start_date": _day("began"),
                    "actual_end_date": _day("ended"),
                },
            },
            *(
                {
                    "table": "pair_members",
                    "columns": {**_MEMBER, "person_id": {"from": role, "reference": "org"}, "role": {"const": role}},
                }
                for role in ("mentor", "mentee")
            ),
        ],
        "meetings": [
            {
                "table": "sessions",
                "columns": {
                    "session_id": {"from": "meeting"},
                    "pair_id": {"from": "pair"},
                    "scheduled_start_at": {"from": "at", **instant},
                    "scheduled_tz": {"from": "zone", "default": zone},
                    "status": {"from": "status", "default": "held"},
                    "status_basis": {"const": "self_report"},
                    "cancelled_with_notice": {"from": "notice"},
                },
            }
        ],
        "answers": [
            {
                "table": "survey_responses",
                "columns": {
                    "survey_id": {"from": "survey"},
                    "response_id": {"from": "response"},
                    "status": {"const": "complete"},
                    "submitted_at": {"from": "at", **instant},
                    "respondent_person_id": _PERSON,
                },
            },
            {
                "table": "survey_answers",
                "columns": {
                    "survey_id": {"from": "survey"},
                    "response_id": {"from": "response"},
                    "question_id": {"const": "q1"},
                    "choice_seq": {"const": 1},
                    "value_num": {"from": "value", "number": True},
                    "state": {"const": "answered"},
                },
            },
        ],
    }


_KEYS = {
    "people": "person",
    "spells": "person",
    "jobs": ["person", "since"],
    "applications": "application",
    "pairs": "pair",
    "meetings": "meeting",
    "answers": ["survey", "response"],
}


def programme(programme_id: str = "mentoring", **more: Any) -> dict[str, Any]:
    """A programme file with one cohort, `<programme_id>-1`; keywords replace its entries."""
    start = more.get("start_date", "2025-01-01")
    end = more.pop("end_date", "2027-12-31")
    cohort = {
        "cohort_id": f"{programme_id}-1",
        "name": "First",
        "roster_date": start,
        "start_date": start,
        "end_date": end,
        "assignment_rule": "admin",
        "status": "running",
        **more.pop("cohort", {}),
    }
    return {
        "programme_id": programme_id,
        "name": programme_id.replace("_", " ").capitalize(),
        "mission": "People learn from each other.",
        "kind": "1:1",
        "objective": "career_development",
        "data_origin": "real",
        "population": {"person_kind": "employee", "words": "All employees."},
        "start_date": start,
        "planned_sessions": 6,
        "cadence_days": 30,
        "cohorts": [cohort],
        **more,
    }


@dataclass
class Organisation:
    """What an organisation keeps. zone: of its times; levels: their names, lowest first; logs: further sources, id to (mapping, rows)."""

    as_of: str
    zone: str = "Europe/Berlin"
    people: Rows = field(default_factory=list)
    spells: Rows = field(default_factory=list)
    jobs: Rows = field(default_factory=list)
    applications: Rows = field(default_factory=list)
    pairs: Rows = field(default_factory=list)
    meetings: Rows = field(default_factory=list)
    surveys: Rows = field(default_factory=list)
    answers: Rows = field(default_factory=list)
    programmes: list[dict[str, Any]] = field(default_factory=lambda: [programme()])
    levels: list[str] = field(default_factory=list)
    logs: dict[str, tuple[dict[str, Any], Rows]] = field(default_factory=dict)
    sources: dict[str, dict[str, Any]] = field(default_factory=dict)
    workspace: dict[str, Any] = field(default_factory=dict)

    def employ(self, count: int, hired: str = "2020-01-01", **more: Any) -> None:
        """`count` employees e001, e002 ... with an employment each; keywords go into the employment."""
        for number in range(1, count + 1):
            self.people.append({"person": f"e{number:03d}"})
            self.spells.append({"person": f"e{number:03d}", "hired": hired, **more})

    def pair(self, number: int, began: str, **more: Any) -> None:
        """Pair p001 of mentee e001 and mentor e101 in the first programme's cohort, and so on."""
        first = self.programmes[0]
        made = {
            "pair": f"p{number:03d}",
            "programme": first["programme_id"],
            "cohort": first["cohorts"][0]["cohort_id"],
            "mentee": f"e{number:03d}",
            "mentor": f"e{100 + number:03d}",
            "began": began,
        }
        self.pairs.append({**made, **more})

    def meet(self, number: int, at: str, **more: Any) -> None:
        """A meeting of pair p001, and so on."""
        self.meetings.append({"meeting": f"m{len(self.meetings) + 1:05d}", "pair": f"p{number:03d}", "at": at, **more})

    def run(self, folder: Path) -> "Ran":
        """Write everything below `folder` and run the pipeline on it."""
        self.write(folder)
        where = {"IMPACT_WORKSPACE": str(folder / "impact.yaml"), "IMPACT_HASH_KEY": KEY}
        ended = impact(folder / "data", "run", **where)
        assert ended.returncode == 0, ended.stdout + ended.stderr
        return Ran(folder / "data", ended.stdout)

    def write(self, folder: Path) -> None:
        """Its files, mapping, programmes and workspace file below `folder`."""
        sources = [self._own_source(folder)]
        for name, (mapping, rows) in self.logs.items():
            _write_rows(folder / name / "log.csv", rows)
            _write_yaml(folder / f"{name}.yaml", mapping)
            sources.append(
                {
                    "id": name,
                    "connector": "mapped_files",
                    "path": name,
                    "mapping": f"{name}.yaml",
                    "freshness_days": "never",
                    **self.sources.get(name, {}),
                }
            )
        for made in self.programmes:
            _write_yaml(folder / f"programmes/{made['programme_id']}.yaml", made)
        _write_yaml(
            folder / "levels.yaml",
            [{"level": level, "rank": rank, "leadership": False} for rank, level in enumerate(self.levels, start=1)],
        )
        workspace = {"workspace": "stranger", "programmes": "programmes", "sources": sources, **self.workspace}
        if self.levels:
            workspace["levels"] = "levels.yaml"
        _write_yaml(folder / "impact.yaml", {**workspace, "as_of": self.as_of})

    def _own_source(self, folder: Path) -> dict[str, Any]:
        tables = _tables(self.zone)
        files = []
        for name, key in _KEYS.items():
            rows = getattr(self, name)
            if rows:
                _write_rows(folder / f"files/{name}.csv", rows)
                files.append({"match": f"{name}.csv", "key": key, "tables": _present(tables[name], rows)})
        mapping: dict[str, Any] = {"format": {"kind": "csv", "zone": self.zone, "null": [""]}, "files": files}
        if self.surveys:
            mapping["constants"] = [
                {"table": "surveys", "rows": self.surveys},
                {"table": "survey_questions", "rows": [_question(survey) for survey in self.surveys]},
            ]
        _write_yaml(folder / "mapping.yaml", mapping)
        return {
            "id": "org",
            "connector": "mapped_files",
            "path": "files",
            "mapping": "mapping.yaml",
            "freshness_days": "never",
        }


@dataclass
class Workspace:
    """A workspace file in a folder, with its data beside it."""

    folder: Path

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def environment(self) -> dict[str, str]:
        return run_environment(self.data, IMPACT_WORKSPACE=str(self.folder / "impact.yaml"), IMPACT_HASH_KEY=KEY)


@dataclass(frozen=True)
class Ran:
    """A run's results: figures as published, and every sentence."""

    data: Path
    output: str

    @cached_property
    def summary(self) -> dict[str, Any]:
        return json.loads((self.data / "reports/latest/summary.json").read_text())

    @property
    def standing(self) -> dict[str, Any]:
        """Goals, alarms, headline and decision, as the summary has them."""
        return self.summary["standing"]

    @cached_property
    def report(self) -> str:
        """The report's HTML."""
        return (self.data / "reports/latest/leadership_report.html").read_text(encoding="utf-8")

    def ask(self, query: str) -> pl.DataFrame:
        """Ask the readers' file."""
        published = self.data / "serving" / (self.data / "serving/CURRENT").read_text().strip()
        with duckdb.connect(str(published), read_only=True) as connection:
            return connection.sql(query).pl()

    def warehouse(self, query: str) -> pl.DataFrame:
        """Ask the warehouse."""
        with duckdb.connect(str(self.data / "warehouse/warehouse.duckdb"), read_only=True) as connection:
            return connection.sql(query).pl()

    def metric(self, metric_id: str, programme_id: str = "mentoring", **more: str) -> dict[str, Any] | None:
        """The published row to date of a metric, or of the month that begins on `month`."""
        month = more.get("month")
        when = f"period_kind = 'month' and period_start = '{month}'" if month else "period_kind = 'to_date'"
        rows = self.ask(
            f"from metric_values where metric_id = '{metric_id}' and programme_id = '{programme_id}' and cohort_id = 'all' "
            f"and segment_kind = 'all' and {when}"
        ).to_dicts()
        return rows[0] if rows else None

    def page(self, name: str, **address: str) -> str:
        """Everything that a reader of a page sees as text."""
        with pytest.MonkeyPatch.context() as environment:
            environment.setenv("IMPACT_SERVING", str(self.data / "serving"))
            app = AppTest.from_file(PROJECT / "dashboards" / "streamlit_app.py", default_timeout=60)
            app.switch_page(f"app_pages/{name}.py")
            for key, value in address.items():
                app.query_params[key] = value
            app.run()
        assert not app.exception, app.exception
        return "\n".join(texts(app))


def _question(survey: dict[str, Any]) -> dict[str, Any]:
    return {
        "survey_id": survey["survey_id"],
        "question_id": "q1",
        "stable_code": "skill_confidence",
        "question_kind": "scale_item",
        "construct": "skill_confidence",
        "scale_min": 0.0,
        "scale_max": 100.0,
        "reverse_scored": False,
    }


def _present(tables: Rows, rows: Rows) -> Rows:
    """The tables' columns for which a row has a value, and those that need none."""
    given = {name for row in rows for name in row}
    return [
        {
            **table,
            "columns": {
                name: spec
                for name, spec in table["columns"].items()
                if "from" not in spec or spec["from"] in given or "default" in spec
            },
        }
        for table in tables
    ]


def _write_rows(path: Path, rows: Rows) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    names = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, names)
        writer.writeheader()
        writer.writerows(rows)


def _write_yaml(path: Path, content: Any) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(yaml.safe_dump(_dated(content), sort_keys=False, allow_unicode=True), encoding="utf-8")


def _dated(content: Any) -> Any:
    """The same with days as YAML writes them, without quotes."""
    if isinstance(content, dict):
        return {key: _dated(value) for key, value in content.items()}
    if isinstance(content, list):
        return [_dated(value) for value in content]
    is_day = isinstance(content, str) and re.fullmatch(r"\d{4}-\d\d-\d\d", content)
    return date.fromisoformat(content) if is_day else content
