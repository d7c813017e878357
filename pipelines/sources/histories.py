"""Job histories and employment spells from dated records: next-row ends, cut overlaps, what changed, and rehires.

Intervals are half-open, [from, to). Used by the HRIS connectors and, where a mapping asks for it with `derive:`, by mapped files.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import polars as pl

from pipelines.contracts import BY_NAME
from pipelines.sources.records import ROW_LINEAGE, Finding, SourceRefused, TableBatch, conform, filtered_frame

REHIRE_DAYS = 31  # a gap no longer than this is the same employment
_ASSIGNMENT = ["person_id", "assignment_id"]


def derive(batch: TableBatch, names: Sequence[str], options: Mapping[str, Any], findings: list[Finding]) -> TableBatch:
    """Apply the derivations that a mapping asks for to `batch`."""
    for name in dict.fromkeys(names):
        if name != batch.table or name not in ("job_history", "employment_spells", "persons"):
            raise SourceRefused(
                f"The mapping asks to derive {name!r} of {batch.table}. Next step: use persons, job_history or employment_spells in its own table."
            )
        if name == "persons":
            rows = one_row_a_person(batch.rows)
            earlier = filtered_frame({"an earlier employment of the same person": batch.rows.height - rows.height})
            batch = replace(batch, rows=rows, filtered=pl.concat([batch.filtered, earlier]))
        elif name == "job_history":
            rows, cuts = job_states(batch.rows)
            findings.extend(cuts)
            batch = replace(batch, rows=rows)
        else:
            rows = joined_spells(batch.rows, rehire_days=int(options.get("rehire_days", REHIRE_DAYS)))
            joined = filtered_frame({"continues a spell that an earlier row began": batch.rows.height - rows.height})
            batch = replace(batch, rows=rows, filtered=pl.concat([batch.filtered, joined]))
    return batch


def job_states(rows: pl.DataFrame, spells: pl.DataFrame | None = None) -> tuple[pl.DataFrame, list[Finding]]:
    """Complete `rows` of job_history; nothing is dropped. A line that stands there twice (on two pages, in two exports) stays an equal row, which the gate counts as a repeat.

    Rows of one day are numbered by the source's order. A missing `valid_to` is the next state's start, and a state that reaches beyond the next start is
    cut there with a finding each. A state replaced on its own day keeps zero length: an event, not a state.
    With `spells` (employment_spells) a state ends no later than the spell in which it began. `change_action` is derived from the state before,
    `change_action_basis` says so; what the source states is kept.
    """
    if rows.is_empty():
        return rows, []
    frame = rows.with_columns(pl.col("assignment_id").fill_null("primary")).with_row_index("__order")
    # Rows that the gate will refuse for want of a person or a date must not stretch or cut others.
    sound = frame.filter(pl.col("person_id").is_not_null() & pl.col("valid_from").is_not_null())
    unsound = frame.join(sound.select("__order"), on="__order", how="anti").with_columns(pl.col("seq").fill_null(0))
    sound = sound.sort(
        "person_id", "assignment_id", "valid_from", "seq", "source_updated_at", "__order", nulls_last=False
    )
    sound, repeats = _once(sound)
    day = [*_ASSIGNMENT, "valid_from"]
    sound = sound.with_columns(
        pl.when(pl.col("seq").is_null().any().over(day))
        .then(pl.int_range(pl.len()).over(day))
        .otherwise(pl.col("seq"))
        .alias("seq"),
        pl.col("valid_from").shift(-1).over(_ASSIGNMENT).alias("__next"),
    )
    overlaps = pl.col("valid_to") > pl.col("__next")
    cut = sound.filter(overlaps)
    findings = [
        Finding(
            "span_cut",
            "job_history",
            f"{file}: line {line}",
            f"state from {start} to {end} cut at {at}, where the next one begins",
        )
        for file, line, start, end, at in cut.select(
            "source_file", "source_line", "valid_from", "valid_to", "__next"
        ).iter_rows()
    ]
    # A gap between two stated spans stays a gap; only a missing end is taken from the next row.
    sound = sound.with_columns(
        pl.when(overlaps | pl.col("valid_to").is_null())
        .then(pl.col("__next"))
        .otherwise(pl.col("valid_to"))
        .alias("valid_to")
    )
    if spells is not None and spells.height:
        sound = _ended_with_spell(sound, spells)
    else:
        sound = sound.with_columns(pl.lit(None, dtype=pl.Int64).alias("spell_no"))
    sound = _with_change_action(sound)
    columns = [*BY_NAME["job_history"].business_schema, *ROW_LINEAGE]
    again = repeats.join(sound.drop(ROW_LINEAGE).rename({"__order": "__first"}), on="__first")
    done = pl.concat(part.select("__order", *columns) for part in (sound, again, unsound)).sort("__order")
    return conform(done, "job_history"), findings


def _once(states: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The states, each once, and the lines that say the same as an earlier one: their order, lineage, and that line's order (`__first`)."""
    said = [name for name in BY_NAME["job_history"].business_schema if name in states.columns]
    first = states.with_columns(pl.col("__order").min().over(said).alias("__first"))
    is_repeat = pl.col("__order") != pl.col("__first")
    repeats = first.filter(is_repeat).select("__order", "__first", *ROW_LINEAGE)
    return first.filter(~is_repeat).drop("__first"), repeats


