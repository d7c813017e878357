"""Whether a run has anything to do: every single thing that may change a result makes it run, and nothing else does."""

from collections.abc import Callable
from pathlib import Path

import pytest

from pipelines.duckdb_config import dbt_environment
from pipelines.environment import KEY, SETTINGS
from pipelines.nothing_new import note_run, nothing_new, rests_on
from pipelines.operations.attached import PARSED
from pipelines.settings import settings

WORKSPACE = "workspace: firm\nas_of: 2026-10-31\nsources:\n  - {id: people, connector: mapped_files, path: exports, mapping: people.yaml}\n"
PROGRAMME = "programme_id: one\nname: One\n"


@pytest.fixture
def firm(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workspace after a run: sources, programmes, and what a run leaves, as far as it is looked at."""
    files = {
        "impact.yaml": WORKSPACE, "people.yaml": "files:\n  - match: people.csv\n", "exports/people.csv": "id\n1\n", "programmes/one.yaml": PROGRAMME,
        "data/warehouse/warehouse.duckdb": "tables", "data/vault/vault.duckdb": "names", "data/serving/CURRENT": "v1.duckdb",
        "data/serving/v1.duckdb": "published", "data/reports/latest/summary.json": "{}", "data/reports/latest/leadership_report.pdf": "pdf",
    }  # fmt: skip
    for name, text in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    monkeypatch.setenv("IMPACT_WORKSPACE", str(tmp_path / "impact.yaml"))
    monkeypatch.setenv("IMPACT_HASH_KEY", "a key that is long enough")
    monkeypatch.delenv("IMPACT_DATA", raising=False)
    note_run(settings(), rests_on(settings()), ["one source is old"])
    return tmp_path


def test_over_the_same_files_there_is_nothing_to_do_and_warnings_are_kept(firm: Path) -> None:
    found = nothing_new(settings())
    assert found is not None
    assert found.warnings == ("one source is old",)
    assert "long enough" not in (firm / "data/warehouse/last_run.json").read_text()
    assert (firm / "data/warehouse/last_run.json").stat().st_mode & 0o077 == 0


def append(name: str) -> Callable[[Path], object]:
    return lambda firm: (firm / name).write_text((firm / name).read_text() + "\n")


def remove(name: str) -> Callable[[Path], object]:
    return lambda firm: (firm / name).unlink()


def add(name: str, text: str = "x") -> Callable[[Path], object]:
    def added(firm: Path) -> None:
        (firm / name).parent.mkdir(parents=True, exist_ok=True)
        (firm / name).write_text(text)

    return added


CHANGES = {
    "a source's byte": append("exports/people.csv"),
    "a new file of a source": add("exports/more.csv"),
    "a mapping": add("people.yaml", "files: []\nzone: Asia/Tokyo\n"),
    "a programme": append("programmes/one.yaml"),
    "a new programme": add("programmes/two.yaml", PROGRAMME.replace("one", "two")),
    "the workspace file": append("impact.yaml"),
    "a correction": add("data/corrections/people.json", '[{"source_id": "people", "source_file": "people.csv", "source_line": 2, "raw_text": "1", "corrected_text": "2"}]'),
    "an accepted stop": add("data/audit/accepted.jsonl", "{}"),
    "a registered evaluation": add("data/history/registrations/one.json", "{}"),
    "an erased person": add("data/erasures/tombstones.json", "[]"),
    "another writer of the warehouse": append("data/warehouse/warehouse.duckdb"),
    "names changed in the vault": append("data/vault/vault.duckdb"),
    "a damaged release": append("data/serving/v1.duckdb"),
    "a release taken back": append("data/serving/CURRENT"),
    "no release": remove("data/serving/CURRENT"),
    "a deleted report": remove("data/reports/latest/leadership_report.pdf"),
    "a lost warehouse": remove("data/warehouse/warehouse.duckdb"),
}  # fmt: skip


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_may_change_a_result_makes_it_run(firm: Path, change: str) -> None:
    CHANGES[change](firm)
    assert nothing_new(settings()) is None


@pytest.mark.parametrize(
    ("name", "value"), [("IMPACT_HASH_KEY", "another key that is long"), ("IMPACT_DECISIONS", "sqlite:///other.sqlite")]
)
def test_another_key_or_setting_makes_it_run(
    firm: Path, monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    monkeypatch.setenv(name, value)
    assert nothing_new(settings()) is None


def test_newer_code_makes_it_run(firm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipelines.nothing_new.program", lambda: "another")
    assert nothing_new(settings()) is None


def test_without_a_fixed_day_the_next_day_makes_it_run(firm: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (firm / "impact.yaml").write_text(WORKSPACE.replace("as_of: 2026-10-31\n", ""))
    note_run(settings(), rests_on(settings()), [])
    assert nothing_new(settings()) is not None

    class Tomorrow:
        @staticmethod
        def today() -> str:
            return "tomorrow"

    monkeypatch.setattr("pipelines.nothing_new.date", Tomorrow)
    assert nothing_new(settings()) is None


def test_a_source_that_must_be_asked_is_always_asked(firm: Path) -> None:
    (firm / "impact.yaml").write_text(WORKSPACE + "  - {id: hr, connector: sql, options: {url: 'sqlite:///hr.db'}}\n")
    assert rests_on(settings()) is None


def test_a_file_that_changed_while_the_run_went_on_makes_the_next_one_run(firm: Path) -> None:
    before = rests_on(settings())
    CHANGES["a source's byte"](firm)
    note_run(settings(), before, [])
    assert nothing_new(settings()) is None


def test_a_note_that_cannot_be_read_is_no_note(firm: Path) -> None:
    (firm / "data/warehouse/last_run.json").write_text("{")
    assert nothing_new(settings()) is None


VALUES = {
    "IMPACT_MEMORY_LIMIT": "30%",
    "IMPACT_SMTP": "smtp://h:25",
    "IMPACT_ALERTS": "json://h",
    "IMPACT_TIME_STAMPS": "https://h",
    "IMPACT_LOG": "json",
}
VALUES |= {"IMPACT_OIDC_METADATA_URL": "https://h", "IMPACT_BI_DATABASE": "postgresql://h/d"}
OTHER_PLACES = (KEY, "IMPACT_WORKSPACE", "IMPACT_DATA")
HARMLESS = [name for name, setting in SETTINGS.items() if not setting.decides_results and name not in OTHER_PLACES]


@pytest.mark.parametrize("name", [*HARMLESS, "IMPACT_OF_NOBODY"])
def test_a_setting_that_decides_no_result_leaves_nothing_to_do(
    firm: Path, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    found = settings()
    monkeypatch.chdir(firm)  # a store named by a relative place is made there, not in the checkout
    monkeypatch.setenv(name, VALUES.get(name, "another"))
    assert nothing_new(found) is not None


def test_what_a_run_tells_its_own_programs_decides_no_result(tmp_path: Path) -> None:
    """Else the run itself would change what it rested on, and no second one could ever be left out."""
    told = {*dbt_environment(tmp_path / "warehouse.duckdb"), PARSED}
    assert not told & {name for name, setting in SETTINGS.items() if setting.decides_results}
