"""Pairs that can hardly be meant: somebody as mentor and mentee of one pair, whose records are refused, and the same two people in two pairs of a cohort at one time, which is told."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

import polars as pl

from pipelines.sources.records import REJECT_SCHEMA, Finding, TableBatch

OWN_MENTOR = "mentor and mentee of the pair are one person"
REMEDY = "correct the pair in the source and export again"
TWICE = (
    "couple_twice",
    "pairs join a mentor and a mentee whom another pair of the same cohort joins at the same time: they count as two pairs",
)
_MEMBER = {"pair_id", "person_id", "role"}
_PAIR = {"pair_id", "programme_id", "cohort_id"}


def without_own_mentors(batches: Sequence[TableBatch], tally: Counter[Finding]) -> list[TableBatch]:
    """The batches of one extract, without pairs in which somebody is both; adds to the findings what is told of couples."""
    members = _together(batches, "pair_members", _MEMBER)
    if members.is_empty():
        return list(batches)
    couples = _couples(members)
    own = _of_one_person(members)
    twice = _twice(couples.filter(~pl.col("pair_id").is_in(own.implode())), _together(batches, "pairs", _PAIR))
    if twice:
        kind, words = TWICE
        tally[Finding(kind, "pairs", "pair_id", words)] += twice
    return [_without(batch, own) for batch in batches] if own.len() else list(batches)


def _of_one_person(members: pl.DataFrame) -> pl.Series:
    """Pairs that hold one person alone, in both roles; in a circle somebody may be both."""
    counted = members.group_by("pair_id").agg(pl.col("person_id").n_unique().alias("people"), pl.col("role").n_unique().alias("roles"))  # fmt: skip
    return counted.filter((pl.col("people") == 1) & (pl.col("roles") > 1))["pair_id"]


def _together(batches: Sequence[TableBatch], table: str, needed: set[str]) -> pl.DataFrame:
    found = [batch.rows for batch in batches if batch.table == table and needed <= set(batch.rows.columns)]
    return pl.concat(found, how="diagonal") if found else pl.DataFrame()


def _couples(members: pl.DataFrame) -> pl.DataFrame:
    """pair_id, mentor, mentee: a row for each mentor and mentee of a pair."""
    of_role = {role: members.filter(pl.col("role") == role).select("pair_id", person_id=pl.col("person_id")) for role in ("mentor", "mentee")}  # fmt: skip
    mentors, mentees = (of_role[role].rename({"person_id": role}) for role in ("mentor", "mentee"))
    return mentors.join(mentees, on="pair_id", how="inner").unique()


def _twice(couples: pl.DataFrame, pairs: pl.DataFrame) -> int:
    """How many pairs are a second one of their couple in a cohort, while the first goes on."""
    if pairs.is_empty():
        return 0
    days = {name: pl.col(name) if name in pairs.columns else pl.lit(None, dtype=pl.Date) for name in ("actual_start_date", "actual_end_date")}  # fmt: skip
    told = pairs.select(*sorted(_PAIR), **days).unique("pair_id").join(couples, on="pair_id")
    same = ["programme_id", "cohort_id", "mentor", "mentee"]
    both = told.join(told, on=same, suffix="_other").filter(pl.col("pair_id") < pl.col("pair_id_other"))
    overlap = _begins_before_end("", "_other") & _begins_before_end("_other", "")
    return both.filter(overlap)["pair_id_other"].n_unique()


def _begins_before_end(one: str, other: str) -> pl.Expr:
    begins, ends = pl.col(f"actual_start_date{one}"), pl.col(f"actual_end_date{other}")
    return (begins < ends).fill_null(value=True)


def _without(batch: TableBatch, own: pl.Series) -> TableBatch:
    if batch.table not in ("pairs", "pair_members") or "pair_id" not in batch.rows.columns:
        return batch
    is_own = pl.col("pair_id").is_in(own.implode())
    refused = batch.rows.filter(is_own)
    if refused.is_empty():
        return batch
    words = {"rule": "own_mentor", "reason": OWN_MENTOR, "remedy": REMEDY}
    rejects = refused.with_columns(pl.lit(text).alias(name) for name, text in words.items())
    rejects = rejects.select(pl.col(name).cast(dtype) for name, dtype in REJECT_SCHEMA.items())
    return replace(batch, rows=batch.rows.filter(~is_own), rejects=pl.concat([batch.rejects, rejects]))
