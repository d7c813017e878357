"""What was taken out, where and when, in words that don't name whom."""

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from pipelines.whole_files import write_whole


@dataclass
class Receipt:
    """removed: kind of store and place (without names) to how many records, values or files. notes: what stays, and why. left: what the operator must do elsewhere."""

    number: str
    actor: str
    at: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))
    removed: Counter[tuple[str, str]] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)
    left: list[str] = field(default_factory=list)

    def note(self, kind: str, place: str, number: int) -> None:
        """Count what was removed at a place."""
        if number:
            self.removed[kind, place] += number

    @property
    def total(self) -> int:
        """Records, values and files together."""
        return sum(self.removed.values())

    def text(self, *, dry_run: bool = False) -> str:
        """Readable form."""
        head = (
            "Would be removed (dry run; nothing was changed):"
            if dry_run
            else f"Erasure {self.number}, {self.at}, by {self.actor}. Removed:"
        )
        lines = [f"  {kind:<20} {place}: {number:,}" for (kind, place), number in sorted(self.removed.items())]
        parts = [head, *(lines or ["  nothing: no trace was found"])]
        for title, entries in (("Notes:", self.notes), ("Still to do:", self.left)):
            parts += [title, *(f"  - {entry}" for entry in entries)] if entries else []
        return "\n".join(parts) + "\n"

    def keep(self, folder: Path) -> Path:
        """Write the receipt as JSON and as text; the text's path."""
        removed = [
            {"kind": kind, "place": place, "number": number} for (kind, place), number in sorted(self.removed.items())
        ]
        told = {
            "erasure": self.number,
            "at": self.at,
            "by": self.actor,
            "removed": removed,
            "notes": self.notes,
            "still_to_do": self.left,
        }
        write_whole(folder / f"{self.number}.json", json.dumps(told, indent=1, ensure_ascii=False) + "\n", mode=0o600)
        write_whole(folder / f"{self.number}.txt", self.text(), mode=0o600)
        return folder / f"{self.number}.txt"


def next_number(folder: Path) -> str:
    """`erasure-0001` and so on."""
    used: Sequence[int] = [int(path.stem.rpartition("-")[2]) for path in folder.glob("erasure-*.json")]
    return f"erasure-{max(used, default=0) + 1:04d}"
