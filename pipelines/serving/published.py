"""Everything that leaves the warehouse, once: table, query, who may read it, and how small groups stay hidden in it.

The snapshot reads and hides by this list and refuses to publish what isn't on it; its upstream in Dagster follows from the queries. Pages, report, summary and BI export read what is published.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Literal

import polars as pl

from pipelines.serving.disclosure import suppress_costs, suppress_counts, suppress_signals, suppress_small_bins
from pipelines.serving.disclosure_curves import suppress_curves

Audience = Literal["readers", "managers"]
AUDIENCES: tuple[Audience, ...] = ("readers", "managers")
Frames = Mapping[str, pl.DataFrame]
Hide = Callable[[pl.DataFrame, Frames, int], pl.DataFrame]
"""A table, the tables beside it (the cube hidden already) and the smallest group to what may be shown of the table."""

_READ = re.compile(r"\b(?:from|join)\s+([a-z_]+\.[a-z_]+)")


def _written(table: str) -> str:
    """The query in `queries/<table>.sql`, where it is longer than a line."""
    return files(__package__).joinpath(f"queries/{table}.sql").read_text(encoding="utf-8")


def _as_it_is(frame: pl.DataFrame, _beside: Frames, _k: int) -> pl.DataFrame:
    return frame


@dataclass(frozen=True)
class Rule:
    """How small groups stay hidden in a table. words: for who reviews it."""

    words: str
    hide: Hide = _as_it_is


NOBODY = Rule("tells of programmes, declarations and the release, not of people")
ROWS = Rule("counts rows of loads and cells of the release, not people")
CUBE = Rule(
    "small groups, and what would tell them, are hidden, audited and held against the last release (pipelines/serving/gate.py)"
)
FROM_THE_CUBE = Rule("holds figures of the cube, as hidden there (pipelines/serving/goals_shown.py)")
HALVES = Rule("says yes or no of at least the smallest group on either side (pipelines/serving/pairs_meeting.py)")
SIGNALS = Rule(
    "limits go with a hidden month", lambda frame, beside, k: suppress_signals(frame, beside["metric_values"], k)
)
COSTS = Rule("amounts of few people's time go", lambda frame, _, k: suppress_costs(frame, k))
COUNTS = Rule(
    "small counts are emptied, and never one alone of a sum that is known",
    lambda frame, _, k: suppress_counts(frame, "people", k, whole=("run_id", "role")),
)
CURVES = Rule(
    "cut where few are at risk, in steps of the smallest group", lambda frame, _, k: suppress_curves(frame, k)
)
SMALL_BINS = Rule(
    "bars of few people are emptied, and never one alone",
    lambda frame, beside, k: suppress_small_bins(frame, beside["impact_estimates"], k),
)
ESTIMATES = Rule(
    "compares groups as a whole; what rests on few is refused by the policy of verdicts, and says of how many"
)
ROUNDS = Rule("counts a whole round of matching and its rules")
ROLE = Rule("lists people's keys, for who runs the programme")
MASKED = Rule("shows quarantined rows with names and values masked, for who runs the programme")


@dataclass(frozen=True)
class Published:
    """One table of a release. query: what is read from the warehouse; none where publishing itself makes the table."""

    table: str
    audience: Audience
    rule: Rule
    query: str | None = None

    @property
    def upstream(self) -> frozenset[str]:
        """Addresses of the warehouse's tables that the query reads."""
        return frozenset(_READ.findall(self.query or ""))


class NotOnTheList(ValueError):
    """Something would be published that the list doesn't have, or something on it is missing; the message names it."""


