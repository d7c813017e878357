"""Corrected records of source files: kept beside the landing zone, whose bytes stay as they came, and put in their place when the source is read.

A correction names the record that it replaces by its text, so it ends by itself when the source delivers the file anew with that record changed. They are part of the load's
identity: a new correction makes a new load of the same bytes.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import polars as pl

from pipelines.loading.corrected_files import way_of
from pipelines.sources.records import SourceFile, SourceRefused
from pipelines.told import ToldInWords
from pipelines.whole_files import write_whole

CORRECTED = "corrected_text"


class CorrectionRefused(ToldInWords, RuntimeError):
    """A correction can't be kept; the message names the file and the next step."""


@dataclass(frozen=True)
class Correction:
    """One record of one file: its text as it was delivered and as it should be. source_line: its line or number, 1-based."""

    source_id: str
    source_file: str
    source_line: int
    raw_text: str
    corrected_text: str


def _path(folder: Path, source_id: str) -> Path:
    return folder / f"{source_id}.json"


def corrections_of(folder: Path, source_id: str) -> list[Correction]:
    """The corrections of one source, oldest first."""
    path = _path(folder, source_id)
    return [Correction(**entry) for entry in json.loads(path.read_text(encoding="utf-8"))] if path.exists() else []


def record_corrections(folder: Path, corrections: Iterable[Correction]) -> int:
    """Keep `corrections`; a later one of the same record takes the place of an earlier one. How many there are in this call.

    Raises CorrectionRefused for a file whose records can't be replaced one by one, such as a calendar.
    """
    by_source: dict[str, list[Correction]] = {}
    for correction in corrections:
        if way_of(correction.source_file) is None:
            raise CorrectionRefused(
                f"{correction.source_file} isn't CSV, XLSX, Parquet or JSON, so its records can't be corrected here. Next step: correct them in the system and export again."
            )
        by_source.setdefault(correction.source_id, []).append(correction)
    for source_id, added in by_source.items():
        kept = {(c.source_file, c.source_line, c.raw_text): c for c in (*corrections_of(folder, source_id), *added)}
        keep_corrections(folder, source_id, kept.values())
    return sum(map(len, by_source.values()))


def keep_corrections(folder: Path, source_id: str, corrections: Iterable[Correction]) -> None:
    """Put these in the place of all corrections of a source."""
    text = json.dumps([asdict(c) for c in corrections], ensure_ascii=False, indent=1)
    write_whole(_path(folder, source_id), text, mode=0o600)


def corrected(files: Sequence[SourceFile], corrections: Sequence[Correction]) -> tuple[list[SourceFile], int]:
    """The files with every correction applied whose record still says what was corrected, and how many were."""
    done, unplaced = placed(files, corrections)
    return done, len(corrections) - len(unplaced)


def placed(files: Sequence[SourceFile], corrections: Sequence[Correction]) -> tuple[list[SourceFile], list[Correction]]:
    """The files with the corrections in them, and the corrections whose record doesn't stand there (any more)."""
    unplaced = [correction for correction in corrections if correction.source_file not in {file.name for file in files}]
    done = []
    for file in files:
        own = [correction for correction in corrections if correction.source_file == file.name]
        way = way_of(file.name)
        if not own or way is None:
            unplaced.extend(own)
            done.append(file)
            continue
        try:
            taking = way(file.data)
        except (ValueError, SourceRefused, pl.exceptions.PolarsError):  # a broken file is told by its reader
            unplaced.extend(own)
            done.append(file)
            continue
        # From the last line up, so that a record of several lines doesn't move those that are still to be found.
        ordered = sorted(own, key=lambda found: -found.source_line)
        left = [c for c in ordered if not taking.replace(c.source_line, c.raw_text, c.corrected_text)]
        unplaced.extend(left)
        done.append(SourceFile(file.name, taking.content()) if len(left) < len(own) else file)
    return done, unplaced
