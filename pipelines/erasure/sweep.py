"""Every other file below the data folder: whatever holds a trace loses it, whoever wrote the file."""

import hashlib
import shutil
from collections.abc import Iterator
from pathlib import Path

from pipelines.erasure.databases import erase_from_duckdb, erase_from_sqlite
from pipelines.erasure.files import Without, without
from pipelines.erasure.receipt import Receipt
from pipelines.erasure.traces import Traces
from pipelines.loading.landing import drop_drafts
from pipelines.serving.snapshot import forget_older, note_change
from pipelines.settings import Settings
from pipelines.whole_files import write_whole_bytes

SQLITE = b"SQLite format 3\0"
BESIDE = (".lock", ".wal", "-wal", "-shm")
"""Ends of files that belong to a database beside them: they are cleaned by opening it, and may go when it is closed."""

KINDS = {
    "fetched": "fetched pages",
    "dagster": "Dagster",
    "serving": "published",
    "reports": "reports",
    "decisions": "decisions",
    "warehouse": "dbt and logs",
    "logs": "logs",
}


def sweep(
    workspace: Settings, traces: Traces, copies: dict[str, bytes | None], receipt: Receipt, *, dry_run: bool
) -> None:
    """Clean what isn't landing zone, warehouse or vault. copies: SHA-256 of known files to what they become."""
    if not dry_run:
        receipt.note("published", "older releases", forget_older(workspace.serving))
        _drop_begun(workspace)
    for path in list(_files(workspace)):
        try:
            number = _clean(path, traces, copies, dry_run=dry_run)
        except FileNotFoundError:  # whoever wrote it has removed it since it was listed
            continue
        place = path.relative_to(workspace.data).parts[0]
        receipt.note(KINDS.get(place, "other files"), place, number)
        if number and not dry_run and path.parent == workspace.serving and path.exists():
            note_change(path)


def _files(workspace: Settings) -> Iterator[Path]:
    """What is looked into: the key, the log of who did what and what says which people were erased name nobody."""
    left_out = {workspace.vault.parent, workspace.tombstones.parent, workspace.data / "audit", workspace.landing}
    for path in sorted(workspace.data.rglob("*")):
        is_own = path in (workspace.warehouse, workspace.data / "hash_key") or path.name.endswith(BESIDE)
        if path.is_file() and not path.is_symlink() and not is_own and not left_out & set(path.parents):
            yield path


def _clean(path: Path, traces: Traces, copies: dict[str, bytes | None], *, dry_run: bool) -> int:
    """How much of one file went."""
    if path.suffix == ".duckdb":
        return erase_from_duckdb(path, traces, dry_run=dry_run)
    with path.open("rb") as stream:
        head = stream.read(len(SQLITE))
    if head == SQLITE:
        return erase_from_sqlite(path, traces, dry_run=dry_run)
    data = path.read_bytes()
    new, number = _cleaned(path, data, traces, copies)
    if number and not dry_run:
        if new is None:
            path.unlink()
        else:
            write_whole_bytes(path, new, mode=path.stat().st_mode & 0o777)
    return number


def _cleaned(path: Path, data: bytes, traces: Traces, copies: dict[str, bytes | None]) -> tuple[bytes | None, int]:
    known = hashlib.sha256(data).hexdigest()
    if known in copies:
        return copies[known], 1
    if traces.are_in(path.name) or traces.are_in(path.stem):
        return None, 1
    out = Without(traces)
    return without(path.name, data, out), out.removed


def _drop_begun(workspace: Settings) -> None:
    """What killed runs had only begun: copies for the landing zone, and what DuckDB put aside or was writing anew."""
    drop_drafts(workspace.landing)
    for path in workspace.warehouse.parent.glob("*.tmp"):
        shutil.rmtree(path, ignore_errors=True)
    for folder in (workspace.warehouse.parent, workspace.history.parent):
        for path in (*folder.glob(".*.duckdb.draft"), *folder.glob(".*.duckdb.draft.wal")):
            path.unlink()
