"""A backup put in the place of the data folder's content.

Everything is copied beside its place first and moved only then, so that a full disk or a kill before that changes nothing. What was there is moved aside within the data folder, which may be a
volume of its own; `impact erase` looks there too.
"""

import os
import shutil
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path

from pipelines.audit_log import entries, head
from pipelines.backup import ASIDE, DATA, STAGED, BackupRefused, checked, copy_closed
from pipelines.loading.pseudonyms import key_fingerprint
from pipelines.loading.tombstones import add_tombstones, tombstones
from pipelines.settings import Settings

STAYS = frozenset({"hash_key", ASIDE, STAGED})
"""In the data folder, whatever is restored."""


def restore(
    workspace: Settings, folder: Path, now: datetime, *, replace: bool = False, more: Path | None = None
) -> Path | None:
    """Where what was there went; None where nothing was. Only for who holds the writer's lock.

    replace: what is there may go aside. more: another file of tombstones. Erasures, their receipts and the longer audit log of what was there stay in force. Raises
    BackupRefused, with nothing changed.
    """
    backup, told = checked(folder)
    _same_key(workspace, str(told["key_fingerprint"]))
    _readable(more)
    there = _there(workspace)
    if there and not replace:
        raise BackupRefused(
            f"{workspace.data} isn't empty. Next step: `--replace` moves what is there into {workspace.data / ASIDE} and restores; nothing is deleted."
        )
    staged = workspace.data / STAGED
    try:
        _stage(workspace, backup, told["files"], staged)
        _keep_what_holds(workspace, staged, more)
    except OSError as problem:
        shutil.rmtree(staged, ignore_errors=True)
        raise BackupRefused(
            f"The backup couldn't be copied: {problem}. Nothing was restored. Next step: free space."
        ) from problem
    aside = _move_aside(workspace, there, now) if there else None
    for path in sorted(staged.iterdir()):
        os.replace(path, workspace.data / path.name)
    staged.rmdir()
    return aside


def _same_key(workspace: Settings, used: str) -> None:
    fingerprint = key_fingerprint(workspace.hash_key)
    if used != fingerprint:
        raise BackupRefused(
            f"The backup's people are hashed under another key ({used}, this one is {fingerprint}). Nothing was restored. "
            "Next step: set IMPACT_HASH_KEY to the key that was used then."
        )


def _readable(more: Path | None) -> None:
    try:
        if more is not None and not more.exists():
            raise BackupRefused(
                f"{more} isn't there. Next step: name the file of erased people that was kept elsewhere."
            )
        if more is not None:
            tombstones(more)
    except ValueError as broken:
        raise BackupRefused(f"{more} isn't a file of erased people. Next step: name another copy of it.") from broken


def _there(workspace: Settings) -> list[Path]:
    """What lies in the data folder, without the lock that this process holds."""
    if not workspace.data.exists():
        return []
    found = [path for path in workspace.data.iterdir() if path.name not in STAYS]
    inside = workspace.warehouse.parent
    if inside in found:
        found.remove(inside)
        found += [path for path in inside.iterdir() if path.suffix != ".lock"]
    return sorted(found)


def _stage(workspace: Settings, backup: Path, files: Iterable[str], staged: Path) -> None:
    shutil.rmtree(staged, ignore_errors=True)
    staged.mkdir(parents=True, mode=0o700)
    workspace.data.chmod(0o700)
    for name in files:
        if name.startswith(f"{DATA}/"):
            copy_closed(backup / name, staged / name.removeprefix(f"{DATA}/"))


def _keep_what_holds(workspace: Settings, staged: Path, more: Path | None) -> None:
    """Who was erased, receipts, and the audit log that goes on where the backup's ends; also of what an earlier, killed restore moved aside."""
    erased, log = (path.relative_to(workspace.data) for path in (workspace.tombstones, workspace.audit_log))
    for before in (workspace.data, *sorted((workspace.data / ASIDE).glob("*"))):
        if hashes := tombstones(before / erased).hashes:
            add_tombstones(staged / erased, hashes)
        for receipt in (before / erased).parent.glob("erasure-*"):
            copy_closed(receipt, staged / erased.parent / receipt.name)
        goes_on = head(staged / log) in (None, *(entry["hash"] for entry in entries(before / log)))
        if goes_on and (before / log).exists():
            copy_closed(before / log, staged / log)
    if more is not None:
        add_tombstones(staged / erased, tombstones(more).hashes)


def _move_aside(workspace: Settings, there: list[Path], now: datetime) -> Path:
    aside = workspace.data / ASIDE / f"{now.astimezone(UTC):%Y%m%dT%H%M%S%fZ}"
    for path in there:
        target = aside / path.relative_to(workspace.data)
        target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        os.replace(path, target)
    return aside
