"""The export `tables/employmentStatus`: one row per change of status, to employment spells.

The table has no end dates: the date of a row "Terminated" is the last day worked, so the spell ends the day after.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import polars as pl

from pipelines.sources.cleaning import LINE, RAW
from pipelines.sources.histories import REHIRE_DAYS, joined_spells
from pipelines.sources.hris.bamboohr.row_checks import (
    CORRECT,
    date_check,
    id_checks,
    iso_date,
    lineage,
    sound_and_rejects,
    undated_check,
)
from pipelines.sources.json_records import FILE, RecordPage, text_frame
from pipelines.sources.records import Finding, SourceFile, TableBatch, conform, filtered_frame, reference_expr

TERMINATION_TYPES = {
    "voluntary": "voluntary",
    "resignation": "voluntary",
    "resignation (voluntary)": "voluntary",
    "termination (voluntary)": "voluntary",
    "involuntary": "involuntary",
    "termination (involuntary)": "involuntary",
    "retirement": "retirement",
    "end of contract": "end_of_contract",
    "contract ended": "end_of_contract",
    "death": "death",
    "deceased": "death",
}
ENDED = r"^(terminated|beendet|ausgeschieden|gekündigt|résilié|terminé|despedid|terminad|cessat|beëindigd|uit dienst)"
IS_HERE = {"active": True, "leave": True, "inactive": False}
STATUS_FIELDS = "id employeeId date employmentStatus terminationTypeId terminationType terminationReasonId".split()


def employment_spells(
    files: Sequence[SourceFile | RecordPage],
    people: pl.DataFrame,
    source_id: str,
    options: Mapping[str, Any],
    findings: list[Finding],
) -> TableBatch:
    """One row per spell: it begins with a status other than Terminated and ends the day after a Terminated row's date. people: the rows of `persons`, which say who is here."""
    here = people.select(
        pl.col("source_record_id").alias("employeeId"),
        pl.col("status").replace_strict(IS_HERE, default=None, return_dtype=pl.Boolean).alias("__here"),
    ).unique("employeeId")
    statuses, rejects = _statuses(files, here, options)
    findings.extend(_unmapped(statuses))
    before_ended = pl.col("__ended").shift(1).over("employeeId")
    numbered = statuses.with_columns((~pl.col("__ended") & before_ended.fill_null(True)).alias("__begins"))
    numbered = numbered.with_columns(pl.col("__begins").cast(pl.Int64).cum_sum().over("employeeId").alias("__spell"))
    orphans = numbered.filter(pl.col("__spell") == 0)
    if orphans.height:
        rejects = pl.concat([rejects, _orphans(orphans)])
    spells = _spells(numbered.filter(pl.col("__spell") > 0), source_id)
    rows = joined_spells(conform(spells, "employment_spells"), rehire_days=int(options.get("rehire_days", REHIRE_DAYS)))
    used = numbered.height - orphans.height
    filtered = filtered_frame({"status row that continues or ends a spell begun by another row": used - rows.height})
    return TableBatch("employment_spells", rows, rejects, filtered)


