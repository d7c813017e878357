"""What the last issued report said, as far as the next one needs it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboards.facts.changes import Key
from dashboards.facts.periods import Period


@dataclass(frozen=True)
class Issued:
    """number: of the last issued report; measures: what it told of each measure; since: what has changed or was corrected since, in sentences."""

    number: int
    report_id: str
    measures: Mapping[Key, Period]
    since: tuple[str, ...] = ()


def as_plain(issued: Issued | None) -> dict[str, Any] | None:
    """For a report's record."""
    if issued is None:
        return None
    return {
        "number": issued.number,
        "report_id": issued.report_id,
        "measures": measures_as_plain(issued.measures),
        "since": list(issued.since),
    }


def from_plain(record: Mapping[str, Any] | None) -> Issued | None:
    """What `as_plain` wrote."""
    if record is None:
        return None
    # the reports of version 0.2.0 kept a value without its interval
    measures = {(metric, programme, segment): Period(*told) for metric, programme, segment, *told in record["measures"]}
    return Issued(record["number"], record["report_id"], measures, tuple(record["since"]))


def measures_as_plain(measures: Mapping[Key, Period]) -> list[list[Any]]:
    """Each measure with its value, both ends of its interval and its number of people."""
    return [[*key, told.value, told.low, told.high, told.n_people] for key, told in measures.items()]
