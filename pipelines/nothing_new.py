"""What the last complete run rested on and left behind, so that a run over the same files, settings and code can say that there is nothing to do.

Everything that may change a result is in it: each source's bytes, mapping, corrections and options, programme files, decisions, tombstones, the workspace file,
the environment's settings that decide results, the day where days count, and this program's own code and libraries. Where something can only be known by asking another
system, nothing is said and the run goes on. What the run left is known again by its hash or, for the warehouse, by size and time of change, so that a
deleted report or a damaged release is made anew.
"""

import json
import os
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from pipelines.builds.program import file_told, hash_of, program
from pipelines.checkout import SettingsError
from pipelines.environment import SETTINGS
from pipelines.loading.landing import NothingToLand, load_name
from pipelines.settings import Settings
from pipelines.sources.connectors import CONNECTORS
from pipelines.sources_configured import configured_sources, recipe_of
from pipelines.whole_files import write_whole
from pipelines.workspace_loads import bring, folders_of


@dataclass(frozen=True)
class CompleteRun:
    """ended: UTC. rests_on, left: hashes. warnings: what should be looked at all the same."""

    ended: datetime
    rests_on: str
    left: str
    warnings: tuple[str, ...]


def rests_on(workspace: Settings) -> str | None:
    """Hash of all that a run would rest on now; None where that can't be told without asking another system, or sources can't be read."""
    try:
        sources = configured_sources()
        if any(CONNECTORS[source.connector].remote for source in sources) or not workspace.decisions.startswith(
            "sqlite:"
        ):
            return None
        for source in sources:
            bring(source, lambda _: None)
        names = [load_name(source.source_id, folders_of(source), recipe_of(source)) for source in sources]
    except (NothingToLand, SettingsError, OSError):
        return None
    settings = [f"{name}={os.environ.get(name, '')}" for name, setting in SETTINGS.items() if setting.decides_results]
    day = "" if workspace.as_of else str(date.today())
    files = [workspace.workspace_file, workspace.tombstones, workspace.data / "audit" / "accepted.jsonl"]
    files += sorted(workspace.registrations.glob("*.json"))
    return hash_of([*names, *settings, day, *map(file_told, files), program()])


def left_behind(workspace: Settings) -> str | None:
    """Hash of what a run has left; None where some of it is missing."""
    latest = workspace.reports / "latest"
    whole = [*sorted(path for path in workspace.serving.glob("*") if path.is_file()), *sorted(path for path in latest.rglob("*") if path.is_file())]  # fmt: skip
    stores = [workspace.warehouse, workspace.vault]
    if not (workspace.serving / "CURRENT").exists() or not (latest / "summary.json").exists() or not all(path.exists() for path in stores):  # fmt: skip
        return None
    kept = [f"{path.name} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in stores]
    return hash_of([*kept, *(file_told(path) for path in whole)])


def nothing_new(workspace: Settings) -> CompleteRun | None:
    """The last run, where everything it rested on and left behind is as it was."""
    try:
        found = json.loads(_place(workspace).read_text(encoding="utf-8"))
        last = CompleteRun(
            datetime.fromisoformat(found["ended"]), found["rests_on"], found["left"], tuple(found["warnings"])
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    return last if last.left == left_behind(workspace) and last.rests_on == rests_on(workspace) else None


def note_run(workspace: Settings, before: str | None, warnings: Iterable[str]) -> None:
    """Keep what the run that has just ended rested on, where nothing of it changed since `before`, when it began."""
    left = left_behind(workspace)
    if before is None or left is None or before != rests_on(workspace):
        _place(workspace).unlink(missing_ok=True)
        return
    content = {"ended": datetime.now(UTC).isoformat(timespec="seconds"), "rests_on": before, "left": left}
    write_whole(_place(workspace), json.dumps({**content, "warnings": list(warnings)}), mode=0o600)


def _place(workspace: Settings) -> Path:
    return workspace.warehouse.parent / "last_run.json"
