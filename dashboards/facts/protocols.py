"""What each comparison is, laid out as the field's checklists ask: a lottery as CONSORT does, anything else as the trial that it imitates (TARGET).

CONSORT 2025 (Hopewell and others 2025, BMJ, doi:10.1136/bmj-2024-081123); TARGET (Cashin and others 2025, JAMA, doi:10.1001/jama.2025.13350).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboards.facts.finding import Finding
from dashboards.facts.findings import Evidence
from dashboards.facts.programmes import Published
from dashboards.facts.second_opinions import asked_otherwise
from dashboards.facts.words import figure, listed, plural, sentence, spelled

PROTOCOLS = """
    select estimates.*, programmes.population_rule, cohorts.name as cohort_name, cohorts.start_date as cohort_start
    from impact_estimates as estimates
    inner join programmes on estimates.programme_id = programmes.programme_id
    left join cohorts on estimates.cohort_id = cohorts.cohort_id
    where estimates.programme_id = $1 and estimates.estimate is not null
    order by estimates.is_primary desc, estimates.outcome_label, estimates.months_since_start
"""
NOT_STATED = "not stated in the programme's file"
Item = tuple[str, str]


@dataclass(frozen=True)
class Protocol:
    """One comparison: its title, the checklist that it follows, and what stands under each item."""

    title: str
    checklist: str
    items: tuple[Item, ...]


def title(found: Evidence) -> str:
    """How many comparisons are randomised: what one can be sure of begins there."""
    if not found.shown:
        return "How sure are we? Nothing is compared yet"
    randomised, every = sum(one.design == "lottery" for one in found.shown), len(found.shown)
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
    return f"{one.word[:1].upper()}{one.word[1:]}: {one.number} {one.unit_told}, 95% CI {one.interval}; {one.n_treated:,} and {one.n_control:,} people"


def dots(one: Finding) -> str:
    """ "●●●○○ 3 of 5"."""
    return f"{'●' * one.rating}{'○' * (5 - one.rating)}\u00a0{one.rating}\u00a0of\u00a05"


def protocols(snapshot: Published, programme_id: str) -> list[Protocol]:
    """One per estimate of a programme, its first outcome first."""
    return [_protocol(row) for row in snapshot.frame(PROTOCOLS, [programme_id]).to_dicts()]


def _protocol(row: Mapping[str, Any]) -> Protocol:
    when = f", {row['wave']}" if row["wave"] and row["wave"] not in row["outcome_label"] else ""
    if row["design"] == "lottery":
        return Protocol(f"{row['outcome_label']}{when}", "A lottery (CONSORT)", (*_drawn(row), *_common(row)))
    return Protocol(
        f"{row['outcome_label']}{when}",
        "Not randomised, laid out as the trial that it imitates (TARGET)",
        (*_imitated(row), *_common(row)),
    )


def _common(row: Mapping[str, Any]) -> tuple[Item, ...]:
    changed = "; changed after results were seen" if row["is_changed_after_results"] else ""
    registered = "before its results" if row["registered_at"] else "not before its results"
    return (
        (
            "Outcome",
            f"{row['outcome_label']}, in {row['unit']}{', the primary outcome' if row['is_primary'] else ''}",
        ),
        ("What is estimated", sentence(row["estimand"])),
        ("How", sentence(row["estimator"])),
        ("Declared", f"version {row['declaration_version']}{changed}"),
        ("Registered", registered),
        *((("Judged", sentence(row["look_words"].removeprefix("judged "))),) if row["look_words"] else ()),
    )


def _drawn(row: Mapping[str, Any]) -> tuple[Item, ...]:
    return (
        ("Eligible", sentence(row["population_rule"] or NOT_STATED)),
        ("Round", row["cohort_name"] or row["cohort_id"]),
        ("Drawn", f"{row['drawn_treated']:,} for a place, {row['drawn_control']:,} for none"),
        ("With a known outcome", f"{row['n_treated']:,} and {row['n_control']:,}; {_share(row['overall_loss'])} missing, {_points(row['response_gap'])} apart between the arms"),
        ("Used their place", _share(row["take_up"])),
        ("Checks of the draw", _draw_tested(row)),
    )  # fmt: skip


def _draw_tested(row: Mapping[str, Any]) -> str:
    tests = [
        f"{name}: p = {row[key]:.2f}"
        for name, key in (("what was known before", "balance_p"), ("sizes of the arms", "sample_ratio_p"))
        if row[key] is not None
    ]
    return "; ".join(tests) or "not tested: nothing was known of them before"


def _imitated(row: Mapping[str, Any]) -> tuple[Item, ...]:
    is_change = row["design"] == "difference_in_differences"
    compared = (
        "the change of those who joined, against that of colleagues who joined later or not"
        if is_change
        else "joining in a month, against eligible colleagues who didn't join in it"
    )
    return (
        ("Eligible", sentence(row["population_rule"] or NOT_STATED)),
        ("What is compared", sentence(compared)),
        ("How the groups came about", sentence(_made_alike(row))),
        ("Time zero", "The month of joining, compared with the survey waves before it." if is_change else "The month of joining, the same one for those they are compared with."),
        ("People", _people(row)),
        ("Left out", _left_out(row)),
        ("Tests that could have failed", _tested(row)),
        ("Asked in other ways", " ".join(asked_otherwise(row)) or "No other method could be used."),
        ("Not testable here", sentence("; ".join(row["untested"] or [])) or "Nothing that the policy asks for."),
    )  # fmt: skip


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


def _tested(row: Mapping[str, Any]) -> str:
    control = (row["negative_control"] or "").replace("_", " ")
    tests = (
        (f"an outcome that can't have moved ({control})", row["negative_control_p"]),
        ("unmatched applicants", row["negative_exposure_p"]),
        ("the trend before", row["pre_trend_p"]),
    )
    return (
        sentence("; ".join(f"{name}: p = {p_value:.2f}" for name, p_value in tests if p_value is not None))
        or "None was made."
    )


def _share(value: float | None) -> str:
    return "not known" if value is None else f"{value:.0%}"


def _points(value: float | None) -> str:
    return "not known how far" if value is None else f"{figure(100 * value, '', 0)} points"
