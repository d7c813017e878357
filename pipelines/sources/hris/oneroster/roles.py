"""The list of roles (roles.csv): who is a student, and since when. A role that is deleted says nothing."""

from collections.abc import Sequence

import polars as pl

from pipelines.sources.cleaning import LINE, RAW
from pipelines.sources.delimited import DelimitedText
from pipelines.sources.delimited_head import normalised
from pipelines.sources.records import Finding
from pipelines.sources.times import without_midnight, without_zero_days

GONE = ("tobedeleted", "inactive", "deleted")
"""Statuses of records that no longer hold: OneRoster 1.1 and 1.2, the word of 1.0, and what some registers write."""
DAYS = {"__begin": ("beginDate", "roleStartDate"), "__end": ("endDate", "roleEndDate")}
"""The columns of days as OneRoster and Microsoft SDS name them; the end is the last day."""


def with_roles(frame: pl.DataFrame, roles: DelimitedText | None) -> pl.DataFrame:
    """The users with the role that stands in the list of roles (version 1.2); who is a student among other things is one."""
    if roles is None:
        return frame
    role = pl.col("__role")
    named = role_rows(roles).group_by("__user", maintain_order=True)
    named_roles = named.agg(
        pl.when((role == "student").any()).then(pl.lit("student")).otherwise(role.drop_nulls().first()).alias("__named")
    )
    joined = frame.join(named_roles, left_on="sourcedId", right_on="__user", how="left", maintain_order="left")
    return joined.with_columns(pl.coalesce("role", "__named").alias("role")).drop("__named")


def role_rows(roles: DelimitedText) -> pl.DataFrame:
    """Roles with their dates: `__user`, `__role` in lower case (null where it is deleted), `__begin`, `__end`, and their lines."""
    rows = roles.rows.with_columns(_role_column(roles, "status").alias("__status"))
    return rows.select(
        _role_column(roles, "userSourcedId").alias("__user"),
        pl.when(~is_one_of("__status", GONE)).then(_role_column(roles, "role").str.to_lowercase()).alias("__role"),
        *(_written_day(roles, names).str.to_date("%Y-%m-%d", strict=False).alias(day) for day, names in DAYS.items()),
        *(_written_day(roles, names).alias(f"{day}_written") for day, names in DAYS.items()),
        LINE,
        RAW,
    )


def first_role(roles: DelimitedText) -> pl.DataFrame:
    """The first and last day of each student's roles; one that goes on has no last day."""
    students = role_rows(roles).filter(pl.col("__role") == "student")
    last = pl.when(pl.col("__end").is_not_null().all()).then(pl.col("__end").max())
    return students.group_by("__user").agg(pl.col("__begin").min(), last.alias("__end"))


def unread_days(roles: DelimitedText) -> list[Finding]:
    """A finding where days of roles are written in a way that the standard doesn't know."""
    written = roles.rows.select(_written_day(roles, names).alias(day) for day, names in DAYS.items())
    read = role_rows(roles)
    unread = sum(read[day].null_count() - written[day].null_count() for day in DAYS)
    detail = f"{unread} days of roles are no dates such as 2026-09-01 and stay empty"
    return [Finding("not_a_date", "persons", roles.file, detail)] if unread else []


def is_one_of(name: str, words: Sequence[str]) -> pl.Expr:
    """Whether a column holds one of `words`, which are in lower case; an empty cell holds none."""
    return pl.col(name).str.strip_chars().str.to_lowercase().is_in(list(words)).fill_null(False)


def _written_day(roles: DelimitedText, names: Sequence[str]) -> pl.Expr:
    text = without_midnight(without_zero_days(_role_column(roles, *names)))
    return pl.when(text != "").then(text)


def _role_column(roles: DelimitedText, *names: str) -> pl.Expr:
    spelled = {normalised(name): name for name in roles.rows.columns}
    found = next((spelled[normalised(name)] for name in names if normalised(name) in spelled), None)
    return pl.col(found).str.strip_chars() if found else pl.lit(None, dtype=pl.String)
