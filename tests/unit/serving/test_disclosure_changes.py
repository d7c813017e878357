"""What changed for too few people since it was last shown is hidden beside the small groups; what a cell says of itself stays where nothing is hidden."""

from collections.abc import Collection

import polars as pl

from pipelines.serving.disclosure import HIDDEN, emptied, hidden_cells
from pipelines.serving.disclosure_rule import with_complement
from pipelines.serving.disclosure_sums import QUANTITIES
from pipelines.serving.releases import Changes
from tests.unit.serving.test_disclosure import shares


def hidden(cells: pl.DataFrame, *, few: Collection[str], same: Collection[str], moved: str = "numerator") -> set[str]:
    """Departments that are hidden (`all` for everybody) where a few people changed in `few`, and with them the count `moved`."""
    cells = with_complement(cells)
    changed = cells["segment_value"].is_in(list(few))
    counts = pl.DataFrame({name: changed & (name == moved) for name in QUANTITIES})
    since = Changes(changed.alias("few"), cells["segment_value"].is_in(list(same)), counts)
    return set(cells.filter(pl.Series(hidden_cells(cells, 5, since)))["segment_value"])


COMPANY = shares(("Sales", 100, 40), ("IT", 60, 30), ("Legal", 50, 20), ("Law", 80, 30))


def test_a_cell_that_few_changed_goes_with_another_that_changed_too_since_what_stayed_is_known() -> None:
    assert hidden(COMPANY, few=["Sales"], same=["IT", "Law"]) == {"Sales", "Legal"}
    assert hidden(COMPANY, few=["Sales"], same=["IT", "Legal"]) == {"Sales", "Law"}


def test_a_cell_in_which_somebody_took_anothers_place_is_hidden_though_its_counts_stayed() -> None:
    assert hidden(COMPANY, few=["Sales"], same=[], moved="none") == {"Sales"}


def test_a_small_group_stays_hidden_where_another_was_changed_by_few() -> None:
    company = shares(("Sales", 100, 40), ("IT", 60, 30), ("Legal", 4, 2), ("Law", 80, 30))
    assert {"Sales", "Legal"} <= hidden(company, few=["Sales"], same=["IT"])
    assert "Legal" in hidden(company, few=[], same=["IT"])


def test_a_cell_says_of_itself_why_it_has_no_number_whether_it_is_hidden_or_not() -> None:
    reasons = pl.Series(["not measured: no levels", "no interval", None, "no interval"], dtype=pl.String)
    cells = COMPANY.head(4).with_columns(
        reasons.alias("suppression_reason"), pl.lit(value=False).alias("is_suppressed")
    )
    found = emptied(cells, pl.Series([True, True, False, False]), 5)
    why = HIDDEN.format(k=5)
    assert found["suppression_reason"].to_list() == ["not measured: no levels", why, None, "no interval"]
    assert found["is_suppressed"].to_list() == [True, True, False, False]
    assert found["n_people"].is_null().to_list() == [True, True, False, False]
