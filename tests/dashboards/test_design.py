"""The design system: contrast in both themes, one meaning a shape, charts in the reader's colours, and what the server may do."""

import tomllib
from pathlib import Path

import polars as pl
import pytest

from dashboards import charts, elements
from dashboards.design import icons
from dashboards.design.tokens import DARK, LIGHT
from dashboards.parts.drawing import written

ROOT = Path(__file__).resolve().parents[2]
CONFIG = tomllib.loads((ROOT / ".streamlit" / "config.toml").read_text())


def _contrast(one: str, other: str) -> float:
    """Contrast of two colours, WCAG 2.2."""

    def luminance(colour: str) -> float:
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))

    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_a_month_without_pairs_breaks_the_line() -> None:
    from datetime import date

    months = pl.DataFrame(
        {"period_start": [date(2026, 1, 1), date(2026, 4, 1)], "value": [1.0, 2.0], "ci_low": [0.5, 1.5], "ci_high": [1.5, 2.5],
         "n_people": [9, 9], "series": ["a", "a"]}
    )  # fmt: skip
    drawn = charts.trend(months, title="", unit="score").to_dict()["datasets"].values()
    assert [1.0, None, None, 2.0] in [[row.get("value") for row in rows] for rows in drawn]


def test_the_server_listens_on_this_machine_only_and_sends_no_statistics() -> None:
    config = CONFIG
    assert config["server"]["address"] == "127.0.0.1"
    assert config["browser"]["gatherUsageStats"] is False
    assert config["client"]["showErrorDetails"] == "none"


def test_a_download_cannot_run_as_a_formula() -> None:
    frame = pl.DataFrame({"a": ["=1+1", "+1", "-1", "@x", "\tx", "plain", None], "b": [-1.5, 2, 3, 4, 5, 6, 7]})
    lines = elements.safe_csv(frame).decode("utf-8-sig").splitlines()
    assert [line.split(",")[0] for line in lines[1:]] == ["'=1+1", "'+1", "'-1", "'@x", "'\tx", "plain", ""]
    assert lines[1].endswith(",-1.5")


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_text_has_a_contrast_of_4_5_and_graphics_of_3_on_every_ground(colours: dict[str, str]) -> None:
    for ground in ("bg", "surface"):
        assert all(_contrast(colours[ink], colours[ground]) >= 4.5 for ink in ("text", "muted", "accent", "concern"))
        assert _contrast(colours["grey"], colours[ground]) >= 3
    assert _contrast(colours["concern"], colours["concern_tint"]) >= 4.5
    assert _contrast(colours["accent"], colours["tint"]) >= 4.5


@pytest.mark.parametrize(("theme", "colours"), [("light", LIGHT), ("dark", DARK)])
def test_the_server_s_theme_has_the_colours_of_the_design(theme: str, colours: dict[str, str]) -> None:
    told = CONFIG["theme"][theme]
    assert (told["primaryColor"], told["backgroundColor"], told["textColor"]) == (
        colours["accent"],
        colours["bg"],
        colours["text"],
    )
    assert told["redColor"] == colours["concern"]
    assert "base" not in CONFIG["theme"]


def test_series_of_a_chart_can_be_told_apart_in_both_themes_and_without_colour() -> None:
    assert all(_contrast(colour, LIGHT["bg"]) >= 3 for colour in charts.PALETTE)
    in_the_dark = charts.recoloured(list(charts.PALETTE))
    assert len(set(in_the_dark)) == len(charts.PALETTE)
    assert all(_contrast(colour, DARK["bg"]) >= 4.5 for colour in in_the_dark)
    assert len(charts.PALETTE) == len(charts.DASHES) == len(set(map(str, charts.DASHES)))


def test_a_chart_keeps_no_colour_of_the_light_theme_in_the_dark() -> None:
    frame = pl.DataFrame({"step": ["a", "b"], "people": [9, 4], "beside": ["", "5 fewer"], "is_largest": [False, True]})
    drawn = elements.specification("steps", frame, dark=True)
    assert not [colour for colour in LIGHT.values() if colour in str(drawn) and colour not in DARK.values()]
    assert drawn["config"]["background"] == "transparent"


@pytest.mark.parametrize("shapes", [icons._VARIATION, icons._ASSURANCE, icons._GOAL, icons._TAG])
def test_no_two_meanings_share_a_shape(shapes: dict[str, str]) -> None:
    assert len(set(shapes.values())) == len(shapes)


def test_every_status_has_words_and_a_shape() -> None:
    from dashboards.facts.goals import ORDER

    assert set(ORDER) == set(icons.GOAL) == set(icons._GOAL)
    assert set(icons.VARIATION) == set(icons._VARIATION)
    assert set(icons.ASSURANCE) == set(icons._ASSURANCE)
    assert set(icons.TAGS) == set(icons._TAG)


def test_a_table_under_a_chart_has_no_more_decimals_than_its_values() -> None:
    table = pl.DataFrame({"Month": [0, 12], "Share, %": [100.0, 74.5], "At risk": [1115.0, None], "Rate": [0.333, 1.0]})
    assert written(table).rows() == [("0", "100.0", "1,115", "0.33"), ("12", "74.5", "", "1.00")]
