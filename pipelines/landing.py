"""The landing zone: the source bytes of every load, kept as they came, so that any table can be rebuilt.

A load is named by its content: the hash of the source's files, its mapping and its options. The same bytes under the same mapping are
the same load, so a second run finds it and does nothing.
"""

import json
import os
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from pipelines.settings import content_hash

EXPORT_NOTE = "_export.json"
"""Beside the files of a source: {"exported_at": "<ISO instant>"}; without it the newest file's time of change counts."""

MANIFEST = "manifest.json"


class NothingToLand(RuntimeError):
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
    source_id: str, folders: Sequence[Path], landing: Path, *, recipe: Mapping[str, Any], as_of: date | None = None
) -> Landed:
    """Copy a source's files into the landing zone under their load's name.

    recipe: what else decides the outcome (connector, options, mapping text); it is part of the load's identity.
    as_of: files without an export note can't be newer than the day up to which the workspace counts.
    The copy is made beside and moved into place, so a killed run leaves no half load. Raises NothingToLand.
    """
    found = files_below(folders)
    if not found:
        listed = ", ".join(str(folder) for folder in folders)
        raise NothingToLand(
            f"Source {source_id}: no files in {listed}. Put the export there, or correct `path` of this source in the workspace file."
        )
    contents = {name: path.read_bytes() for name, path in found.items()}
    mapping_hash = content_hash(json.dumps(recipe, sort_keys=True, default=str).encode())
    parts = [part for name in sorted(contents) for part in (name.encode(), contents[name])]
    load_id = content_hash(mapping_hash.encode(), *parts)
    extracted_at = _extracted_at(folders, list(found.values()), as_of)
    target = landing / source_id / load_id
    is_new = not (target / MANIFEST).exists()
    landed = Landed(
        source_id=source_id,
        load_id=load_id,
        extracted_at=extracted_at if is_new else json.loads((target / MANIFEST).read_text())["extracted_at"],
        files=tuple(sorted(contents)),
        total_bytes=sum(len(content) for content in contents.values()),
        mapping_hash=mapping_hash,
        folder=target,
        is_new=is_new,
    )
    if is_new:
        _write(target, contents, landed)
    return landed


def files_below(folders: Sequence[Path]) -> dict[str, Path]:
    """Name in the load to path, hidden files and the export note left out; folders' names keep equal file names apart."""
    found: dict[str, Path] = {}
    for folder in folders:
        paths = [folder] if folder.is_file() else sorted(path for path in folder.rglob("*") if path.is_file())
        for path in paths:
            if path.name == EXPORT_NOTE or path.name.startswith("."):
                continue
            name = path.name if path == folder else path.relative_to(folder).as_posix()
            found[name if name not in found else f"{folder.parent.name}/{name}"] = path
    return found


def _extracted_at(folders: Sequence[Path], paths: Sequence[Path], as_of: date | None) -> str:
    for folder in folders:
        note = folder / EXPORT_NOTE
        if note.exists():
            return datetime.fromisoformat(json.loads(note.read_text())["exported_at"]).astimezone(UTC).isoformat()
    newest = datetime.fromtimestamp(int(max(path.stat().st_mtime for path in paths)), tz=UTC)
    if as_of is not None:
        newest = min(newest, datetime.combine(as_of, time(23, 59, 59), tzinfo=UTC))
    return newest.isoformat()


def _write(target: Path, contents: Mapping[str, bytes], landed: Landed) -> None:
    draft = target.with_name(f".{target.name}.draft")
    shutil.rmtree(draft, ignore_errors=True)
    for name, content in contents.items():
        path = draft / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    manifest = {key: value for key, value in asdict(landed).items() if key not in ("folder", "is_new")}
    (draft / MANIFEST).write_text(json.dumps(manifest, indent=1))
    shutil.rmtree(target, ignore_errors=True)
    os.replace(draft, target)
