"""The refusal rules for comparisons that are not randomised, one by one: a rule looks at the evidence and answers nothing, or a reason in plain words."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from pipelines.impact.looks import day_words
from pipelines.impact.verdicts import VerdictPolicy

NO_COMPARISON = frozenset({"one_group", "ever_never", "none"})


@dataclass(frozen=True)
class Evidence:
    """What is known about one estimate; null (None) means the check doesn't apply or could not be made, and shares are 0 to 1.

    design: a key of DESIGN_WORDS. unit: of the estimate, in words ("points"). events: people with the event over both arms, fewest_events: in the arm that has
    fewer; null for outcomes that aren't rates. effective_*: of the comparison, counted in people. largest_smd: after weighting, with its covariate. followed: mentees who could be followed
    to the horizon. first_look: the declared day before which nothing is judged. excluded_starts: mentees without a usable start. cox_agrees: the hazard model has the same sign. method_gap: to the doubly robust estimate, in standard errors. e_value_limit: of the interval's
    limit. negative_exposure_p: that people who asked for a place in vain don't differ from others. placebo_p: that nothing differed as if they had begun earlier. adjusted_p: Benjamini-Hochberg within the programme.
    """

    design: str
    outcome: str
    unit: str
    estimate: float
    ci_low: float
    ci_high: float
    mentees: int
    events: int | None = None
    fewest_events: int | None = None
    effective_people: float | None = None
    effective_share: float | None = None
    largest_smd: tuple[str, float] | None = None
    outside_support: float | None = None
    largest_person_share: float | None = None
    is_window_over: bool = True
    first_look: date | None = None
    followed: float | None = None
    excluded_starts: float | None = None
    waves_before: int | None = None
    fewest_pairs: int | None = None
    pre_trend_p: float | None = None
    response_gap: float | None = None
    negative_control_p: float | None = None
    negative_control: str | None = None
    negative_exposure_p: float | None = None
    placebo_p: float | None = None
    cox_agrees: bool | None = None
    method_gap: float | None = None
    e_value_limit: float | None = None
    adjusted_p: float | None = None


@dataclass(frozen=True)
class Rule:
    """condition: the rule in words with the policy's figures. answer: refused, not_supported or suggestive. reason: why it applies, or None."""

    name: str
    answer: str
    condition: Callable[[VerdictPolicy], str]
    reason: Callable[[Evidence, VerdictPolicy], str | None]


def _few(e: Evidence, p: VerdictPolicy) -> str | None:
    if e.mentees < p.least_mentees:
        return f"{e.mentees} mentees with a start date; at least {p.least_mentees} are needed"
    if e.events is not None and e.events < p.least_events:
        return f"only {e.events} events over both arms; at least {p.least_events} are needed"
    if e.fewest_events is not None and e.fewest_events < p.least_events_an_arm:
        return f"only {e.fewest_events} events in one arm; at least {p.least_events_an_arm} are needed"
    return None


def _thin(e: Evidence, p: VerdictPolicy) -> str | None:
    if e.effective_people is not None and e.effective_people < p.least_effective_people:
        return f"the comparison rests on as few as {e.effective_people:.0f} people; at least {p.least_effective_people:.0f} are needed"
    if e.effective_share is not None and e.effective_share < p.least_effective_share:
        return f"only {e.effective_share:.1%} of the comparison people count; at least {p.least_effective_share:.0%} are needed"
    return None


def _unbalanced(e: Evidence, p: VerdictPolicy) -> str | None:
    if e.largest_smd is not None and abs(e.largest_smd[1]) > p.greatest_smd:
        return f"the groups still differ in {e.largest_smd[0]} by {abs(e.largest_smd[1]):.2f} standard deviations"
    return None


