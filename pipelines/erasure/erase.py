"""`impact erase`: one person out of landing, quarantine, corrections, fetched pages, decisions, logs, published files, warehouse and vault, in this order.

What says who the person is goes last, so that a killed erasure is ended by asking for it again.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from pipelines.audit_log import append
from pipelines.decisions import DecisionStore, export_decisions
from pipelines.erasure.files import Without, without
from pipelines.erasure.landed_records import Found, landed_records
from pipelines.erasure.person import find_person
from pipelines.erasure.receipt import Receipt, next_number
from pipelines.erasure.sweep import sweep
from pipelines.erasure.traces import ERASED, Traces, telling
from pipelines.erasure.warehouse import erase_from_warehouse
from pipelines.loading.corrections import corrections_of, keep_corrections
from pipelines.loading.landing import MANIFEST, Landed, every_load, landed_loads
from pipelines.loading.rewritten import rewrite
from pipelines.loading.source import SourceToLoad
from pipelines.loading.tombstones import add_tombstones, hash_of
from pipelines.settings import Settings
from pipelines.sources.conversions import as_list
from pipelines.sources_configured import configured_sources, connector_options, zone_of
from pipelines.warehouse import claim_writer
from pipelines.workspace_loads import day_of

Copies = dict[str, bytes | None]
"""SHA-256 of a landed file as it was to what it became, so that copies elsewhere in the data folder become the same."""


def erase(workspace: Settings, given: str, *, actor: str, say: Callable[[str], None], dry_run: bool = False) -> Receipt:
    """Take the person out of everything below the data folder. dry_run: only tell what would go. Raises NotFound, WarehouseBusy."""
    claim_writer(workspace.warehouse)
    sources = _sources(workspace)
    person = find_person(
        workspace, given, {kind for source in sources for kind in _types(source.source_id, source.options)}
    )
    folder = workspace.tombstones.parent
    receipt = Receipt(next_number(folder), actor, notes=list(person.notes))
    say("Reading every landed load once more ...")
    found = landed_records(workspace.landing, sources, person, workspace.hash_key, day_of(sources))
    traces = person.traces | Traces(telling({*found.ids, *found.keys}), keys=frozenset(found.keys))
    if not dry_run:
        add_tombstones(workspace.tombstones, (hash_of(one, workspace.hash_key) for one in person.pseudonyms))
    say("Landing zone, corrections, decisions ...")
    copies = _from_landing(workspace, traces, found, receipt, dry_run=dry_run)
    _from_corrections(workspace, traces, found, receipt, dry_run=dry_run)
    _from_decisions(workspace, traces, receipt, dry_run=dry_run)
    say("Everything else below the data folder ...")
    sweep(workspace, traces, copies, receipt, dry_run=dry_run)
    say("Warehouse and vault ...")
    erase_from_warehouse(workspace, traces, found, receipt, dry_run=dry_run)
    _tell(workspace, sources, found, receipt)
    if not dry_run:
        receipt.keep(folder)
        append(workspace.audit_log, "erased", {"receipt": receipt.number, "removed": receipt.total}, actor=actor)
    return receipt


def _sources(workspace: Settings) -> list[SourceToLoad]:
    """How each configured source that was ever landed is read today."""
    found = []
    for source in configured_sources():
        loads = landed_loads(workspace.landing, source.source_id)
        if loads:
            found.append(
                SourceToLoad(source.source_id, source.connector, connector_options(source), loads[-1], zone_of(source))
            )
    return found


def _types(source_id: str, options: Mapping[str, Any]) -> Iterator[str]:
    """Types of identifiers that a source gives people: its own id, and those that its mapping names."""
    yield source_id
    waiting: list[Any] = [options]
    while waiting:
        entry = waiting.pop()
        if isinstance(entry, Mapping):
            waiting += entry.values()
            yield from (kind for kind in as_list(entry.get("reference")) if isinstance(kind, str))
        elif isinstance(entry, list | tuple):
            waiting += entry


def _from_landing(workspace: Settings, traces: Traces, found: Found, receipt: Receipt, *, dry_run: bool) -> Copies:
    copies: Copies = {}
    for landed in every_load(workspace.landing):
        changed: Copies = {}
        for name in landed.files:
            old = (landed.folder / name).read_bytes()
            new, removed = _cleaned(landed, name, old, traces, found)
            if removed:
                changed[name] = copies[hashlib.sha256(old).hexdigest()] = new
                receipt.note("landing", landed.source_id, removed)
        if changed and not dry_run:
            rewrite(landed.folder, landed.folder / MANIFEST, changed)
    return copies


def _cleaned(landed: Landed, name: str, data: bytes, traces: Traces, found: Found) -> tuple[bytes | None, int]:
    """A landed file without the person, None where it is named after them, and how much went."""
    if any(traces.are_in(part) for part in (*Path(name).parts, Path(name).stem)):
        return None, 1
    there = (landed.folder, name)
    out = Without(
        traces,
        found.places.get(there, {}),
        frozenset(found.ids | found.keys),
        found.mentions.get(there, frozenset()),
        is_read=landed.folder not in found.unread and landed.source_id in found.sources,
    )
    return without(name, data, out), out.removed


def _from_corrections(workspace: Settings, traces: Traces, found: Found, receipt: Receipt, *, dry_run: bool) -> None:
    folder = workspace.data / "corrections"
    texts = {text for lines in found.places.values() for text in lines.values() if text}
    for path in sorted(folder.glob("*.json")):
        known = corrections_of(folder, path.stem)
        kept = [
            one
            for one in known
            if not texts & {one.raw_text, one.corrected_text}
            and not traces.are_in(f"{one.raw_text}\n{one.corrected_text}")
        ]
        receipt.note("corrections", path.stem, len(known) - len(kept))
        if len(kept) < len(known) and not dry_run:
            keep_corrections(folder, path.stem, kept)


def _from_decisions(workspace: Settings, traces: Traces, receipt: Receipt, *, dry_run: bool) -> None:
    store = DecisionStore(workspace.decisions)
    ids = {f'"{key}"': f'"{ERASED} {hash_of(key, workspace.hash_key)[:8]}"' for key in sorted(traces.keys)}

    def changed(text: str) -> str:
        for old, new in ids.items():
            text = text.replace(old, new)
        return traces.taken_from(text)[0]

    if dry_run:
        number = sum(changed(text) != text for text in store.texts())
    elif number := store.rewrite(changed):
        export_decisions(store, workspace.data / "decisions" / "export", as_of=workspace.as_of)
    receipt.note("decisions", "store", number)


def _tell(workspace: Settings, sources: list[SourceToLoad], found: Found, receipt: Receipt) -> None:
    outside = [source.source_id for source in configured_sources() if not source.path.is_relative_to(workspace.data)]
    named = [
        source.source_id for source in sources if source.source_id in outside and source.connector != "programme_files"
    ]
    if named:
        receipt.left.append(
            f"Remove the person in the systems behind {', '.join(named)}, and from the export folders outside the data folder. Until then the next loads leave their records out and count them."
        )
    if found.unread:
        receipt.notes.append(
            f"{len(found.unread)} older loads can't be read by today's mappings; they were searched for addresses, names and telling numbers only."
        )
    receipt.left.append("Run `impact run`, so that figures, proposals and published files are made without the person.")
    receipt.left.append(
        "Backups made before hold the person; `impact restore` takes erased people out again, copies made by other means don't."
    )
