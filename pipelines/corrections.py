"""Corrected lines of source files: kept beside the landing zone, whose bytes stay as they came, and put in their place when the source is read.

A correction names the line that it replaces by its text, so it ends by itself when the source delivers the file anew with that line changed. They are part of the load's
identity: a new correction makes a new load of the same bytes.
"""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from pipelines.sources.records import SourceFile

CORRECTED = "corrected_text"
_LINE_END = re.compile(r"(?<=\n)|(?<=\r)(?!\n)")
TEXT_FILES = (".csv", ".tsv", ".txt")


class CorrectionRefused(RuntimeError):
    """A correction can't be kept; the message names the file and the next step."""


@dataclass(frozen=True)
class Correction:
    """One line of one file: its text as it was delivered and as it should be. line: 1-based."""

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
    """Keep `corrections`; a later one of the same line takes the place of an earlier one. How many there are in this call.

    Raises CorrectionRefused for a file that isn't delimited text: its records are corrected where they come from.
    """
    by_source: dict[str, list[Correction]] = {}
    for correction in corrections:
        if not correction.source_file.lower().endswith(TEXT_FILES):
            raise CorrectionRefused(
                f"{correction.source_file} isn't a file of lines, so its records can't be corrected here. Next step: correct them in the system and export again."
            )
        by_source.setdefault(correction.source_id, []).append(correction)
    for source_id, added in by_source.items():
        kept = {(c.source_file, c.source_line, c.raw_text): c for c in (*corrections_of(folder, source_id), *added)}
        folder.mkdir(parents=True, exist_ok=True)
        path = _path(folder, source_id)
        path.touch(mode=0o600)
        path.write_text(json.dumps([asdict(c) for c in kept.values()], ensure_ascii=False, indent=1), encoding="utf-8")
    return sum(map(len, by_source.values()))


def corrected(files: Sequence[SourceFile], corrections: Sequence[Correction]) -> tuple[list[SourceFile], int]:
    """The files with every correction applied whose line still says what was corrected, and how many were."""
    if not corrections:
        return list(files), 0
    applied = 0
    done = []
    for file in files:
        own = [correction for correction in corrections if correction.source_file == file.name]
        if not own:
            done.append(file)
            continue
        text, encoding = _decoded(file.data)
        lines = _LINE_END.split(text)
        for correction in sorted(own, key=lambda found: -found.source_line):
            height = correction.raw_text.count("\n") + 1
            first = correction.source_line - 1
            there = "".join(lines[first : first + height]).rstrip("\r\n").replace("\r\n", "\n")
            if there != correction.raw_text.rstrip("\r\n"):
                continue
            ending = "\r\n" if lines[first].endswith("\r\n") else "\n"
            lines[first : first + height] = [correction.corrected_text.rstrip("\r\n") + ending]
            applied += 1
        done.append(SourceFile(file.name, "".join(lines).encode(encoding)))
    return done, applied


def _decoded(data: bytes) -> tuple[str, str]:
    """Text and the encoding to write it back in: what the readers try, without a declared one."""
    for encoding in ("utf-8", "cp1252", "latin-1"):
        try:
            return data.decode(encoding), encoding
        except UnicodeDecodeError:
            continue
    raise AssertionError("latin-1 decodes everything")
