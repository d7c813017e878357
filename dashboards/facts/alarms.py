"""Where pairs don't meet, where it isn't known, and which sources are older than agreed: nothing comforts without these facts."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from dashboards.facts.programmes import Published, programmes
from dashboards.facts.words import plural

MEETING = """
    select programmes.programme_id, programmes.name, rates.value, rates.numerator, rates.denominator, pairs_meeting.most_met
    from metric_values as rates
    inner join programmes on rates.programme_id = programmes.programme_id
    left join pairs_meeting on rates.programme_id = pairs_meeting.programme_id
    where rates.metric_id = 'active_pair_rate' and rates.period_kind = 'to_date' and rates.cohort_id = 'all' and rates.segment_kind = 'all'
    order by programmes.name
"""
STALE = "from sources order by source_id"


@dataclass(frozen=True)
class Alarm:
    """A programme in which fewer than half of the open pairs met in the last 30 days; met and pairs are None where the counts are too small to show."""

    programme_id: str
    programme: str
    met: int | None
    pairs: int | None

    @property
    def counts(self) -> str:
        """What is wrong, within a sentence."""
        if self.met is None or self.pairs is None:
            return "fewer than half of the open pairs met in the last 30 days"
        met = "none" if not self.met else f"only {self.met:,}"
        return f"{met} of {plural(self.pairs, 'open pair')} met in the last 30 days"

    @property
    def sentence(self) -> str:
        """What is wrong, with its programme."""
        return f"{self.programme}: {self.counts}"


@dataclass(frozen=True)
class Watch:
    """Alarms, the programmes of which it isn't known whether pairs meet, and sources older than agreed. has_ages: whether somebody agreed an age for any source."""

    alarms: tuple[Alarm, ...] = ()
    unknown: tuple[str, ...] = ()
    stale: tuple[str, ...] = ()
    has_ages: bool = True


def watch(snapshot: Published) -> Watch:
    """What has to be looked at before anything is called well."""
    own = {programme.programme_id for programme in programmes(snapshot)}
    rows = [row for row in snapshot.frame(MEETING).to_dicts() if row["programme_id"] in own]
    sources = snapshot.frame(STALE).to_dicts()
    stale = [row["source_id"] for row in sources if row["is_stale"]]
    return read(
        rows,
        stale,
        has_ages=any(row["freshness_days"] is not None and row.get("freshness_is_agreed", True) for row in sources),
    )


def read(rows: Iterable[Mapping[str, Any]], stale: Iterable[str] = (), *, has_ages: bool = True) -> Watch:
    """Alarms and gaps from rows of `MEETING`."""
    alarms, unknown = [], []
    for row in rows:
        if row["most_met"] is None:
            unknown.append(row["name"])
        elif not row["most_met"]:
            counts = (None, None) if row["value"] is None else (round(row["numerator"]), round(row["denominator"]))
            alarms.append(Alarm(row["programme_id"], row["name"], *counts))
    return Watch(tuple(alarms), tuple(unknown), tuple(stale), has_ages)
