"""What each comparison is, laid out as the field's checklists ask: a lottery as CONSORT does, anything else as the trial that it imitates (TARGET).

CONSORT 2025 (Hopewell and others 2025, BMJ, doi:10.1136/bmj-2024-081123); TARGET (Cashin and others 2025, JAMA, doi:10.1001/jama.2025.13350). Numbers are those of the
checklists' items; TARGET's 6 is the trial that is imitated, its 7 how the records imitate it, so most stand in pairs.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import polars as pl

from dashboards.facts.falsification import falsification_tests
from dashboards.facts.finding import DRAWN, Finding
from dashboards.facts.findings import Evidence
from dashboards.facts.programmes import Published
from dashboards.facts.second_opinions import asked_otherwise
from dashboards.facts.words import SHARES, figure, listed, plural, sentence, spelled, unit_words
from pipelines.verdict_words import VERDICT_WORDS

PROTOCOLS = """
    select estimates.*, programmes.population_rule, cohorts.name as cohort_name, cohorts.start_date as cohort_start
    from impact_estimates as estimates
    inner join programmes on estimates.programme_id = programmes.programme_id
    left join cohorts on estimates.cohort_id = cohorts.cohort_id
    where estimates.programme_id = $1 and estimates.estimate is not null
    order by estimates.is_primary desc, estimates.outcome_label, estimates.months_since_start
"""
THRESHOLDS = "select threshold, value from impact_thresholds"
NOT_STATED = "not stated in the programme's file"
STARTS_COMPARED = "Joining in a month, against not joining in it, among colleagues who could have joined too."
CHANGE_COMPARED = "The change of those who joined, against that of colleagues who joined later or not."
CHANGE_FOLLOWED = "The last survey wave within the horizon."
STARTS_ASSUMED = (
    "Among people alike in what is listed, who joins doesn't hang on what happens to them anyway (nothing unmeasured decides both); everybody who joined had colleagues alike who could have; "
    "joining is the same for all; leaving the comparison is explained by what is listed."
)
CHANGE_ASSUMED = "Without joining, those who joined would have changed as the others did; who answers doesn't change with joining; nobody changes in expectation of joining."
SPILL_OVER = "Assumed to be none: that somebody's mentoring doesn't change what happens to colleagues in the comparison (through pairs, teams or managers). It can't be tested here; where it helps them, the effect comes out too small."
Item = tuple[str, str]
STARTS_BY_LOT = (
    "What is compared",
    "At each start those who were drawn to it, with those drawn to start no sooner than a whole horizon later: the last answer within the horizon, given the last one before the start. Nobody whose start has come is anybody's comparison.",
)
LOTTERY_ITEMS = {
    "Eligible": "12a", "Round": "23a", "Drawn": "22a", "With a known outcome": "22b", "Used their place": "24a", "Checks of the draw": "25", "Outcome": "14",
    "What is compared": "21b", "What is estimated": "21b", "How": "21a", "In each group": "26", "Found": "26", "Judged": "16b", "Spill-over": "30", "Declared": "3", "Deviations": "10", "Registered": "2",
}  # fmt: skip
IMITATED_ITEMS = {
    "Eligible": "6a, 7a", "What is compared": "6b, 7b", "How the groups came about": "6c, 7c", "Time zero": "6d, 7d", "Followed until": "6d, 7d", "Outcome": "6e, 7e",
    "What is estimated": "6f, 7f", "Assumptions": "6g, 7g", "Spill-over": "6g, 7g", "How": "6h, 7h", "Judged": "7h", "People": "8", "Left out": "8",
    "Missing outcomes": "11", "In each group": "12", "Found": "13", "Tests that could have failed": "14", "Strength of something unmeasured": "14",
    "Asked in other ways": "14", "Not testable here": "16", "Declared": "18", "Deviations": "18", "Registered": "18",
}  # fmt: skip
LOTTERY_ELSEWHERE = "Title, background, setting and objectives (1, 6, 7, 11), the programme as it was given (13, 24b), harms (15, 27), who drew and who knew (17 to 20), size (16a), money and interests (5), data and code (4), interpretation (29): the organisation adds them."
ELSEWHERE = ("Not laid out here", LOTTERY_ELSEWHERE)
IMITATED_ELSEWHERE = "Title, background, question and data sources (1 to 5), interpretation (15), ethics (17), data and code (19), money and interests (20, 21): the organisation adds them. Baseline (9) and follow-up (10) stand on the page Impact."


@dataclass(frozen=True)
class Protocol:
    """One comparison: its title, the checklist that it follows, and what stands under each item."""

    title: str
    checklist: str
    items: tuple[Item, ...]

    @property
    def numbered(self) -> list[tuple[str, str, str]]:
        """Number in the checklist ("" for none), item, and what stands under it, in the checklist's order."""
        numbers = LOTTERY_ITEMS if "CONSORT" in self.checklist else IMITATED_ITEMS
        return sorted(((numbers.get(item, ""), item, here) for item, here in self.items), key=_place)


