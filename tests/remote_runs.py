"""Fetch and read a remote source in a test as the pipeline does, without Dagster."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pipelines.sources.connectors import CONNECTORS, REMOTE
from pipelines.sources.records import Extract, SourceFile
from pipelines.sources.remote.extraction import current, extractions
from pipelines.sources.remote.fetching import Fetched, fetch
from pipelines.sources.remote.secrets import Secrets

NOW = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)


def fetched(
    connector: str,
    root: Path,
    options: Mapping[str, Any],
    *,
    environment: Mapping[str, str] | None = None,
    now: datetime = NOW,
    said: list[str] | None = None,
    slept: list[float] | None = None,
    mapping: Mapping[str, Any] | None = None,
) -> Fetched:
    """One fetch; waits take no time and are noted in `slept`."""
    return fetch(
        REMOTE[connector],
        "hris",
        root,
        options,
        Secrets(environment or {}),
        recipe="recipe",
        now=lambda: now,
        say=(said if said is not None else []).append,
        mapping=mapping,
        sleep=(slept if slept is not None else []).append,
    )


def landed_files(connector: str, root: Path) -> list[SourceFile]:
    """The pages that would be landed, as the reader gets them."""
    found = current(extractions(root), keeps_snapshots=REMOTE[connector].keeps_snapshots)
    return [
        SourceFile(path.name, path.read_bytes())
        for extraction in found
        for path in sorted(extraction.folder.iterdir())
        if not path.name.startswith((".", "_"))
    ]


def read_back(connector: str, root: Path, options: Mapping[str, Any]) -> Extract:
    """What the connector makes of the fetched pages."""
    return CONNECTORS[connector](landed_files(connector, root), {"source_id": "hris", **options})
