"""Charts of estimates and what they rest on: curves, balance, overlap, waves, detectable effects."""

from collections.abc import Sequence

import altair as alt
import polars as pl

from dashboards.charts.style import (
    DASHES,
    PALETTE,
    axis_format,
    difference_title,
    heading,
)
from dashboards.design.tokens import LIGHT


def curves(frame: pl.DataFrame, *, title: str, outcome: str, height: int = 260) -> alt.LayerChart:
    """Weighted shares over months of follow-up, one line per arm with its 95% band, labelled at the end.

    frame: group, month, share, ci_low, ci_high. outcome: what the share is of, for the axis.
    """
    names = frame["group"].unique(maintain_order=True).to_list()
    lowest = float(frame.select(pl.coalesce("ci_low", "share").min()).item() or 0.0)
    scale = alt.Scale(domain=[max(0.0, lowest - 0.02), 1.0], nice=False) if lowest > 0.5 else alt.Scale(zero=True)
    colour = alt.Color(
        "group:N", scale=alt.Scale(domain=names, range=[LIGHT["accent"], LIGHT["muted"]][: len(names)]), legend=None
    )
    dash = alt.StrokeDash("group:N", scale=alt.Scale(domain=names, range=list(DASHES[: len(names)])), legend=None)
    axis = alt.Axis(format=".0%", tickCount=5)
    base = alt.Chart(frame.to_arrow(), height=height, width="container").encode(
        x=alt.X("month:Q", title="months since the start", axis=alt.Axis(tickMinStep=1, grid=False)), color=colour
    )
    band = base.mark_area(opacity=0.15).encode(
        y=alt.Y("ci_low:Q", title=outcome, axis=axis, scale=scale), y2="ci_high:Q"
    )
    line = base.mark_line(strokeWidth=2).encode(
        y=alt.Y("share:Q", title=outcome, axis=axis, scale=scale),
        strokeDash=dash,
        tooltip=[
            alt.Tooltip("group:N"),
            alt.Tooltip("month:Q"),
            alt.Tooltip("share:Q", format=".1%"),
            alt.Tooltip("ci_low:Q", format=".1%", title="95% from"),
            alt.Tooltip("ci_high:Q", format=".1%", title="95% to"),
        ],
    )
    ends = frame.sort("month").group_by("group", maintain_order=True).last().sort("share", descending=True)
    ends = ends.with_columns(place=pl.Series([-9, 12][: ends.height] + [12] * max(ends.height - 2, 0)))
    labels = [
        written
        for place in ends["place"].unique().sort().to_list()
        for written in _label(ends.filter(pl.col("place") == place), place, colour)
    ]
    return alt.layer(band, line, *labels).properties(title=heading(title), height=height)


def _label(end: pl.DataFrame, place: int, colour: alt.Color) -> list[alt.Chart]:
    """The name at a curve's end, on a halo of the page's colour, so that no line crosses its letters out."""
    base = alt.Chart(end.to_arrow()).encode(x="month:Q", y="share:Q", text="group:N", color=colour)
    style = {"align": "right", "dy": place, "fontWeight": "bold"}
    return [base.mark_text(**style, stroke=LIGHT["bg"], strokeWidth=4, strokeJoin="round"), base.mark_text(**style)]


