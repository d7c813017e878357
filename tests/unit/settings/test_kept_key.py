"""The key is made once, kept for its owner alone, and never replaced in silence."""

import os
import stat

import pytest

from pipelines.checkout import SettingsError
from pipelines.kept_key import KeyRefused, kept_key, make_key
from pipelines.settings import settings

WORKSPACE = "workspace: ours\nsources: []\n"


def test_a_made_key_is_for_its_owner_alone_and_out_of_git(tmp_path) -> None:
    path = make_key(tmp_path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert (tmp_path / ".gitignore").read_text() == "*\n"
    assert len(kept_key(tmp_path) or "") == 64


def test_a_key_is_never_made_twice(tmp_path) -> None:
    make_key(tmp_path)
    with pytest.raises(FileExistsError):
        make_key(tmp_path)


def test_no_key_is_made_over_data_that_were_loaded_under_another(tmp_path) -> None:
    (tmp_path / "warehouse").mkdir()
    (tmp_path / "warehouse/warehouse.duckdb").touch()
    with pytest.raises(KeyRefused, match="export IMPACT_HASH_KEY with that key"):
        make_key(tmp_path)


def test_a_key_that_others_can_read_is_refused(tmp_path) -> None:
    make_key(tmp_path).chmod(0o644)
    with pytest.raises(KeyRefused, match="chmod 600"):
        kept_key(tmp_path)


def test_the_settings_take_the_kept_key_and_the_environment_before_it(tmp_path, monkeypatch) -> None:
    (tmp_path / "impact.yaml").write_text(WORKSPACE)
    monkeypatch.setenv("IMPACT_WORKSPACE", str(tmp_path / "impact.yaml"))
    monkeypatch.delenv("IMPACT_DATA", raising=False)
    monkeypatch.delenv("IMPACT_HASH_KEY", raising=False)
    with pytest.raises(SettingsError, match="impact start"):
        _ = settings().hash_key
    make_key(tmp_path / "data")
    assert settings().hash_key == (kept_key(tmp_path / "data") or "").encode()
    monkeypatch.setenv("IMPACT_HASH_KEY", "another key, from the environment")
    assert settings().hash_key == b"another key, from the environment"
    assert os.environ["IMPACT_HASH_KEY"]