def _place(row: tuple[str, str, str]) -> tuple[float, str]:
    """7h, say, comes after 6h and before 8; what has no number comes last. Items of one number keep their order."""
    first = row[0].partition(",")[0]
    digits = first.rstrip("abcdefgh")
    return (float(digits), first) if digits else (math.inf, "")


def title(found: Evidence) -> str:
    """How many comparisons are randomised: what one can be sure of begins there."""
    if not found.shown:
        return "How sure are we? Nothing is compared yet"
    randomised, every = sum(one.is_randomised for one in found.shown), len(found.shown)
    if every == 1:
        return f"How sure are we: the one comparison is {'' if randomised else 'not '}randomised"
    if not randomised:
        return "How sure are we: no comparison is randomised"
    return f"How sure are we: {spelled(randomised)} of {spelled(every)} comparisons {'is' if randomised == 1 else 'are'} randomised"


def ladder(found: Evidence) -> list[tuple[str, str, str, str]]:
    """Question, what may be said with its figure, dots, and what they rest on; the surest first."""
    return [
        (f"{one.label} ({one.programme}{one.when})", _said(one), dots(one), sentence(one.rating_reason))
        for one in found.shown
    ]


def _said(one: Finding) -> str:
    return f"{one.word[:1].upper()}{one.word[1:]}: {one.number} {one.unit_told}, {one.interval_told}; {one.people}"


def dots(one: Finding) -> str:
    """ "●●●○○ 3 of 5"."""
    return f"{'●' * one.rating}{'○' * (5 - one.rating)}\u00a0{one.rating}\u00a0of\u00a05"


def protocols(snapshot: Published, programme_id: str) -> list[Protocol]:
    """One per estimate of a programme, its first outcome first."""
    policy = dict(snapshot.frame(THRESHOLDS, []).iter_rows())
    return [_protocol(row, policy) for row in snapshot.frame(PROTOCOLS, [programme_id]).to_dicts()]


def as_csv(protocol: Protocol) -> str:
    """The protocol as a file: number in the checklist, item, and what stands under it."""
    first = (("", "Comparison", protocol.title), ("", "Laid out as", protocol.checklist))
    return pl.DataFrame([*first, *protocol.numbered], schema=["number", "item", "here"], orient="row").write_csv()


def _protocol(row: Mapping[str, Any], policy: Mapping[str, float]) -> Protocol:
    when = f", {row['wave']}" if row["wave"] and row["wave"] not in row["outcome_label"] else ""
    title = f"{row['outcome_label']}{when}"
    if row["design"] == "lottery":
        return Protocol(title, "A lottery (CONSORT 2025)", (*_drawn(row), *_common(row), ELSEWHERE))
    if row["design"] == "staggered":
        return Protocol(
            title, "A staggered rollout (CONSORT 2025)", (*_drawn(row), STARTS_BY_LOT, *_common(row), ELSEWHERE)
        )
    imitates = (
        "changes compared, in the order of TARGET"
        if row["design"] == "difference_in_differences"
        else "laid out as the trial that it imitates (TARGET)"
    )
    elsewhere = ("Not laid out here", IMITATED_ELSEWHERE)
    return Protocol(title, f"Not randomised, {imitates}", (*_imitated(row, policy), *_common(row), elsewhere))


def _common(row: Mapping[str, Any]) -> tuple[Item, ...]:
    registered = "Before its results" if row["registered_at"] else "Not before its results"
    changed = (
        "The declaration was changed after results were seen."
        if row["is_changed_after_results"]
        else "None from the declaration."
    )
    return (
        ("Outcome", f"{row['outcome_label']}, {_unit(row['unit'])}{', the primary outcome' if row['is_primary'] else ', a secondary outcome, corrected for their number'}"),
        ("What is estimated", sentence(row["estimand"])),
        ("How", sentence(row["estimator"])),
        ("In each group", _means(row)),
        ("Found", _found(row)),
        ("Judged", sentence((row["look_words"] or "once, when its window was over").removeprefix("judged "))),
        ("Spill-over", SPILL_OVER),
        ("Declared", f"version {row['declaration_version']}"),
        ("Deviations", changed),
        ("Registered", registered),
    )  # fmt: skip


def _unit(unit: str) -> str:
    return "as a share of people" if unit in SHARES else f"in {unit_words(unit)}"


def _means(row: Mapping[str, Any]) -> str:
    """The outcome of those who were offered or began, and of those they are compared with."""
    known = (row["treated_mean"], row["control_mean"])
    if None in known:
        return "Changes are compared, not levels." if row["design"] == "difference_in_differences" else "Not known."
    told = [_share(mean) if row["unit"] == "share" else f"{mean:,.3g} {row['unit']}" for mean in known]
    return f"{told[0]} of those with a place or mentor, {told[1]} of those compared with them."


