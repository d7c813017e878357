"""Which data is this, and is it as fresh as agreed?"""

from dataclasses import dataclass
from datetime import date

from dashboards.facts.programmes import Published


@dataclass(frozen=True)
class StaleSource:
    """A source whose newest record is older than agreed. Ages in days."""

    source_id: str
    newest: date
    age_days: int
    agreed_days: int

    @property
    def words(self) -> str:
        return f"the newest record of {self.source_id} is {self.age_days} days old ({self.newest:%d %b %Y}; {self.agreed_days} days agreed)"


@dataclass(frozen=True)
class Freshness:
    """The release that is read, and what of it is older than agreed."""

    as_of: date
    release_id: str
    is_demo: bool
    bound: int
    stale: tuple[StaleSource, ...]

    @property
    def words(self) -> str:
        """How fresh the sources are, in one sentence; no comfort where no age was ever agreed."""
        if self.stale:
            named = ", ".join(
                f"{source.source_id} ({source.age_days} days, agreed {source.agreed_days})" for source in self.stale
            )
            return f"Older than agreed: {named}."
        return "Every source with an agreed age is fresh." if self.bound else "No age is agreed for any source."


def freshness(snapshot: Published) -> Freshness:
    """Of the published release."""
    about = snapshot.frame("from release").to_dicts()[0]
    sources = snapshot.frame("from sources order by source_id").to_dicts()
    stale = [
        StaleSource(row["source_id"], row["newest_record_on"], row["age_days"], row["freshness_days"])
        for row in sources
        if row["is_stale"]
    ]
    bound = sum(row["freshness_days"] is not None for row in sources)
    return Freshness(about["as_of_date"], about["release_id"], about["is_demo"], bound, tuple(stale))