def _slightly_unbalanced(e: Evidence, p: VerdictPolicy) -> str | None:
    if e.largest_smd is not None and abs(e.largest_smd[1]) > p.greatest_smd_supported:
        return f"the groups differ in {e.largest_smd[0]} by {abs(e.largest_smd[1]):.2f} standard deviations after weighting"
    return None


def _no_overlap(e: Evidence, p: VerdictPolicy) -> str | None:
    if e.outside_support is not None and e.outside_support > p.greatest_outside_support:
        return f"{e.outside_support:.0%} of the mentees have nobody comparable"
    if e.largest_person_share is not None and e.largest_person_share > p.greatest_person_share:
        return f"one person carries {e.largest_person_share:.0%} of the comparison"
    return None


def _short(e: Evidence, p: VerdictPolicy) -> str | None:
    if e.followed is not None and e.followed < p.least_followed:
        return f"only {e.followed:.0%} of the mentees could be followed to the horizon; choose a shorter one"
    return None


def _bad_starts(e: Evidence, p: VerdictPolicy) -> str | None:
    if e.excluded_starts is not None and e.excluded_starts > p.greatest_excluded_starts:
        return f"{e.excluded_starts:.0%} of the mentees have no usable start date (missing, backdated, or before the data begin)"
    return None


def _trend(e: Evidence, p: VerdictPolicy) -> str | None:
    if e.design != "difference_in_differences":
        return None
    if e.waves_before is None or e.waves_before < p.least_waves_before:
        return f"{e.waves_before or 0} survey waves before the start; at least {p.least_waves_before} are needed to see a trend"
    if e.fewest_pairs is None or e.fewest_pairs < p.least_pairs_a_cohort:
        return f"a cohort has {e.fewest_pairs or 0} people with answers before and after; at least {p.least_pairs_a_cohort} are needed"
    if e.pre_trend_p is None:
        return "whether those who joined were already moving differently can't be tested: their answers don't vary, or too few answered before"
    if e.pre_trend_p < p.pre_trend_level:
        return "those who joined were already moving differently before they joined"
    return None


def _silent(e: Evidence, p: VerdictPolicy) -> str | None:
    if e.response_gap is not None and e.response_gap > p.greatest_response_gap:
        return f"the outcome is known for {e.response_gap:.0%} more of one group than of the other"
    return None


def _already_different(e: Evidence, p: VerdictPolicy) -> str | None:
    if e.negative_control_p is not None and e.negative_control_p < p.negative_control_level:
        return f"the groups also differ in {e.negative_control or 'an outcome'} that the programme can't have moved: an association, not an effect"
    if e.negative_exposure_p is not None and e.negative_exposure_p < p.negative_exposure_level:
        return (
            "people who asked for a place and got none differ from others too: who asks differs in what wasn't measured"
        )
    if e.placebo_p is not None and e.placebo_p < p.placebo_level:
        return "the groups already differed before the start as if the programme had begun by then"
    if e.cox_agrees is False:
        return "a second method points the other way: an association, not an effect"
    return None


def _methods_disagree(e: Evidence, p: VerdictPolicy) -> str | None:
    if e.method_gap is not None and e.method_gap > p.greatest_method_gap:
        return f"an estimate that also models the outcome is {e.method_gap:.1f} standard errors away: one of the two models is wrong"
    return None


def _fragile(e: Evidence, p: VerdictPolicy) -> str | None:
    if e.e_value_limit is not None and e.e_value_limit <= 1:
        return (
            "taken as a ratio of risks the interval includes no effect, so nothing unmeasured is needed to explain it"
        )
    if e.e_value_limit is not None and e.e_value_limit < p.least_e_value:
        return f"something unmeasured with a factor of only {e.e_value_limit:.2f} would explain it away"
    return None


def _one_of_many(e: Evidence, p: VerdictPolicy) -> str | None:
    if e.adjusted_p is not None and e.adjusted_p > p.greatest_adjusted_p:
        return "one of several outcomes looked at; corrected for that, it isn't clear"
    return None


