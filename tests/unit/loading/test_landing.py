"""The landing zone keeps what came, and a load is named by what it keeps."""

from pathlib import Path

import pytest

from pipelines.loading import landing as landing_module
from pipelines.loading.landing import files_below, land


def export(folder: Path, text: str = "id\n1\n") -> Path:
    (folder / "below").mkdir(parents=True, exist_ok=True)
    (folder / "people.csv").write_text(text)
    (folder / "below" / "empty.csv").write_text("")
    (folder / "_export.json").write_text('{"exported_at": "2026-10-01T06:00:00+00:00"}')
    return folder


def test_the_same_bytes_are_the_same_load_and_others_are_another(tmp_path: Path) -> None:
    first = land("hris", [export(tmp_path / "in")], tmp_path / "landing", recipe={"connector": "x"})
    again = land("hris", [export(tmp_path / "in")], tmp_path / "landing", recipe={"connector": "x"})
    other = land("hris", [export(tmp_path / "in", "id\n2\n")], tmp_path / "landing", recipe={"connector": "x"})
    mapped = land("hris", [tmp_path / "in"], tmp_path / "landing", recipe={"connector": "y"})
    assert (first.is_new, again.is_new, other.is_new) == (True, False, True)
    assert first.load_id == again.load_id
    assert len({first.load_id, other.load_id, mapped.load_id}) == 3
    assert first.files == ("below/empty.csv", "people.csv")
    assert (first.folder / "people.csv").read_text() == "id\n1\n"
    assert {path.name for path in (tmp_path / "landing" / "hris").iterdir()} == {
        first.load_id,
        other.load_id,
        mapped.load_id,
    }


def test_a_file_that_changes_while_it_is_read_is_named_by_the_bytes_that_were_kept(tmp_path: Path, monkeypatch) -> None:
    folder, zone = export(tmp_path / "in"), tmp_path / "landing"
    copied = landing_module._copied

    def grown(files, draft):
        (folder / "people.csv").write_text("id\n1\n2\n")
        return copied(files, draft)

    monkeypatch.setattr(landing_module, "_copied", grown)
    first = land("hris", [folder], zone, recipe={})
    monkeypatch.undo()
    assert (first.folder / "people.csv").read_text() == "id\n1\n2\n"
    again = land("hris", [folder], zone, recipe={})
    assert (again.load_id, again.is_new, again.total_bytes) == (first.load_id, False, first.total_bytes)
    assert [path.name for path in (zone / "hris").iterdir()] == [first.load_id]


def test_no_file_takes_another_ones_place_however_many_folders_hold_one_of_its_name(tmp_path: Path) -> None:
    folders = [export(tmp_path / "programmes" / name, name) for name in ("one", "two", "three", "four")]
    found = files_below(folders)
    assert sorted(path.read_text() for path in found.values() if path.name == "people.csv") == sorted(
        folder.name for folder in folders
    )
    assert len(found) == 2 * len(folders)


def test_a_copy_that_fails_leaves_nothing_in_the_landing_zone(tmp_path: Path, monkeypatch) -> None:
    folder, copy = export(tmp_path / "in"), landing_module.shutil.copyfile

    def gone(source: Path, target: Path) -> None:
        (folder / "people.csv").unlink(missing_ok=True)
        copy(source, target)

    monkeypatch.setattr(landing_module.shutil, "copyfile", gone)
    with pytest.raises(FileNotFoundError):
        land("hris", [folder], tmp_path / "landing", recipe={})
    assert not [path for path in (tmp_path / "landing").rglob("*") if path.is_file()]


def test_a_source_may_have_a_file_called_like_our_own_notes(tmp_path: Path) -> None:
    folder = export(tmp_path / "in")
    (folder / "manifest.json").write_text("[]")
    first = land("hris", [folder], tmp_path / "landing", recipe={})
    assert (first.folder / "manifest.json").read_text() == "[]"
    assert not land("hris", [folder], tmp_path / "landing", recipe={}).is_new


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "people.csv").write_text("id"),
        lambda folder: (folder / "people.csv").write_text("id\n7\n"),
        lambda folder: (folder / "people.csv").unlink(),
        lambda folder: (folder / landing_module.MANIFEST).write_text(""),
        lambda folder: (folder / landing_module.MANIFEST).write_text("{}"),
        lambda folder: (folder / landing_module.MANIFEST).write_text("[1]"),
    ],
)
def test_a_landed_load_that_is_no_longer_as_it_came_is_copied_again(tmp_path: Path, damage) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/people.csv").write_text("id\n1\n")
    first = land("hris", [tmp_path / "in"], tmp_path / "landing", recipe={})
    damage(first.folder)
    again = land("hris", [tmp_path / "in"], tmp_path / "landing", recipe={})
    assert (again.is_new, again.load_id) == (True, first.load_id)
    assert (again.folder / "people.csv").read_text() == "id\n1\n"
    assert not land("hris", [tmp_path / "in"], tmp_path / "landing", recipe={}).is_new
