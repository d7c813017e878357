"""Exports that lie in another system's folder: known by their first lines, and told with the name of the connector that reads them.

What a reader can't use at all is looked at here, whichever reader it was; a reader whose columns another system's export has too asks before it reads (`system_of`).
"""

import re
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from pipelines.sources.records import Extract, FileOnDisk, Read, SourceFile, SourceRefused
from pipelines.sources.text_encodings import decode

LOOKED_AT = 4096
"""Bytes of a file by which it is known."""


@dataclass(frozen=True)
class Known:
    """One system's export. looks: what stands in its first lines and in nobody else's."""

    what: str
    connector: str
    looks: re.Pattern[str]


def _known(what: str, connector: str, looks: str) -> Known:
    return Known(what, connector, re.compile(looks, re.IGNORECASE | re.MULTILINE))


KNOWN: tuple[Known, ...] = (
    _known("a calendar", "ics_files", r"\A\s*BEGIN:VCALENDAR"),
    _known(
        "an attendance report of Microsoft Teams",
        "teams_files",
        r"^\W*1\. ?\w+\W*$|^\W*(meeting title|total number of participants)\b.*\r?$|participant id \(upn\)|^\W*full name\W+user action\W+timestamp",
    ),
    _known(
        "a participant report of Zoom",
        "zoom_files",
        r"name \(original name\)|^\W*(topic|meeting id)\W.*(start time|host|duration \(minutes\)).*\r?$",
    ),
    _known(
        "an attendance report of Google Meet",
        "mapped_files",
        r"^\W*first name\W+last name\W+email\W+duration\W+time joined\W+time exited",
    ),
    _known(
        "a report of Webex",
        "mapped_files",
        r"^\W*(meeting number|meeting name)\W.*(attendee email|attendance duration|invitee email)",
    ),
    _known("an export of Qualtrics", "qualtrics_files", r'\{""?importid""?:'),
)


def system_of(file: SourceFile) -> Known | None:
    """Whose export a file is; None where its first lines don't say."""
    with suppress(SourceRefused):
        head = decode(SourceFile(file.name, _head(file)))
        return next((known for known in KNOWN if known.looks.search(head)), None)
    return None


def _head(file: SourceFile) -> bytes:
    if isinstance(file, FileOnDisk):
        with file.path.open("rb") as content:
            return content.read(LOOKED_AT)
    return file.data[:LOOKED_AT]


def is_of_another(file: SourceFile, connector: str) -> bool:
    """Whether a file is surely another system's export than `connector` reads."""
    known = system_of(file)
    return known is not None and known.connector != connector


def told_of_foreign_files(read: Read, connector: str) -> Read:
    """`read`, whose refusal also says which connector reads a file of another system."""

    def told(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
        try:
            return read(files, options)
        except SourceRefused as refused:
            words = [f"{file.name} looks like {known.what}, which the connector {known.connector} reads." for file in files if (known := system_of(file)) and known.connector != connector]  # fmt: skip
            if not words:
                raise
            raise SourceRefused(" ".join([str(refused), *words[:3]])) from None

    return told
