"""A report's inputs: every question that it asked of the release, with the answer, so that it can be made again when the release is gone."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import polars as pl

from dashboards.facts.programmes import Published

INDEX = "index.json"
FIXED = (1980, 1, 1, 0, 0, 0)
"""The clock of the files within the archive: the same inputs make the same bytes."""


class AsksOtherwise(RuntimeError):
    """The code asks a question that the report didn't ask; the message says what to do."""


@dataclass
class Recorded:
    """A release that remembers what it was asked."""

    release: Published
    answers: dict[str, tuple[str, list[Any], pl.DataFrame]] = field(default_factory=dict)

    def frame(self, query: str, parameters: list[Any] | None = None) -> pl.DataFrame:
        """The release's answer; asked twice, it is read once."""
        key = question(query, parameters)
        if key not in self.answers:
            self.answers[key] = (query, list(parameters or []), self.release.frame(query, parameters))
        return self.answers[key][2]


@dataclass(frozen=True)
class Replayed:
    """The answers of an earlier report in the place of its release."""

    answers: Mapping[str, pl.DataFrame]

    def frame(self, query: str, parameters: list[Any] | None = None) -> pl.DataFrame:
        """The answer that was recorded. Raises AsksOtherwise where this question wasn't asked then."""
        key = question(query, parameters)
        if key not in self.answers:
            raise AsksOtherwise(
                "This version asks other questions than the one that made the report. Check out the version in its stamp and run the command there"
            )
        return self.answers[key]


def question(query: str, parameters: list[Any] | None) -> str:
    """The key of a question: a hash of its words and parameters."""
    return hashlib.sha256(json.dumps([" ".join(query.split()), parameters or []], default=str).encode()).hexdigest()[
        :24
    ]


def packed(recorded: Recorded) -> bytes:
    """All questions and answers as one archive; the same answers give the same bytes."""
    index = {
        key: {"query": " ".join(query.split()), "parameters": parameters}
        for key, (query, parameters, _) in sorted(recorded.answers.items())
    }
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        _add(archive, INDEX, json.dumps(index, indent=1, default=str).encode())
        for key, (_, _, frame) in sorted(recorded.answers.items()):
            _add(archive, f"{key}.arrow", _arrow(frame))
    return target.getvalue()


def unpacked(data: bytes) -> Replayed:
    """What `packed` kept."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [name for name in archive.namelist() if name != INDEX]
        return Replayed({name.removesuffix(".arrow"): pl.read_ipc(archive.read(name)) for name in names})


def _arrow(frame: pl.DataFrame) -> bytes:
    target = io.BytesIO()
    frame.write_ipc(target)
    return target.getvalue()


def _add(archive: zipfile.ZipFile, name: str, data: bytes) -> None:
    entry = zipfile.ZipInfo(name, FIXED)
    entry.compress_type = zipfile.ZIP_DEFLATED
    archive.writestr(entry, data)
