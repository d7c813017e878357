"""How sure one may be: dots that no result earns, and a protocol for each comparison."""

from dataclasses import replace

import polars as pl
import pytest

from dashboards.facts import protocols
from dashboards.facts.findings import Evidence
from tests.published import estimates, tables
from tests.unit.dashboards.test_facts import finding

pytestmark = pytest.mark.slow

DRAWN, COMPARED = (
    finding(0.28, 0.15, "caused"),
    replace(finding(0.1, 0.05, "suggestive"), design="target_trial", rating=1),
)


class Published:
    """The made-up release's estimates of one programme beside its file."""

    def frame(self, query: str, parameters: list) -> pl.DataFrame:
        if "impact_thresholds" in query:
            return tables()["impact_thresholds"].select("threshold", "value")
        rows = estimates().filter(pl.col("estimate").is_not_null() & (pl.col("programme_id") == parameters[0]))
        about = tables()["programmes"].select("programme_id", "population_rule")
        when = tables()["cohorts"].select("cohort_id", cohort_name="name", cohort_start="start_date")
        return rows.join(about, on="programme_id", how="left").join(when, on="cohort_id", how="left")


def test_the_title_says_how_many_comparisons_are_randomised() -> None:
    assert protocols.title(Evidence((), ())) == "How sure are we? Nothing is compared yet"
    assert protocols.title(Evidence((COMPARED,), ())) == "How sure are we: the one comparison is not randomised"
    assert (
        protocols.title(Evidence((DRAWN, replace(COMPARED, outcome="engagement")), ()))
        == "How sure are we: one of two comparisons is randomised"
    )


def test_dots_stand_beside_the_answer_and_not_for_it() -> None:
    ((_, said, dots, why),) = protocols.ladder(Evidence((replace(COMPARED, rating_reason="not randomised"),), ()))
    assert said.startswith("Consistent with an effect: +0.10")
    assert dots.replace("\u00a0", " ") == "●○○○○ 1 of 5"
    assert why == "Not randomised."
    opposite = replace(COMPARED, estimate=-0.1, low=-0.15, high=-0.05)
    assert protocols.dots(opposite) == protocols.dots(COMPARED)


def test_a_lottery_has_its_flow_and_another_comparison_the_trial_that_it_imitates() -> None:
    found = protocols.protocols(Published(), "mentoring_a")  # type: ignore[arg-type]
    lottery = dict(next(one for one in found if "CONSORT" in one.checklist).items)
    assert lottery["Drawn"] == "150 for a place, 148 for none"
    assert lottery["Registered"] == "Not before its results"
    imitated = dict(next(one for one in found if "TARGET" in one.checklist).items)
    assert imitated["Time zero"].startswith("The month of joining")
    assert imitated["How the groups came about"].startswith("Not randomised: people applied or were asked")
    assert {"Assumptions", "Spill-over", "Followed until", "Missing outcomes", "Deviations"} <= imitated.keys()
    assert len(imitated) >= 21


def test_a_protocol_is_a_file_that_says_all_that_the_page_does() -> None:
    (first, *_) = protocols.protocols(Published(), "mentoring_a")  # type: ignore[arg-type]
    read = pl.read_csv(protocols.as_csv(first).encode())
    assert read["item"].to_list() == ["Comparison", "Laid out as", *(item for _, item, _ in first.numbered)]
    assert dict(zip(read["item"], read["number"], strict=True))["Eligible"] == "12a"
    assert read["here"].to_list()[2:] == [here for *_, here in first.numbered]


def test_items_stand_in_the_checklists_order() -> None:
    for one in protocols.protocols(Published(), "mentoring_a"):  # type: ignore[arg-type]
        firsts = [number.partition(",")[0] for number, *_ in one.numbered if number]
        assert firsts == sorted(firsts, key=lambda number: (int(number.rstrip("abcdefgh")), number))
        assert one.numbered[-1][1] == "Not laid out here"


def test_every_item_has_its_number_in_the_checklist_that_the_protocol_names() -> None:
    """CONSORT 2025 has 30 items, TARGET 21, of which 6 and 7 (a to h) are the trial and how the records imitate it."""
    for one in protocols.protocols(Published(), "mentoring_a"):  # type: ignore[arg-type]
        numbered = {item: number for number, item, _ in one.numbered}
        assert [item for item, number in numbered.items() if not number] == ["Not laid out here"]
    imitated = {part for numbers in protocols.IMITATED_ITEMS.values() for part in numbers.split(", ")}
    assert imitated >= {f"{number}{letter}" for number in (6, 7) for letter in "abcdefgh"}
    told = {int(part.rstrip("abcdefgh")) for part in imitated} | set(range(1, 6)) | {9, 10, 15, 17, 19, 20, 21}
    assert told == set(range(1, 22)), "each of TARGET's items is here, or said to be elsewhere"


def test_what_each_group_had_stands_beside_the_difference() -> None:
    found = [dict(one.items)["In each group"] for one in protocols.protocols(Published(), "mentoring_a")]  # type: ignore[arg-type]
    assert all(
        " of those compared with them" in words or words in {"Not known.", "Changes are compared, not levels."}
        for words in found
    )
