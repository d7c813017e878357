"""Charts of one programme and of representation: a funnel, a monthly line against what was agreed, shares with intervals. Colours are those of the light theme."""

from datetime import date
from typing import Any

import altair as alt
import polars as pl

from dashboards.charts.style import axis_format
from dashboards.design.tokens import LIGHT

LABELS = alt.Axis(labelFontSize=13, labelLimit=180, labelColor=LIGHT["text"], ticks=False, domain=False)


def steps(frame: pl.DataFrame, *, title: str = "", row_height: int = 34) -> alt.LayerChart:
    """One bar a step with its number and, beside it, what was lost before; the largest loss is marked in colour and by its own words.

    frame: step, people, beside, is_largest; kept in its own order.
    """
    order = frame["step"].to_list()
    most = max(frame["people"].to_list() or [1])
    base = alt.Chart(frame.to_arrow(), width="container", height=row_height * len(order)).encode(
        y=alt.Y("step:N", sort=order, title=None, axis=LABELS)
    )
    colour = alt.condition("datum.is_largest", alt.value(LIGHT["concern"]), alt.value(LIGHT["accent"]))
    scale = alt.Scale(domain=[0, 1.75 * most])
    bars = base.mark_bar(size=20, cornerRadiusEnd=2).encode(
        x=alt.X("people:Q", title=None, axis=None, scale=scale), color=colour
    )
    words = alt.condition("datum.is_largest", alt.value(LIGHT["concern"]), alt.value(LIGHT["muted"]))
    numbers = base.mark_text(align="left", dx=6, fontWeight=600, fontSize=13, color=LIGHT["text"]).encode(
        x="people:Q", text=alt.Text("people:Q", format=",.0f")
    )
    lost = base.mark_text(align="left", dx=44, fontSize=12).encode(x="people:Q", text="beside:N", color=words)
    return alt.layer(bars, numbers, lost).properties(title=title)


def against_agreed(
    frame: pl.DataFrame,
    *,
    title: str = "",
    unit: str = "",
    agreed: float | None = None,
    band: tuple[float, float] | None = None,
    height: int = 190,
) -> alt.LayerChart:
    """A monthly line with the agreed level dashed and named, and the range of usual months as a band with edges; a missing month is a gap.

    frame: month, value, label (of the last month, else empty), in the order of months.
    """
    drawn = frame.sort("month").with_columns(
        run=(pl.col("month").dt.month() + 12 * pl.col("month").dt.year().cast(pl.Int32))
        .diff()
        .ne(1)
        .cum_sum()
        .fill_null(0)
    )
    values = [*frame["value"].to_list(), *([agreed] if agreed is not None else []), *(band or ())]
    axis = alt.Axis(format=axis_format(unit), tickCount=4)
    y = alt.Y("value:Q", title=None, axis=axis, scale=alt.Scale(domain=[0, 1.2 * max(values or [1])], nice=True))
    x = alt.X("month:T", title=None, axis=alt.Axis(format="%b %y", grid=False, tickCount=6, labelOverlap="greedy"))
    base = alt.Chart(drawn.to_arrow(), width="container", height=height).encode(x=x)
    line = base.mark_line(
        color=LIGHT["accent"], strokeWidth=2, point=alt.OverlayMarkDef(size=28, filled=True, color=LIGHT["accent"])
    )
    rising = frame.height > 1 and frame["value"][-1] > frame["value"][-2]
    last = base.mark_text(align="right", dy=-12 if rising else 14, fontWeight=600, fontSize=13, color=LIGHT["accent"])
    layers = [*_usual(band), *_agreed_line(agreed), line.encode(y=y, detail="run:N"), last.encode(y=y, text="label:N")]
    return alt.layer(*layers).properties(title=title, height=height)


def _usual(band: tuple[float, float] | None) -> list[alt.Chart]:
    if band is None:
        return []
    low, high = band
    base = alt.Chart(pl.DataFrame({"low": [low], "high": [high]}).to_arrow())
    edges = [base.mark_rule(color=LIGHT["grey"], strokeWidth=1).encode(y=f"{end}:Q") for end in ("low", "high")]
    return [base.mark_rect(color=LIGHT["band"]).encode(y=alt.Y("low:Q", title=None), y2="high:Q"), *edges]


def _agreed_line(agreed: float | None) -> list[alt.Chart]:
    if agreed is None:
        return []
    base = alt.Chart(pl.DataFrame({"agreed": [agreed], "name": [f"agreed {agreed:.1f}"]}).to_arrow())
    rule = base.mark_rule(color=LIGHT["text"], strokeDash=[6, 4], strokeWidth=1.5).encode(y="agreed:Q")
    name = base.mark_text(align="left", dx=3, dy=-8, color=LIGHT["text"], fontWeight=600, fontSize=12)
    return [rule, name.encode(x=alt.value(0), y="agreed:Q", text="name:N")]