def love(frame: pl.DataFrame, *, title: str, row_height: int = 26) -> alt.LayerChart:
    """Standardised differences of each covariate before (open circle) and after (filled diamond) weighting; dashed lines at 0.1.

    frame: covariate, smd_before, smd_after; kept in its own order.
    """
    order = frame["covariate"].to_list()
    height = max(80, row_height * len(order))
    rows = alt.Y(
        "covariate:N", sort=order, title=None, axis=alt.Axis(labelLimit=260, ticks=False, domain=False, grid=True)
    )
    where = alt.X(
        "smd:Q",
        title="standard deviations by which mentees differ",
        axis=alt.Axis(tickCount=7),
        scale=alt.Scale(padding=14),
    )
    long = frame.unpivot(
        on=["smd_before", "smd_after"], index="covariate", variable_name="when", value_name="smd"
    ).with_columns(pl.col("when").replace({"smd_before": "before weighting", "smd_after": "after weighting"}))
    lines = (
        alt.Chart(pl.DataFrame({"at": [-0.1, 0.1]}).to_arrow())
        .mark_rule(color=PALETTE[4], strokeDash=[4, 3])
        .encode(x="at:Q")
    )
    points = (
        alt.Chart(long.to_arrow(), height=height, width="container")
        .mark_point(size=80, strokeWidth=2)
        .encode(
            x=where,
            y=rows,
            shape=alt.Shape(
                "when:N",
                scale=alt.Scale(domain=["before weighting", "after weighting"], range=["circle", "diamond"]),
                legend=alt.Legend(title=None, orient="top"),
            ),
            color=alt.Color(
                "when:N",
                scale=alt.Scale(domain=["before weighting", "after weighting"], range=[LIGHT["grey"], LIGHT["accent"]]),
                legend=alt.Legend(title=None, orient="top"),
            ),
            tooltip=[alt.Tooltip("covariate:N"), alt.Tooltip("when:N"), alt.Tooltip("smd:Q", format=".3f")],
        )
    )
    return alt.layer(lines, points).properties(title=heading(title), height=height)


def chances(frame: pl.DataFrame, *, title: str, height: int = 180) -> alt.LayerChart:
    """Where the chances to join of both groups lie: mentees upwards, the comparison downwards.

    frame: bin_low, bin_high (0 to 1), treated_share, comparison_share (null: hidden, too few people).
    """
    bars = frame.select(
        pl.format("{} to {}%", (100 * pl.col("bin_low")).round(1), (100 * pl.col("bin_high")).round(1)).alias("chance"),
        pl.col("treated_share").alias("mentees"),
        (-pl.col("comparison_share")).alias("comparison"),
    )
    long = bars.unpivot(on=["mentees", "comparison"], index="chance", variable_name="group", value_name="share")
    groups = alt.Scale(domain=["mentees", "comparison"], range=[LIGHT["accent"], LIGHT["grey"]])
    drawn = (
        alt.Chart(long.to_arrow(), height=height, width="container")
        .mark_bar()
        .encode(
            x=alt.X(
                "chance:O",
                sort=bars["chance"].to_list(),
                title="chance to join in a month, from",
                axis=alt.Axis(labelAngle=0, labelOverlap="greedy", labelExpr="split(datum.label, ' to ')[0] + '%'"),
            ),
            y=alt.Y(
                "share:Q",
                title="share of the group",
                axis=alt.Axis(tickCount=5, labelExpr="format(abs(datum.value), '.0%')"),
            ),
            color=alt.Color("group:N", scale=groups, legend=None),
            tooltip=[alt.Tooltip("group:N"), alt.Tooltip("chance:O"), alt.Tooltip("share:Q", format=".1%")],
        )
    )
    zero = alt.Chart(pl.DataFrame({"zero": [0.0]}).to_arrow()).mark_rule(color=PALETTE[4]).encode(y="zero:Q")
    told = alt.Chart(pl.DataFrame({"one": [0]}).to_arrow())
    names = [
        told.mark_text(align="left", color=LIGHT["accent"], fontWeight="bold").encode(x=alt.value(6), y=alt.value(8), text=alt.value("mentees")),
        told.mark_text(align="right", color=LIGHT["muted"], fontWeight="bold").encode(x=alt.value("width"), y=alt.value(height - 8), text=alt.value("comparison")),
    ]  # fmt: skip
    return alt.layer(drawn, zero, *names).properties(title=heading(title), height=height)