def _statuses(
    files: Sequence[SourceFile | RecordPage], here: pl.DataFrame, options: Mapping[str, Any]
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Usable status rows by person and day, with `__date`, `__ended`, `__kind` and `__reason` of an ending; and the rejects."""
    frame = text_frame(files, STATUS_FIELDS, required=("employeeId", "date", "employmentStatus"))
    no_status = (pl.col("employmentStatus").is_null(), "missing_status", "the row has no employment status", CORRECT)
    good, rejects = sound_and_rejects(
        frame,
        [
            *id_checks("employeeId"),
            date_check("date", "employment status date"),
            undated_check("the status"),
            no_status,
        ],
    )
    kinds = {**TERMINATION_TYPES, **{str(k).lower(): v for k, v in (options.get("termination_types") or {}).items()}}
    typed = [pl.when(pl.col(name) != "0").then(pl.col(name)) for name in ("terminationType", "terminationTypeId")]
    reason = pl.coalesce(typed).str.to_lowercase()
    says_ended = pl.col("employmentStatus").str.to_lowercase().str.contains(ENDED)
    statuses = good.with_columns(
        iso_date("date").alias("__date"),
        # The status is a word of the company's own list, in its language; only an ending has a kind of ending.
        (says_ended | reason.is_not_null()).alias("__ended"),
        reason.replace_strict(kinds, default=None).alias("__kind"),
        reason.alias("__reason"),
    )
    return _in_order(statuses, here), rejects


def _in_order(statuses: pl.DataFrame, here: pl.DataFrame) -> pl.DataFrame:
    """Rows by person and day. Of a day with an ending and another status the last is the one that the next day goes on from, or on the last day what the employee's record says; else the greater id.

    So who is terminated and hired again on one day stays, and who is hired and terminated on one day goes.
    """
    day = ["employeeId", "__date"]
    days = statuses.group_by(day).agg(
        pl.col("__ended").any().alias("__some_ended"),
        pl.col("__ended").all().alias("__all_ended"),
        pl.col("__ended").sort_by(pl.col("id").cast(pl.Int64, strict=False), LINE).last().alias("__by_id"),
    )
    days = (
        days.sort(day)
        .join(here, on="employeeId", how="left")
        .with_columns(
            pl.col("__all_ended").shift(-1).over("employeeId").alias("__next_ends"),
            (pl.col("__date") == pl.col("__date").max().over("employeeId")).alias("__is_last"),
        )
    )
    goes_on = pl.coalesce(
        pl.when(pl.col("__is_last")).then(pl.col("__here")),
        pl.when(pl.col("__next_ends")).then(pl.lit(value=True)),
        ~pl.col("__by_id"),
    )
    placed = statuses.join(days.select(*day, goes_on.alias("__goes_on")), on=day, how="left")
    ends_first = pl.col("__ended") != pl.col("__goes_on")
    return placed.sort("employeeId", "__date", ends_first, LINE)


def _unmapped(statuses: pl.DataFrame) -> list[Finding]:
    unmapped = statuses.filter(pl.col("__ended") & pl.col("__reason").is_not_null() & pl.col("__kind").is_null())
    return [
        Finding(
            "termination_type_unmapped",
            "employment_spells",
            text,
            f"{rows} endings count as unknown; name it in `termination_types`",
        )
        for text, rows in unmapped.group_by("__reason").len().sort("__reason").iter_rows()
    ]


def _spells(statuses: pl.DataFrame, source_id: str) -> pl.DataFrame:
    ended = pl.col("__ended")
    return (
        statuses.group_by("employeeId", "__spell", maintain_order=True)
        .agg(
            pl.col("__date").first().alias("hire_date"),
            pl.col("__date").filter(ended).first().dt.offset_by("1d").alias("end_date"),
            pl.col("__kind").filter(ended).first().alias("end_kind"),
            pl.col("id", FILE, LINE, RAW).first(),
        )
        .select(
            reference_expr(source_id, pl.col("employeeId")).alias("person_id"),
            "hire_date",
            "end_date",
            "end_kind",
            *lineage(pl.coalesce("id", pl.concat_str("employeeId", pl.lit("|"), "hire_date"))),
        )
    )


def _orphans(frame: pl.DataFrame) -> pl.DataFrame:
    return frame.select(
        pl.col(FILE).alias("source_file"),
        pl.col(LINE).alias("source_line"),
        pl.lit("ends_without_start").alias("rule"),
        pl.concat_str(
            pl.lit("an employment ends on "), pl.col("__date").cast(pl.String), pl.lit(" that never began")
        ).alias("reason"),
        pl.lit("add the first status row in the HRIS and export again").alias("remedy"),
        pl.col(RAW).alias("raw_text"),
    )
