"""What the sources of this workspace bring to a load: bytes in the landing zone, under a name made from their content.

A source behind an API is asked first; what it answers is landed page by page, so that reading, replay and audit are the same for all.
"""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from pipelines.decisions import DecisionStore, export_decisions
from pipelines.loading.landing import Landed, land
from pipelines.settings import SourceSettings, secrets_of, settings
from pipelines.sources.connectors import REMOTE
from pipelines.sources.remote.extraction import current, extractions
from pipelines.sources.remote.fetching import fetch
from pipelines.sources.remote.secrets import Secrets
from pipelines.sources_configured import asking_recipe, connector_options, recipe_of


def landed(source: SourceSettings) -> Landed:
    """Land what is there of one source now, or find the load that holds the same bytes."""
    workspace = settings()
    if source.connector == "match_decisions":
        bring(source, lambda _: None)
    return land(
        source.source_id, folders_of(source), workspace.landing, recipe=recipe_of(source), as_of=workspace.as_of
    )


def folders_of(source: SourceSettings) -> list[Path]:
    """The folders (or the one file) that hold a source's bytes; of a remote source the extractions that together are its current state."""
    if source.connector in REMOTE:
        keeps_snapshots = REMOTE[source.connector].keeps_snapshots
        found = current(extractions(source.path), keeps_snapshots=keeps_snapshots)
        return [extraction.folder for extraction in reversed(found)] or [source.path]
    return list(source.options.get("folders", [source.path]))


def bring(source: SourceSettings, say: Callable[[str], None]) -> None:
    """Ask a remote source for what is new and the decision store for its log; other sources bring themselves."""
    if source.connector == "match_decisions":
        workspace = settings()
        lines = export_decisions(DecisionStore(workspace.decisions), source.path, as_of=workspace.as_of)
        say(f"{lines} lines of decisions")
        return
    if source.connector not in REMOTE:
        return
    fetch(
        REMOTE[source.connector],
        source.source_id,
        source.path,
        source.options,
        Secrets(secrets_of(source)),
        recipe=asking_recipe(source),
        now=lambda: datetime.now(UTC),
        say=say,
        mapping=connector_options(source).get("mapping"),
    )
