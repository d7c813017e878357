"""What the sources of this workspace bring to a load: bytes in the landing zone, under a name made from their content.

A source behind an API is asked first; what it answers is landed page by page, so that reading, replay and audit are the same for all.
"""

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import duckdb

from pipelines.decisions import DecisionStore, export_decisions
from pipelines.erasure.landed_again import take_out_of_landing
from pipelines.loading.acceptance import Acceptance
from pipelines.loading.corrections import corrections_of
from pipelines.loading.landing import Landed, as_it_lies, land, landed_loads
from pipelines.loading.load import load_all
from pipelines.loading.months import TakenMonths
from pipelines.loading.source import SourceToLoad
from pipelines.loading.tombstones import tombstones
from pipelines.settings import secrets_of, settings
from pipelines.sources.connectors import CONNECTORS
from pipelines.sources.remote.extraction import current, extractions
from pipelines.sources.remote.fetching import RemoteSystem, fetch, sample
from pipelines.sources.remote.secrets import Secrets
from pipelines.sources_configured import asking_recipe, connector_options, recipe_of, workspace_zone, zone_of
from pipelines.warehouse import connect
from pipelines.workspace_entries import SourceSettings


@dataclass(frozen=True)
class MonthsOfRun:
    """Months to which a run is limited. held: source to the load that stands in the warehouse."""

    months: tuple[str, ...]
    held: Mapping[str, str]

    def taken(self, source: SourceSettings) -> TakenMonths | None:
        """What of a source is taken as it lies now; None for everything: a source that isn't kept by month and isn't loaded yet."""
        loads = landed_loads(settings().landing, source.source_id)
        held = next((load for load in loads if load.load_id == self.held.get(source.source_id)), None)
        if held is not None and not all((held.folder / name).is_file() for name in held.files):
            held = None
        if source.months_from is None:
            return None if held is None else TakenMonths(frozenset(), held)
        return TakenMonths(frozenset(self.months), held)


def months_of_run(months: Sequence[str]) -> MonthsOfRun | None:
    """A run's months with what the warehouse holds now; None where it takes everything. Only where nobody else has the warehouse open."""
    if not months:
        return None
    query = "select source_id, load_id from quality.loads where is_current"
    held: dict[str, str] = {}
    if settings().warehouse.exists():
        with connect(settings().warehouse, read_only=True) as warehouse, suppress(duckdb.CatalogException):
            held = dict(warehouse.execute(query).fetchall())
    return MonthsOfRun(tuple(months), held)


def landed(source: SourceSettings, months: MonthsOfRun | None = None) -> Landed:
    """Land what is there of one source now, or of some months of it, or find the load that holds the same bytes."""
    workspace = settings()
    taken = months.taken(source) if months else None
    if source.connector == "match_decisions" and taken is None:
        bring(source, lambda _: None)
    return land(
        source.source_id,
        folders_of(source),
        workspace.landing,
        recipe=recipe_of(source),
        as_of=workspace.as_of,
        taken=taken,
    )


def to_load(source: SourceSettings, months: MonthsOfRun | None = None) -> SourceToLoad:
    """A source as a load takes it, landed as it is now."""
    return _with_options(source, landed(source, months))


def to_try(source: SourceSettings, folder: Path) -> SourceToLoad:
    """A source as a load would take it, without landing it: links to its files in the empty `folder`, or of a remote one the first page of each list."""
    workspace = settings()
    if source.connector == "match_decisions":
        bring(source, lambda _: None)
    system = CONNECTORS[source.connector].remote
    folders = [_sampled(source, system, folder)] if system else folders_of(source)
    landed_as = as_it_lies(source.source_id, folders, folder / "files", recipe=recipe_of(source), as_of=workspace.as_of)
    return replace(_with_options(source, landed_as), is_sample=system is not None)


def _sampled(source: SourceSettings, system: RemoteSystem, folder: Path) -> Path:
    files = sample(
        system,
        source.source_id,
        folder / "asked",
        source.options,
        Secrets(secrets_of(source)),
        now=lambda: datetime.now(UTC),
        mapping=connector_options(source).get("mapping"),
    )
    for file in files:
        (folder / "sample" / file.name).parent.mkdir(parents=True, exist_ok=True)
        (folder / "sample" / file.name).write_bytes(file.data)
    return folder / "sample"


def _with_options(source: SourceSettings, landed_as: Landed) -> SourceToLoad:
    return SourceToLoad(
        source.source_id,
        source.connector,
        connector_options(source),
        landed_as,
        zone_of(source),
        corrections_of(settings().data / "corrections", source.source_id),
    )


def load_sources(
    warehouse: duckdb.DuckDBPyConnection,
    sources: Sequence[SourceSettings],
    say: Callable[[str], None],
    *,
    accept: Sequence[str] = (),
    actor: str = "",
    months: MonthsOfRun | None = None,
) -> None:
    """Land and load `sources`. accept: keys of questions that `actor` has answered with yes. months: all without it. Raises SourceRefused and LoadStopped."""
    loads = [to_load(source, months) for source in sources]
    erased = tombstones(settings().tombstones)
    load_all(
        warehouse,
        loads,
        vault=settings().vault,
        key=settings().hash_key,
        as_of=day_of(loads),
        say=say,
        acceptance=acceptance(accept, actor),
        erased=erased,
    )
    if erased.found:
        take_out_of_landing(loads, erased.found)


def day_of(loads: Sequence[SourceToLoad]) -> date:
    """The day up to which everything is counted: the workspace's, else that of the newest extract."""
    newest = max((load.landed.extracted for load in loads), default=datetime.now(UTC))
    return settings().as_of or newest.astimezone(ZoneInfo(workspace_zone())).date()


def acceptance(accept: Sequence[str] = (), actor: str = "") -> Acceptance:
    """What was accepted before in this workspace, and what `actor` accepts now."""
    return Acceptance(settings().data / "audit" / "accepted.jsonl", accept, actor)


def folders_of(source: SourceSettings) -> list[Path]:
    """The folders (or the one file) that hold a source's bytes; of a remote source the extractions that together are its current state."""
    system = CONNECTORS[source.connector].remote
    if system is not None:
        found = current(extractions(source.path), keeps_snapshots=system.keeps_snapshots)
        return [extraction.folder for extraction in reversed(found)] or [source.path]
    return list(source.options.get("folders", [source.path]))


def bring(source: SourceSettings, say: Callable[[str], None]) -> None:
    """Ask a remote source for what is new and the decision store for its log; other sources bring themselves."""
    if source.connector == "match_decisions":
        workspace = settings()
        lines = export_decisions(DecisionStore(workspace.decisions), source.path, as_of=workspace.as_of)
        say(f"{lines} lines of decisions")
        return
    system = CONNECTORS[source.connector].remote
    if system is None:
        return
    fetch(
        system,
        source.source_id,
        source.path,
        source.options,
        Secrets(secrets_of(source)),
        recipe=asking_recipe(source),
        now=lambda: datetime.now(UTC),
        say=say,
        mapping=connector_options(source).get("mapping"),
    )
