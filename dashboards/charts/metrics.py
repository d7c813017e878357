"""Charts of metrics: trends, intervals, funnels, progress. They draw what the tables say and compute nothing."""

import altair as alt
import polars as pl

from dashboards.charts.style import (
    DASHES,
    PALETTE,
    PERCENT,
    axis_format,
    difference_title,
    heading,
    tooltips,
    unit_title,
)


def trend(
    frame: pl.DataFrame,
    *,
    title: str,
    unit: str,
    series: str = "series",
    height: int = 220,
    agreed: float | None = None,
) -> alt.LayerChart:
    """Monthly values with their interval as a band, one line per series, labelled at its end.

    frame: period_start, value, ci_low, ci_high, n_people and the series column. agreed: what was agreed, as a dashed line with its name.
    """
    names = frame[series].unique().sort().to_list()
    frame = _gaps_kept(frame, series)
    colour = alt.Color(f"{series}:N", scale=alt.Scale(domain=names, range=list(PALETTE[: len(names)])), legend=None)
    dash = alt.StrokeDash(f"{series}:N", scale=alt.Scale(domain=names, range=list(DASHES[: len(names)])), legend=None)
    base = alt.Chart(frame.to_arrow(), height=height, width="container").encode(
        x=alt.X("period_start:T", title="month", axis=alt.Axis(format="%b %y", labelOverlap="greedy", grid=False)),
        color=colour,
    )
    values = alt.Y(
        "value:Q",
        title=unit_title(unit),
        axis=alt.Axis(format=axis_format(unit), tickCount=5),
        scale=alt.Scale(zero=True),
    )
    band = base.mark_area(opacity=0.15).encode(y=alt.Y("ci_low:Q", title=unit_title(unit)), y2="ci_high:Q")
    line = base.mark_line(strokeWidth=2).encode(y=values, strokeDash=dash)
    points = base.mark_point(filled=True, size=28).encode(y=values, tooltip=tooltips(series, unit))
    ends = frame.drop_nulls("value").sort("period_start").group_by(series, maintain_order=True).last()
    label = (
        alt.Chart(ends.to_arrow())
        .mark_text(align="right", dy=-9, fontWeight="bold")
        .encode(x="period_start:T", y="value:Q", text=f"{series}:N", color=colour)
    )
    layers = [band, line, points] + ([label] if len(names) > 1 else [])
    if agreed is not None:
        layers += _agreed(agreed)
    return alt.layer(*layers).properties(title=heading(title), height=height)


def intervals(
    frame: pl.DataFrame,
    *,
    title: str,
    unit: str,
    label: str = "label",
    zero_line: bool = False,
    is_difference: bool = False,
    row_height: int = 26,
    least_height: int = 80,
) -> alt.LayerChart:
    """One row per label: the value as a dot, its 95% interval as a bar, n at the right.

    frame: label, value, ci_low, ci_high, n (text); kept in its own order.
    """
    order = frame[label].to_list()
    height = max(least_height, row_height * len(order))
    base = alt.Chart(frame.to_arrow(), height=height, width="container").encode(
        y=alt.Y(f"{label}:N", sort=order, title=None, axis=alt.Axis(labelLimit=320, ticks=False, domain=False))
    )
    scale = alt.Scale(zero=zero_line or unit in PERCENT, nice=True)
    bar = base.mark_rule(color=PALETTE[0], strokeWidth=2).encode(
        x=alt.X(
            "ci_low:Q",
            title=difference_title(unit) if is_difference else unit_title(unit),
            axis=alt.Axis(format=axis_format(unit), tickCount=6),
            scale=scale,
        ),
        x2="ci_high:Q",
    )
    dot = base.mark_point(filled=True, size=70, color=PALETTE[0], shape="diamond", opacity=1).encode(
        x=alt.X("value:Q", scale=scale), tooltip=tooltips(label, unit)
    )
    layers = [bar, dot]
    if zero_line:
        layers.insert(
            0,
            alt.Chart(pl.DataFrame({"zero": [0.0]}).to_arrow())
            .mark_rule(color=PALETTE[4], strokeDash=[4, 3])
            .encode(x="zero:Q"),
        )
    return alt.layer(*layers).properties(title=heading(title), height=height)


