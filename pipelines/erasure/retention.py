"""`retention:` of the workspace: what is older than its days goes. Nothing that the next run needs ever does: the loads in force, the last report."""

import re
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import polars as pl

from pipelines.audit_log import append
from pipelines.loading.history import keep_history
from pipelines.loading.landing import every_load
from pipelines.loading.schemas import prepare_schemas
from pipelines.loading.vault import QUARANTINED_ROWS, changing_vault, reading_vault
from pipelines.settings import Settings
from pipelines.warehouse import connect, copy_into_new_file, read_frame

ISSUED = re.compile(r"\d+-(\d{4}-\d{2}-\d{2})-")


@dataclass(frozen=True)
class Expired:
    """What has outlived its days. what: in words, for a list."""

    kind: str
    what: str
    remove: Callable[[], None]


def expired(workspace: Settings, now: datetime) -> list[Expired]:
    """Everything that has outlived its days at `now` (aware, UTC)."""
    found: list[Expired] = []
    for kind, days in workspace.retention.items():
        found += KINDS[kind](workspace, (now - timedelta(days=days)).astimezone(UTC))
    return found


def remove_expired(workspace: Settings, now: datetime, *, actor: str | None = None) -> list[Expired]:
    """Remove it, and note it in the audit log. Only for who holds the writer's lock."""
    found = expired(workspace, now)
    for one in found:
        one.remove()
    if found:
        append(workspace.audit_log, "retained", {"removed": len(found), "days": dict(workspace.retention)}, actor=actor)
    return found


def _landing(workspace: Settings, before: datetime) -> Iterator[Expired]:
    """Loads that are no longer in force and aren't a source's last, by the day of their export."""
    loads = sorted(every_load(workspace.landing), key=lambda load: load.extracted)
    last = {load.source_id: load.load_id for load in loads}
    stays = _current_loads(workspace) | set(last.items())
    for load in loads:
        if load.extracted < before and (load.source_id, load.load_id) not in stays:
            yield Expired(
                "landing", f"{load.source_id}, load {load.load_id} of {load.extracted:%Y-%m-%d}", _folder(load.folder)
            )


def _quarantine(workspace: Settings, before: datetime) -> Iterator[Expired]:
    """The text of quarantined records; that they were quarantined, and why, stays."""
    if not workspace.warehouse.exists():
        return
    query = """
        select source_id, load_id, count(*) as rows from vault.quarantined_rows inner join quality.loads using (load_id, source_id)
        where raw_text is not null and extracted_at < ? group by all order by all
    """
    with reading_vault(workspace.warehouse, workspace.vault) as warehouse:
        loads = read_frame(warehouse, query, [before]).rows()
    if loads:
        words = f"text of {sum(row[2] for row in loads)} records of {len(loads)} loads"
        yield Expired("quarantine", words, lambda: _forget_texts(workspace, [row[:2] for row in loads]))


def _forget_texts(workspace: Settings, loads: list[tuple[str, str]]) -> None:
    with connect(workspace.warehouse) as warehouse:
        prepare_schemas(warehouse)
        with changing_vault(warehouse, workspace.vault):
            old = pl.DataFrame(loads, schema=["source_id", "load_id"], orient="row").to_arrow()  # noqa: F841
            for table, column in ((QUARANTINED_ROWS, "raw_text"), ("quality.quarantine", "masked_text")):
                warehouse.execute(
                    f"update {table} set {column} = null where (source_id, load_id) in (select (source_id, load_id) from old)"
                )
    copy_into_new_file(workspace.warehouse)
    if workspace.history.exists():
        keep_history(workspace.warehouse, workspace.history)


def _reports(workspace: Settings, before: datetime) -> Iterator[Expired]:
    """Issued reports but the last."""
    issued = sorted(path for path in (workspace.reports / "issued").glob("*") if ISSUED.match(path.name))
    for path in issued[:-1]:
        day = date.fromisoformat(ISSUED.match(path.name)[1])  # type: ignore[index]
        if day < before.date():
            yield Expired("reports", f"report {path.name}", _folder(path))


def _logs(workspace: Settings, before: datetime) -> Iterator[Expired]:
    """What programs have printed, by the time of its last line."""
    for folder in (
        workspace.data / "logs",
        workspace.dagster_home / "storage",
        workspace.warehouse.parent / "dbt_target",
    ):
        for path in sorted(folder.rglob("*")):
            is_log = path.suffix in (".log", ".out", ".err") and path.is_file()
            if is_log and datetime.fromtimestamp(path.stat().st_mtime, tz=UTC) < before:
                yield Expired("logs", str(path.relative_to(workspace.data)), path.unlink)


KINDS: dict[str, Callable[[Settings, datetime], Iterator[Expired]]] = {
    "landing": _landing,
    "quarantine": _quarantine,
    "reports": _reports,
    "logs": _logs,
}


def _current_loads(workspace: Settings) -> set[tuple[str, str]]:
    if not workspace.warehouse.exists():
        return set()
    with connect(workspace.warehouse, read_only=True) as warehouse:
        return set(read_frame(warehouse, "select source_id, load_id from quality.loads where is_current").rows())


def _folder(path: Path) -> Callable[[], None]:
    return lambda: shutil.rmtree(path)
