"""What has been fetched from one system, on disk: extractions of pages, each page committed before the next is asked for.

    <root>/000001-20261103-full/                                            one extraction: its number, its day, everything or changes
        000001-20261103-full-employees-000001.json                          a page, exactly as it is parsed later
        .plan.json                                                          what was asked and when
        .journal.jsonl                                                      one line per committed page, with the place to go on from
        .complete.json                                                      once every stream has ended; holds the cursor for next time

A page counts once its line stands in the journal, so a process killed at any moment leaves pages that count and nothing else: the next run
removes what the journal doesn't name and goes on behind its last line. The current state of a source is its last full extraction and every complete one after it;
systems that keep no history keep every full one, as snapshots.
"""

import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

FULL, CHANGES = "full", "changes"
_FOLDER = re.compile(r"^(\d{6})-(\d{8})-(full|changes)$")
_PAGE = re.compile(r"(?:^|/)(\d{6})-(\d{8})-(full|changes)-([A-Za-z0-9_]+)-(\d{6})\.([a-z]+)$")


@dataclass(frozen=True)
class Page:
    """One page of one stream. `token`: where the next page begins, None = the stream has ended. `cursor`: parts of the next run's cursor.

    total: how many records the system says the stream has, where it says so. part: which of several lists of the stream the page belongs to (a calendar, a host); the same
    records may stand in two parts.
    """

    data: bytes
    rows: int
    token: Any = None
    cursor: Mapping[str, Any] = field(default_factory=dict)
    suffix: str = "json"
    total: int | None = None
    part: str = ""

    @property
    def sha256(self) -> str:
        """Hash of the content."""
        return hashlib.sha256(self.data).hexdigest()


@dataclass(frozen=True)
class Plan:
    """What one extraction asks for. `cursor` is the one that the last complete extraction left; empty for a full one."""

    mode: str
    started_at: str
    recipe: str
    cursor: Mapping[str, Any] = field(default_factory=dict)

    @property
    def started(self) -> datetime:
        return datetime.fromisoformat(self.started_at)


@dataclass(frozen=True)
class PageName:
    """What a landed page's name says: number and day of its extraction, full or changes, its stream and its place in it."""

    extraction: int
    day: date
    mode: str
    stream: str
    page: int
    suffix: str


def page_name(name: str) -> PageName | None:
    """The parts of a landed page's name; None for another file."""
    found = _PAGE.search(name)
    if found is None:
        return None
    number, day, mode, stream, page, suffix = found.groups()
    return PageName(int(number), datetime.strptime(day, "%Y%m%d").date(), mode, stream, int(page), suffix)


@dataclass
class Extraction:
    """One extraction's folder, open for pages or complete."""

    folder: Path
    plan: Plan
    journal: list[dict[str, Any]]
    completed: dict[str, Any] | None

    @property
    def number(self) -> int:
        return int(self.folder.name[:6])

    @property
    def mode(self) -> str:
        return self.plan.mode

    @property
    def rows(self) -> int:
        return sum(line["rows"] for line in self.journal)

    @property
    def cursor(self) -> dict[str, Any]:
        """The cursor for next time: what each page said, later pages over earlier ones."""
        return {name: value for line in self.journal for name, value in line["cursor"].items()}

    def position(self, stream: str) -> tuple[bool, Any]:
        """Whether `stream` has ended, and where to go on in it."""
        lines = [line for line in self.journal if line["stream"] == stream]
        return (bool(lines) and lines[-1]["token"] is None, lines[-1]["token"] if lines else None)

    def pages_of(self, stream: str) -> list[bytes]:
        """The committed pages of `stream`, in order."""
        return [(self.folder / line["file"]).read_bytes() for line in self.journal if line["stream"] == stream]

    def commit(self, stream: str, page: Page) -> None:
        """Keep one page: its bytes first, its line in the journal second, both on disk before this returns."""
        place = sum(line["stream"] == stream for line in self.journal) + 1
        name = f"{self.folder.name}-{stream}-{place:06d}.{page.suffix}"
        _write_durably(self.folder / name, page.data)
        line = {
            "stream": stream,
            "file": name,
            "rows": page.rows,
            "sha256": page.sha256,
            "token": page.token,
            "cursor": dict(page.cursor),
            "part": page.part,
        }
        with (self.folder / ".journal.jsonl").open("a", encoding="utf-8") as journal:
            journal.write(json.dumps(line, sort_keys=True) + "\n")
            journal.flush()
            os.fsync(journal.fileno())
        self.journal.append(line)

    def complete(self) -> None:
        """Mark the extraction as whole; from now on it counts."""
        note = json.dumps({"exported_at": self.plan.started_at}).encode()
        _write_durably(self.folder / "_export.json", note)
        done = {"cursor": self.cursor, "pages": len(self.journal), "rows": self.rows}
        _write_durably(self.folder / ".complete.json", json.dumps(done, sort_keys=True).encode())
        self.completed = done

    def content(self) -> str:
        """Hash of all pages, to tell a snapshot that says nothing new."""
        told = [(line["stream"], line["sha256"]) for line in self.journal]
        return hashlib.sha256(json.dumps(told).encode()).hexdigest()


