"""Programme files (YAML) to programmes, SMART goals, segments and cohorts; and the workspace's own row and level map.

A goal that isn't SMART never enters: the message names the letter that is missing (Doran 1981: specific, measurable, achievable, relevant, time-bound).
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from pipelines.contracts import BY_NAME
from pipelines.sources.connector import Connector, Documentation
from pipelines.sources.conversions import rank_map
from pipelines.sources.records import Extract, SourceFile, SourceRefused, TableBatch, rows_frame
from pipelines.sources.registry.programme_files.checks import (
    check_impact,
    check_keys,
    check_matching,
    check_messages,
    check_needed,
    check_row,
    check_words,
    parsed,
)

COHORT_KEYS = frozenset(column.name for column in BY_NAME["cohorts"].columns)
SMART = {
    "S": ("statement", "owner"),
    "M": ("metric_id", "baseline", "baseline_date", "target", "unit", "direction"),
    "A": ("achievable_because",),
    "R": ("relevant_to",),
    "T": ("start_date", "due_date"),
}
_WORDS = {
    "metric_id": "metric",
    "due_date": "due date",
    "start_date": "start date",
    "baseline_date": "date of the baseline",
    "achievable_because": "reason why it can be reached",
    "relevant_to": "objective that it serves",
}


def read(files: Sequence[SourceFile], options: Mapping[str, Any]) -> Extract:
    """Read all programme files. Options: `workspace`, `as_of`, `min_group_size`, `workspace_zone` (one row, if `as_of` is set), `levels`. Raises `SourceRefused`."""
    chosen = [file for file in files if file.name.lower().endswith((".yaml", ".yml"))]
    if not chosen:
        raise SourceRefused(
            "The programmes folder has no .yaml file. Next step: write one programme file, see data/examples/."
        )
    rows: dict[str, list[dict[str, Any]]] = {
        name: [] for name in ("programmes", "programme_goals", "programme_segments", "cohorts")
    }
    seen: dict[str, str] = {}
    for file in chosen:
        for table, found in _programme(file).items():
            rows[table].extend(found)
        programme = rows["programmes"][-1]["programme_id"]
        if programme in seen:
            raise SourceRefused(
                f"{file.name} and {seen[programme]} both describe the programme {programme!r}. Next step: give one of them another programme_id."
            )
        seen[programme] = file.name
    batches = [TableBatch(table, rows_frame(table, found)) for table, found in rows.items()]
    if options.get("levels"):
        batches.append(levels_batch(options["levels"]))
    if options.get("workspace") and options.get("as_of"):
        batches.append(
            workspace_batch(
                str(options["workspace"]),
                options["as_of"],
                int(options.get("min_group_size", 5)),
                str(options.get("workspace_zone", "UTC")),
            )
        )
    if options.get("holds"):
        batches.append(facts_batch(options["holds"]))
    return Extract(batches, [])


def facts_batch(holds: Mapping[str, Sequence[str]], *, file: str = "workspace.yaml") -> TableBatch:
    """What sources are declared to hold completely, one row per source and kind of fact."""
    rows = [
        {"source_id": source_id, "fact": fact, "source_record_id": source_id, "source_file": file, "raw_text": fact}
        for source_id, facts in holds.items()
        for fact in facts
    ]
    return TableBatch("source_facts", rows_frame("source_facts", rows))


def workspace_batch(
    workspace: str, as_of: date, min_group_size: int, zone: str = "UTC", *, file: str = "workspace.yaml"
) -> TableBatch:
    """The one row of `workspace`: name, the day as of which everything is counted, the smallest group that may be shown, and its zone."""
    row = {
        "workspace": workspace,
        "as_of_date": as_of,
        "min_group_size": min_group_size,
        "zone": zone,
        "source_record_id": workspace,
        "source_file": file,
        "raw_text": workspace,
    }
    return TableBatch("workspace", rows_frame("workspace", [row]))


def levels_batch(levels: Mapping[str, Mapping[str, Any]], *, file: str = "levels.yaml") -> TableBatch:
    """The level map, one row per level. `levels`: level to `{rank, leadership}`."""
    rows = []
    for level, entry in levels.items():
        if not isinstance(entry, Mapping) or "rank" not in entry or "leadership" not in entry:
            raise SourceRefused(f"{file}: level {level!r} needs `rank` and `leadership`. Next step: add them.")
        rows.append(
            {
                "level": str(level),
                "level_rank": int(entry["rank"]),
                "is_leadership": bool(entry["leadership"]),
                "source_record_id": str(level),
                "source_file": file,
                "raw_text": json.dumps(dict(entry), default=str),
            }
        )
    return TableBatch("levels", rows_frame("levels", rows))


def level_ranks(levels: Mapping[str, Any]) -> dict[str, int]:
    """Level to rank, as connectors want it."""
    return rank_map(levels)


def _programme(file: SourceFile) -> dict[str, list[dict[str, Any]]]:
    """All rows of one file."""
    content, lines = parsed(file)
    check_words(file, content, lines)
    population = content.get("population") or {}
    check_needed(
        file,
        content,
        ("programme_id", "name", "mission", "kind", "objective", "population", "start_date", "cohorts"),
        1,
    )
    check_matching(file, content, lines)
    check_impact(file, content, lines)
    check_messages(file, content, lines)
    programme_id = str(content["programme_id"])
    lineage = {"source_file": file.name, "raw_text": f"{file.name}: {programme_id}"}
    programme = {
        **{name: content.get(name) for name in BY_NAME["programmes"].business_schema if name in content},
        "population_person_kind": population.get("person_kind"),
        "population_source_instance": population.get("source_instance"),
        "population_min_tenure_days": population.get("min_tenure_days"),
        "population_max_tenure_days": population.get("max_tenure_days"),
        "population_min_level_rank": population.get("min_level_rank"),
        "population_max_level_rank": population.get("max_level_rank"),
        "population_rule": population.get("words", population.get("rule")),
        "matching_policy": _json(content.get("matching")),
        "impact_declaration": _json(content.get("impact")),
        "file_hash": hashlib.sha256(file.data).hexdigest()[:16],
        "source_record_id": programme_id,
        "source_line": 1,
        **lineage,
    }
    goals = [
        {**_goal(file, goal, programme_id, lines, i), "source_line": lines.get(("goals", i)), **lineage}
        for i, goal in enumerate(content.get("goals") or [])
    ]
    segments = []
    for i, segment in enumerate(content.get("segments") or []):
        kind = segment.get("segment_kind", segment.get("kind"))
        segments.append(
            {
                "programme_id": programme_id,
                "segment_kind": kind,
                "reason": segment.get("reason"),
                "source_record_id": f"{programme_id}|{kind}",
                "source_line": lines.get(("segments", i)),
                **lineage,
            }
        )
    cohorts = []
    for i, cohort in enumerate(content["cohorts"] or []):
        check_keys(file, cohort, COHORT_KEYS, lines, ("cohorts", i), "a cohort")
        cohorts.append(
            {
                **cohort,
                "programme_id": programme_id,
                "source_record_id": cohort.get("cohort_id"),
                "source_line": lines.get(("cohorts", i)),
                **lineage,
            }
        )
    tables = {"programmes": [programme], "programme_goals": goals, "programme_segments": segments, "cohorts": cohorts}
    for table, rows in tables.items():
        for row in rows:
            check_row(file, table, row)
    return tables


def _goal(
    file: SourceFile, goal: Any, programme_id: str, lines: Mapping[tuple[Any, ...], int], position: int
) -> dict[str, Any]:
    """One goal; refused unless each of the five letters is filled."""
    segment = goal.get("segment") or {}
    segment = segment if isinstance(segment, Mapping) else {"kind": segment, "value": segment}
    row = {name: goal.get(name) for name in BY_NAME["programme_goals"].business_schema}
    row |= {
        "programme_id": programme_id,
        "metric_id": goal.get("metric_id", goal.get("metric")),
        "target": goal.get("target", goal.get("target_value")),
        "segment_kind": goal.get("segment_kind", segment.get("kind", segment.get("segment_kind", "all"))),
        "segment_value": goal.get("segment_value", segment.get("value", segment.get("segment_value", "all"))),
        "source_record_id": goal.get("goal_id"),
    }
    line = lines.get(("goals", position), 1)
    if row["goal_id"] in (None, ""):
        raise SourceRefused(f"{file.name}, line {line}: a goal has no goal_id. Next step: give it one.")
    missing = {
        letter: [f"no {_WORDS.get(name, name)}" for name in names if row[name] in (None, "")]
        for letter, names in SMART.items()
    }
    words = [f"{letter} is missing ({', '.join(reasons)})" for letter, reasons in missing.items() if reasons]
    if words:
        raise SourceRefused(
            f"Goal {row['goal_id']} is not SMART: {'; '.join(words)}. Next step: complete it in {file.name}, line {line}."
        )
    return row


def _json(block: Any) -> str | None:
    return None if block is None else json.dumps(block, ensure_ascii=False, default=str)


SPEC = Connector(
    name="programme_files",
    system="programme_files",
    read=read,
    tables=frozenset({"programmes", "programme_goals", "programme_segments", "cohorts", "levels", "workspace"}),
    follows_the_day=True,
    documentation=Documentation(
        title="Programme files",
        kind="Files",
        page="files.md",
        brings="programmes, goals, cohorts",
        changes="no",
        tested="the demo's programmes",
        bad_data="unknown fields, wrong types, missing owners",
    ),
)
