"""Names of groups (departments, places, levels): blanks as people mean them, and spellings that differ in nothing else than capitals, accents or marks, which are told: they are two groups to every figure."""

import polars as pl

from pipelines.contracts import Table
from pipelines.sources.id_doubts import Tally, tell

GROUPS = frozenset("department business_unit location job_family level".split())
ALIKE = (
    "values are spelled as others but for capitals, accents, blanks or marks (IT, It): they count as different groups"
)
_MANY = 5_000  # more different names than this are no groups


def with_plain_blanks(rows: pl.DataFrame, table: Table) -> pl.DataFrame:
    """Texts about people, but for names, without blanks at their ends, doubled ones and line breaks."""
    for column in table.columns:
        is_text = (
            column.type == "text"
            and column.pii != "P2"
            and not column.reference
            and rows.schema.get(column.name) == pl.String
        )
        if is_text and _has_odd_blanks(rows[column.name]):
            plain = pl.col(column.name).str.replace_all(r"\s+", " ").str.strip_chars()
            rows = rows.with_columns(pl.when(plain != "").then(plain).alias(column.name))
    return rows


def _has_odd_blanks(values: pl.Series) -> bool:
    return bool(values.unique().str.contains(r"^\s|\s$|\s\s|[\t\r\n]").any())


def tell_spellings(rows: pl.DataFrame, table: Table, tally: Tally) -> None:
    """Add to the findings' counts the rows whose group is spelled otherwise than most of its rows."""
    for column in (one for one in table.columns if one.name in GROUPS and one.name in rows.columns):
        counted = rows[column.name].drop_nulls().value_counts(sort=True)
        if 1 < counted.height <= _MANY:
            folded = counted.with_columns(_folded(pl.col(column.name)).alias("__folded"))
            rarer = folded.filter(~pl.col("__folded").is_first_distinct() & (pl.col("__folded") != ""))
            if rarer.height:
                tell(tally, "spelled_alike", table, column, ALIKE, rarer["count"])


def _folded(text: pl.Expr) -> pl.Expr:
    return text.str.normalize("NFKD").str.replace_all(r"[^\p{L}\p{N}]", "").str.to_lowercase()
