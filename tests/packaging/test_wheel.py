"""The wheel holds all that the pipeline needs under one name, is the same bytes each time, and works from anywhere. `make wheel-test` goes the whole way with it."""

import subprocess
import zipfile
from pathlib import Path

import pytest

from tests.packaging.installed import PROJECT, Installed, build, install

pytestmark = pytest.mark.xdist_group("wheel")


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return build(tmp_path_factory.mktemp("dist"))


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    return install(wheel, tmp_path_factory.mktemp("installed"), borrow=True)


def test_two_builds_are_the_same_bytes(wheel: Path, tmp_path: Path) -> None:
    assert build(tmp_path).read_bytes() == wheel.read_bytes()


def test_it_takes_one_name_and_holds_what_git_holds(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0].partition("-")[0] for name in names} == {"mentorship_impact"}
    listed = subprocess.run(["git", "ls-files", "pipelines", "dashboards", "dbt_project", "data/examples", ".streamlit"], cwd=PROJECT, capture_output=True, text=True, check=True)  # fmt: skip
    wanted = [
        name for name in listed.stdout.split("\n") if name and "sqlfluff" not in name and (PROJECT / name).exists()
    ]
    assert [name for name in wanted if f"mentorship_impact/{name}" not in names] == []


def test_no_test_no_key_and_no_data_of_anybody_is_in_it(wheel: Path) -> None:
    names = [name.removeprefix("mentorship_impact/") for name in zipfile.ZipFile(wheel).namelist()]
    assert [
        name for name in names if name.startswith(("tests/", "data/")) and not name.startswith("data/examples/")
    ] == []
    assert [name for name in names if name.endswith((".duckdb", ".env", ".sqlite", "hash_key", ".pyc"))] == []


def test_from_an_empty_folder_two_spreadsheets_are_paired(installed: Installed) -> None:
    assert "Ann,Cid,1.0" in installed.pair_spreadsheets()


def test_its_libraries_have_one_name_and_nobody_elses_is_taken(installed: Installed) -> None:
    words = "import importlib.util as u; assert not any(map(u.find_spec, ('pipelines', 'dashboards'))); from mentorship_impact import impact, matching; print(impact.__name__, matching.__name__)"
    _, kept = installed.command()
    done = subprocess.run([installed.python, "-c", words], cwd=installed.here, env=kept, capture_output=True, text=True, check=False)  # fmt: skip
    assert done.stdout.split() == ["pipelines.impact", "pipelines.matching"], done.stderr[-2000:]
