"""A copy of what a workspace could not make again.

Left out: the warehouse, published files and logs, which a run makes anew (what the warehouse alone knows is in the history), and the key, which belongs where passwords are kept.
"""

import json
import os
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.audit_log import head
from pipelines.configuration_log import configuration_files
from pipelines.data_version import TooNew, noted_version
from pipelines.loading.history import keep_history
from pipelines.loading.pseudonyms import key_fingerprint
from pipelines.loading.rewritten import digest
from pipelines.settings import Settings
from pipelines.told import ToldInWords
from pipelines.whole_files import sync, sync_folder, write_whole

MANIFEST = "backup.json"
DATA, CONFIGURATION = "data", "configuration"
ASIDE, STAGED = "before-restore", ".restoring"
"""In the data folder: what a restore moved out of the way, and what it hasn't moved into place yet."""

MADE_ANEW = frozenset({"warehouse", "serving", "dagster", "logs", "demo", "bench", "hash_key", ASIDE, STAGED})
"""First parts of paths in the data folder that no backup holds."""

FORM = 1
SQLITE = b"SQLite format 3\0"


class BackupRefused(ToldInWords, RuntimeError):
    """A backup can't be made, or isn't what was written, or would write over data; the message names the next step."""


def back_up(workspace: Settings, folder: Path, now: datetime) -> Path:
    """Copy into a new folder below `folder` and return it. Only for who holds the writer's lock. Raises BackupRefused, with nothing left behind."""
    if folder.resolve().is_relative_to(workspace.data.resolve()):
        raise BackupRefused(f"{folder} is in the data folder itself. Next step: name a folder on another disk.")
    if not any(True for _ in _kept(workspace.data)):
        raise BackupRefused(f"{workspace.data} holds nothing yet. Next step: `impact run`.")
    if workspace.warehouse.exists():
        keep_history(workspace.warehouse, workspace.history)
    final = _free(folder / f"backup-{now.astimezone(UTC):%Y%m%dT%H%M%SZ}")
    draft = folder / f".{final.name}.draft"
    try:
        _write(workspace, draft, now)
    except OSError as problem:
        raise BackupRefused(
            f"The backup couldn't be written: {problem}. Next step: free space, or another folder."
        ) from problem
    finally:
        if draft.exists() and not (draft / MANIFEST).exists():
            shutil.rmtree(draft, ignore_errors=True)
    os.replace(draft, final)
    sync_folder(folder)
    return final


def checked(folder: Path) -> tuple[Path, dict[str, Any]]:
    """A backup (of several in `folder` the newest) and its manifest, once every file is what was written. Raises BackupRefused."""
    found = sorted(path.parent for path in [*folder.glob(MANIFEST), *folder.glob(f"backup-*/{MANIFEST}")])
    if not found:
        raise BackupRefused(f"{folder} holds no backup. Next step: name the folder that `impact backup` wrote.")
    backup = found[-1]
    told = _told(backup)
    try:
        noted_version(backup / DATA)
    except TooNew as later:
        raise BackupRefused(str(later)) from later
    damaged = [name for name, written in told["files"].items() if _digest(backup / name) != written]
    if damaged:
        raise BackupRefused(
            f"{len(damaged)} files of {backup} aren't what was written, for example {damaged[0]}. Nothing was restored. Next step: take another backup."
        )
    return backup, told


def copy_closed(path: Path, target: Path) -> None:
    """A copy that its owner alone can read; of an SQLite database, its last committed state, whoever writes it meanwhile."""
    for folder in reversed([one for one in target.parents if not one.exists()]):
        folder.mkdir(mode=0o700)
    with path.open("rb") as stream:
        is_sqlite = stream.read(len(SQLITE)) == SQLITE
    target.touch(mode=0o600)
    if is_sqlite:
        with closing(sqlite3.connect(path)) as old, closing(sqlite3.connect(target)) as new:
            old.backup(new)
    else:
        shutil.copyfile(path, target)
    sync(target)


def _free(final: Path) -> Path:
    """`final`, or what comes after it where two backups are made in one second."""
    number = 2
    while final.exists():
        final, number = final.with_name(f"{final.name.partition('Z')[0]}Z-{number}"), number + 1
    return final


def _write(workspace: Settings, draft: Path, now: datetime) -> None:
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True, mode=0o700)
    for path in _kept(workspace.data):
        copy_closed(path, draft / DATA / path.relative_to(workspace.data))
    for name, path in configuration_files(workspace).items():
        copy_closed(path, draft / CONFIGURATION / name)
    write_whole(draft / MANIFEST, json.dumps(_manifest(workspace, draft, now), indent=1), mode=0o600)
    sync(draft / MANIFEST)


def _kept(data: Path) -> Iterator[Path]:
    for path in sorted(data.rglob("*")):
        first = path.relative_to(data).parts[0]
        is_passing = path.suffix in (".lock", ".wal") or path.name.endswith((".draft", "-wal", "-shm"))
        if path.is_file() and not path.is_symlink() and first not in MADE_ANEW and not is_passing:
            yield path


def _manifest(workspace: Settings, draft: Path, now: datetime) -> dict[str, Any]:
    files = {path.relative_to(draft).as_posix(): digest(path) for path in sorted(draft.rglob("*")) if path.is_file()}
    return {
        "form": FORM,
        "made_at": now.astimezone(UTC).isoformat(timespec="seconds"),
        "workspace": workspace.workspace,
        "key_fingerprint": key_fingerprint(workspace.hash_key),
        "audit_head": head(workspace.audit_log),
        "files": files,
    }


def _told(backup: Path) -> dict[str, Any]:
    """The manifest, which names nothing outside its own folder."""
    try:
        told = dict(json.loads((backup / MANIFEST).read_text(encoding="utf-8")))
        form, names = int(told["form"]), list(dict(told["files"]))
        made_under = str(told["key_fingerprint"])
    except (OSError, ValueError, KeyError, TypeError) as broken:
        raise BackupRefused(f"{backup / MANIFEST} can't be read. Next step: take another backup.") from broken
    if form > FORM:
        raise BackupRefused(f"{backup} was made by a later version. Next step: update mentorship-impact.")
    if not made_under or not all((backup / name).resolve().is_relative_to(backup.resolve()) for name in names):
        raise BackupRefused(f"{backup / MANIFEST} wasn't written by `impact backup`. Next step: take another backup.")
    return told


def _digest(path: Path) -> str | None:
    return digest(path) if path.is_file() else None
