"""The parts of a landed source, corrections applied. A connector that knows no parts gives all of it as one."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date

from pipelines.loading.corrections import corrected
from pipelines.loading.source import SourceToLoad
from pipelines.sources.connectors import CONNECTORS
from pipelines.sources.records import Extract, FileOnDisk, Finding, SourceFile


def extracts_of(source: SourceToLoad, as_of: date) -> Iterator[Extract]:
    """What the source delivered, in parts. Raises SourceRefused, on the way too."""
    with _corrected_files(source) as (files, findings):
        if findings:
            yield Extract([], findings)
        options = {**source.options, "as_of": as_of}
        connector = CONNECTORS[source.connector]
        parts = connector.in_parts(files, options) if connector.in_parts else None
        if parts is None:
            whole = [SourceFile(file.name, file.data) for file in files]
            parts = iter([connector.read(whole, options)])
        yield from parts


def landed_files(source: SourceToLoad) -> list[FileOnDisk]:
    """The files as they came."""
    return [FileOnDisk(name, source.landed.folder / name) for name in source.landed.files]


@contextmanager
def _corrected_files(source: SourceToLoad) -> Iterator[tuple[list[FileOnDisk], list[Finding]]]:
    """The landed files with the corrected ones in the place of those that they correct; they are gone afterwards."""
    files = landed_files(source)
    if not source.corrections:
        yield files, []
        return
    corrected_names = {correction.source_file for correction in source.corrections}
    whole = [SourceFile(file.name, file.data) for file in files if file.name in corrected_names]
    done, applied = corrected(whole, source.corrections)
    folder = source.landed.folder.with_name(".corrected")
    shutil.rmtree(folder, ignore_errors=True)
    try:
        for file in done:
            path = folder / file.name
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            path.write_bytes(file.data)
        yield (
            [FileOnDisk(f.name, folder / f.name) if f.name in corrected_names else f for f in files],
            [_told(source, applied)],
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _told(source: SourceToLoad, applied: int) -> Finding:
    detail = f"{applied} of {len(source.corrections)} corrected lines were read; the others no longer stand in the file"
    return Finding("lines_corrected", "", source.source_id, detail)