def event_steps(frame: pl.DataFrame, *, title: str, unit: str, height: int = 200) -> alt.LayerChart:
    """The difference by survey waves since the start, with intervals; waves before the start should lie on zero.

    frame: event_time (0: first wave that can tell), estimate, ci_low, ci_high.
    """
    drawn = frame.with_columns(
        when=pl.when(pl.col("event_time") < 0).then(pl.lit("before")).otherwise(pl.lit("since the start"))
    )
    base = alt.Chart(drawn.to_arrow(), height=height, width="container").encode(
        x=alt.X("event_time:O", title="survey waves since the start", axis=alt.Axis(labelAngle=0)),
        color=alt.Color(
            "when:N",
            scale=alt.Scale(domain=["before", "since the start"], range=[PALETTE[4], PALETTE[0]]),
            legend=alt.Legend(title=None, orient="top"),
        ),
    )
    axis = alt.Axis(format=axis_format(unit), tickCount=5)
    bar = base.mark_rule(strokeWidth=2).encode(
        y=alt.Y("ci_low:Q", title=difference_title(unit), axis=axis), y2="ci_high:Q"
    )
    dot = base.mark_point(filled=True, size=70, opacity=1).encode(
        y="estimate:Q",
        shape=alt.Shape(
            "when:N", scale=alt.Scale(domain=["before", "since the start"], range=["circle", "diamond"]), legend=None
        ),
    )
    zero = (
        alt.Chart(pl.DataFrame({"zero": [0.0]}).to_arrow())
        .mark_rule(color=PALETTE[4], strokeDash=[4, 3])
        .encode(y="zero:Q")
    )
    return alt.layer(zero, bar, dot).properties(title=heading(title), height=height)


CLEAR_OF_PLANS = 200
"""Mentees right of whom a line's name stands, since most plans are smaller and have a line of their own."""


def detectable(frame: pl.DataFrame, *, title: str, unit: str, planned: float, height: int = 240) -> alt.LayerChart:
    """Smallest difference that will be seen, by number of mentees; a dashed line at the number planned.

    frame: mentees, smallest, design (one line each).
    """
    names = frame["design"].unique(maintain_order=True).to_list()
    colour = alt.Color(
        "design:N",
        scale=alt.Scale(domain=names, range=list(PALETTE[: len(names)])),
        legend=None,
    )
    dash = alt.StrokeDash(
        "design:N",
        scale=alt.Scale(domain=names, range=list(DASHES[: len(names)])),
        legend=None,
    )
    line = (
        alt.Chart(frame.to_arrow(), height=height, width="container")
        .mark_line(strokeWidth=2)
        .encode(
            x=alt.X(
                "mentees:Q",
                title="mentees",
                scale=alt.Scale(type="log", domain=[30, 1600], nice=False, clamp=True),
                axis=alt.Axis(values=[30, 50, 100, 200, 400, 800, 1600], grid=False),
            ),
            y=alt.Y("smallest:Q", title=unit, axis=alt.Axis(tickCount=6)),
            color=colour,
            strokeDash=dash,
            tooltip=[
                alt.Tooltip("design:N"),
                alt.Tooltip("mentees:Q"),
                alt.Tooltip("smallest:Q", format=".2f", title=unit),
            ],
        )
    )
    here = (
        alt.Chart(pl.DataFrame({"planned": [planned]}).to_arrow())
        .mark_rule(color=PALETTE[2], strokeDash=[6, 3])
        .encode(x="planned:Q")
    )
    planned_name = here.mark_text(align="left", dx=4, color=PALETTE[2], fontWeight="bold").encode(
        y=alt.value(8), text=alt.value("planned")
    )
    return alt.layer(line, here, planned_name, *_names_of_designs(frame, names)).properties(
        title=heading(title), height=height
    )


def _names_of_designs(frame: pl.DataFrame, names: Sequence[str]) -> list[alt.Chart]:
    """Each line's name beside it: the first under its end, others at their beginning, where nothing runs through them."""
    layers = []
    for place, name in enumerate(names):
        own = frame.filter(pl.col("design") == name).sort("mentees")
        at, look = (
            (own.tail(1), {"align": "right", "dy": 16})
            if not place
            else (own.filter(pl.col("mentees") >= CLEAR_OF_PLANS).head(1), {"align": "left", "dx": 8, "dy": -6})
        )
        layers.append(
            alt.Chart(at.to_arrow())
            .mark_text(color=LIGHT["text"], fontWeight="bold", fontSize=12, **look)
            .encode(x="mentees:Q", y="smallest:Q", text="design:N")
        )
    return layers
