"""Registered evaluations of a workspace: receipts beside the history, each named in the audit log, so that none can be slipped in later."""

import json
import re
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import polars as pl

from pipelines.audit_log import append, entries, head
from pipelines.contracts.declared_outcomes import DeclarationError, read_declaration
from pipelines.impact.registration import faults, make_receipt
from pipelines.settings import Settings
from pipelines.sources.records import SourceFile
from pipelines.sources.registry.programme_files import read as read_programmes
from pipelines.told import ToldInWords
from pipelines.warehouse import connect, read_kept
from pipelines.whole_files import sync_folder, write_whole

ACTION = "registered"
UNCOUNTED = ("impact_declaration", "file_hash", "source_record_id", "source_file", "source_line", "raw_text")
SHOWN = {"programme_id": pl.String(), "estimate": pl.Float64()}


class RegistrationRefused(ToldInWords, ValueError):
    """A programme can't be registered; the message names the next step."""


def register_programme(workspace: Settings, programme_id: str, now: datetime) -> tuple[dict[str, Any], Path]:
    """Write the programme's receipt and note it in the audit log. Raises RegistrationRefused, or SourceRefused for a file that can't be read."""
    return _registered(workspace, programme_id, now, head(workspace.audit_log))


def _registered(
    workspace: Settings, programme_id: str, at: datetime, log_head: str | None
) -> tuple[dict[str, Any], Path]:
    programme = _programme(workspace, programme_id)
    if not programme["impact_declaration"]:
        raise RegistrationRefused(
            f"{programme_id} declares no outcomes. Next step: write its `impact:` block, then register."
        )
    declaration = json.loads(programme["impact_declaration"])
    try:
        read_declaration(programme_id, declaration)
    except DeclarationError as problem:
        raise RegistrationRefused(f"{problem} Next step: correct the programme's file, then register.") from problem
    made = make_receipt(
        programme_id,
        {name: value for name, value in programme.items() if name not in UNCOUNTED},
        declaration,
        at,
        had_results=_had_results(workspace, programme_id),
        log_head=log_head,
    )
    path = (
        workspace.registrations
        / f"{re.sub(r'[^A-Za-z0-9_-]', '_', programme_id)}-{at:%Y%m%dT%H%M%SZ}-{made['hash'][:8]}.json"
    )
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    write_whole(path, json.dumps(made, indent=2, ensure_ascii=False), mode=0o600)
    sync_folder(path.parent)
    append(workspace.audit_log, ACTION, {"programme": programme_id, "receipt": made["hash"]})
    return made, path


def register_made_up(workspace: Settings) -> None:
    """Register the demo's own programmes, once, on the made-up day on which their files say that they were declared, so that every demo is the same to the byte."""
    known = {receipt["programme_id"] for receipt in receipts(workspace)}
    made_up = _described(workspace)["programmes"].filter(
        (pl.col("data_origin") == "demo") & pl.col("impact_declaration").is_not_null()
    )
    for programme_id, declared in made_up.sort("programme_id").select("programme_id", "impact_declaration").iter_rows():
        if programme_id not in known:
            day = date.fromisoformat(str(json.loads(declared)["declared_on"]))
            _registered(workspace, programme_id, datetime(day.year, day.month, day.day, tzinfo=UTC), None)


def receipts(workspace: Settings) -> list[dict[str, Any]]:
    """Every receipt that is what was written and that the audit log names."""
    noted = {entry["details"].get("receipt") for entry in entries(workspace.audit_log) if entry["action"] == ACTION}
    found = [json.loads(path.read_text(encoding="utf-8")) for path in sorted(workspace.registrations.glob("*.json"))]
    return [receipt for receipt in found if not faults(receipt) and receipt["hash"] in noted]


def _described(workspace: Settings) -> dict[str, pl.DataFrame]:
    """The workspace's programme files by table, read as a run reads them."""
    paths = [path for folder in workspace.programme_folders for path in sorted(folder.glob("*.y*ml"))]
    extract = read_programmes([SourceFile(path.name, path.read_bytes()) for path in paths], {})
    return {batch.table: batch.rows for batch in extract.batches}


def _programme(workspace: Settings, programme_id: str) -> dict[str, Any]:
    """The row of the programme, with its cohorts."""
    batches = _described(workspace)
    own = batches["programmes"].filter(pl.col("programme_id") == programme_id)
    if own.is_empty():
        known = ", ".join(batches["programmes"]["programme_id"].sort())
        raise RegistrationRefused(f"No programme {programme_id!r} is described. Next step: name one of {known}.")
    cohorts = batches["cohorts"].filter(pl.col("programme_id") == programme_id)
    kept = ("cohort_id", "roster_date", "start_date", "end_date", "assignment_rule")
    return {
        **own.row(0, named=True),
        "cohorts": cohorts.select(name for name in kept if name in cohorts.columns).to_dicts(),
    }


def _had_results(workspace: Settings, programme_id: str) -> bool:
    """Whether an estimate of the programme was ever shown, as far as the warehouse or, where it is gone, its history knows."""
    kept = next((path for path in (workspace.warehouse, workspace.history) if path.exists()), None)
    if kept is None:
        return False
    with connect(kept, read_only=True) as file:
        shown = pl.concat(read_kept(file, table, SHOWN) for table in ("impact.estimates", "impact.looks"))
    return bool(shown.filter((pl.col("programme_id") == programme_id) & pl.col("estimate").is_not_null()).height)
