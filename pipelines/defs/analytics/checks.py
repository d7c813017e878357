"""What must hold of every proposal, whoever worked it out."""

import dagster as dg

from pipelines.settings import settings
from pipelines.stages.recounts import broken_rules
from pipelines.warehouse import connect


@dg.asset_check(asset=["analytics", "match_pairs"], name="no_hard_rule_is_broken", blocking=True)
def no_hard_rule_is_broken() -> dg.AssetCheckResult:
    """Violations of each rule, recounted: all 0."""
    with connect(settings().warehouse) as warehouse:
        broken = broken_rules(warehouse)
    return dg.AssetCheckResult(passed=not any(broken.values()), metadata=dict(broken))


@dg.asset_check(asset=["analytics", "match_runs"], name="the_optimum_is_proven", blocking=True)
def the_optimum_is_proven() -> dg.AssetCheckResult:
    """The gap between the total and its proven upper bound is at most one millionth."""
    with connect(settings().warehouse) as warehouse:
        widest = warehouse.execute("select coalesce(max(gap), 0) from analytics.match_runs").fetchall()[0][0]
    return dg.AssetCheckResult(passed=widest <= 1e-6, metadata={"widest_gap": float(widest)})


@dg.asset_check(asset=["analytics", "match_group_audit"], name="no_group_falls_under_four_fifths")
def no_group_falls_under_four_fifths() -> dg.AssetCheckResult:
    """A group whose coverage or mean score is under four fifths of its reference group's: a sign to look, never a reason to stop."""
    with connect(settings().warehouse) as warehouse:
        flagged = warehouse.execute(
            "select cohort_id, attribute, count(*) from analytics.match_group_audit where fails_four_fifths group by all order by all"
        ).fetchall()
    return dg.AssetCheckResult(
        passed=not flagged,
        severity=dg.AssetCheckSeverity.WARN,
        metadata={"flagged": [f"{cohort} {attribute}: {groups} group(s)" for cohort, attribute, groups in flagged]},
    )
