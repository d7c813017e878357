"""Drawing places by lot, so that anybody with the list and the seed can draw them again with a pocket tool.

Each unit (a person, or a site with everybody in it) gets the SHA-256 of "seed:unit" as its rank number; within a stratum the units with the smallest numbers get
the places. No random generator is involved: `printf '%s' 'SEED:UNIT' | sha256sum` gives the same numbers on any machine. Places are shared between strata
by their size, largest remainders first. Starts of a staggered rollout are drawn one after the other, each from those who are left. The order below the places is the waiting list: whoever declines is followed by the next of their stratum.
"""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from fractions import Fraction
from typing import Any

import polars as pl

METHOD = "sha256(seed:unit), smallest first within each stratum; places by size of stratum, largest remainders first"
OFFERED, CONTROL = "mentoring", "control"
TOGETHER = " / "
FEWEST_STARTS = 2


class DrawRefused(ValueError):
    """The list or the request can't be drawn; the message says what would be right."""


@dataclass(frozen=True)
class DrawReceipt:
    """All that is needed to repeat a draw, beside the list itself, which it names by a hash. Holds nobody's name or address.

    seats: units that get a place. strata: names of the columns. list_hash and result_hash: SHA-256 in hex, of unit and stratum, and of unit and arm.
    places: by stratum, (units, of which with a place). starts: of a staggered rollout, what is started with how many units, in their order; then seats are all of them, and result_hash is of
    unit and start.
    """

    method: str
    seed: str
    seats: int
    strata: tuple[str, ...]
    unit: str
    units: int
    list_hash: str
    result_hash: str
    places: Mapping[str, tuple[int, int]]
    starts: tuple[tuple[str, int], ...] = ()

    def as_json(self) -> dict[str, Any]:
        """As it is written; `read_receipt` takes it back."""
        return asdict(self)


def read_receipt(content: Mapping[str, Any]) -> DrawReceipt:
    """A receipt from its JSON. Raises DrawRefused where it isn't one, or was made by another method."""
    try:
        found = DrawReceipt(
            **{
                **content,
                "strata": tuple(content["strata"]),
                "places": {key: (int(of), int(drawn)) for key, (of, drawn) in content["places"].items()},
                "starts": tuple((str(name), int(units)) for name, units in content.get("starts") or ()),
            }
        )
    except (KeyError, TypeError, ValueError) as problem:
        raise DrawRefused("This is no receipt of a draw.") from problem
    if found.method != METHOD:
        raise DrawRefused(f"The receipt was made by another method ({found.method}); this version draws by: {METHOD}.")
    return found


def draw(
    people: pl.DataFrame, seats: int, seed: str, *, unit: str, strata: Sequence[str] = ()
) -> tuple[pl.DataFrame, DrawReceipt]:
    """Draw `seats` units of `unit` (a column) within `strata` (columns).

    people: one row per person. Returns the rows with unit_id, stratum (null without strata), arm ("mentoring" or "control") and waiting_place (1 for the first
    of those without a place within their stratum; null with one), in the order of the list; and the receipt.
    Raises DrawRefused for an empty seed, missing or empty cells, a unit in two strata, a unit twice where a row is a person, or no seat or one for each.
    """
    units = _units(people, unit, tuple(strata))
    if not seed.strip():
        raise DrawRefused("A draw needs a seed, such as the lottery numbers of a day that was named before.")
    if not 1 <= seats < units.height:
        raise DrawRefused(
            f"{seats} places for {units.height} units: a draw needs at least one place, and fewer places than units."
        )
    ranked = units.with_columns(number=pl.Series([_number(seed, name) for name in units["unit_id"]]))
    ranked = ranked.sort("stratum", "number").with_columns(
        rank=pl.int_range(1, pl.len() + 1).over("stratum"), units=pl.len().over("stratum")
    )
    shares = _shares(ranked, seats, seed)
    ranked = ranked.join(shares, on="stratum", how="left", maintain_order="left").with_columns(
        arm=pl.when(pl.col("rank") <= pl.col("seats")).then(pl.lit(OFFERED)).otherwise(pl.lit(CONTROL)),
        waiting_place=pl.when(pl.col("rank") > pl.col("seats")).then(pl.col("rank") - pl.col("seats")),
    )
    receipt = DrawReceipt(
        METHOD, seed, seats, tuple(strata), unit, units.height, _hash(units, "stratum"), _hash(ranked, "arm"),
        {stratum: (of, drawn) for stratum, of, drawn in shares.select("stratum", "units", "seats").iter_rows()},
    )  # fmt: skip
    drawn = ranked.select("unit_id", pl.col("stratum").replace("", None), "arm", "waiting_place")
    return people.with_columns(unit_id=pl.col(unit).str.strip_chars()).join(
        drawn, on="unit_id", how="left", maintain_order="left"
    ), receipt


