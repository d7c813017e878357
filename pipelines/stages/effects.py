"""Every declared outcome of every programme: estimated by the best design that the data allow, or refused, each row with its declaration's hash."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import polars as pl

from pipelines.builds.made_from import note, noted, prepare
from pipelines.builds.program import hash_of, program
from pipelines.builds.values import told
from pipelines.contracts.declared_outcomes import Declaration, read_declaration
from pipelines.impact.estimate_rows import ESTIMATE_SCHEMA
from pipelines.impact.looks import Early, Look
from pipelines.impact.pooled_effects import POOLED_SCHEMA, pooled_effects
from pipelines.impact.programme_effects import (
    BALANCE_SCHEMA,
    CURVES_SCHEMA,
    OVERLAP_SCHEMA,
    STEPS_SCHEMA,
    ProgrammeData,
    programme_effects,
)
from pipelines.impact.registration import ELIGIBILITY, registration_of
from pipelines.impact.rules import RULES
from pipelines.impact.subgroups import SUBGROUP_SCHEMA, subgroup_effects
from pipelines.impact.verdicts import POLICY, REASONS
from pipelines.stages.declarations import DECLARATIONS_SCHEMA, noted_declarations
from pipelines.stages.looks import LOOKS_SCHEMA, at_its_looks, looks_of, looks_taken, noted_looks, rollout_at_its_looks
from pipelines.stages.programme_records import programme_data, segments_declared
from pipelines.warehouse import read_frame, read_kept

DECLARED = """
    select * from marts.programmes
    where impact_declaration is not null order by programme_id
"""
PROGRAMME = {"programme_id": pl.String()}
KEYS = {"estimate_id": pl.String(), "programme_id": pl.String(), "cohort_id": pl.String()}
STAMPS = {
    "declaration_hash": pl.String(),
    "declaration_version": pl.Int64(),
    "is_changed_after_results": pl.Boolean(),
    "policy_version": pl.String(),
    "registered_at": pl.String(),
    "registration_hash": pl.String(),
}
TABLES: dict[str, tuple[str, dict[str, Any]]] = {
    "estimates": (
        "One row per declared outcome, cohort (or all that weren't randomised), arm and wave: estimate, interval, design, verdict, or why there is none.",
        {**KEYS, **ESTIMATE_SCHEMA, **STAMPS},
    ),
    "balance": (
        "One row per programme, outcome and covariate: standardised differences before and after weighting.",
        {**PROGRAMME, **BALANCE_SCHEMA},
    ),
    "overlap": (
        "One row per programme, outcome and bin: where the chances to join of both groups lie.",
        {**PROGRAMME, **OVERLAP_SCHEMA},
    ),
    "curves": (
        "One row per programme, outcome, arm and month of follow-up: weighted share with interval, people at risk, events.",
        {**PROGRAMME, **CURVES_SCHEMA},
    ),
    "steps": (
        "One row per programme, measure and wave since the start: the effect by time.",
        {**PROGRAMME, **STEPS_SCHEMA},
    ),
    "subgroups": (
        "One row per declared subgroup and value: the effect within it, and whether the groups differ from each other.",
        {**PROGRAMME, **SUBGROUP_SCHEMA},
    ),
    "pooled": (
        "One row per estimate of an outcome that three or more programmes or cohorts have: what it is worth beside the others.",
        POOLED_SCHEMA,
    ),
    "declarations": (
        "One row per programme and version of its declaration: when it was first seen, and whether results existed by then.",
        DECLARATIONS_SCHEMA,
    ),
    "looks": (
        "One row per programme, outcome and look at which a figure was shown, of lotteries per cohort, arm and wave: the day, and what was said of it first.",
        LOOKS_SCHEMA,
    ),
    "rules": (
        "One row per rule of the verdict policy in force.",
        {"policy_version": pl.String(), "rule": pl.String(), "answer": pl.String(), "condition": pl.String()},
    ),
    "thresholds": (
        "One row per figure of the verdict policy in force, with its reason.",
        {"policy_version": pl.String(), "threshold": pl.String(), "value": pl.Float64(), "reason": pl.String()},
    ),
}
BY_PROGRAMME = ("estimates", "balance", "overlap", "curves", "steps", "subgroups")
"""What is worked out for each programme by itself."""


def estimated(warehouse: Any, registered: list[dict[str, Any]], say: Callable[[str], None]) -> dict[str, pl.DataFrame]:
    """All tables of the stage, empty ones included. registered: receipts of evaluations that were registered. Raises DeclarationError."""
    collected: dict[str, list[pl.DataFrame]] = {name: [] for name in TABLES}
    programmes = {row["programme_id"]: row for row in read_frame(warehouse, DECLARED).to_dicts()}
    declared = {programme_id: row["impact_declaration"] for programme_id, row in programmes.items()}
    declarations = noted_declarations(warehouse, {key: json.loads(text) for key, text in declared.items()})
    as_of = read_frame(warehouse, "select as_of_date from raw_registry.workspace")[0, 0]
    taken = looks_taken(warehouse)
    prepare(warehouse)
    for programme_id, text in declared.items():
        declaration = read_declaration(programme_id, json.loads(text))
        data = programme_data(warehouse, declaration)
        lotteries = tuple(at_its_looks(lottery, declaration, taken, as_of) for lottery in data.lotteries)
        rollout = rollout_at_its_looks(data.rollout, declaration, taken, as_of) if data.rollout else None
        data = replace(data, lotteries=lotteries, rollout=rollout)
        looks = looks_of(declaration, taken, as_of)
        who = {name: programmes[programme_id][name] for name in ELIGIBILITY}
        receipt = registration_of(registered, programme_id, json.loads(text), who)
        is_registered = receipt is not None
        segments = segments_declared(warehouse, declaration)
        found, is_new = _effects(warehouse, declaration, text, data, segments, looks, is_registered=is_registered)
        found["estimates"] = _stamped(found["estimates"], declaration, declarations).with_columns(_registered(receipt))
        for name, frame in found.items():
            collected[name].append(frame.with_columns(programme_id=pl.lit(programme_id)))
        say(
            f"{programme_id}: {found['estimates'].height} estimates{'' if is_new else ', from what they were made from last time'}"
        )
    collected["declarations"].append(declarations)
    collected["rules"].append(_rules())
    collected["thresholds"].append(_thresholds())
    if declared:
        all_estimates = pl.concat(collected["estimates"])
        collected["pooled"].append(pooled_effects(all_estimates))
        taken = noted_looks(taken, all_estimates, as_of)
    collected["looks"].append(taken)
    return {name: _of_schema(frames, TABLES[name][1]) for name, frames in collected.items()}


def _effects(
    warehouse: Any,
    declaration: Declaration,
    text: str,
    data: ProgrammeData,
    segments: pl.DataFrame,
    looks: Mapping[str, Look | Early],
    *,
    is_registered: bool,
) -> tuple[dict[str, pl.DataFrame], bool]:
    """A programme's tables, and whether they were worked out now: where all that they rest on is as it was, they are those of the last run."""
    node = f"impact.{declaration.programme_id}"
    now = hash_of([program(), text, told(data), told(segments), told(looks), str(is_registered)])
    if noted(warehouse).get(node) == (now, None):
        return {name: _of_programme(warehouse, name, declaration.programme_id) for name in BY_PROGRAMME}, False
    effects = programme_effects(declaration, data, looks=looks, is_registered=is_registered)
    subgroups = subgroup_effects(declaration, data, segments, looks=looks, is_registered=is_registered)
    note(warehouse, {node: (now, None)})
    return {**{name: getattr(effects, name) for name in BY_PROGRAMME if name != "subgroups"}, "subgroups": subgroups}, True  # fmt: skip