def shares(
    frame: pl.DataFrame, *, title: str = "", reference: float | None = None, row_height: int = 32
) -> alt.LayerChart:
    """One row per step: a share with its 95% interval and its words at the right; the reference share is dashed.

    frame: step, share, low, high, words, is_marked; kept in its own order.
    """
    order = frame["step"].to_list()
    x = alt.Scale(domain=[0, 1.0])
    axis = alt.Axis(format=".0%", values=[0, 0.25, 0.5, 0.75])
    base = alt.Chart(frame.to_arrow(), width="container", height=row_height * len(order)).encode(
        y=alt.Y("step:N", sort=order, title=None, axis=LABELS)
    )
    colour = alt.condition("datum.is_marked", alt.value(LIGHT["concern"]), alt.value(LIGHT["accent"]))
    shape = alt.condition("datum.is_marked", alt.value("diamond"), alt.value("circle"))
    rules = base.mark_rule(strokeWidth=2.5).encode(
        x=alt.X("low:Q", title=None, axis=axis, scale=x), x2="high:Q", color=colour
    )
    dots = base.mark_point(filled=True, size=95, opacity=1).encode(
        x=alt.X("share:Q", scale=x), color=colour, shape=shape
    )
    words = base.mark_text(align="right", fontSize=12, color=LIGHT["text"]).encode(x=alt.value("width"), text="words:N")
    dashed = [] if reference is None else [
        alt.Chart(pl.DataFrame({"reference": [reference]}).to_arrow()).mark_rule(color=LIGHT["text"], strokeDash=[6, 4], strokeWidth=1.5).encode(x=alt.X("reference:Q", scale=x))
    ]  # fmt: skip
    return alt.layer(*dashed, rules, dots, words).properties(title=title)


def path(
    months: pl.DataFrame, plan: pl.DataFrame, forecast: pl.DataFrame, *, title: str = "", height: int = 250
) -> alt.LayerChart:
    """A share over time with its interval, the planned path to the goal dashed, and the forecast where there is one.

    months: month, value, low, high, label. plan: month, value, label (start and goal). forecast: month, low, high (empty where there is none).
    """
    axis = alt.Axis(format=".0%", tickCount=5)
    ends = [
        *months["low"].drop_nulls().to_list(),
        *months["high"].drop_nulls().to_list(),
        *months["value"].to_list(),
        *plan["value"].to_list(),
    ]
    scale = alt.Scale(domain=[min(ends) - 0.03, max(ends) + 0.05], nice=True)

    def y(field: str) -> alt.Y:
        return alt.Y(field, title=None, axis=axis, scale=scale)

    x = alt.X("month:T", title=None, axis=alt.Axis(format="%b %y", grid=False, tickCount=7, labelOverlap="greedy"))
    base = alt.Chart(months.to_arrow(), width="container", height=height).encode(x=x)
    planned = alt.Chart(plan.to_arrow()).encode(x=x)
    layers = [base.mark_area(color=LIGHT["band"]).encode(y=y("low:Q"), y2="high:Q")]
    layers += [base.mark_line(color=LIGHT["grey"], strokeWidth=1).encode(y=y(f"{end}:Q")) for end in ("low", "high")]
    if forecast.height:
        layers.append(
            alt.Chart(forecast.to_arrow())
            .mark_area(color=LIGHT["accent"], opacity=0.35)
            .encode(x=x, y=y("low:Q"), y2="high:Q")
        )
    layers += [
        planned.mark_line(color=LIGHT["text"], strokeDash=[6, 4], strokeWidth=1.5).encode(y=y("value:Q")),
        base.mark_line(color=LIGHT["accent"], strokeWidth=2.5).encode(y=y("value:Q")),
        planned.mark_text(align="right", dy=-12, fontWeight=600, fontSize=13, color=LIGHT["text"]).encode(y=y("value:Q"), text="label:N"),
        base.mark_text(**_beside_the_last(months, plan), fontWeight=600, fontSize=13, color=LIGHT["accent"]).encode(y=y("value:Q"), text="label:N"),
    ]  # fmt: skip
    return alt.layer(*layers).properties(title=title, height=height)


def _beside_the_last(months: pl.DataFrame, plan: pl.DataFrame) -> dict[str, Any]:
    """Right of the last month where the plan goes on, so that no line runs through the words; else under it."""
    goes_on = plan.height and months.height and plan["month"].max() > months["month"].max()  # type: ignore[operator]
    return {"align": "left", "dx": 7, "dy": 4} if goes_on else {"align": "right", "dy": 16}


def month_days(days: list[date]) -> pl.Series:
    """Days as a column of dates, also where there is none."""
    return pl.Series("month", days, dtype=pl.Date)
