"""What the files that people write may say stands once: checks, schemas for editors and reference pages follow, and a slip is told with its line."""

import copy
import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st

from pipelines.checkout import SettingsError
from pipelines.components.file_words import FILES, PAGES, schema, write_schemas, written
from pipelines.contracts.files.words import faults, line_at, lines_of, told
from pipelines.sources.mapped_files.mapping import checked, with_null_word
from pipelines.sources.records import SourceRefused

ROOT = Path(__file__).parents[3]
DEMO = ROOT / "data/examples/demo_company"
SHIPPED = {
    **{path: "mapping-file" for path in sorted((DEMO / "mappings").glob("*.yaml")) if path.name != "surveys.yaml"},
    **dict.fromkeys(sorted((ROOT / "pipelines/sources/hris").glob("*/mapping.yaml")), "mapping-file"),
    **dict.fromkeys(sorted((DEMO / "programmes").glob("*.yaml")), "programme-file"),
    DEMO / "mappings/surveys.yaml": "survey-catalogue",
    DEMO / "workspace.yaml": "workspace-file",
}


def read(path: Path) -> Any:
    return with_null_word(yaml.safe_load(path.read_text(encoding="utf-8")))


def as_json(value: Any) -> Any:
    return json.loads(json.dumps(value, default=str))


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_shipped_files_are_right_by_check_and_by_schema(path: Path) -> None:
    assert faults(FILES[SHIPPED[path]], read(path)) == []
    jsonschema.Draft202012Validator(schema(SHIPPED[path])).validate(as_json(read(path)))


@pytest.mark.parametrize("page", PAGES)
def test_the_reference_pages_are_those_that_the_models_give(page: str) -> None:
    assert (ROOT / "docs/reference" / page).read_text(encoding="utf-8") == written(page), "run python -m pipelines.components.file_words"  # fmt: skip


def test_every_word_has_a_meaning() -> None:
    assert "None |" not in "".join(written(page) for page in PAGES)


def test_schemas_are_written_for_editors(tmp_path: Path) -> None:
    paths = write_schemas(tmp_path / "schemas")
    assert [path.name for path in paths] == [f"{name}.schema.json" for name in FILES]
    for path in paths:
        jsonschema.Draft202012Validator.check_schema(json.loads(path.read_text(encoding="utf-8")))
    by_schema = jsonschema.Draft202012Validator(schema("mapping-file"))
    assert not by_schema.is_valid(
        {"files": [{"match": "a.csv", "tables": [{"table": "persons", "wher": {"Typ": "A"}}]}]}
    )


def words_in(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """The places of all words of a content."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    found = [(*path, key) for key, _ in inner if isinstance(value, dict)]
    return found + [place for key, below in inner for place in words_in(below, (*path, key))]


OPEN = ("columns", "map", "same", "where", "bool", "split", "join", "gather", "options", "templates", "matching", "messages", "cohorts", "question_sets", "questions", "values", "rows", "retention", "access", "report", "alerts")  # fmt: skip
"""Below these stand names of people's own, or blocks that have a check of their own."""


@pytest.mark.slow
@settings(max_examples=120, deadline=None)
@given(st.sampled_from(list(SHIPPED)), st.data())
def test_a_misspelt_word_is_refused_at_its_place_with_the_one_that_was_meant(path: Path, data: st.DataObject) -> None:
    content = read(path)
    places = [place for place in words_in(content) if not any(part in OPEN for part in place[-2:-1]) and not {"options", "matching", "cohorts", "question_sets", "map", "rows", "access", "report", "messages"} & set(place[:-1])]  # fmt: skip
    place = data.draw(st.sampled_from(places))
    changed = copy.deepcopy(content)
    block = changed
    for part in place[:-1]:
        block = block[part]
    slip = str(place[-1])[:-1] + "zz"
    block[slip] = block.pop(place[-1])
    found = faults(FILES[SHIPPED[path]], changed)
    assert found, (path, place)
    assert any(one.place == (*place[:-1], slip) and "nobody reads the word" in one.words for one in found), found


def test_a_slip_is_told_with_its_line_and_all_slips_at_once() -> None:
    text = (
        "files:\n  - match: a.csv\n    optinal: true\n    tables:\n      - table: persons\n        wher: {Typ: [A]}\n"
    )
    found = faults(FILES["mapping-file"], yaml.safe_load(text))
    assert told(found, lines_of(text)) == (
        "line 6: nobody reads the word 'wher'; did you mean 'where'?; line 3: nobody reads the word 'optinal'; did you mean 'optional'?"
    )


def test_a_misspelt_condition_lets_nobody_in() -> None:
    mapping = {"files": [{"match": "a.csv", "tables": [{"table": "persons", "wher": {"Typ": ["A"]}}]}]}
    with pytest.raises(
        SourceRefused, match=r"at files 1, tables 1: nobody reads the word 'wher'; did you mean 'where'"
    ):
        checked(mapping)


def test_a_declared_outcome_with_a_word_that_nobody_reads_is_refused() -> None:
    block = {"comparison": {"negative_contrl": "commute_minutes"}, "outcomes": [{"outcome": "retained_12m", "is_primry": True}]}  # fmt: skip
    said = told(faults(FILES["programme-file"], {"impact": block}))
    assert "did you mean 'negative_control'" in said and "did you mean 'is_primary'" in said


def test_a_place_without_a_line_is_told_by_the_line_around_it() -> None:
    lines = lines_of("a:\n  b: 1\n")
    assert (line_at(lines, ("a", "b", "c")), line_at(lines, ("x",))) == (2, 1)


def test_a_mapping_file_of_a_workspace_is_refused_with_file_and_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipelines.sources_configured import configured_sources, connector_options

    (tmp_path / "m.yaml").write_text("files:\n  - match: a.csv\n    tabels: []\n", encoding="utf-8")
    (tmp_path / "impact.yaml").write_text("workspace: w\nsources:\n  - {id: s, connector: mapped_files, path: x, mapping: m.yaml}\n", encoding="utf-8")  # fmt: skip
    monkeypatch.setenv("IMPACT_WORKSPACE", str(tmp_path / "impact.yaml"))
    monkeypatch.setenv("IMPACT_HASH_KEY", "k" * 64)
    monkeypatch.setenv("IMPACT_DATA", str(tmp_path / "data"))
    source = next(one for one in configured_sources() if one.source_id == "s")
    with pytest.raises(SettingsError, match=r"m\.yaml, line 3: nobody reads the word 'tabels'; did you mean 'tables'"):
        connector_options(source)
