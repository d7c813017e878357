"""Rated comparisons as a table with one small picture a line: design, outcome, interval, figure and words share a row, so that eyes and screen readers read the same."""

from collections.abc import Sequence

from dashboards.design import icons
from dashboards.design.blocks import esc, reading_table
from dashboards.design.pictures import MARKS, estimate_mark
from dashboards.facts.finding import Finding
from dashboards.facts.second_opinions import Method
from dashboards.facts.subgroups import Group
from dashboards.facts.words import difference, difference_span

HEADS = ("Design", "Outcome", "← less · more →", "Estimate", "In words")
GROUP_HEADS = ("Group", "← less · more →", "Difference", "People")
METHOD_HEADS = ("Method", "← less · more →", "Difference", "People")
MARGIN = 0.08
Ends = tuple[float, float]


def legend() -> str:
    """What the marks and the lines mean."""
    marks = " · ".join(f"{symbol} {words}" for symbol, words in MARKS.values())
    return f'<p class="xs muted">{esc(marks)} · lines are 95% intervals</p>'


def table(findings: Sequence[Finding], *, with_programme: bool = False) -> str:
    """One unit's comparisons on one scale, in their own order. with_programme: names the programme instead of the cohort."""
    ends = ends_of([(one.low, one.high) for one in findings])
    return reading_table(
        HEADS, [_row(one, ends, with_programme=with_programme) for one in findings], kind="stack forest"
    )


def groups(rows: Sequence[Group], unit: str) -> str:
    """Subgroups of one outcome on one scale."""
    ends = ends_of([(one.low, one.high) for one in rows])
    return reading_table(
        GROUP_HEADS,
        [
            (
                f"<b>{esc(one.name)}</b>" + (f'<br><span class="xs muted">{esc(one.note)}</span>' if one.note else ""),
                estimate_mark(one.estimate, one.low, one.high, ends, kind="open"),
                _figures(difference(one.estimate, one.low, one.high, unit), difference_span(one.low, one.high, unit)),
                f"{one.n_treated:,} and {one.n_control:,}",
            )
            for one in rows
        ],
        kind="stack",
    )


def methods(rows: Sequence[Method], unit: str) -> str:
    """One comparison by several methods on one scale."""
    ends = ends_of([(one.low, one.high) for one in rows])
    return reading_table(
        METHOD_HEADS,
        [
            (
                f"<b>{esc(one.name)}</b>",
                estimate_mark(one.estimate, one.low, one.high, ends, kind="open"),
                _figures(difference(one.estimate, one.low, one.high, unit), difference_span(one.low, one.high, unit)),
                esc(one.people),
            )
            for one in rows
        ],
        kind="stack",
    )


def ends_of(spans: Sequence[Ends]) -> Ends:
    """The scale that holds all intervals and zero, with a margin."""
    low, high = min(0.0, *(span[0] for span in spans)), max(0.0, *(span[1] for span in spans))
    pad = (high - low) * MARGIN or 1.0
    return low - pad, high + pad


def _row(one: Finding, ends: Ends, *, with_programme: bool) -> tuple[str, ...]:
    symbol, _ = MARKS[mark_of(one)]
    place = one.programme if with_programme else one.cohort
    about = " · ".join(part for part in (place, one.compared, one.people) if part)
    primary = '<span class="xs muted"> · primary outcome</span>' if one.is_primary else ""
    return (
        f'{icons.rating(one.rating)}<br><span class="xs muted">{one.rating} of 5</span>',
        f'<b>{esc(one.label + one.when)}</b>{primary}<br><span class="xs muted">{esc(about)}</span>',
        estimate_mark(one.estimate, one.low, one.high, ends, kind=mark_of(one)),
        _figures(one.number, one.interval),
        f"{esc(symbol)} {esc(one.said)}",
    )


def mark_of(one: Finding) -> str:
    """How full its mark is: by what may be said, which goes with the interval."""
    return {"caused": "full", "supported": "full", "suggestive": "half"}.get(one.verdict, "open")


def _figures(number: str, interval: str) -> str:
    return f'<b>{esc(number)}</b><br><span class="xs muted">{esc(interval)}</span>'