def _ended_with_spell(states: pl.DataFrame, spells: pl.DataFrame) -> pl.DataFrame:
    """End each state no later than the spell that holds its start."""
    bounds = spells.select("person_id", "hire_date", pl.col("end_date").alias("__spell_end"), "spell_no").sort(
        "hire_date"
    )
    joined = states.sort("valid_from").join_asof(
        bounds, left_on="valid_from", right_on="hire_date", by="person_id", strategy="backward", check_sortedness=False
    )
    inside = pl.col("__spell_end") > pl.col("valid_from")
    end = pl.min_horizontal("valid_to", pl.when(inside).then(pl.col("__spell_end")))
    return joined.with_columns(end.alias("valid_to")).sort("person_id", "assignment_id", "valid_from", "seq", "__order")


def _with_change_action(states: pl.DataFrame) -> pl.DataFrame:
    """What happened on `valid_from`, against the state before; promotion only by a rise of `level_rank`, never by a title."""

    def before(name: str) -> pl.Expr:
        return pl.col(name).shift(1).over(_ASSIGNMENT)

    def changed(*names: str) -> pl.Expr:
        return pl.any_horizontal(~pl.col(name).eq_missing(before(name)) for name in names)

    first = pl.int_range(pl.len()).over(_ASSIGNMENT) == 0
    # Where no spells are known, a gap that is too long for the same employment tells that somebody came back.
    gap = (pl.col("valid_from") - before("valid_to")).dt.total_days()
    new_spell = (pl.col("spell_no") != before("spell_no")).fill_null(gap > REHIRE_DAYS).fill_null(False)
    derived = (
        pl.when(first)
        .then(pl.lit("hire"))
        .when(new_spell)
        .then(pl.lit("rehire"))
        .when(pl.col("level_rank") > before("level_rank"))
        .then(pl.lit("promotion"))
        .when(pl.col("level_rank") < before("level_rank"))
        .then(pl.lit("demotion"))
        .when(changed("department", "business_unit", "location"))
        .then(pl.lit("transfer"))
        .when(changed("manager_person_id"))
        .then(pl.lit("manager_change"))
        .when(changed("fte", "employment_type"))
        .then(pl.lit("rate_change"))
        .otherwise(pl.lit("data_change"))
    )
    stated = pl.col("change_action").is_not_null()
    return states.with_columns(
        pl.when(stated).then(pl.col("change_action")).otherwise(derived).alias("change_action"),
        pl.when(pl.col("change_action_basis").is_not_null())
        .then(pl.col("change_action_basis"))
        .when(stated)
        .then(pl.lit("source"))
        .otherwise(pl.lit("derived"))
        .alias("change_action_basis"),
    )


