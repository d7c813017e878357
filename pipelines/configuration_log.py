"""What the audit log hears of by itself at each run: settings that have changed since the last one, and decisions made in the workbench."""

import hashlib
from collections.abc import Iterable
from pathlib import Path

from pipelines.audit_log import append, entries
from pipelines.decisions import Decision, DecisionStore
from pipelines.loading.landing import files_below
from pipelines.settings import Settings


def note_configuration(workspace: Settings, actor: str) -> None:
    """Add an entry where the workspace file, a mapping or a programme file isn't as it was at the last run."""
    now = {
        name: hashlib.sha256(path.read_bytes()).hexdigest()[:16]
        for name, path in configuration_files(workspace).items()
    }
    logged = [entry["details"]["files"] for entry in entries(workspace.audit_log) if entry["action"] == "configured"]
    before: dict[str, str] = logged[-1] if logged else {}
    changed = sorted(name for name in {*now, *before} if now.get(name) != before.get(name))
    if changed:
        append(workspace.audit_log, "configured", {"changed": changed, "files": now}, actor=actor)


def configuration_files(workspace: Settings) -> dict[str, Path]:
    """The workspace file, its mappings and its programme files, by name."""
    own = [workspace.workspace_file, *(source.mapping for source in workspace.sources if source.mapping)]
    named = {path.name: path for path in own if path.is_file()}
    return named | {f"programmes/{name}": path for name, path in files_below(list(workspace.programme_folders)).items()}


def note_decisions(workspace: Settings) -> None:
    """Add an entry for each decision that has none: cohort, revision, kind and a hash of the rest, with the one who decided as its actor."""
    known = {
        (e["details"]["cohort"], e["details"]["revision"])
        for e in entries(workspace.audit_log)
        if e["action"] == "decided"
    }
    store = DecisionStore(workspace.decisions)
    for decision in (one for cohort in store.cohorts() for one in store.decisions(cohort)):
        if (decision.cohort_id, decision.revision) not in known:
            append(workspace.audit_log, "decided", _told(decision), actor=decision.actor)


def _told(decision: Decision) -> dict[str, object]:
    rest: Iterable[object] = (decision.pairs, decision.mentor, decision.seats, decision.undoes, decision.run_id)
    return {
        "cohort": decision.cohort_id,
        "revision": decision.revision,
        "kind": decision.kind,
        "content": hashlib.sha256(repr(tuple(rest)).encode()).hexdigest()[:16],
    }