def begin(root: Path, number: int, plan: Plan) -> Extraction:
    """A new, empty extraction."""
    folder = root / f"{number:06d}-{plan.started.strftime('%Y%m%d')}-{plan.mode}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    _write_durably(folder / ".plan.json", json.dumps(asdict(plan), sort_keys=True).encode())
    return Extraction(folder, plan, [], None)


def extractions(root: Path) -> list[Extraction]:
    """Every extraction below `root`, oldest first. A folder without a readable plan was killed at birth and is removed."""
    found = []
    for folder in sorted(root.iterdir()) if root.exists() else []:
        if not _FOLDER.match(folder.name):
            continue
        try:
            plan = Plan(**json.loads((folder / ".plan.json").read_text(encoding="utf-8")))
        except (OSError, ValueError, TypeError):
            shutil.rmtree(folder)
            continue
        done = folder / ".complete.json"
        completed = json.loads(done.read_text(encoding="utf-8")) if done.exists() else None
        found.append(Extraction(folder, plan, _journal(folder), completed))
    return found


def _journal(folder: Path) -> list[dict[str, Any]]:
    """The committed pages. A last line that was cut off doesn't count, and neither does any page that no line names."""
    path = folder / ".journal.jsonl"
    lines: list[dict[str, Any]] = []
    whole = 0
    for raw in path.read_bytes().splitlines(keepends=True) if path.exists() else []:
        if not raw.endswith(b"\n"):
            break
        lines.append(json.loads(raw))
        whole += len(raw)
    if path.exists() and path.stat().st_size != whole:
        os.truncate(path, whole)
    named = {line["file"] for line in lines}
    for stray in folder.iterdir():
        if not stray.name.startswith((".", "_")) and stray.name not in named:
            stray.unlink()
    for draft in folder.glob(".*.draft"):
        draft.unlink()
    return lines


def current(found: Iterable[Extraction], *, keeps_snapshots: bool = False) -> list[Extraction]:
    """The complete extractions that together are the source's state, oldest first."""
    complete = [extraction for extraction in found if extraction.completed is not None]
    if keeps_snapshots:
        return complete
    fulls = [place for place, extraction in enumerate(complete) if extraction.mode == FULL]
    return complete[fulls[-1] :] if fulls else []


def prune(found: list[Extraction], *, keeps_snapshots: bool) -> None:
    """Remove what no longer counts: all before the last full extraction, and of two equal snapshots the later one. The landing zone has its copies."""
    kept = current(found, keeps_snapshots=keeps_snapshots)
    for extraction in found:
        if extraction.completed is not None and extraction not in kept:
            shutil.rmtree(extraction.folder)
    if keeps_snapshots and len(kept) > 1 and kept[-1].content() == kept[-2].content():
        shutil.rmtree(kept[-1].folder)


def _write_durably(path: Path, data: bytes) -> None:
    draft = path.with_name(f".{path.name}.draft")
    with draft.open("wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    os.replace(draft, path)
