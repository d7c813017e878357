"""What the leadership report says, gathered from the snapshot. Numbers are fetched, never computed; sentences come from `wording`."""

from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboards import wording
from dashboards.facts import decision as decisions
from dashboards.facts import goals as goal_facts
from dashboards.facts.words import plural
from dashboards.snapshot import Snapshot

HEALTH = (
    "participation_rate",
    "match_rate_ever",
    "session_frequency",
    "active_pair_rate",
    "csat_mentee",
    "csat_mentor",
    "survey_response_rate",
)
OUTCOMES = (
    "retention_rate_12m",
    "promotion_rate_12m",
    "ramp_up_days",
    "skill_confidence_change",
    "leadership_representation",
    "guided_students",
)
TO_DATE = """
    select * from metric_values
    where period_kind = 'to_date' and cohort_id = 'all' and segment_kind = 'all' and metric_id in (select unnest($1))
"""


@dataclass(frozen=True)
class Finding:
    """One of the three findings: the sentence and how much it can carry, in words and marks."""

    sentence: str
    strength: str


@dataclass(frozen=True)
class ReportContent:
    """Everything the two templates print; plain values and frames."""

    title: str
    purpose: str
    findings: list[Finding]
    decision: str
    caveat: str
    goals: list[dict[str, Any]]
    goal_rule: str
    health: list[dict[str, Any]]
    outcomes: list[dict[str, Any]]
    effects: list[dict[str, Any]]
    effect_rows: pl.DataFrame
    curves: pl.DataFrame
    steps: pl.DataFrame
    frequency: pl.DataFrame
    records: list[dict[str, Any]]
    stale: list[str]
    suppression: str
    definitions: list[dict[str, Any]]
    stamp: list[tuple[str, str]]
    as_of: str


def gather(snapshot: Snapshot) -> ReportContent:
    """Read `snapshot` once and put the report together."""
    release = snapshot.frame("from release").to_dicts()[0]
    names = dict(snapshot.frame("select programme_id, name from programmes").iter_rows())
    names["organisation"] = "Whole organisation"
    goals = snapshot.frame("from goals order by programme_id, due_date, goal_id").to_dicts()
    estimates = snapshot.frame(
        "from impact_estimates order by programme_id, is_primary desc, outcome, arm, months_since_start, cohort_id"
    )
    effects = _effects(estimates)
    return ReportContent(
        title=f"Mentoring: what it does, and for whom ({release['workspace'].replace('_', ' ')})",
        purpose=f"For leadership. Data as of {release['as_of_date']:%d %B %Y}; {plural(len(names) - 1, 'programme')}.",
        findings=_findings(goals, effects, snapshot, names),
        decision=decisions.decision(snapshot).sentence,
        caveat="Only places drawn by lot show for sure what a programme did. Comparisons with colleagues allow for what was measured, nothing else.",
        goals=[_goal(goal) for goal in goals],
        goal_rule=wording.STATUS_RULE,
        health=_metric_table(snapshot, HEALTH, names),
        outcomes=_metric_table(snapshot, OUTCOMES, names),
        effects=effects,
        effect_rows=estimates,
        curves=snapshot.frame("from impact_curves order by programme_id, outcome, arm, month"),
        steps=snapshot.frame("from impact_steps order by programme_id, outcome, event_time"),
        frequency=_by_programme(snapshot, "session_frequency", names),
        records=snapshot.frame(
            """
            select source_id, sum(rows_in) as rows_in, sum(loaded) as loaded, sum(quarantined) as quarantined,
                sum(duplicates) as duplicates, sum(filtered) as filtered
            from reconciliation group by source_id order by source_id
            """
        ).to_dicts(),
        stale=[
            f"{row['source_id']}: newest record {row['newest_record_on']:%d %B %Y}, {row['age_days']} days old, {row['freshness_days']} allowed"
            for row in snapshot.frame("from sources where is_stale order by source_id").to_dicts()
        ],
        suppression=_suppression(snapshot, release["min_group_size"]),
        definitions=_definitions(snapshot),
        stamp=_stamp(snapshot, release),
        as_of=f"{release['as_of_date']:%d %B %Y}",
    )


def _effects(estimates: pl.DataFrame) -> list[dict[str, Any]]:
    """One entry an estimate that is meant for leadership, pooled where pooled exists, else each wave, with its sentence and strength.

    `group` names what is drawn in one chart: programme, outcome and design.
    """
    shown: list[dict[str, Any]] = []
    pooled = {(row["cohort_id"], row["outcome"]) for row in estimates.filter(pl.col("wave") == "pooled").to_dicts()}
    for row in estimates.to_dicts():
        if (row["cohort_id"], row["outcome"]) in pooled and row["wave"] != "pooled":
            continue
        sentence = wording.refuse_causal_verbs(wording.effect_sentence(row), verdicts=(row["verdict"],))
        strength = wording.strength(row)
        group = f"{row['programme_id']}/{row['outcome']}/{row['design']}"
        shown.append(row | {"sentence": sentence, "strength": strength, "group": group})
    return shown