def _found(row: Mapping[str, Any]) -> str:
    scale, unit = (100, "points") if row["unit"] == "share" else (1, row["unit"])
    low, high = (figure(scale * row[name], "", 1 if scale == 100 else 2) for name in ("ci_low", "ci_high"))
    return f"{figure(scale * row['estimate'], '', 1 if scale == 100 else 2)} {unit}, {100 * (1 - (row['look_level'] or 0.05)):.4g}% CI {low} to {high}: {sentence(VERDICT_WORDS[row['verdict']])}"


def _drawn(row: Mapping[str, Any]) -> tuple[Item, ...]:
    return (
        ("Eligible", sentence(row["population_rule"] or NOT_STATED)),
        ("Round", row["cohort_name"] or "all whose starts were drawn"),
        ("Drawn", _lots(row)),
        ("With a known outcome", f"{row['n_treated']:,} and {row['n_control']:,}; {_share(row['overall_loss'])} of all who were drawn missing, {_points(row['response_gap'])} apart between the arms"),
        ("Used their place", _share(row["take_up"])),
        ("Checks of the draw", _draw_tested(row)),
    )  # fmt: skip


def _lots(row: Mapping[str, Any]) -> str:
    if row["design"] == "staggered":
        return DRAWN["staggered"].format(row["drawn_treated"], row["drawn_control"])
    return f"{row['drawn_treated']:,} for a place, {row['drawn_control']:,} for none"


def _draw_tested(row: Mapping[str, Any]) -> str:
    tests = [
        f"{name}: p = {row[key]:.2f}"
        for name, key in (("what was known before", "balance_p"), ("sizes of the arms", "sample_ratio_p"))
        if row[key] is not None
    ]
    return "; ".join(tests) or "not tested: nothing was known of them before"


def _imitated(row: Mapping[str, Any], policy: Mapping[str, float]) -> tuple[Item, ...]:
    is_change = row["design"] == "difference_in_differences"
    return (
        ("Eligible", sentence(row["population_rule"] or NOT_STATED)),
        ("What is compared", CHANGE_COMPARED if is_change else STARTS_COMPARED),
        ("How the groups came about", sentence(_made_alike(row))),
        ("Time zero", "The month of joining, compared with the survey waves before it." if is_change else "The month of joining, the same one for those they are compared with."),
        ("Followed until", CHANGE_FOLLOWED if is_change else f"{row['months_since_start']:.0f} months after time zero, the event, or leaving; a colleague also until joining, made up for by weights."),
        ("Assumptions", CHANGE_ASSUMED if is_change else STARTS_ASSUMED),
        ("People", _people(row)),
        ("Left out", _left_out(row)),
        ("Missing outcomes", _missing(row)),
        ("Tests that could have failed", _tested(row, policy)),
        ("Strength of something unmeasured", sentence(row["sensitivity_words"] or "not told for this outcome")),
        ("Asked in other ways", " ".join(asked_otherwise(row, policy)) or "No other method could be used."),
        ("Not testable here", sentence("; ".join(row["untested"] or [])) or "Nothing that the policy asks for."),
    )  # fmt: skip


def _missing(row: Mapping[str, Any]) -> str:
    if row["response_gap"] is None:
        return "None: the record says of everybody when they left or rose; who is still in follow-up is counted until today."
    return f"Answers are {_points(row['response_gap'])} apart between the groups; who didn't answer is left out."


def _made_alike(row: Mapping[str, Any]) -> str:
    names = [name.replace("_", " ") for name in row["covariates"] or []]
    alike = f"made alike in {listed(names)}" if names else "not made alike in anything"
    return f"not randomised: people applied or were asked; {alike}"


def _people(row: Mapping[str, Any]) -> str:
    like = "" if row["effective_people"] is None else f", effective sample size {row['effective_people']:,.0f}"
    return f"{plural(row['n_treated'], 'mentee')}; {plural(row['n_control'], 'colleague')}{like}"


def _left_out(row: Mapping[str, Any]) -> str:
    parts = [
        f"{_share(row[key])} of mentees {why}"
        for key, why in (
            ("excluded_starts", "for want of a start day or covariates"),
            ("outside_support", "off common support: they have no comparable colleague"),
        )
        if row[key] is not None
    ]
    parts += [f"{row['too_recent']:,} whose follow-up isn't over"] if row["too_recent"] else []
    return sentence("; ".join(parts)) or "Nobody."


def _tested(row: Mapping[str, Any], policy: Mapping[str, float]) -> str:
    tests = [f"{one.name}: {one.found}" for one in falsification_tests(row, policy)]
    tests += [f"The trend before: p = {row['pre_trend_p']:.2f}"] if row["pre_trend_p"] is not None else []
    return " ".join(sentence(test) for test in tests) or "None was made."


def _share(value: float | None) -> str:
    return "not known" if value is None else f"{value:.0%}"


def _points(value: float | None) -> str:
    return "not known how far" if value is None else plural(round(100 * value), "point")
