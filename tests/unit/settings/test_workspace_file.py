"""A workspace file with a mistake in it is refused in one sentence with the next step."""

from pathlib import Path

import pytest
import yaml

from pipelines.checkout import SettingsError
from pipelines.settings import read_workspace, settings
from tests.demo_run import PROJECT

KEY = "a-key-of-sixteen-letters"
FINE = "workspace: w\nsources:\n  - {id: hr, connector: mapped_files, path: exports}\n"


def read(folder: Path, text: str):
    (folder / "impact.yaml").write_text(text)
    return read_workspace(folder / "impact.yaml", data=folder, key=KEY)


def test_a_fine_file_is_read(tmp_path: Path) -> None:
    assert read(tmp_path, FINE).source("hr").path == tmp_path / "exports"


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "`workspace` is missing"),
        ("- a\n- b\n", "`workspace` is missing"),
        ("workspace: [w\n", "line 2, isn't valid YAML"),
        (FINE.replace("connector", "conector"), "'conector'"),
        (FINE.replace("path: exports", "paht: exports"), "'paht'"),
        (FINE.replace("path: exports", "zone: UTC"), "stands under `options:`"),
        (FINE + "mapings: x\n", "'mapings'"),
        ("workspace: w\nsources: {id: hr}\n", "`sources` is not a list"),
        ("workspace: w\nsources: [hr]\n", "`id` is missing"),
        (FINE.replace("path: exports", "options: UTC"), "write names and values"),
        (FINE.replace("path: exports", "freshness_days: soon"), "write a whole number"),
        (FINE + "min_group_size: five\n", "`min_group_size` is 'five'"),
        (FINE + "as_of: 31.10.2026\n", "write a day as 2026-10-31"),
        (FINE + "levels: no.yaml\n", "doesn't exist"),
        (FINE + "levels: levels.yaml\n", "no whole number as rank"),
        (FINE + "schedule: {load: daily}\n", "five cron fields"),
    ],
)
def test_a_mistake_is_named_with_the_next_step(tmp_path: Path, text: str, words: str) -> None:
    (tmp_path / "levels.yaml").write_text("- {level: L1, rank: high}\n")
    with pytest.raises(SettingsError) as told:
        read(tmp_path, text)
    assert words in str(told.value)
    assert "Next step: " in str(told.value) or "write five cron fields" in str(told.value)
    assert "\n" not in str(told.value)


@pytest.mark.parametrize(
    "text",
    [
        FINE.replace("path: exports", "options: 'password=hunter2'"),
        FINE.replace("path: exports", "options: [hunter2]"),
        FINE.replace("path: exports", "password: hunter2"),
        "workspace: w\nsources: [hunter2]\n",
        "workspace: w\nsources: [{id: hr, options: {token: hunter2}}]\n",
        "workspace: w\nsources: [{options: {token: hunter2}}]\n",
        "workspace: w\nsources: {token: hunter2}\n",
        FINE + "retention: hunter2\n",
        FINE + "schedule: hunter2\n",
        FINE + "smtp_password: hunter2\n",
        FINE + "options: {token: hunter2\n",
    ],
)
def test_no_message_repeats_what_may_be_a_secret_in_the_wrong_place(tmp_path: Path, text: str) -> None:
    with pytest.raises(SettingsError) as told:
        read(tmp_path, text)
    assert "hunter2" not in str(told.value)
    assert "Next step" in str(told.value)


def test_a_mapping_that_is_no_yaml_is_named_by_its_line(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipelines.sources_configured import configured_sources, connector_options

    read(tmp_path, FINE.replace("path: exports", "mapping: hr.yaml"))
    monkeypatch.setenv("IMPACT_WORKSPACE", str(tmp_path / "impact.yaml"))
    monkeypatch.setenv("IMPACT_DATA", str(tmp_path))
    monkeypatch.setenv("IMPACT_HASH_KEY", KEY)
    source = configured_sources()[1]
    for text, words in (("files:\n  - {a: [b\n", "hr.yaml, line 3,"), ("just words\n", "begin it with `files:`")):
        (tmp_path / "hr.yaml").write_text(text)
        with pytest.raises(SettingsError, match="Next step: ") as told:
            connector_options(source)
        assert words in str(told.value)


def test_the_demo_workspace_uses_known_words_only(tmp_path: Path) -> None:
    file = PROJECT / "data/examples/demo_company/workspace.yaml"
    assert len(read_workspace(file, data=tmp_path, key=None).sources) == len(
        yaml.safe_load(file.read_text())["sources"]
    )


def test_an_own_workspace_keeps_its_data_beside_it_and_leaves_the_demos_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("IMPACT_DATA", "IMPACT_WORKSPACE"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("IMPACT_HASH_KEY", KEY)
    assert settings().data == PROJECT / "data"
    (tmp_path / "impact.yaml").write_text(FINE)
    monkeypatch.chdir(tmp_path)
    assert settings().data == tmp_path / "data"
    monkeypatch.setenv("IMPACT_DATA", str(tmp_path / "elsewhere"))
    assert settings().data == tmp_path / "elsewhere"


def test_reading_needs_no_key_and_hashing_says_how_to_make_one(tmp_path: Path) -> None:
    (tmp_path / "impact.yaml").write_text("workspace: Ours\n")
    read = read_workspace(tmp_path / "impact.yaml", data=tmp_path / "data", key=None)
    assert read.serving == tmp_path / "data/serving"
    with pytest.raises(SettingsError, match="IMPACT_HASH_KEY isn't set"):
        _ = read.hash_key
