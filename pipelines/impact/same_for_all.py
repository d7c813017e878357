"""Covariates that are the same for all who are compared: they tell nobody apart, and no model with them has an answer."""

from collections.abc import Iterable

import polars as pl


def same_for_all(months: pl.DataFrame, measures: pl.DataFrame, covariates: Iterable[str]) -> tuple[str, ...]:
    """Those of `covariates` that have one value in all eligible months, or among all measures of these people. One that nobody has a value of isn't among them: that is another fault, and told as such."""
    people = months["person_key"].unique()

    def is_same(name: str) -> bool:
        if name in months.columns:
            return bool(months.filter("is_eligible")[name].drop_nulls().n_unique() == 1)
        return is_constant(measures.filter(pl.col("person_key").is_in(people.implode())), "measure", name)

    return tuple(name for name in covariates if is_same(name))


def is_constant(values: pl.DataFrame, column: str, name: str) -> bool:
    """Whether the rows that `column` calls `name` have one value."""
    return bool(values.filter(pl.col(column) == name)["value"].drop_nulls().n_unique() == 1)


def words_of(same: tuple[str, ...]) -> str:
    """That they were left out."""
    return f"the same for all here, so left out: {', '.join(same).replace('_', ' ')}"