PUBLISHED = (
    Published("programmes", "readers", NOBODY, _written("programmes")),
    Published(
        "cohorts",
        "readers",
        NOBODY,
        "select cohort_id, programme_id, name, start_date, end_date, assignment_rule, status, capacity_mentees from marts.cohorts",
    ),
    Published("programme_costs", "readers", COSTS, "select * from metrics.programme_costs"),
    Published("metric_values", "readers", CUBE, "select * from metrics.metric_values"),
    Published("metric_signals", "readers", SIGNALS, "select * from metrics.metric_signals"),
    Published("goals", "readers", FROM_THE_CUBE, _written("goals")),
    Published("impact_estimates", "readers", ESTIMATES, _written("impact_estimates")),
    Published("impact_balance", "readers", ESTIMATES, "select * from impact.balance"),
    Published("impact_overlap", "readers", SMALL_BINS, "select * from impact.overlap"),
    Published("impact_curves", "readers", CURVES, "select * from impact.curves"),
    Published("impact_steps", "readers", ESTIMATES, "select * from impact.steps"),
    Published("impact_subgroups", "readers", ESTIMATES, "select * from impact.subgroups"),
    Published("impact_pooled", "readers", ESTIMATES, "select * from impact.pooled"),
    Published("impact_looks", "readers", NOBODY, "select * from impact.looks"),
    Published("impact_declarations", "readers", NOBODY, "select * from impact.declarations"),
    Published("impact_rules", "readers", NOBODY, "select * from impact.rules"),
    Published("impact_thresholds", "readers", NOBODY, "select * from impact.thresholds"),
    Published("match_runs", "readers", ROUNDS, _written("match_runs")),
    Published("match_rules", "readers", ROUNDS, "select * from analytics.match_rules"),
    Published(
        "match_unmatched_reasons",
        "readers",
        COUNTS,
        "select run_id, programme_id, cohort_id, role, reason, count(*) as people from analytics.match_unmatched group by all",
    ),
    Published("reconciliation", "readers", ROWS, _written("reconciliation")),
    Published("quarantine_counts", "readers", ROWS, _written("quarantine_counts")),
    Published(
        "identity_conflicts",
        "readers",
        ROWS,
        "select reason, source_instance as source_id, other_source_instance as other_source_id, count(*) as pairs from intermediate.int_identity_conflicts group by all",
    ),
    Published("filtered_counts", "readers", ROWS, _written("filtered_counts")),
    Published("findings", "readers", ROWS, _written("findings")),
    Published("check_results", "readers", ROWS, "select * from quality.check_results"),
    Published("sources", "readers", ROWS, _written("sources")),
    Published("pairs_meeting", "readers", HALVES),
    Published("metric_definitions", "readers", NOBODY),
    Published("disclosure_audit", "readers", NOBODY),
    Published("suppression", "readers", ROWS),
    Published("lineage_nodes", "readers", NOBODY),
    Published("lineage_edges", "readers", NOBODY),
    Published("release", "readers", NOBODY),
    Published("work_pairs", "managers", ROLE, _written("work_pairs")),
    Published("work_milestones", "managers", ROLE, _written("work_milestones")),
    Published("work_applicants", "managers", ROLE, _written("work_applicants")),
    Published("work_surveys", "managers", ROLE, _written("work_surveys")),
    Published("work_people", "managers", ROLE, _written("work_people")),
    Published("match_pairs", "managers", ROLE, "select * from analytics.match_pairs"),
    Published("match_unmatched", "managers", ROLE, "select * from analytics.match_unmatched"),
    Published("match_differences", "managers", ROLE, "select * from analytics.match_differences"),
    Published("match_set_aside", "managers", ROLE, "select * from analytics.match_set_aside"),
    Published("match_what_if", "managers", ROLE, "select * from analytics.match_what_if"),
    Published("match_group_audit", "managers", ROLE, "select * from analytics.match_group_audit"),
    Published("match_baselines", "managers", ROLE, "select * from analytics.match_baselines"),
    Published("match_problems", "managers", ROLE, "select * from analytics.match_problems"),
    Published("match_history", "managers", ROLE, "select * from analytics.match_history"),
    Published("match_mentees", "managers", ROLE, "select * from analytics.match_mentees"),
    Published("match_mentors", "managers", ROLE, "select * from analytics.match_mentors"),
    Published("quarantine", "managers", MASKED, _written("quarantine")),
    Published("shown_cells", "managers", ROLE),
)


STAMP = "release"
"""What release it is: made last, from the hash of all the others."""


def tables_for(audience: Audience) -> tuple[str, ...]:
    """What one audience may read."""
    return tuple(one.table for one in PUBLISHED if one.audience == audience)


def split(frames: Frames) -> tuple[dict[str, pl.DataFrame], dict[str, pl.DataFrame]]:
    """The readers' and the managers' tables of a whole release but its stamp. Raises NotOnTheList."""
    other = set(frames) ^ ({one.table for one in PUBLISHED} - {STAMP})
    if other:
        raise NotOnTheList(f"A release is what pipelines/serving/published.py lists; it differs in {', '.join(sorted(other))}.")  # fmt: skip
    readers, managers = ({name: frames[name] for name in tables_for(audience) if name != STAMP} for audience in AUDIENCES)  # fmt: skip
    return readers, managers
