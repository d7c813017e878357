"""Everything that a run says to anybody, and what no organisation may ever be told."""

import re
from collections.abc import Iterator

from dashboards.pages import PAGES
from tests.dashboards.reading import said_in
from tests.strangers.organisation import Ran

NOUNS = "programmes|pairs|people|goals|months|cohorts|mentees|mentors|meetings|sessions|answers|rows|sources|measures|metrics|applicants|applications|students|days|weeks|years|participants|persons|employees|comparisons|surveys|sites|groups|outcomes|records|findings"
NEVER = {
    "one of something in the plural": rf"(?<![\d.,:–−-])(?<!\d )\b(1|one) ({NOUNS})\b",
    "more of something in the singular": rf"(?<![\d.,–])\b([2-9]|[1-9]\d+|two|three|four|five) ({'|'.join(noun.removesuffix('s') for noun in NOUNS.split('|') if noun not in ('people',))})\b(?!-)",
    "an interval of no width": r"(?<![\d.,])(\d[\d.,]*) to \1(?![\d.,])",
    "a value of the program": r"\b(nan|NaN|null|inf|NaT|Timestamp\(|None (?!declared|is|of|:|has))",
    "jargon": r"aalen|johansen|wilson_|cluster_robust|by_lot\b|drawn by lot\b|suppression_reason|cannot_tell",
    "an export's own heading": r"\bHRIS\b",
}
"""Kind of falsehood to the pattern that shows it."""
WITH_A_PROGRAMME = ("programme", "impact")
UNREAD = ("add_data", "planner", "metrics", "matching", "quality")
"""Pages that say nothing of an organisation's programmes, or only in tables for engineers."""


def sentences(ran: Ran) -> Iterator[tuple[str, str]]:
    """Place and text: the report, the summary, every page, and those of one programme once for each."""
    yield "report", said_in(re.sub(r"<(style|script|svg)\b.*?</\1>", " ", ran.report, flags=re.DOTALL))
    yield "summary", " ".join(map(str, (*ran.standing["alarms"], ran.standing["headline"], ran.standing["decision"], ran.standing["goals_sentence"])))  # fmt: skip
    programmes = ran.ask("select programme_id from programmes order by 1")["programme_id"].to_list()
    for page in PAGES:
        if page.path in UNREAD:
            continue
        if page.path in WITH_A_PROGRAMME:
            for one in programmes[: None if page.path == "programme" else 1]:
                yield f"{page.path} of {one}", ran.page(page.module, programme=one)
        else:
            yield page.path, ran.page(page.module)


def falsehoods(ran: Ran) -> list[str]:
    """What is said and can't be true for anybody, each with its place and its surroundings."""
    found = []
    said = dict(sentences(ran))
    for place, text in said.items():
        for kind, pattern in NEVER.items():
            found += [f"{place}: {kind}: {_around(text, one)}" for one in re.finditer(pattern, text)]
    return [*found, *_comfort(ran, said), *_impossible_figures(ran), *_withheld(ran)]


def _withheld(ran: Ran) -> Iterator[str]:
    """Figures of whole programmes that are measured and not shown, where each is of 20 people and more, and counts that can be told of what is shown."""
    whole = "cohort_id = 'all' and segment_kind = 'all' and period_kind = 'to_date'"
    measured = ran.warehouse(f"select metric_id, programme_id from metrics.metric_values where {whole} and value is not null qualify min(n_people) over (partition by programme_id) >= 20")  # fmt: skip
    hidden = ran.ask(f"select metric_id, programme_id, suppression_reason from metric_values where {whole} and is_suppressed")  # fmt: skip
    for row in hidden.join(measured, on=["metric_id", "programme_id"]).to_dicts():
        yield f"{row['metric_id']} of {row['programme_id']} is withheld: {row['suppression_reason']}"
    # where eight pairs are all active, plain counts tell a rate that is hidden (decision 010)
    if ran.warehouse(f"select 1 from metrics.metric_values where {whole} and metric_id = 'active_pairs' and n_people < 20").is_empty():  # fmt: skip
        told = ran.ask("select * from disclosure_audit")
        yield from (f"the audit: {row}" for row in told.to_dicts() if row["worked_out"])