def _of_programme(warehouse: Any, name: str, programme_id: str) -> pl.DataFrame:
    schema = TABLES[name][1]
    kept = read_kept(warehouse, f"impact.{name}", schema).filter(pl.col("programme_id") == programme_id)
    return kept.select("cohort_id", *ESTIMATE_SCHEMA) if name == "estimates" else kept.drop("programme_id")


def _stamped(estimates: pl.DataFrame, declaration: Declaration, declarations: pl.DataFrame) -> pl.DataFrame:
    own = declarations.filter((pl.col("programme_id") == declaration.programme_id) & pl.col("is_current")).row(
        0, named=True
    )
    identity = pl.concat_str(["cohort_id", "outcome", "arm", "wave"], separator=":", ignore_nulls=True)
    programme = pl.when(pl.col("cohort_id") == "all").then(pl.lit(f"{declaration.programme_id}:")).otherwise(pl.lit(""))
    return estimates.with_columns(
        estimate_id=programme + identity,
        declaration_hash=pl.lit(declaration.digest),
        declaration_version=pl.lit(own["version"]),
        is_changed_after_results=pl.lit(own["is_changed_after_results"]),
        policy_version=pl.lit(POLICY.version),
    )


def _registered(receipt: Mapping[str, Any] | None) -> list[pl.Expr]:
    told = receipt or {"registered_at": None, "hash": None}
    return [
        pl.lit(told["registered_at"], dtype=pl.String).alias("registered_at"),
        pl.lit(told["hash"], dtype=pl.String).alias("registration_hash"),
    ]


def _thresholds() -> pl.DataFrame:
    """The boundary of loss is a curve and stands in the guide; every other threshold is one figure."""
    figures = {name: value for name, value in vars(POLICY).items() if isinstance(value, int | float)}
    return pl.DataFrame(
        [
            {
                "policy_version": POLICY.version,
                "threshold": name,
                "value": float(value),
                "reason": REASONS[name],
            }
            for name, value in figures.items()
        ]
    )


def _rules() -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "policy_version": POLICY.version,
                "rule": rule.name,
                "answer": rule.answer,
                "condition": rule.condition(POLICY),
            }
            for rule in RULES
        ]
    )


def _of_schema(frames: list[pl.DataFrame], schema: dict[str, Any]) -> pl.DataFrame:
    columns = [pl.col(name).cast(dtype) for name, dtype in schema.items()]
    return pl.concat([pl.DataFrame(schema=schema), *(frame.select(columns) for frame in frames)])
