"""The landing zone: the source bytes of every load, kept as they came, so that any table can be rebuilt.

A load is named by its content: the hash of the source's files, its mapping and its options. The same bytes under the same mapping are
the same load, so a second run finds it and does nothing.
"""

import hashlib
import json
import os
import shutil
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from pipelines.loading.months import TakenMonths
from pipelines.loading.rewritten import NOTE, is_as_rewritten
from pipelines.settings import content_hash
from pipelines.told import ToldInWords

EXPORT_NOTE = "_export.json"
"""Beside the files of a source: {"exported_at": "<ISO instant>"}; without it the newest file's time of change counts."""

MANIFEST = ".manifest.json"  # hidden, as no file of a source is
_BLOCK = 1 << 20


class NothingToLand(ToldInWords, RuntimeError):
    """A configured source has no files; the message names the folder and the next move."""


@dataclass(frozen=True)
class Landed:
    """One load in the landing zone. extracted_at is a UTC instant in ISO form; folder holds the copied files."""

    source_id: str
    load_id: str
    extracted_at: str
    files: tuple[str, ...]
    total_bytes: int
    mapping_hash: str
    folder: Path
    is_new: bool

    @property
    def extracted(self) -> datetime:
        return datetime.fromisoformat(self.extracted_at)


def land(
    source_id: str,
    folders: Sequence[Path],
    landing: Path,
    *,
    recipe: Mapping[str, Any],
    as_of: date | None = None,
    taken: TakenMonths | None = None,
) -> Landed:
    """Copy a source's files into the landing zone under their load's name.

    recipe: what else decides the outcome (connector, options, mapping text); it is part of the load's identity.
    as_of: files without an export note can't be newer than the day up to which the workspace counts. taken: only the files of some months; all without it.
    The copy is made beside and moved into place, so a killed run leaves no half load; one that is no longer as it was landed is copied again. Raises NothingToLand.
    """
    found, mapping_hash, load_id = _found(source_id, folders, recipe, taken)
    extracted_at = _extracted_at(folders, list(found.values()), as_of, taken.held if taken else None)
    draft = landing / source_id / f".{load_id}.draft"
    is_new = _manifest(landing / source_id / load_id, mapping_hash) is None
    if is_new:
        found = _copied(found, draft)
        load_id = _load_id(mapping_hash, found)  # of the copy, because a file may have changed since it was hashed
    target = landing / source_id / load_id
    manifest = _manifest(target, mapping_hash)
    landed = Landed(
        source_id=source_id,
        load_id=load_id,
        extracted_at=manifest["extracted_at"] if manifest else extracted_at,
        files=tuple(manifest["files"] if manifest else sorted(found)),
        total_bytes=manifest["total_bytes"] if manifest else sum(path.stat().st_size for path in found.values()),
        mapping_hash=mapping_hash,
        folder=target,
        is_new=manifest is None,
    )
    if is_new:
        _move_into_place(draft, landed)
    return landed


def load_name(source_id: str, folders: Sequence[Path], recipe: Mapping[str, Any]) -> str:
    """The name that a load of these files would have. Raises NothingToLand."""
    return _found(source_id, folders, recipe)[2]


def as_it_lies(
    source_id: str, folders: Sequence[Path], folder: Path, *, recipe: Mapping[str, Any], as_of: date | None = None
) -> Landed:
    """What `land` would make of a source's files, without copying them: links to them in `folder`. Raises NothingToLand."""
    found, mapping_hash, load_id = _found(source_id, folders, recipe)
    for name, path in found.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).symlink_to(path.absolute())
    return Landed(
        source_id=source_id,
        load_id=load_id,
        extracted_at=_extracted_at(folders, list(found.values()), as_of),
        files=tuple(sorted(found)),
        total_bytes=sum(path.stat().st_size for path in found.values()),
        mapping_hash=mapping_hash,
        folder=folder,
        is_new=True,
    )


def _found(
    source_id: str, folders: Sequence[Path], recipe: Mapping[str, Any], taken: TakenMonths | None = None
) -> tuple[dict[str, Path], str, str]:
    """The source's files, the hash of its recipe and the load's name. Raises NothingToLand."""
    found = files_below(folders)
    if taken:
        found = taken.files(found)
    if not found:
        listed = ", ".join(str(folder) for folder in folders)
        raise NothingToLand(
            f"Source {source_id}: no files in {listed}. Put the export there, or correct `path` of this source in the workspace file."
        )
    mapping_hash = content_hash(json.dumps(recipe, sort_keys=True, default=str).encode())
    return found, mapping_hash, _load_id(mapping_hash, found)


def files_below(folders: Sequence[Path]) -> dict[str, Path]:
    """Name in the load to path, hidden files and the export note left out; folders' names keep equal file names apart."""
    found: dict[str, Path] = {}
    for folder in folders:
        paths = [folder] if folder.is_file() else sorted(path for path in folder.rglob("*") if path.is_file())
        for path in paths:
            if path.name == EXPORT_NOTE or path.name.startswith("."):
                continue
            name = path.name if path == folder else path.relative_to(folder).as_posix()
            found[_free_name(name, folder, found)] = path
    return found