def _around(text: str, found: re.Match[str]) -> str:
    return re.sub(r"\s+", " ", text[max(0, found.start() - 50) : found.end() + 50])


def _comfort(ran: Ran, said: dict[str, str]) -> Iterator[str]:
    """Comfort where goals, meetings or ages aren't known, and a superlative over one."""
    goals = [row["status"] for row in ran.standing["goals"]]
    rates = ran.ask("select value from metric_values where metric_id = 'active_pair_rate' and period_kind = 'to_date' and cohort_id = 'all' and segment_kind = 'all'")["value"].to_list()  # fmt: skip
    well = goals and set(goals) <= {"achieved", "achieved_within_margin", "on_track"}
    meeting = rates and all(rate is not None and rate >= 0.5 for rate in rates)
    stale = ran.ask("select source_id from sources where is_stale").height
    bound = ran.ask("select source_id from sources where freshness_days is not null").height
    one_programme = ran.ask("select programme_id from programmes").height == 1
    no_meetings = ran.ask("select 1 from metric_values where metric_id = 'session_frequency' and value > 0").is_empty()
    for place, text in said.items():
        if not (well and meeting and not stale) and "No decision is needed" in text:
            yield f"{place}: no decision is needed, with goals {goals}, pairs meeting {rates}, {stale} stale sources"
        if not bound and re.search(r"[Ee]very source (is as fresh|with an agreed age is fresh)", text):
            yield f"{place}: fresh sources although no age is agreed"
        if one_programme and re.search(r"\b(lowest|highest|furthest|best|worst) (in|of) ", text):
            yield f"{place}: a superlative of one programme: {re.findall(r'.{40}(?:lowest|highest|furthest|best|worst) (?:in|of) .{40}', text)[:1]}"
        if no_meetings and "Pairs meet as agreed" in text:
            yield f"{place}: pairs meet as agreed, and nobody is known to have met"


def _impossible_figures(ran: Ran) -> Iterator[str]:
    """Figures outside of what they can be, of metrics that aren't measured, or unlike the ones published beside them."""
    rows = ran.ask(
        "select metric_id, programme_id, period_kind, value, ci_low, ci_high, unit, interval_method, n_people, suppression_reason from metric_values where value is not null"
    )
    for row in rows.to_dicts():
        low, high, value = row["ci_low"], row["ci_high"], row["value"]
        where = f"{row['metric_id']} of {row['programme_id']} ({row['period_kind']})"
        if row["suppression_reason"] and str(row["suppression_reason"]).startswith("not measured"):
            yield f"{where}: has a value and isn't measured"
        is_yearly_rate = row["metric_id"].startswith("turnover")  # of a month it may exceed one
        if row["unit"] == "share" and not is_yearly_rate and not -1e-9 <= value <= 1 + 1e-9:
            yield f"{where}: a share of {value}"
        if low is not None and not low - 1e-9 <= value <= high + 1e-9:
            yield f"{where}: {value} outside of {low} to {high}"
        if (
            row["unit"] == "share"
            and value in (0.0, 1.0)
            and row["interval_method"] not in ("census", None)
            and low == high
        ):
            yield f"{where}: certain that it is {value}"
    yield from _unlike_the_summary(ran)


def _unlike_the_summary(ran: Ran) -> Iterator[str]:
    for row in ran.summary["headline_metrics"]:
        published = ran.metric(row["metric_id"], row["programme_id"])
        if published is not None and published["value"] != row["value"]:
            yield f"summary: {row['metric_id']} of {row['programme_id']} is {row['value']}, published {published['value']}"
