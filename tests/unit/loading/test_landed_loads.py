"""When a load's files were exported, how equal names are kept apart, and what is known of loads that lie in the landing zone."""

import hashlib
import json
import os
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipelines.loading import landing as landing_module
from pipelines.loading.landing import (
    MANIFEST,
    NothingToLand,
    as_it_lies,
    drop_drafts,
    every_load,
    files_below,
    land,
    landed_loads,
    load_name,
)
from pipelines.loading.months import TakenMonths
from pipelines.loading.rewritten import rewrite

MARCH, APRIL = (datetime(2026, month, 15, 12, tzinfo=UTC) for month in (3, 4))


def put(path: Path, text: str = "id\n1\n", at: datetime = MARCH) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    os.utime(path, (at.timestamp() + 0.7,) * 2)
    return path


def test_files_are_as_new_as_the_newest_of_them_in_whole_seconds(tmp_path: Path) -> None:
    put(tmp_path / "in/a.csv", at=APRIL)
    put(tmp_path / "in/b.csv")
    landed = land("hris", [tmp_path / "in"], tmp_path / "zone", recipe={})
    assert landed.extracted_at == "2026-04-15T12:00:00+00:00"
    assert landed.extracted == APRIL


def test_no_file_is_newer_than_the_end_of_the_day_up_to_which_the_workspace_counts(tmp_path: Path) -> None:
    put(tmp_path / "in/a.csv", at=APRIL)
    early = land("hris", [tmp_path / "in"], tmp_path / "zone", recipe={}, as_of=date(2026, 3, 31))
    assert early.extracted_at == "2026-03-31T23:59:59+00:00"
    late = as_it_lies("hris", [tmp_path / "in"], tmp_path / "links", recipe={}, as_of=date(2026, 5, 31))
    assert late.extracted_at == "2026-04-15T12:00:00+00:00"
    linked = as_it_lies("hris", [tmp_path / "in"], tmp_path / "early", recipe={}, as_of=date(2026, 3, 31))
    assert (linked.source_id, linked.extracted_at) == ("hris", early.extracted_at)


def test_an_export_note_in_any_of_the_folders_says_when_in_its_own_zone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path / "first/a.csv", at=APRIL)
    put(tmp_path / "second/b.csv")
    (tmp_path / "second/_export.json").write_text('{"exported_at": "2026-02-01T06:00:00+02:00"}', encoding="utf-8")
    folders = [tmp_path / "first", tmp_path / "second"]
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    time.tzset()
    landed = land("hris", folders, tmp_path / "zone", recipe={}, as_of=date(2026, 1, 1))
    monkeypatch.undo()
    time.tzset()
    assert landed.extracted_at == "2026-02-01T04:00:00+00:00"


def test_of_files_that_were_landed_before_the_day_that_was_said_of_them_stays(tmp_path: Path) -> None:
    put(tmp_path / "in/calls_2026-03.csv")
    put(tmp_path / "in/calls_2026-04.csv", "id\n2\n")
    first = land("calls", [tmp_path / "in"], tmp_path / "zone", recipe={})
    for text, at, wanted in (("id\n3\n", APRIL, APRIL), ("id\n4\n", MARCH.replace(month=1), MARCH)):
        put(tmp_path / "in/calls_2026-04.csv", text, at)
        taken = TakenMonths(frozenset({"2026-04"}), first)
        again = land("calls", [tmp_path / "in"], tmp_path / f"zone-{at.month}", recipe={}, taken=taken)
        assert again.extracted == wanted
    put(tmp_path / "in/calls_2026-04.csv", at=APRIL)
    taken_again = TakenMonths(frozenset({"2026-04"}), first)
    cut = land("calls", [tmp_path / "in"], tmp_path / "zone-cut", recipe={}, as_of=date(2026, 3, 20), taken=taken_again)
    assert cut.extracted_at == "2026-03-20T23:59:59+00:00"
    kept = land(
        "calls", [tmp_path / "in"], tmp_path / "zone-kept", recipe={}, taken=TakenMonths(frozenset({"2025-01"}), first)
    )
    assert kept.extracted == MARCH