def _alone(e: Evidence, _: VerdictPolicy) -> str | None:
    return "there is no comparison that could carry an effect" if e.design in NO_COMPARISON else None


def _too_early(e: Evidence, _: VerdictPolicy) -> str | None:
    return None if e.is_window_over else "the outcome's window isn't over yet"


def _before_the_look(e: Evidence, _: VerdictPolicy) -> str | None:
    return f"it is judged first on {day_words(e.first_look)}, as declared" if e.first_look else None


RULES: tuple[Rule, ...] = (
    Rule(
        "no comparison",
        "refused",
        lambda _: "Only one group, or those who ever took part against those who never did: description only",
        _alone,
    ),
    Rule("too early", "refused", lambda _: "The outcome's window isn't over", _too_early),
    Rule("before the first look", "refused", lambda _: "Before the first look that was declared", _before_the_look),
    Rule(
        "short follow-up",
        "refused",
        lambda p: f"Under {p.least_followed:.0%} of the mentees could be followed to the horizon: choose a shorter one",
        _short,
    ),
    Rule(
        "few",
        "not_supported",
        lambda p: (
            f"Under {p.least_mentees} mentees with a start date or, for rates, under {p.least_events} people with the event over both arms "
            f"or under {p.least_events_an_arm} in one"
        ),
        _few,
    ),
    Rule(
        "thin comparison",
        "not_supported",
        lambda p: (
            f"Effective comparison under {p.least_effective_people:.0f} people, or under {p.least_effective_share:.0%} of those compared with"
        ),
        _thin,
    ),
    Rule(
        "unbalanced",
        "not_supported",
        lambda p: f"A standardised difference above {p.greatest_smd:.2f} after weighting",
        _unbalanced,
    ),
    Rule(
        "no overlap",
        "not_supported",
        lambda p: (
            f"Over {p.greatest_outside_support:.0%} of mentees without comparable people, or one person over {p.greatest_person_share:.0%} of the weight"
        ),
        _no_overlap,
    ),
    Rule(
        "bad starts",
        "not_supported",
        lambda p: f"Over {p.greatest_excluded_starts:.0%} of mentees without a usable start date",
        _bad_starts,
    ),
    Rule(
        "trend before",
        "not_supported",
        lambda p: (
            f"Surveys: under {p.least_waves_before} waves before the start, a cohort under {p.least_pairs_a_cohort} pairs, "
            f"or a different trend before (p < {p.pre_trend_level:.2f})"
        ),
        _trend,
    ),
    Rule(
        "slightly unbalanced",
        "suggestive",
        lambda p: f"A standardised difference above {p.greatest_smd_supported:.2f} after weighting",
        _slightly_unbalanced,
    ),
    Rule(
        "unequal answers",
        "suggestive",
        lambda p: f"Known outcomes differ by over {100 * p.greatest_response_gap:.0f} points between the groups",
        _silent,
    ),
    Rule(
        "already different",
        "suggestive",
        lambda p: (
            f"A negative control differs (p < {p.negative_control_level:.2f}), people who asked for a place in vain do "
            f"(p < {p.negative_exposure_level:.2f}), a start dated earlier finds an effect (p < {p.placebo_level:.2f}), or the hazard model has the other sign"
        ),
        _already_different,
    ),
    Rule(
        "methods disagree",
        "suggestive",
        lambda p: (
            f"The doubly robust estimate lies over {p.greatest_method_gap:g} standard error from the weighted one"
        ),
        _methods_disagree,
    ),
    Rule(
        "fragile",
        "suggestive",
        lambda p: f"E-value of the interval's limit, on the log risk ratio, under {p.least_e_value:.2f}",
        _fragile,
    ),
    Rule(
        "one of many",
        "suggestive",
        lambda p: f"Benjamini-Hochberg p over {p.greatest_adjusted_p:.2f} within the programme",
        _one_of_many,
    ),
)
