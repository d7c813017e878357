"""What the last issued report said, as far as the next one needs it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboards.facts.changes import Key


@dataclass(frozen=True)
class Issued:
    """number: of the last issued report; measures: what it told of each measure; since: what has changed or was corrected since, in sentences."""

    number: int
    report_id: str
    measures: Mapping[Key, float]
    since: tuple[str, ...] = ()


def as_plain(issued: Issued | None) -> dict[str, Any] | None:
    """For a report's record."""
    if issued is None:
        return None
    measures = [[*key, value] for key, value in issued.measures.items()]
    return {"number": issued.number, "report_id": issued.report_id, "measures": measures, "since": list(issued.since)}


def from_plain(record: Mapping[str, Any] | None) -> Issued | None:
    """What `as_plain` wrote."""
    if record is None:
        return None
    measures = {(metric, programme, segment): value for metric, programme, segment, value in record["measures"]}
    return Issued(record["number"], record["report_id"], measures, tuple(record["since"]))
