"""Columns that name people: ids without wrappings, addresses without names, one form of ids that are written in several, nobody where a word says so."""

import polars as pl

from pipelines.contracts import Column, Table
from pipelines.sources.cleaning import ERROR_WORDS, address, id_text, is_nobody, unusual_ids
from pipelines.sources.id_doubts import Tally, tell, tell_doubts
from pipelines.sources.salesforce_ids import of_18_letters

_PREFIX = r"^([^:]*:)"
DECIMAL = r"^\d+[.,]0{1,2}$"
_THOUSANDS = r"^[1-9]\d{0,2}(?:[.,'’ ]\d{3}){1,2}$"
NOTHING_SAID = "values say that there is none (NULL, #N/A) and stay empty"


def cleaned_reference(
    rows: pl.DataFrame, table: Table, column: Column, tally: Tally, declared: frozenset[str]
) -> pl.DataFrame:
    """A column of persons: ids without wrappings, addresses without names; nobody where a word says so and the table doesn't need somebody. declared: ids that stay as they are."""
    is_declared = rows[column.name].is_in(sorted(declared)).fill_null(value=False)
    if not (unusual_ids(rows[column.name]) & ~is_declared).any():
        return rows
    prefix, value = parts_of(column.name)
    is_mail = prefix == "email:"
    values = rows.select(pl.when(is_mail).then(address(value)).otherwise(id_text(value))).to_series()
    wrong = pl.select(is_error(pl.lit(values)) | is_truth(pl.lit(values))).to_series().fill_null(value=False)
    nothing = (wrong | pl.select(is_nobody(pl.lit(values))).to_series()) & ~is_declared
    values = _without_decimals(values, nothing, table, column, tally)
    values = _without_thousands(values, nothing, table, column, tally)
    values = of_18_letters(values)
    tell_doubts(values, table, column, tally)
    done = pl.concat_str(prefix, values)
    if not (column.required or column.name in table.key):
        tell(tally, "word_for_nothing", table, column, NOTHING_SAID, nothing)
        done = pl.when(~nothing).then(done)
    return rows.with_columns(pl.when(is_declared).then(pl.col(column.name)).otherwise(done).alias(column.name))


def _without_decimals(values: pl.Series, nothing: pl.Series, table: Table, column: Column, tally: Tally) -> pl.Series:
    """Ids as whole numbers where all that the column holds were written as decimals."""
    decimals = values.str.contains(DECIMAL)
    if not decimals.any() or not decimals.filter(~nothing).drop_nulls().all():
        return values
    detail = "ids were written as decimal numbers (123.0) and are read without .0"
    tell(tally, "ids_as_decimals", table, column, detail, decimals)
    return values.str.replace(r"^(\d+)[.,]0{1,2}$", "${1}")


def _without_thousands(values: pl.Series, nothing: pl.Series, table: Table, column: Column, tally: Tally) -> pl.Series:
    """Ids without the marks of thousands, where all numbers of the column have them: `1.234` among others of its kind is 1234, and `999` stays."""
    marked = values.str.contains(_THOUSANDS).fill_null(value=False)
    if not marked.any() or not (marked | values.str.contains(r"^\d{1,3}$")).filter(~nothing).drop_nulls().all():
        return values
    if values.filter(marked).str.replace_all(r"\d", "").str.slice(0, 1).n_unique() > 1:
        return values
    detail = "ids were written with marks of thousands (1.234) and are read without them"
    tell(tally, "ids_with_thousands", table, column, detail, marked)
    return values.str.replace_all(r"^(\d{1,3})[.,'’ ](\d{3})(?:[.,'’ ](\d{3}))?$", "${1}${2}${3}")


def whole_keys(rows: pl.DataFrame, table: Table, tally: Tally, declared: frozenset[str]) -> pl.DataFrame:
    """Ids of pairs, meetings and other records that a column holds as decimals alone (`12.0`, beside an empty cell in pandas), as whole numbers: another table writes them so."""
    for column in table.columns:
        is_key = column.type == "text" and column.name.endswith("_id") and not column.reference and not column.opaque
        if not is_key or column.name not in rows.columns:
            continue
        written = rows[column.name]
        if not written.str.ends_with(".0").any() or written.is_in(sorted(declared)).any():
            continue
        values = _without_decimals(written, written.is_null(), table, column, tally)
        rows = rows.with_columns(values.alias(column.name))
    return rows


def parts_of(name: str) -> tuple[pl.Expr, pl.Expr]:
    """Id type with its colon, and the id."""
    return pl.col(name).str.extract(_PREFIX, 1).fill_null(""), pl.col(name).str.replace(_PREFIX, "")


def is_error(value: pl.Expr) -> pl.Expr:
    """An error of a formula, or a formula that nothing has worked out."""
    return value.str.to_lowercase().is_in(ERROR_WORDS) | value.str.contains(r"^=[^=]")


def is_truth(value: pl.Expr) -> pl.Expr:
    """A truth value in the place of an id: a box that was ticked, a field of another type."""
    return value.str.to_lowercase().is_in(["true", "false"])
