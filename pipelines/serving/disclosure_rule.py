"""Which counts tell of too few people to be published: the one rule, on counts alone."""

import numpy as np
import polars as pl

LOWEST_K = 3
SMALL_SHARE_GROUP = 20
EXTREME_SHARE = 0.05


def floor_of(k: int) -> int:
    """`k` as the workspace has it, never below `LOWEST_K`."""
    return max(k, LOWEST_K)


def too_few(count: pl.Expr, k: int) -> pl.Expr:
    """A count of somebody, but of fewer than `k`."""
    return ((count > 0) & (count < k)).fill_null(value=False)


def is_share() -> pl.Expr:
    """The numerator is a part of the denominator, so that those left over are a group of their own."""
    return (pl.col("unit") == "share") & (pl.col("numerator") <= pl.col("denominator"))


def whole_programme() -> pl.Expr:
    """A complete count or share over a whole programme of at least `SMALL_SHARE_GROUP` people: no part of it is anybody's group."""
    everybody = (pl.col("cohort_id") == "all") & (pl.col("segment_kind") == "all")
    return everybody & (pl.col("n_people") >= SMALL_SHARE_GROUP)


def sensitive(k: int) -> dict[str, pl.Expr]:
    """Per quantity of metric_values: whether the number must not be known.

    People or a denominator under `k`; a share's numerator where it or the complement is under `k`, or where next to nobody or nearly all
    of a group under 20 are counted. A quantity of nobody (no people at all) tells nothing of anybody.
    """
    k = floor_of(k)
    people = pl.col("n_people").cast(pl.Float64)
    complement = pl.col("denominator") - pl.col("numerator")
    rate = pl.col("numerator") / pl.col("denominator")
    extreme = (people < SMALL_SHARE_GROUP) & ~rate.is_between(EXTREME_SHARE, 1 - EXTREME_SHARE)
    of_share = is_share() & (too_few(pl.col("numerator"), k) | too_few(complement, k) | extreme)
    few = too_few(people, k)
    counts_people = pl.col("unit").is_in(["people", "pairs"])
    few_counted = counts_people & too_few(pl.col("numerator"), k)
    measured = (people > 0) & (pl.col("unit") != "definition")
    return {
        "numerator": (measured & (few | ((of_share | few_counted) & ~whole_programme()))).fill_null(value=False),
        "denominator": (measured & (few | (too_few(pl.col("denominator"), k) & is_share()))).fill_null(value=False),
        "n_people": (measured & few).fill_null(value=False),
    }


def widths(k: int) -> tuple[int, int, int]:
    """How wide the interval must stay in which a secret numerator, denominator and number of people can be placed.

    Groups need k - 1. A part of a group needs half of it: where a whole programme's count of two is shown, everybody knows that a group has none to two.
    """
    return (k - 1) // 2, k - 1, k - 1


def limits(cells: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """What anybody knows of each cell's numerator, denominator and people beforehand (cells x 3): counts begin at 0, people and what they are divided by at what they are.

    A cell of nobody is shown, so a hidden one has at least one person. Sums of scores and differences have no bounds.
    """
    counted = cells["unit"].is_in(["share", "people", "pairs", "sessions", "hours", "days"]).to_numpy()
    nobody = (cells["n_people"].fill_null(0) == 0).to_numpy()
    low = np.zeros((cells.height, 3))
    low[:, 0] = np.where(counted, 0.0, -np.inf)
    low[:, 2] = np.where(nobody, 0.0, 1.0)
    return low, np.full((cells.height, 3), np.inf)
