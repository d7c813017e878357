"""A connector is a module with one SPEC, found by being there; what needs no connector imports none."""

import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from pipelines import sources
from pipelines.contracts import BY_NAME
from pipelines.sources.connectors import CONNECTORS, found_connectors

ADDED = """
from pipelines.sources.connector import Connector, Documentation
from pipelines.sources.records import Extract

SPEC = Connector(
    name="{name}",
    system="intranet",
    read=lambda files, options: Extract([], []),
    tables=frozenset({{"persons"}}),
    documentation=Documentation("Intranet", "Files", "files.md", brings="persons", changes="no", tested="-", bad_data="-"),
)
"""


def added(folder: Path, module: str, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A module beside the others, for as long as the test lasts."""
    (folder / f"{module}.py").write_text(ADDED.format(name=name))
    monkeypatch.setattr(sources, "__path__", [*sources.__path__, str(folder)])
    monkeypatch.delitem(sys.modules, f"pipelines.sources.{module}", raising=False)


def test_a_module_that_holds_a_spec_is_a_connector_without_being_registered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    added(tmp_path, "intranet", "intranet", monkeypatch)
    assert set(found_connectors()) == {*CONNECTORS, "intranet"}


def test_two_connectors_of_one_name_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    added(tmp_path, "twin", "zoom", monkeypatch)
    with pytest.raises(TypeError, match="Two connectors are called zoom"):
        found_connectors()


@pytest.mark.parametrize("name", CONNECTORS)
def test_a_spec_names_tables_of_the_contract_or_leaves_them_to_a_mapping(name: str) -> None:
    spec = CONNECTORS[name]
    assert spec.tables_filled() <= set(BY_NAME)
    of_mapping = {"files": [{"tables": [{"table": "persons"}]}], "constants": [{"table": "programmes"}]}
    assert spec.tables_filled(of_mapping) == (spec.tables or {"persons", "programmes"})


@pytest.mark.parametrize("name", CONNECTORS)
def test_no_option_stands_twice_and_a_slip_of_the_pen_is_unknown(name: str) -> None:
    names = [option.name for option in CONNECTORS[name].options]
    assert len(names) == len(set(names))
    assert CONNECTORS[name].unknown_options([*names, "zonne"]) == ["zonne"]


@pytest.mark.parametrize("name", CONNECTORS)
def test_an_example_gives_every_option_the_type_that_is_documented(name: str) -> None:
    example = yaml.safe_load(CONNECTORS[name].documentation.example or "{}")
    assert CONNECTORS[name].wrong_options(example.get("options") or {}) == []


@pytest.mark.parametrize(
    ("given", "words"),
    [
        ({"calendars": "mentor@example.org"}, "calendars holds a text where a list is read"),
        ({"window": ["2026-01-01"]}, "window holds a list where a table is read"),
        ({"max_pages": "many"}, "max_pages holds a text where a number is read"),
        ({"max_pages": True}, "max_pages holds yes or no where a number is read"),
        ({"zone": {"of": "people"}}, "zone holds a table where a text is read"),
        ({"max_pages": "20"}, None),
        ({"calendars": "${CALENDARS}"}, None),
        ({"zone": None}, None),
        ({"zonne": 1}, None),
    ],
)
def test_an_option_of_another_type_is_told_in_words(given: dict[str, object], words: str | None) -> None:
    assert CONNECTORS["google_calendar"].wrong_options(given) == ([words] if words else [])


@pytest.mark.slow
@pytest.mark.parametrize("module", ["pipelines.cli", "pipelines.commands.match", "pipelines.matching"])
def test_help_and_matching_import_no_connector(module: str) -> None:
    said = f"import sys, {module}; print([name for name in sys.modules if name.startswith('pipelines.sources.connectors')])"
    assert (
        subprocess.run([sys.executable, "-c", said], capture_output=True, text=True, check=True).stdout.strip() == "[]"
    )