def _findings(
    goals: list[dict[str, Any]], effects: list[dict[str, Any]], snapshot: Snapshot, names: dict[str, str]
) -> list[Finding]:
    findings = []
    order = list(wording.VERDICT_WORDS)
    ranked = sorted(
        (row for row in effects if row["estimate"] is not None and row["is_primary"]),
        key=lambda row: (order.index(row["verdict"]), row["programme_name"]),
    )
    if ranked:
        best = ranked[0]
        findings.append(Finding(f"{best['programme_name']}: {best['sentence']}", best["strength"]))
    else:
        findings.append(
            Finding(
                "No main outcome has an estimate yet: too few people, or nobody to compare them with.",
                "○○○○○ No estimate",
            )
        )
    if goals:
        behind = goal_facts.furthest_behind(goal_facts.goals(snapshot))
        worst = f" Furthest behind: {behind.statement.rstrip('.')}." if behind else ""
        findings.append(
            Finding(
                f"{goal_facts.goals_sentence(goal_facts.goals(snapshot))}{worst}",
                "Goals compare a metric with its own plan",
            )
        )
    satisfied = snapshot.frame(
        TO_DATE + " and value is not null and not is_suppressed order by value, programme_id", [["csat_mentee"]]
    ).to_dicts()
    if satisfied:
        low = satisfied[0]
        programme = names.get(low["programme_id"], low["programme_id"])
        findings.append(
            Finding(
                f"Satisfaction of mentees {'is lowest ' if len(satisfied) > 1 else ''}in {programme}: {wording.metric_line(low)}.",
                "Description, no comparison",
            )
        )
    for finding in findings[1:]:
        wording.refuse_causal_verbs(finding.sentence)
    return findings


def _goal(goal: dict[str, Any]) -> dict[str, Any]:
    unit = goal["unit"]
    current = wording.number(goal["current_value"], unit)
    if goal["current_value"] is not None:
        interval = wording.interval(goal["ci_low"], goal["ci_high"], unit)
        n = f"n = {wording.people(goal['n_people'])}"
        current += f" ({interval}; {n})" if interval else f" (complete count; {n})"
    forecast = "–"
    if goal["forecast_low"] is not None:
        forecast = wording.forecast(goal)
    return {
        **goal,
        "status_text": f"{wording.STATUS_MARKS[goal['status']]} {wording.STATUS_WORDS[goal['status']]}",
        "baseline_text": wording.number(goal["baseline"], unit),
        "target_text": wording.number(goal["target_value"], unit),
        "current_text": current,
        "forecast_text": forecast,
        "due_text": f"{goal['due_date']:%d %b %Y}",
    }


def _metric_table(snapshot: Snapshot, metrics: tuple[str, ...], names: dict[str, str]) -> list[dict[str, Any]]:
    rows = snapshot.frame(TO_DATE + " order by programme_id", [list(metrics)]).to_dicts()
    order = {metric: i for i, metric in enumerate(metrics)}
    rows.sort(key=lambda row: (row["programme_id"], order[row["metric_id"]]))
    return [
        {
            "programme": names.get(row["programme_id"], row["programme_id"]),
            "label": row["label"],
            "metric_id": row["metric_id"],
            "text": wording.metric_line(row),
        }
        for row in rows
        if row["value"] is not None or row["is_suppressed"]
    ]


def _by_programme(snapshot: Snapshot, metric: str, names: dict[str, str]) -> pl.DataFrame:
    """One metric to date, a row a programme that has a value."""
    rows = snapshot.frame(TO_DATE + " and value is not null and not is_suppressed order by programme_id", [[metric]])
    return rows.with_columns(pl.col("programme_id").replace(names).alias("label")).with_columns(
        pl.format("{} (n {})", "label", "n_people").alias("label")
    )


def _suppression(snapshot: Snapshot, k: int) -> str:
    rows = snapshot.frame("select rule, is_suppressed, cells from suppression").to_dicts()
    total = sum(row["cells"] for row in rows)
    small = sum(row["cells"] for row in rows if "people" in row["rule"] or "group" in row["rule"])
    no_interval = sum(row["cells"] for row in rows if row["is_suppressed"]) - small
    return (
        f"Groups of fewer than {k} people are not shown, nor neighbours from which they could be worked out: {small:,} of {total:,} cells. "
        f"Values that can't have an interval, or whose window isn't over, are not shown either: {no_interval:,} cells."
    )


def _definitions(snapshot: Snapshot) -> list[dict[str, Any]]:
    return snapshot.frame(
        "select * from metric_definitions where metric_id in (select unnest($1)) order by label", [[*HEALTH, *OUTCOMES]]
    ).to_dicts()


def _stamp(snapshot: Snapshot, release: dict[str, Any]) -> list[tuple[str, str]]:
    extracts = snapshot.frame("select source_id, extracted_at from sources order by source_id").to_dicts()
    return [
        ("Release", release["release_id"]),
        ("Content hash", release["content_hash"]),
        ("Data as of", f"{release['as_of_date']}"),
        ("Run", release["run_id"]),
        ("Code", release["code_version"]),
        ("Lock file", release["lock_hash"]),
        ("Metric dictionary", release["dictionary_version"]),
        ("Smallest group shown", f"{release['min_group_size']} people"),
        ("Extracts", "; ".join(f"{row['source_id']} {row['extracted_at']:%Y-%m-%d}" for row in extracts)),
        ("Reproduce", "impact report, with this release published"),
    ]
