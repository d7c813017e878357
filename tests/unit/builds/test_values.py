"""What a stage was given, as text: another one where anything of it is."""

from dataclasses import dataclass, replace
from datetime import date

import polars as pl
import pytest

from pipelines.builds.values import told


@dataclass(frozen=True)
class Given:
    frame: pl.DataFrame
    day: date
    weights: dict[str, float]
    pairs: tuple[tuple[str, str], ...] = ()


GIVEN = Given(pl.DataFrame({"id": ["a", "b"], "skills": [["x"], ["y", "z"]]}), date(2026, 1, 1), {"skills": 1.0})


def test_the_same_is_told_the_same() -> None:
    assert told(GIVEN) == told(replace(GIVEN, frame=GIVEN.frame.clone()))


@pytest.mark.parametrize(
    "other",
    [
        replace(GIVEN, frame=GIVEN.frame.with_columns(id=pl.Series(["a", "c"]))),
        replace(GIVEN, frame=GIVEN.frame.with_columns(skills=pl.Series([["x"], ["y", "w"]]))),
        replace(GIVEN, frame=GIVEN.frame.rename({"id": "key"})),
        replace(GIVEN, frame=GIVEN.frame.reverse()),
        replace(GIVEN, frame=GIVEN.frame.head(1)),
        replace(GIVEN, frame=GIVEN.frame.clear()),
        replace(GIVEN, day=date(2026, 1, 2)),
        replace(GIVEN, weights={"skills": 1.5}),
        replace(GIVEN, weights={"skills": 1.0, "wishes": 0.0}),
        replace(GIVEN, pairs=(("a", "b"),)),
    ],
)
def test_anything_else_is_told_otherwise(other: Given) -> None:
    assert told(other) != told(GIVEN)


def test_a_set_is_told_the_same_in_any_order() -> None:
    assert told({"a", "b", "c"}) == told({"c", "b", "a"})


def test_what_has_no_text_of_its_own_is_refused() -> None:
    with pytest.raises(TypeError):
        told(object())
    with pytest.raises(TypeError):
        told([lambda: None])