def one_row_a_person(rows: pl.DataFrame) -> pl.DataFrame:
    """Persons of a list with a line an employment: the line of the latest hire holds, with the first hire of all of them.

    Who came back under another family name is one person. Lines of one id with other names altogether may be of two people, who must not become one: they stay for the gate to tell.
    """
    person = ["person_id", "__name"]
    rows = rows.with_columns(_one_name().alias("__name"))
    is_latest = pl.int_range(pl.len()).over(person) == pl.col("latest_hire_date").fill_null(
        pl.date(1, 1, 1)
    ).arg_max().over(person)
    differs = pl.col("latest_hire_date").n_unique().over(person) > 1
    first_day = pl.min_horizontal("original_hire_date", "latest_hire_date").min().over(person)
    known = rows.with_columns(
        pl.when(differs).then(first_day).otherwise("original_hire_date").alias("original_hire_date"),
        (is_latest | ~differs | pl.col("person_id").is_null()).alias("__holds"),
    )
    return known.filter("__holds").drop("__holds", "__name")


def _one_name() -> pl.Expr:
    """The same for lines of one id whose given or family name is the same in all of them, else each line's own names."""
    same = [
        (pl.col(name).n_unique().over("person_id") == 1) & pl.col(name).is_not_null()
        for name in ("given_name", "family_name")
    ]
    alike = pl.any_horizontal(same)
    names = pl.concat_str("given_name", "family_name", separator="\x1f", ignore_nulls=True)
    return pl.when(~alike).then(names)


def joined_spells(rows: pl.DataFrame, *, rehire_days: int = REHIRE_DAYS) -> pl.DataFrame:
    """Join spells of a person that overlap or lie at most `rehire_days` apart, and number them from 1.

    Rows without a person or a first day pass through for the gate to refuse.
    """
    sound = pl.col("person_id").is_not_null() & pl.col("hire_date").is_not_null()
    # Numbered all the same, so that the gate names what is missing in the source and not what follows from it.
    unsound, frame = rows.filter(~sound).with_columns(pl.col("spell_no").fill_null(1)), rows.filter(sound)
    if frame.is_empty():
        return unsound
    frame = frame.sort("person_id", "hire_date", "source_line", maintain_order=True)
    open_end = pl.date(2100, 1, 1)
    reached = pl.col("end_date").fill_null(open_end).cum_max().shift(1).over("person_id")
    gap = (pl.col("hire_date") - reached).dt.total_days()
    frame = frame.with_columns(
        (gap > rehire_days).fill_null(True).cast(pl.Int64).cum_sum().over("person_id").alias("__spell")
    )
    last = pl.col("end_date").fill_null(open_end).arg_max()
    kept = [name for name in rows.columns if name not in ("person_id", "spell_no", "end_date", "end_kind", "hire_kind")]
    spells = frame.group_by("person_id", "__spell", maintain_order=True).agg(
        *(pl.col(name).first() for name in kept),
        pl.col("end_date").get(last),
        pl.col("end_kind").get(last),
        pl.col("hire_kind").first(),
    )
    spells = spells.with_columns(
        pl.col("__spell").alias("spell_no"),
        pl.when(pl.col("end_date").is_not_null()).then(pl.col("end_kind").fill_null("unknown")).alias("end_kind"),
        pl.coalesce("hire_kind", pl.when(pl.col("__spell") > 1).then(pl.lit("rehire")).otherwise(pl.lit("new"))).alias(
            "hire_kind"
        ),
    )
    return pl.concat([conform(spells, "employment_spells"), conform(unsound, "employment_spells")])
