"""How unknown people are written in comparison with known ones."""

import pytest

from pipelines.loading.likenesses import _counted

KNOWN = ["00124", "ilker.demir@x.example", "mo.ray@x.example", "anna-lena@x.example", "zoe@x.example"]


@pytest.mark.parametrize(
    ("value", "way"),
    [
        ("124", "without leading zeros"),
        ("\u0130LKER.DEMIR@x.example", "in another case or with other accents"),
        ("zo\u00eb@x.example", "in another case or with other accents"),
        ("moray@x.example", "with other dots and hyphens"),
        ("mo.ray@y.example", "under another domain"),
        ("mo.rai@x.example", "with one letter more, less or other"),
    ],
)
def test_a_value_fits_in_the_closest_way(value: str, way: str) -> None:
    assert _counted([value], KNOWN) == {way: 1}


def test_a_stranger_fits_nobody() -> None:
    assert _counted(["nobody@elsewhere.example", "999"], KNOWN) == {}
