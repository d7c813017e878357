"""What the gate makes of the audit's findings, whatever the hiding and the audit are."""

from datetime import date

import polars as pl
import pytest

from pipelines.serving import gate
from pipelines.serving.audit import Audit
from pipelines.serving.releases import Changes
from tests.published import metric_values

K = 5


def of_two_programmes() -> pl.DataFrame:
    """A total to date, its part and a month, of one metric in two programmes."""
    one = metric_values().filter(pl.col("metric_id") == "csat_mentee").head(1).drop("held_since")
    rows = [
        one.with_columns(
            programme_id=pl.lit(programme), cohort_id=pl.lit("all"), segment_kind=pl.lit(kind), segment_value=pl.lit(kind), period_kind=pl.lit(period),
            period_start=pl.lit(day), n_people=pl.lit(30, pl.Int64), is_suppressed=pl.lit(value=False), contributions=pl.lit(None, pl.List(pl.UInt64)),
        )
        for programme in ("p", "q")
        for kind, period, day in (("all", "to_date", date(2026, 1, 1)), ("department", "to_date", date(2026, 1, 1)), ("all", "month", date(2026, 5, 1)))
    ]  # fmt: skip
    return pl.concat(rows)


def passed_with(monkeypatch: pytest.MonkeyPatch, *told: int) -> tuple[gate.Passed, list[Changes | None]]:
    """What passes where the hiding hides nothing and the audits find, one after the other, `told` counts of programme p; and which changes each audit was given."""
    since_of: list[Changes | None] = []

    def audited(shown: pl.DataFrame, truth: pl.DataFrame, k: int, since: Changes | None = None) -> Audit:
        assert (truth.height, k) == (6, K)
        since_of.append(since)
        found = shown.filter(programme_id="p").head(1).select("metric_id", "programme_id")
        return Audit(9, 9, pl.concat([found.clear(), *[found] * told[len(since_of) - 1]]))

    monkeypatch.setattr(gate, "suppress_small_groups", lambda cells, *_: cells)
    monkeypatch.setattr(gate, "audit", audited)
    return gate.pass_gate(of_two_programmes(), K), since_of


def hidden(passed: gate.Passed) -> set[tuple[str, str, str]]:
    gone = passed.shown.filter(pl.col("n_people").is_null())
    return set(gone.select("programme_id", "segment_kind", "period_kind").iter_rows())


NOTHING: set[tuple[str, str, str]] = set()
PARTS = {("p", "department", "to_date"), ("p", "all", "month")}
EVERYTHING = PARTS | {("p", "all", "to_date")}


@pytest.mark.parametrize(
    ("told", "gone", "left"),
    [
        ((0,), NOTHING, 0),
        ((3, 0), PARTS, 0),
        ((3, 1, 0), EVERYTHING, 0),
        ((3, 3, 0), EVERYTHING, 0),
        ((3, 2, 2), PARTS, 2),
        ((3, 2, 1), PARTS, 2),
        ((3, 3, 1), NOTHING, 3),
        ((3, 4, 3), NOTHING, 3),
    ],
)
def test_parts_go_first_then_all_of_it_and_only_where_it_helps(
    monkeypatch: pytest.MonkeyPatch, told: tuple[int, ...], gone: set, left: int
) -> None:
    passed, since_of = passed_with(monkeypatch, *told)
    assert hidden(passed) == gone
    assert passed.audit.told.height == left
    assert len(since_of) == len(told)
    assert all(since is since_of[0] and since is not None for since in since_of)
    assert "is_told" not in passed.shown.columns
