"""The claims register: every figure of the facts that a report told, with the query that gives it, the release and the definition's version."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Literal

from dashboards.facts.finding import WORDS
from dashboards.facts.goals import STATUS_WORDS
from dashboards.facts.programmes import Published
from dashboards.facts.words import difference, figure, level, money
from dashboards.reports.content import ReportContent

CELL = """
    select value, ci_low, ci_high, numerator, denominator, definition_version, unit from metric_values
    where metric_id = $1 and programme_id = $2 and cohort_id = $3 and segment_kind = $4 and segment_value = $5 and period_kind = $6 and period_end = $7
"""
RATIO = """
    select sum(numerator) / sum(denominator) as value, sum(numerator) as numerator, sum(denominator) as denominator, max(definition_version) as definition_version from metric_values
    where metric_id = $1 and programme_id = $2 and cohort_id = 'all' and segment_kind = 'all' and period_kind = 'month' and period_start >= $3 and period_end <= $4
"""
ESTIMATE = "select estimate as value, ci_low, ci_high, rating, verdict, declaration_version as definition_version from impact_estimates where estimate_id = $1"
GOAL = "select current_value as value, ci_low, ci_high, status, baseline, target_value, expected_now from goals where goal_id = $1"
COST = "select sum(amount) as value from programme_costs where programme_id = $1 and period_kind = $2"
TOLERANCE = 1e-6


@dataclass(frozen=True)
class Claim:
    """One figure. key: the same in every report; period_is_over: its time was over when it was told, so another value later is a correction; word: verdict or status."""

    key: str
    name: str
    text: str
    value: float | None
    query: str
    parameters: list[Any]
    period_is_over: bool = False
    word: str = ""
    unit: str = ""
    definition_version: str = ""


def register(content: ReportContent, snapshot: Published) -> list[dict[str, Any]]:
    """Every claim of the report as plain values, with the release it holds for."""
    versions = dict(snapshot.frame("select metric_id, version from metric_definitions order by metric_id").iter_rows())
    release = content.release
    stamp = {"release_id": release.release_id, "content_hash": release.content_hash, "as_of": f"{release.as_of}"}
    return [{**asdict(claim), "query": " ".join(claim.query.split()), **stamp} for claim in _claims(content, versions)]


State = Literal["as told", "moved on", "corrected", "not published"]


@dataclass(frozen=True)
class Standing:
    """One claim of an issued report beside the release of today. now: the figure as it would be told, "" where the release has none."""

    name: str
    text: str
    now: str
    state: State
    word: str
    definition_version: str
    release_id: str
    query: str


def standing(claims: Iterable[Mapping[str, Any]], snapshot: Published) -> list[Standing]:
    """Each claim as it was told and as its own query answers today, those that were corrected first."""
    found = [_standing(one, snapshot) for one in claims]
    order = ("corrected", "not published", "moved on", "as told")
    return sorted(found, key=lambda one: order.index(one.state))


def _standing(one: Mapping[str, Any], snapshot: Published) -> Standing:
    value = _value_now(one, snapshot)
    now = "" if value is None else _as_figure(value, one)
    if value is None and one["value"] is not None:
        state: State = "not published"
    elif value is None or _is_same(value, one["value"]):
        now, state = one["text"], "as told"
    else:
        state = "corrected" if one["period_is_over"] else "moved on"
    parameters = ", ".join(map(str, one["parameters"]))
    return Standing(one["name"], one["text"], now, state, one["word"], one["definition_version"], one["release_id"], f"{one['query']} -- {parameters}")  # fmt: skip


def _value_now(one: Mapping[str, Any], snapshot: Published) -> float | None:
    rows = snapshot.frame(one["query"], list(one["parameters"])).to_dicts()
    return rows[0]["value"] if rows else None


def _is_same(value: float | None, told: float | None) -> bool:
    return value is None or told is None or abs(value - told) <= TOLERANCE * max(1.0, abs(told))


def _as_figure(value: float, one: Mapping[str, Any]) -> str:
    """A figure without its interval; of a cost as money."""
    if one["key"].startswith("cost/"):
        return money(value, one["unit"])
    places = next((places for places in (1, 2, 3) if figure(value, one["unit"], places) != figure(one["value"], one["unit"], places)), 3)  # fmt: skip
    return figure(value, one["unit"], places)


def since(earlier: Sequence[Mapping[str, Any]], content: ReportContent, snapshot: Published, number: int) -> list[str]:
    """What has changed in word since an earlier report, and which of its figures about times that were over are now others: corrections."""
    now = {claim.key: claim for claim in _claims(content, {})}
    told = [
        f"{one['name']}: {now[one['key']].word}; {one['word']} in report {number}."
        for one in earlier
        if one["word"] and one["key"] in now and now[one["key"]].word != one["word"]
    ]
    return told + [line for one in earlier if one["period_is_over"] and (line := _correction(one, snapshot, number))]


def _correction(one: Mapping[str, Any], snapshot: Published, number: int) -> str:
    value = _value_now(one, snapshot)
    if value is None or _is_same(value, one["value"]):
        return ""
    places = 1 if figure(value, one["unit"], 1) != figure(one["value"], one["unit"], 1) else 3
    return f"Corrected since report {number}: {one['name']} is {figure(value, one['unit'], places)}, not {figure(one['value'], one['unit'], places)}."


def _claims(content: ReportContent, versions: Mapping[str, Any]) -> Iterable[Claim]:
    yield from _meetings(content, versions)
    yield from _findings(content)
    yield from _goals(content)
    yield from _changes(content, versions)
    yield from _rounds(content, versions)
    yield from _costs(content)


def _meetings(content: ReportContent, versions: Mapping[str, Any]) -> Iterable[Claim]:
    version = str(versions.get("session_frequency", ""))
    for row in content.told.meetings:
        if row.value is None or row.start is None or row.end is None:
            continue
        name = f"Meetings per pair per month, {row.programme}, {row.period}"
        query, parameters = RATIO, ["session_frequency", row.programme_id, f"{row.start}", f"{row.end}"]
        if row.is_to_date:
            query, parameters = (
                CELL,
                ["session_frequency", row.programme_id, "all", "all", "all", "to_date", f"{row.end}"],
            )
        yield Claim(
            f"meetings/{row.programme_id}/{row.end}",
            name,
            level(row.value, row.low, row.high),
            row.value,
            query,
            parameters,
            not row.is_to_date,
            "",
            "",
            version,
        )


def _findings(content: ReportContent) -> Iterable[Claim]:
    for one in content.told.evidence.findings:
        text = f"{difference(one.estimate, one.low, one.high, one.unit)} ({one.interval})"
        yield Claim(
            f"estimate/{one.estimate_id}",
            f"{one.label}, {one.programme}{one.when}",
            text,
            one.estimate,
            ESTIMATE,
            [one.estimate_id],
            False,
            WORDS[one.verdict],
            one.unit,
        )


def _goals(content: ReportContent) -> Iterable[Claim]:
    for goal in content.told.goals:
        yield Claim(
            f"goal/{goal.goal_id}",
            f"Goal \u201c{goal.name}\u201d, {goal.programme}",
            goal.now_text,
            goal.value,
            GOAL,
            [goal.goal_id],
            False,
            STATUS_WORDS[goal.status].lower(),
            goal.unit,
        )


def _changes(content: ReportContent, versions: Mapping[str, Any]) -> Iterable[Claim]:
    for row in content.told.changes:
        if row.now is None or row.now.start is None or row.now.end is None or row.is_stock:
            continue
        name = f"{row.label}, {row.programme}, up to {row.now.end:%B %Y}"
        start, end = f"{row.now.start}", f"{row.now.end}"
        query, parameters = RATIO, [row.metric_id, row.programme_id, start, end]
        if not row.adds_up:
            query, parameters = CELL, [row.metric_id, row.programme_id, "all", "all", "all", "month", end]
        version = str(versions.get(row.metric_id, ""))
        yield Claim(
            f"measure/{row.metric_id}/{row.programme_id}/{end}",
            name,
            figure(row.now.value, row.unit, row.places),
            row.now.value,
            query,
            parameters,
            True,
            "",
            row.unit,
            version,
        )


def _rounds(content: ReportContent, versions: Mapping[str, Any]) -> Iterable[Claim]:
    counts = (
        ("applicants", "applied", "value"),
        ("match_rate_ever", "matched", "numerator"),
        ("completion_rate", "finished", "numerator"),
    )
    for rows in content.told.rounds.values():
        for one in rows:
            for metric, name, column in counts:
                count = getattr(one, name)
                if count is not None:
                    query = CELL.replace("select value,", f"select round({column}) as value,", 1)
                    parameters = [metric, one.programme_id, one.cohort_id, "all", "all", "to_date", f"{content.as_of}"]
                    yield Claim(
                        f"round/{one.programme_id}/{one.cohort_id}/{name}",
                        f"{name.capitalize()}, {one.programme}, {one.name}",
                        f"{count:,}",
                        float(count),
                        query,
                        parameters,
                        False,
                        "",
                        "people",
                        str(versions.get(metric, "")),
                    )


def _costs(content: ReportContent) -> Iterable[Claim]:
    for row in content.told.costs:
        for period, amount in (("to_date", row.total), ("quarter", row.quarter)):
            if amount is not None:
                yield Claim(
                    f"cost/{row.programme_id}/{period}",
                    f"Cost, {row.programme}, {period.replace('_', ' ')}",
                    money(amount, row.currency),
                    amount,
                    COST,
                    [row.programme_id, period],
                    False,
                    "",
                    row.currency or "",
                )
