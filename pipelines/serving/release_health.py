"""What a published release says of itself: how old its sources are, whether its checks and its audit passed, what is quarantined, and when it was published."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path

from duckdb import DuckDBPyConnection

from pipelines.serving.snapshot import current
from pipelines.warehouse import connect


@dataclass(frozen=True)
class SourceAge:
    """Days since the newest record of a source; agreed_days: the age it is held against, None where there is none; is_agreed: whether somebody stated it, or it is the usual one."""

    source_id: str
    age_days: int
    agreed_days: int | None
    is_stale: bool
    is_agreed: bool = True

    @property
    def limit(self) -> str:
        """What the age is held against, `35 were agreed`."""
        one = self.agreed_days == 1
        how = ("was agreed" if one else "were agreed") if self.is_agreed else ("is usual" if one else "are usual")
        return f"{self.agreed_days} {how}"


@dataclass(frozen=True)
class ReleaseHealth:
    """One release. failed_checks: in words; worked_out: hidden counts that its audit could work out."""

    release_id: str
    workspace: str
    as_of: date
    published_at: datetime
    sources: tuple[SourceAge, ...]
    failed_checks: tuple[str, ...]
    quarantined_rows: int
    worked_out: int

    @property
    def stale(self) -> tuple[SourceAge, ...]:
        """Sources that are older than agreed."""
        return tuple(source for source in self.sources if source.is_stale)


def release_health(serving: Path) -> ReleaseHealth | None:
    """Of the release that readers see; None where nothing is published. Raises duckdb.Error where it can't be read."""
    path = current(serving)
    if path is None:
        return None
    with connect(path, read_only=True) as release:
        release_id, workspace, as_of = release.execute("select release_id, workspace, as_of_date from release").fetchall()[0]  # fmt: skip
        sources = _sources(release)
        failed = release.execute("select table_name, check_name from check_results where not passed and severity = 'error' order by all").fetchall()  # fmt: skip
        quarantined = release.execute("select cast(coalesce(sum(rows), 0) as bigint) from quarantine_counts").fetchall()[0][0]  # fmt: skip
        worked_out = release.execute("select cast(coalesce(sum(worked_out), 0) as bigint) from disclosure_audit").fetchall()[0][0]  # fmt: skip
    checks = tuple(f"{table}: {check.replace('_', ' ')}" for table, check in failed)
    return ReleaseHealth(release_id, workspace, as_of, _published_at(path), sources, checks, quarantined, worked_out)  # fmt: skip


def _sources(release: DuckDBPyConnection) -> tuple[SourceAge, ...]:
    """Every source's age; releases of earlier versions don't say whether somebody agreed on it."""
    named = {row[0] for row in release.execute("select column_name from (describe sources)").fetchall()}
    agreed = "freshness_is_agreed" if "freshness_is_agreed" in named else "true"
    rows = release.execute(
        f"select source_id, age_days, freshness_days, coalesce(is_stale, false), coalesce({agreed}, true) from sources order by source_id"
    )
    return tuple(SourceAge(*row) for row in rows.fetchall())


def _published_at(path: Path) -> datetime:
    """When the file was put in place."""
    return datetime.fromtimestamp(path.stat().st_mtime, UTC)
