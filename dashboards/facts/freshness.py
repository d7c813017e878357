"""Which data is this, and is it as fresh as agreed?"""

from dataclasses import dataclass
from datetime import date

from dashboards.facts.programmes import Published


@dataclass(frozen=True)
class StaleSource:
    """A source whose newest record is older than agreed, or than usual where nobody stated an age. Ages in days."""

    source_id: str
    newest: date
    age_days: int
    agreed_days: int
    is_agreed: bool = True

    @property
    def limit(self) -> str:
        """What it was held against."""
        return f"{self.agreed_days} days {'agreed' if self.is_agreed else 'are usual'}"

    @property
    def words(self) -> str:
        return (
            f"the newest record of {self.source_id} is {self.age_days} days old ({self.newest:%d %b %Y}; {self.limit})"
        )


@dataclass(frozen=True)
class Freshness:
    """The release that is read, and what of it is older than agreed. bound: sources with an age, stated or usual; usual_days: the age where nobody stated one for any source."""

    as_of: date
    release_id: str
    is_demo: bool
    bound: int
    stale: tuple[StaleSource, ...]
    usual_days: int | None = None

    @property
    def older(self) -> str:
        """What stale sources are."""
        return f"Older than {'usual' if self.usual_days else 'agreed'}"

    @property
    def words(self) -> str:
        """How fresh the sources are, in one sentence; no comfort where no age was ever agreed."""
        if self.stale:
            named = ", ".join(
                f"{source.source_id} ({source.age_days} days, {'agreed' if source.is_agreed else 'usual'} {source.agreed_days})"
                for source in self.stale
            )
            return f"{self.older}: {named}."
        if not self.bound:
            return "No age is agreed for any source."
        if self.usual_days:
            return f"Every source that is watched is as fresh as usual: the newest record of a log, or the export of a list, is at most {self.usual_days} days old."
        return "Every source with an agreed age is fresh."


def freshness(snapshot: Published) -> Freshness:
    """Of the published release."""
    about = snapshot.frame("from release").to_dicts()[0]
    sources = snapshot.frame("from sources order by source_id").to_dicts()
    stale = [
        StaleSource(
            row["source_id"],
            row["newest_record_on"],
            row["age_days"],
            row["freshness_days"],
            row.get("freshness_is_agreed", True),
        )
        for row in sources
        if row["is_stale"]
    ]
    bound = [row for row in sources if row["freshness_days"] is not None]
    nobody_agreed = bool(bound) and not any(row.get("freshness_is_agreed", True) for row in bound)
    usual = max(row["freshness_days"] for row in bound) if nobody_agreed else None
    return Freshness(about["as_of_date"], about["release_id"], about["is_demo"], len(bound), tuple(stale), usual)
