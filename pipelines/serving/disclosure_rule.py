"""Which counts tell of too few people to be published: the one rule, on counts alone."""

from collections.abc import Callable

import numpy as np
import polars as pl

QUANTITIES = ("numerator", "denominator", "n_people", "complement")
"""The counts of a published cell, each of which is masked by itself."""
PLACE = ("programme_id", "cohort_id", "segment_kind", "segment_value", "period_kind", "period_start")
"""What of a cell says whom and when it is about."""
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
    """A complete count or share over a whole programme of at least `SMALL_SHARE_GROUP` people: no part of it is anybody's group.

    So is a cohort that holds all that its programme counts.
    """
    same = ("metric_id", "programme_id", "segment_kind", "segment_value", "period_kind", "period_start")
    counts = pl.struct("numerator", "denominator", "n_people")
    of_all = counts.filter(pl.col("cohort_id") == "all").first().over(same)
    everybody = (pl.col("cohort_id") == "all") | (counts == of_all).fill_null(value=False)
    return everybody & (pl.col("segment_kind") == "all") & (pl.col("n_people") >= SMALL_SHARE_GROUP)


def told_by_the_whole(count: str) -> pl.Expr:
    """A `count` of nobody in a whole programme that is shown: each part's count of nobody is known with it, each month's too where months add up to the total."""
    unsplit = (pl.col("cohort_id") == "all") & (pl.col("segment_kind") == "all")
    shown = unsplit & (pl.col("n_people") >= SMALL_SHARE_GROUP)
    to_date, of = pl.col("period_kind") == "to_date", ("metric_id", "programme_id")
    then = pl.col(count).filter(shown).first().over(*of, "period_kind", "period_start") == 0
    months = pl.col("denominator").filter(unsplit & ~to_date).sum().over(of)
    adds_up = months == pl.col("denominator").filter(unsplit & to_date).first().over(of)
    ever = adds_up & _nobody_to_date(count)
    return then.fill_null(value=False) | ever.fill_null(value=False)


def known_with_the_whole(count: str) -> pl.Expr:
    """A `count` of nobody beside one of nobody to date in a whole programme that is shown. Where months hold those who came before (everybody who began until then), it follows
    from that; where it does not follow, no reader has it. The month itself isn't shown all the same.
    """
    return told_by_the_whole(count) | ((pl.col(count) == 0) & _nobody_to_date(count)).fill_null(value=False)


def _nobody_to_date(count: str) -> pl.Expr:
    unsplit = (pl.col("cohort_id") == "all") & (pl.col("segment_kind") == "all")
    shown = unsplit & (pl.col("n_people") >= SMALL_SHARE_GROUP) & (pl.col("period_kind") == "to_date")
    return pl.col(count).filter(shown).first().over("metric_id", "programme_id") == 0


def not_shown(k: int) -> pl.Expr:
    """Whether a cell is hidden for its own numbers, whether or not they can be worked out of the whole programme's: nobody or everybody of a group under 20 isn't shown."""
    return pl.any_horizontal(*sensitive(k, lambda _count: pl.lit(value=False)).values())


def sensitive(k: int, told: Callable[[str], pl.Expr] = known_with_the_whole) -> dict[str, pl.Expr]:
    """Per quantity of metric_values: whether the number must not be known. told: which counts of nobody a reader has anyway.

    People or a denominator under `k`; a share's numerator or complement under `k`, or of next to nobody in a group under 20. The rest of a share is a count of its own:
    the sessions held may be shown where the few that weren't stay unknown. A quantity of nobody (no people at all) tells nothing of anybody.
    """
    k = floor_of(k)
    people = pl.col("n_people").cast(pl.Float64)
    rate = pl.col("numerator") / pl.col("denominator")
    small_group = people < SMALL_SHARE_GROUP
    nearly_none, nearly_all = small_group & (rate < EXTREME_SHARE), small_group & (rate > 1 - EXTREME_SHARE)
    few = too_few(people, k)
    few_counted = pl.col("unit").is_in(["people", "pairs"]) & too_few(pl.col("numerator"), k)
    of_share = is_share() & (too_few(pl.col("numerator"), k) | nearly_none) & ~told("numerator")
    few_left = too_few(pl.col("complement"), k) | nearly_all
    rest = is_share() & pl.col("complement").is_not_null() & few_left & ~told("complement")
    measured = (people > 0) & (pl.col("unit") != "definition")
    hidden = {
        "numerator": few | ((of_share | few_counted) & ~whole_programme()),
        "denominator": few | (too_few(pl.col("denominator"), k) & is_share()),
        "n_people": few,
        "complement": (few & ~told("complement")) | (rest & ~whole_programme()),
    }
    return {name: (measured & rule).fill_null(value=False) for name, rule in hidden.items()}


def with_complement(cells: pl.DataFrame) -> pl.DataFrame:
    """`cells` with `complement`: those of a share who aren't counted by its numerator; null where it is no share of counts (leavers a person-year leave nobody over)."""
    counted = pl.col("denominator") == pl.col("denominator").round(0)
    rest = pl.when(is_share() & counted).then(pl.col("denominator") - pl.col("numerator"))
    return cells.with_columns(rest.cast(pl.Float64).alias("complement"))


def widths(k: int) -> tuple[int, int, int, int]:
    """How wide the interval must stay in which a secret numerator, denominator, number of people and complement can be placed.

    Groups need k - 1. A part of a group needs half of it: where a whole programme's count of two is shown, everybody knows that a group has none to two.
    """
    return (k - 1) // 2, k - 1, k - 1, (k - 1) // 2


def limits(cells: pl.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """What anybody knows of each cell's counts beforehand (cells x 4, as `widths`): they begin at 0, people and what they are divided by at what they are.

    A cell of nobody is shown, so a hidden one has at least one person. Sums of scores and differences have no bounds.
    """
    counted = cells["unit"].is_in(["share", "people", "pairs", "sessions", "hours", "days"]).to_numpy()
    nobody = (cells["n_people"].fill_null(0) == 0).to_numpy()
    low = np.zeros((cells.height, 4))
    low[:, 0] = np.where(counted, 0.0, -np.inf)
    low[:, 2] = np.where(nobody, 0.0, 1.0)
    return low, np.full((cells.height, 4), np.inf)
