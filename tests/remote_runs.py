"""Fetch and read a remote source in a test as the pipeline does, without Dagster."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from polars.testing import assert_frame_equal

from pipelines.sources.connectors import CONNECTORS
from pipelines.sources.records import Extract, FileOnDisk, merge
from pipelines.sources.remote.extraction import current, extractions
from pipelines.sources.remote.fetching import Fetched, RemoteSystem, fetch
from pipelines.sources.remote.secrets import Secrets

NOW = datetime(2026, 11, 2, 6, 0, tzinfo=UTC)


def system_of(connector: str) -> RemoteSystem:
    """The system that a remote connector asks."""
    system = CONNECTORS[connector].remote
    assert system is not None
    return system


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
        system_of(connector),
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


def landed_files(connector: str, root: Path) -> list[FileOnDisk]:
    """The pages that would be landed, as the reader gets them."""
    found = current(extractions(root), keeps_snapshots=system_of(connector).keeps_snapshots)
    return [
        FileOnDisk(path.name, path)
        for extraction in found
        for path in sorted(extraction.folder.iterdir())
        if not path.name.startswith((".", "_"))
    ]


def read_back(connector: str, root: Path, options: Mapping[str, Any]) -> Extract:
    """What the connector makes of the fetched pages; page by page, where it can, it must make the same of them."""
    files, given = landed_files(connector, root), {"source_id": "hris", **options}
    spec = CONNECTORS[connector]
    whole = spec.read(files, given)
    assert {batch.table for batch in whole.batches} <= spec.tables_filled(given.get("mapping"))
    in_parts = spec.in_parts(files, given) if spec.in_parts else None
    if in_parts is not None:
        extracts = list(in_parts)
        batches = merge(batch for extract in extracts for batch in extract.batches)
        assert [batch.table for batch in batches] == [batch.table for batch in whole.batches]
        for batch, expected in zip(batches, whole.batches, strict=True):
            assert_frame_equal(batch.rows, expected.rows)
            assert_frame_equal(batch.rejects, expected.rejects)
        assert [finding for extract in extracts for finding in extract.findings] == whole.findings
    return whole