def draw_starts(
    people: pl.DataFrame, starts: Sequence[tuple[str, int]], seed: str, *, unit: str, strata: Sequence[str] = ()
) -> tuple[pl.DataFrame, DrawReceipt]:
    """Draw everybody to one of several starts: the first by `draw`, the next from those who are left, and so on; the last takes the rest.

    starts: name and units of each, in their order. Returns the rows with unit_id, stratum, arm ("mentoring" throughout) and start, in the order of the list; and the receipt, of which
    `places` are those of the first start. Raises DrawRefused as `draw` does, and where the units of all starts aren't those of the list, or a start is named twice.
    """
    names, sizes = [name for name, _ in starts], [size for _, size in starts]
    units = _units(people, unit, tuple(strata))
    if len(set(names)) < max(len(names), FEWEST_STARTS):
        raise DrawRefused("A staggered rollout needs at least two starts, each with a name of its own.")
    if sum(sizes) != units.height or min(sizes) < 1:
        raise DrawRefused(f"The starts take {sum(sizes)} units and the list has {units.height}: everybody needs a start, and each start somebody.")  # fmt: skip
    left, drawn, first = people, [], None
    for name, size in starts[:-1]:
        rows, receipt = draw(left, size, seed, unit=unit, strata=strata)
        first = first or receipt
        drawn.append(rows.filter(pl.col("arm") == OFFERED).select("unit_id", "stratum", start=pl.lit(name)).unique())
        left = left.filter(pl.col(unit).str.strip_chars().is_in(rows.filter(pl.col("arm") == CONTROL)["unit_id"].implode()))  # fmt: skip
    rest = _units(left, unit, tuple(strata)).select("unit_id", pl.col("stratum").replace("", None), start=pl.lit(names[-1]))  # fmt: skip
    dealt = pl.concat([*drawn, rest])
    found = people.with_columns(unit_id=pl.col(unit).str.strip_chars()).join(dealt, on="unit_id", how="left", maintain_order="left")  # fmt: skip
    assert first is not None  # two starts, so one was drawn
    receipt = replace(first, seats=units.height, starts=tuple((name, size) for name, size in starts), result_hash=_hash(dealt, "start"))  # fmt: skip
    return found.with_columns(arm=pl.lit(OFFERED)), receipt


def verify(people: pl.DataFrame, receipt: DrawReceipt) -> list[str]:
    """What doesn't agree when the draw is made again from the list; nothing where everything does. Raises DrawRefused where it can't be made."""
    if receipt.starts:
        _, again = draw_starts(people, receipt.starts, receipt.seed, unit=receipt.unit, strata=receipt.strata)
    else:
        _, again = draw(people, receipt.seats, receipt.seed, unit=receipt.unit, strata=receipt.strata)
    told = []
    if again.list_hash != receipt.list_hash:
        told.append(
            f"the list is another one: {again.units} units now, {receipt.units} then"
            if again.units != receipt.units
            else "the list is another one: as many units, but not the same, or in other strata"
        )
    if again.result_hash != receipt.result_hash:
        told.append("this seed and list give other places than the receipt says")
    return told


def _units(people: pl.DataFrame, unit: str, strata: tuple[str, ...]) -> pl.DataFrame:
    """unit_id and stratum, one row per unit, sorted by its name."""
    unknown = [name for name in (unit, *strata) if name not in people.columns]
    if unknown:
        raise DrawRefused(f"The list has no column {', '.join(unknown)}; it has {', '.join(people.columns)}.")
    cells = people.select(pl.col(name).cast(pl.String).str.strip_chars() for name in dict.fromkeys((unit, *strata)))
    for name in cells.columns:
        empty = cells.filter(pl.col(name).is_null() | (pl.col(name) == "")).height
        if empty:
            raise DrawRefused(
                f"{empty} of {cells.height} rows have no {name}: fill it in, so that nobody is left out of the draw."
            )
    stratum = pl.concat_str(strata, separator=TOGETHER) if strata else pl.lit("")
    units = cells.select(pl.col(unit).alias("unit_id"), stratum.alias("stratum")).unique().sort("unit_id")
    alike = units.select(pl.col("unit_id").unique(maintain_order=True)).filter(
        pl.col("unit_id").str.to_lowercase().is_duplicated()
    )
    if alike.height:
        raise DrawRefused(
            f"{' and '.join(alike['unit_id'].head(2))} differ in nothing but capitals: one unit would have two lots. Write it one way."
        )
    twice = units.filter(pl.col("unit_id").is_duplicated())["unit_id"].unique().sort().to_list()
    if twice:
        raise DrawRefused(f"{twice[0]} stands in two strata; a unit is drawn as a whole, so each needs one.")
    return units


def _number(seed: str, name: str) -> str:
    return hashlib.sha256(f"{seed}:{name}".encode()).hexdigest()


def _shares(ranked: pl.DataFrame, seats: int, seed: str) -> pl.DataFrame:
    """stratum, units, seats. Equal remainders are ordered by the stratum's own number, so that the alphabet doesn't decide."""
    strata = ranked.group_by("stratum", maintain_order=True).agg(pl.len().alias("units"))
    exact = {name: Fraction(seats * count, ranked.height) for name, count in strata.iter_rows()}
    given = {name: int(share) for name, share in exact.items()}
    order = sorted(exact, key=lambda name: (given[name] - exact[name], _number(seed, f"stratum:{name}")))
    for name in order[: seats - sum(given.values())]:
        given[name] += 1
    return strata.with_columns(seats=pl.col("stratum").replace_strict(given, return_dtype=pl.Int64))


def _hash(units: pl.DataFrame, column: str) -> str:
    lines = [f"{name}\t{value}" for name, value in units.sort("unit_id").select("unit_id", column).iter_rows()]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
