"""Columns that the newest of several exports calls otherwise: what they hold would be lost for everybody, and told by a note alone."""

from collections.abc import Sequence

from pipelines.sources.records import Finding, SourceRefused

ABSENT, UNKNOWN = "column_absent", "unknown_column"


class RenamedColumns:
    """What the newest file of an entry lacks, and which columns it has that the mapping doesn't name."""

    def __init__(self) -> None:
        self._newest: str | None = None
        self._absent: frozenset[str] = frozenset()
        self._unknown: list[str] = []

    def look(self, file: str, found: Sequence[Finding]) -> None:
        """Take note of the newest file, which comes first. Raises `SourceRefused` where an older one has a column that the newest lacks although it has others that nobody knows."""
        absent = frozenset(_column(one, file) for one in found if one.kind == ABSENT)
        if self._newest is None:
            self._newest, self._absent = file, absent
            self._unknown = [_column(one, file) for one in found if one.kind == UNKNOWN]
            return
        lost = sorted(self._absent - absent)
        if lost and self._unknown:
            bare = lost[0].strip("'")
            named = ", ".join(map(repr, self._unknown[:5]))
            raise SourceRefused(
                f"{self._newest} has no column {lost[0]}, which {file} has, and columns that the mapping doesn't name: {named}. "
                f"Next step: if one of them is the same under another name, write both (`from: [{bare}, ...]`); if none is, put them under `ignore:`."
            )


def _column(finding: Finding, file: str) -> str:
    return finding.subject.removeprefix(f"{file}: ")
