"""Settings of the environment: each wrong value is told by its name, without the value, before anything is done."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from pipelines.checkout import SettingsError
from pipelines.environment import EnvironmentRefused, check_environment, notes_on, read_environment, tidy
from pipelines.settings import settings

WRONG = {
    "IMPACT_MEMORY_LIMIT": ("lots", "4", "150%", "0GB", "-1GB"),
    "IMPACT_DECISIONS": ("nonsense", "mysql://a:secret@h/db", "postgresql://u:secret@h:port/db", "postgresql://"),
    "IMPACT_OUTBOX": ("nonsense", "outbox.sqlite"),
    "IMPACT_SMTP": ("mail.example.org", "https://mail.example.org", "smtp://u:secret@mail.example.org:abc"),
    "IMPACT_ALERTS": ("nonsense", "json://hooks.example.org/a #data"),
    "IMPACT_TIME_STAMPS": ("freetsa.org/tsr",),
    "IMPACT_LOG": ("JSON", "yes"),
    "IMPACT_ALLOWED_HOSTS": ("https://mentoring.example.org", "mentoring.example.org/path", "a.example b.example"),
    "IMPACT_OIDC_METADATA_URL": ("login.example.org",),
    "IMPACT_BI_DATABASE": ("nonsense", "sqlite:///bi.db", "postgresql://u:half@secret@h/db"),
}
RIGHT = {
    "IMPACT_MEMORY_LIMIT": ("4GB", "4 GB", "30%", "0.5GiB", "100 %"),
    "IMPACT_DECISIONS": ("postgresql://u:p%40ss@host:5432/db", "sqlite:////tmp/decisions.sqlite"),
    "IMPACT_SMTP": ("smtp://u:p@mail.example.org:587", "smtps://mail.example.org", "smtp://127.0.0.1:1025"),
    "IMPACT_ALERTS": ("slack://a/b/c/#data json://hooks.example.org/mentoring", "mailto://u:p@example.org"),
    "IMPACT_ALLOWED_HOSTS": ("mentoring.example.org", "a.example:3443, b.example", "[::1]:8501", "localhost:3000,"),
    "IMPACT_LOG": ("json", "text"),
    "IMPACT_BI_DATABASE": ("postgresql://writer@host/database",),
}


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in WRONG.items() for value in values])
def test_a_wrong_value_is_refused_by_its_name_and_never_repeated(name: str, value: str) -> None:
    with pytest.raises(EnvironmentRefused, match=name) as refused:
        check_environment({name: value})
    assert "secret" not in str(refused.value)


@pytest.mark.parametrize(("name", "value"), [(name, value) for name, values in RIGHT.items() for value in values])
def test_a_right_value_passes(name: str, value: str) -> None:
    check_environment({name: value})


def test_folders_that_are_files_and_files_that_are_folders_are_refused(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for name in ("IMPACT_DATA", "IMPACT_SERVING", "IMPACT_SPILL"):
        with pytest.raises(EnvironmentRefused, match=f"{name} is a file"):
            check_environment({name: str(tmp_path / "file")})
    with pytest.raises(EnvironmentRefused, match="IMPACT_WORKSPACE is a folder"):
        check_environment({"IMPACT_WORKSPACE": str(tmp_path)})


def test_all_that_is_wrong_is_told_at_once_and_every_command_reads_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IMPACT_LOG", "loud")
    monkeypatch.setenv("IMPACT_SMTP", "mail.example.org")
    with pytest.raises(SettingsError, match=r"IMPACT_SMTP .* IMPACT_LOG"):
        settings()


def test_blanks_and_quotation_marks_around_a_value_are_taken_away_but_never_from_the_key() -> None:
    told = {"IMPACT_LOG": ' "json" ', "IMPACT_ACTOR": "  ", "IMPACT_SMTP": "'smtp://h:25'", "IMPACT_HASH_KEY": '"key" '}
    tidy(told)
    assert told == {
        "IMPACT_LOG": "json",
        "IMPACT_ACTOR": "",
        "IMPACT_SMTP": "smtp://h:25",
        "IMPACT_HASH_KEY": '"key" ',
    }
    assert notes_on(told) == [
        "IMPACT_HASH_KEY has blanks or quotation marks around it, and they are part of the key: without them it would be another"
    ]


def test_paths_are_made_whole_where_they_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HOME", "/home/ada")
    told = {"IMPACT_DATA": "~/data", "IMPACT_SPILL": "spill", "IMPACT_WORKSPACE": ""}
    tidy(told)
    assert told == {"IMPACT_DATA": "/home/ada/data", "IMPACT_SPILL": str(tmp_path / "spill"), "IMPACT_WORKSPACE": ""}


def test_a_name_that_is_nearly_a_settings_is_told() -> None:
    assert notes_on({"IMPACT_WORKSPAC": "x", "IMPACT_WAREHOUSE": "y", "IMPACT_OF_HR_KEY": "z"}) == [
        "IMPACT_WORKSPAC is no setting; IMPACT_WORKSPACE is one"
    ]


def test_a_dotenv_of_windows_is_read_and_one_that_isnt_utf_8_is_refused_in_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("IMPACT_ACTOR", "")
    (tmp_path / ".env").write_bytes(b"\xef\xbb\xbfIMPACT_ACTOR=the office\r\n")
    read_environment(tmp_path)
    assert os.environ["IMPACT_ACTOR"] == "the office"
    (tmp_path / ".env").write_bytes("IMPACT_ACTOR=the office".encode("utf-16"))
    with pytest.raises(EnvironmentRefused, match="UTF-8"):
        read_environment(tmp_path)


@pytest.mark.slow
def test_no_command_ends_with_a_traceback_where_a_place_cant_be_used(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data/serving").write_text("a file where a folder should be")
    kept = {name: value for name, value in os.environ.items() if not name.startswith("IMPACT_")}
    command = [sys.executable, "-m", "pipelines.cli", "health"]
    ended = subprocess.run(command, env={**kept, "IMPACT_DATA": str(tmp_path / "data")}, capture_output=True, text=True, check=False)  # fmt: skip
    assert ended.returncode == 1
    assert "Traceback" not in ended.stdout + ended.stderr
    assert "Next step: look whether that place exists" in ended.stderr
