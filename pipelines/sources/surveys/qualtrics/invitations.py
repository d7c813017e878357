"""A distribution history, to `survey_invitations`: who was asked, so that a rate of response has something to be a share of."""

from collections.abc import Mapping
from typing import Any

import polars as pl

from pipelines.sources.cleaning import LINE, RAW
from pipelines.sources.delimited import read_delimited
from pipelines.sources.records import (
    SourceFile,
    SourceRefused,
    TableBatch,
    conform,
    filtered_frame,
    reference_expr,
    rejects_frame,
)
from pipelines.sources.shared.surveys.catalogue import Survey
from pipelines.sources.shared.surveys.export import STAMP, cleaned, column_named
from pipelines.sources.times.declared import declared_instant
from pipelines.zones import zone_of_people


def survey_invitations(
    file: SourceFile, survey: Survey, spec: Mapping[str, Any], options: Mapping[str, Any]
) -> TableBatch:
    """A distribution history: one row per invited person, the first sending; reminders are filtered. Who was invited is known even where who answered is not."""
    columns = {
        "person": "External Data Reference",
        "sent_at": "Sent Date",
        "status": "Status",
        **(spec.get("columns") or {}),
    }
    text = read_delimited(file, required=list(columns.values()))
    found = {key: str(column_named(name, text.rows.columns)) for key, name in columns.items()}
    if survey.invited_as is None:
        raise SourceRefused(
            f"{file.name}: the catalogue doesn't say what identifies the invited. Next step: add `respondent: {{column, id_type}}` to it."
        )
    zone = survey.zone or options.get("zone") or "UTC"
    sent = declared_instant(cleaned(found["sent_at"]), str(spec.get("format", STAMP)), str(zone), file.name)
    undelivered = [
        str(word).casefold() for word in spec.get("not_delivered", ["Hard Bounce", "Soft Bounce", "Failure"])
    ]
    judged = text.rows.select(
        pl.lit(survey.survey_id).alias("survey_id"),
        reference_expr(survey.invited_as, pl.col(found["person"])).alias("person_id"),
        sent.alias("sent_at"),
        pl.lit(zone_of_people(zone), dtype=pl.String).alias("recorded_tz"),
        (~cleaned(found["status"]).str.to_lowercase().is_in(undelivered)).fill_null(True).alias("is_delivered"),
        pl.lit(file.name).alias("source_file"),
        pl.col(LINE).alias("source_line"),
        pl.col(RAW).alias("raw_text"),
    )
    good = judged.filter(pl.col("person_id").is_not_null() & pl.col("sent_at").is_not_null()).sort(
        "sent_at", "source_line"
    )
    delivered = pl.col("is_delivered").any().over("survey_id", "person_id")
    first = good.with_columns(delivered).unique(["survey_id", "person_id"], keep="first", maintain_order=True)
    rows = conform(first.sort("source_line"), "survey_invitations")
    filtered = filtered_frame({"reminder or repeated sending": good.height - first.height})
    return TableBatch("survey_invitations", rows, pl.concat([text.rejects, _rejects(judged, zone)]), filtered)


def _rejects(judged: pl.DataFrame, zone: str) -> pl.DataFrame:
    bad = judged.filter(pl.col("person_id").is_null() | pl.col("sent_at").is_null())
    return rejects_frame(
        {
            **row,
            "rule": "missing_key" if row["person_id"] is None else "not_a_time",
            "reason": "the invitation names no person"
            if row["person_id"] is None
            else f"the time of sending is not a time in {zone}",
            "remedy": "export the distribution history again with its contact fields",
        }
        for row in bad.iter_rows(named=True)
    )
