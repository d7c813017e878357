"""The shipped dagster.yaml is put where it's missing and renewed; what an operator wrote stays."""

from pathlib import Path

from pipelines.checkout import PROJECT
from pipelines.run import keep_instance_settings

SHIPPED = (PROJECT / "dagster.yaml").read_text()


def test_an_operators_settings_stay(tmp_path: Path) -> None:
    (tmp_path / "dagster.yaml").write_text("storage:\n  postgres: {}\n")
    keep_instance_settings(tmp_path)
    assert (tmp_path / "dagster.yaml").read_text() == "storage:\n  postgres: {}\n"


def test_ours_are_put_there_and_renewed_until_somebody_changes_them(tmp_path: Path) -> None:
    keep_instance_settings(tmp_path)
    assert (tmp_path / "dagster.yaml").read_text() == SHIPPED
    for name in ("dagster.yaml", ".dagster.yaml.shipped"):
        (tmp_path / name).write_text("# of an earlier version\n")
    keep_instance_settings(tmp_path)
    assert (tmp_path / "dagster.yaml").read_text() == SHIPPED
    (tmp_path / "dagster.yaml").write_text(SHIPPED + "# mine\n")
    keep_instance_settings(tmp_path)
    assert (tmp_path / "dagster.yaml").read_text().endswith("# mine\n")