def _free_name(name: str, folder: Path, taken: Collection[str]) -> str:
    """`name`, or with as much of its folder's path before it as keeps it apart from `taken`."""
    parts = folder.absolute().parts
    tails = ("/".join(parts[-length:]) for length in range(1, len(parts)))
    candidates = (name, *(f"{before}/{name}" for before in (folder.parent.name, *tails)))
    return next((candidate for candidate in candidates if candidate not in taken), name)


def _extracted_at(
    folders: Sequence[Path], paths: Sequence[Path], as_of: date | None, held: Landed | None = None
) -> str:
    """When the files were exported; of those that were landed before, when they were said to be."""
    if held is not None:
        paths = [path for path in paths if not path.is_relative_to(held.folder)]
        if not paths:
            return held.extracted_at
        return max(held.extracted_at, _extracted_at(folders, paths, as_of), key=datetime.fromisoformat)
    for folder in folders:
        note = folder / EXPORT_NOTE
        if note.exists():
            return (
                datetime.fromisoformat(json.loads(note.read_text(encoding="utf-8"))["exported_at"])
                .astimezone(UTC)
                .isoformat()
            )
    newest = datetime.fromtimestamp(int(max(path.stat().st_mtime for path in paths)), tz=UTC)
    if as_of is not None:
        newest = min(newest, datetime.combine(as_of, time(23, 59, 59), tzinfo=UTC))
    return newest.isoformat()


def _load_id(mapping_hash: str, files: Mapping[str, Path]) -> str:
    """First 16 hex digits of SHA-256 over the mapping's hash, names and contents, each preceded by its length; read in blocks."""
    digest = hashlib.sha256()

    def told(part: bytes) -> None:
        digest.update(len(part).to_bytes(8, "big"))
        digest.update(part)

    told(mapping_hash.encode())
    for name in sorted(files):
        told(name.encode())
        digest.update(files[name].stat().st_size.to_bytes(8, "big"))
        with files[name].open("rb") as stream:
            while block := stream.read(_BLOCK):
                digest.update(block)
    return digest.hexdigest()[:16]


def _manifest(folder: Path, mapping_hash: str) -> dict[str, Any] | None:
    """What is written about a landed load; None where it isn't there or not as it was landed (cut, changed, emptied), so that it is copied again."""
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        copies = {name: folder / name for name in manifest["files"]}
        datetime.fromisoformat(manifest["extracted_at"])
        is_whole = (
            is_as_rewritten(folder, manifest) if NOTE in manifest else _load_id(mapping_hash, copies) == folder.name
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return manifest if is_whole else None


def _copied(files: Mapping[str, Path], draft: Path) -> dict[str, Path]:
    """The files, copied below `draft`."""
    shutil.rmtree(draft, ignore_errors=True)
    copies = {name: draft / name for name in files}
    try:
        for name, copy in copies.items():
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(files[name], copy)
    except OSError:  # a file is gone since it was hashed, or the disk is full: the next draft has another name, and this one would stay
        shutil.rmtree(draft, ignore_errors=True)
        raise
    return copies


def _move_into_place(draft: Path, landed: Landed) -> None:
    if landed.is_new:
        manifest = {key: value for key, value in asdict(landed).items() if key not in ("folder", "is_new")}
        (draft / MANIFEST).write_text(json.dumps(manifest, indent=1))
        shutil.rmtree(landed.folder, ignore_errors=True)
        os.replace(draft, landed.folder)
    shutil.rmtree(draft, ignore_errors=True)


def every_load(landing: Path) -> list[Landed]:
    """Every landed load, also of sources that the workspace no longer names."""
    folders = sorted(path for path in landing.glob("*") if path.is_dir())
    return [landed for folder in folders for landed in landed_loads(landing, folder.name)]


def landed_loads(landing: Path, source_id: str) -> list[Landed]:
    """Every load of a source in the landing zone, the oldest first; half-made ones are left out. One whose manifest was cut or emptied counts with the files that lie there."""
    folders = (path for path in (landing / source_id).glob("*") if path.is_dir() and not path.name.startswith("."))
    loads = [_told_load(source_id, folder) for folder in sorted(folders)]
    return sorted(loads, key=lambda load: load.extracted)


def drop_drafts(landing: Path) -> None:
    """Remove copies that a killed run had only begun."""
    for draft in landing.glob("*/.*.draft"):
        shutil.rmtree(draft, ignore_errors=True)


def _told_load(source_id: str, folder: Path) -> Landed:
    names = ("source_id", "load_id", "extracted_at", "total_bytes", "mapping_hash")
    try:
        told = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        datetime.fromisoformat(told["extracted_at"])
        return Landed(**{name: told[name] for name in names}, files=tuple(told["files"]), folder=folder, is_new=False)
    except (OSError, ValueError, KeyError, TypeError):
        found = files_below([folder])
        at = datetime.fromtimestamp(int(folder.stat().st_mtime), tz=UTC).isoformat()
        return Landed(source_id, folder.name, at, tuple(sorted(found)), 0, "", folder, is_new=False)