def funnel(frame: pl.DataFrame, *, title: str, height: int = 180) -> alt.LayerChart:
    """Bars from the first to the last step of taking part, each with its count.

    frame: step, people; kept in its own order.
    """
    base = alt.Chart(frame.to_arrow(), height=height, width="container").encode(
        y=alt.Y("step:N", sort=frame["step"].to_list(), title=None, axis=alt.Axis(ticks=False, domain=False))
    )
    bars = base.mark_bar(color=PALETTE[0]).encode(x=alt.X("people:Q", title="people", axis=alt.Axis(tickCount=4)))
    text = base.mark_text(align="left", dx=4, color=PALETTE[4]).encode(
        x="people:Q", text=alt.Text("people:Q", format=",.0f")
    )
    return alt.layer(bars, text).properties(title=heading(title), height=height)


def progress(frame: pl.DataFrame, *, title: str, row_height: int = 32) -> alt.LayerChart:
    """One row per goal on the way from its baseline (0) to its target (1): now as a diamond with its interval, a tick where it should be by now.

    frame: label (lines divided by " · "), now_share, low_share, high_share, expected_share; kept in its own order. What lies beyond the axis is cut at its end.
    """
    order = frame["label"].to_list()
    height = row_height * len(order)
    scale = alt.Scale(domain=[-0.5, 1.5], clamp=True)
    two_lines = alt.Axis(labelExpr="split(datum.label, ' · ')", labelLimit=180, ticks=False, domain=False)
    axis = alt.Axis(format=".0%", values=[-0.5, 0, 0.5, 1, 1.5])
    base = alt.Chart(frame.to_arrow(), height=height, width="container").encode(
        y=alt.Y("label:N", sort=order, title=None, axis=two_lines)
    )
    now = alt.X("now_share:Q", title="way from baseline to target", axis=axis, scale=scale)
    bar = base.mark_rule(color=PALETTE[0], strokeWidth=2).encode(
        x=alt.X("low_share:Q", scale=scale, axis=axis), x2="high_share:Q"
    )
    dot = base.mark_point(filled=True, size=70, color=PALETTE[0], shape="diamond", opacity=1).encode(x=now)
    tick = base.mark_tick(color=PALETTE[3], thickness=3, size=16).encode(x=alt.X("expected_share:Q", scale=scale))
    ends = alt.Chart(pl.DataFrame({"end": [0.0, 1.0]}).to_arrow()).mark_rule(color=PALETTE[4], strokeDash=[4, 3])
    return alt.layer(ends.encode(x=alt.X("end:Q", scale=scale)), bar, tick, dot).properties(
        title=heading(title), height=height
    )


def _gaps_kept(frame: pl.DataFrame, series: str) -> pl.DataFrame:
    """With an empty row for each month between the first and the last that has none, so that no line is drawn through it."""
    return (
        frame.sort(series, "period_start")
        .upsample("period_start", every="1mo", group_by=series, maintain_order=True)
        .with_columns(pl.col(series).forward_fill())
    )


def _agreed(value: float) -> list[alt.Chart]:
    """A dashed line at what was agreed, named at its left end."""
    base = alt.Chart(pl.DataFrame({"agreed": [value], "name": ["agreed"]}).to_arrow())
    rule = base.mark_rule(color=PALETTE[2], strokeDash=[6, 3], strokeWidth=1.5).encode(y="agreed:Q")
    name = base.mark_text(align="left", dx=3, dy=-6, color=PALETTE[2], fontWeight="bold").encode(
        x=alt.value(0), y="agreed:Q", text="name:N"
    )
    return [rule, name]