def test_a_source_without_files_is_refused_with_its_folders(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    put(tmp_path / "in/.hidden")
    put(tmp_path / "in/_export.json")
    with pytest.raises(NothingToLand, match=rf"Source hris: no files in {tmp_path}/in, {tmp_path}/two\."):
        load_name("hris", [tmp_path / "in", tmp_path / "two"], {})
    with pytest.raises(NothingToLand, match=r"^Source hris: "):
        land("hris", [tmp_path / "in"], tmp_path / "zone", recipe={})
    with pytest.raises(NothingToLand, match=r"^Source hris: "):
        as_it_lies("hris", [tmp_path / "in"], tmp_path / "links", recipe={})


def test_equal_names_are_kept_apart_by_as_little_of_their_folders_as_does(tmp_path: Path) -> None:
    folders = [tmp_path / name for name in ("x/one/files", "x/two/files", "y/two/files", "z/two/files")]
    for folder in folders:
        put(folder / "people.csv")
    names = list(files_below(folders))
    assert names[:2] == ["people.csv", "two/people.csv"]
    assert names[2:] == ["files/people.csv", "two/files/people.csv"]
    single = put(tmp_path / "alone.csv")
    assert files_below([single]) == {"alone.csv": single}


def test_a_load_is_named_and_described_without_being_copied(tmp_path: Path) -> None:
    put(tmp_path / "in/deep/a.csv")
    put(tmp_path / "in/deep/b.csv")
    there = as_it_lies("hris", [tmp_path / "in"], tmp_path / "links", recipe={"connector": "x"})
    landed = land("hris", [tmp_path / "in"], tmp_path / "zone", recipe={"connector": "x"})
    assert load_name("hris", [tmp_path / "in"], {"connector": "x"}) == there.load_id == landed.load_id
    assert (there.files, there.total_bytes, there.mapping_hash, there.extracted_at, there.is_new) == (
        landed.files,
        landed.total_bytes,
        landed.mapping_hash,
        landed.extracted_at,
        True,
    )
    link = tmp_path / "links/deep/a.csv"
    assert link.is_symlink()
    assert link.resolve() == tmp_path / "in/deep/a.csv"
    assert there.folder == tmp_path / "links"


def test_loads_are_listed_as_they_came_the_oldest_first_for_every_source(tmp_path: Path) -> None:
    zone = tmp_path / "zone"
    put(tmp_path / "in/a.csv", at=APRIL)
    later = land("hris", [tmp_path / "in"], zone, recipe={})
    put(tmp_path / "in/a.csv", "id\n2\n")
    earlier = land("hris", [tmp_path / "in"], zone, recipe={})
    other = land("log", [tmp_path / "in"], zone, recipe={})
    (zone / "hris/.begun.draft").mkdir()
    assert [load.load_id for load in landed_loads(zone, "hris")] == [earlier.load_id, later.load_id]
    assert [(load.source_id, load.load_id) for load in every_load(zone)] == [
        ("hris", earlier.load_id),
        ("hris", later.load_id),
        ("log", other.load_id),
    ]
    (again, _) = landed_loads(zone, "hris")
    assert again == earlier.__class__(**{**earlier.__dict__, "is_new": False})
    drop_drafts(zone)
    assert not (zone / "hris/.begun.draft").exists()
    assert len(every_load(zone)) == 3


@pytest.mark.parametrize("broken", ["", "{}", "[1]", '{"extracted_at": "yesterday", "files": []}'])
def test_a_load_without_its_manifest_counts_with_the_files_that_lie_there(tmp_path: Path, broken: str) -> None:
    put(tmp_path / "in/a.csv")
    landed = land("hris", [tmp_path / "in"], tmp_path / "zone", recipe={})
    (landed.folder / MANIFEST).write_text(broken)
    os.utime(landed.folder, (APRIL.timestamp(),) * 2)
    (found,) = landed_loads(tmp_path / "zone", "hris")
    assert (found.source_id, found.load_id, found.files, found.extracted, found.is_new) == (
        "hris",
        landed.load_id,
        ("a.csv",),
        APRIL,
        False,
    )
    assert (found.total_bytes, found.mapping_hash, found.folder) == (0, "", landed.folder)


def test_the_manifest_says_what_the_load_is(tmp_path: Path) -> None:
    put(tmp_path / "in/a.csv")
    landed = land("hris", [tmp_path / "in"], tmp_path / "zone", recipe={"options": {"b": 1, "a": date(2026, 1, 1)}})
    told = json.loads((landed.folder / MANIFEST).read_text())
    assert told == {
        "source_id": "hris",
        "load_id": landed.load_id,
        "extracted_at": "2026-03-15T12:00:00+00:00",
        "files": ["a.csv"],
        "total_bytes": 5,
        "mapping_hash": landed.mapping_hash,
    }
    again = load_name("hris", [tmp_path / "in"], {"options": {"a": date(2026, 1, 1), "b": 1}})
    assert again == landed.load_id, "the order in which options are written is no other recipe"


def test_a_load_keeps_its_name_from_version_to_version(tmp_path: Path) -> None:
    put(tmp_path / "in/deep/a.csv")
    put(tmp_path / "in/b.csv", "")
    assert load_name("hris", [tmp_path / "in"], {"connector": "x"}) == "a4ccdd63c2b58bf0"


def test_what_was_landed_is_not_copied_again_and_stays_as_old_as_it_was(tmp_path: Path, monkeypatch) -> None:
    put(tmp_path / "in/a.csv")
    first = land("hris", [tmp_path / "in"], tmp_path / "zone", recipe={})
    put(tmp_path / "in/a.csv", at=APRIL)
    monkeypatch.setattr("pipelines.loading.landing._copied", None)
    again = land("hris", [tmp_path / "in"], tmp_path / "zone", recipe={})
    assert (again.is_new, again.extracted, again.load_id) == (False, MARCH, first.load_id)


def test_what_a_killed_copy_left_does_not_come_along(tmp_path: Path) -> None:
    put(tmp_path / "in/a.csv")
    name = load_name("hris", [tmp_path / "in"], {})
    put(tmp_path / f"zone/hris/.{name}.draft/left.csv")
    landed = land("hris", [tmp_path / "in"], tmp_path / "zone", recipe={})
    assert sorted(path.name for path in landed.folder.iterdir()) == [MANIFEST, "a.csv"]


def test_a_copy_that_turns_out_to_be_there_already_leaves_no_draft(tmp_path: Path, monkeypatch) -> None:
    put(tmp_path / "in/a.csv")
    first = land("hris", [tmp_path / "in"], tmp_path / "zone", recipe={})
    copied = landing_module._copied

    def changed_back(files, draft):
        put(tmp_path / "in/a.csv")
        return copied(files, draft)

    put(tmp_path / "in/a.csv", "id\n2\n")
    monkeypatch.setattr(landing_module, "_copied", changed_back)
    again = land("hris", [tmp_path / "in"], tmp_path / "zone", recipe={})
    assert (again.is_new, again.load_id) == (False, first.load_id)
    assert [path.name for path in (tmp_path / "zone/hris").iterdir()] == [first.load_id]


def taken_out_of(tmp_path: Path):
    """A load out of whose one file a person was taken, and whose other file is gone; its source lies as it did."""
    put(tmp_path / "in/a.csv", "id\n1\n2\n")
    put(tmp_path / "in/b.csv", "id\n2\n")
    landed = land("hris", [tmp_path / "in"], tmp_path / "zone", recipe={})
    rewrite(landed.folder, landed.folder / MANIFEST, {"a.csv": b"id\n1\n", "b.csv": None})
    return landed


def test_a_load_out_of_which_a_person_was_taken_is_whole_and_is_not_copied_again(tmp_path: Path) -> None:
    first = taken_out_of(tmp_path)
    again = land("hris", [tmp_path / "in"], tmp_path / "zone", recipe={})
    assert (again.is_new, again.load_id, again.files, again.total_bytes) == (False, first.load_id, ("a.csv",), 5)
    assert (again.folder / "a.csv").read_text() == "id\n1\n"
    (found,) = landed_loads(tmp_path / "zone", "hris")
    assert (found.files, found.total_bytes, found.extracted) == (("a.csv",), 5, MARCH)
    told = json.loads((first.folder / MANIFEST).read_text())["rewritten"]
    assert datetime.fromisoformat(told["at"]).utcoffset() == timedelta(0)
    assert told["files"] == {"a.csv": hashlib.sha256(b"id\n1\n").hexdigest()}
    for name in ("a.csv", MANIFEST):
        assert (first.folder / name).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("change", [lambda path: path.write_text("id\n7\n"), lambda path: path.unlink()])
def test_a_load_that_is_no_longer_as_it_was_rewritten_is_not_whole(tmp_path: Path, change) -> None:
    first = taken_out_of(tmp_path)
    change(first.folder / "a.csv")
    again = land("hris", [tmp_path / "in"], tmp_path / "zone", recipe={})
    assert (again.is_new, again.files) == (True, ("a.csv", "b.csv"))


def test_a_rewritten_load_that_names_other_files_than_its_note_is_not_whole(tmp_path: Path) -> None:
    first = taken_out_of(tmp_path)
    told = json.loads((first.folder / MANIFEST).read_text())
    (first.folder / MANIFEST).write_text(json.dumps({**told, "files": ["a.csv", "c.csv"]}))
    put(first.folder / "c.csv")
    assert land("hris", [tmp_path / "in"], tmp_path / "zone", recipe={}).is_new


@pytest.mark.parametrize("cut", ["", "[1]", "{}"])
def test_a_load_whose_manifest_was_cut_is_rewritten_without_a_note(tmp_path: Path, cut: str) -> None:
    put(tmp_path / "in/a.csv")
    landed = land("hris", [tmp_path / "in"], tmp_path / "zone", recipe={})
    manifest = landed.folder / MANIFEST
    manifest.write_text(cut)
    rewrite(landed.folder, manifest, {"a.csv": b"", "gone.csv": None})
    assert (manifest.read_text(), (landed.folder / "a.csv").read_text()) == (cut, "")
