"""What the verdict's rules looked at, beside what the policy asks for; the raw gap, as what not to believe; who took up a place."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboards.facts.falsification import falsification_tests
from dashboards.facts.finding import Finding
from dashboards.facts.words import difference, difference_span, figure, plain, plural, sentence, size

Row = Mapping[str, Any]


@dataclass(frozen=True)
class Check:
    """One thing that was looked at. asked: the policy's line; "" where it has none."""

    what: str
    found: str
    asked: str = ""


def checks(row: Row, policy: Mapping[str, float]) -> list[Check]:
    """Everything that was looked at of one estimate. policy: thresholds by name."""
    found = [Check("People compared", f"{plural(row['n_treated'], 'mentee')}, {plural(row['n_control'], 'colleague')}")]
    if row["smallest_detectable"] is not None:
        found.append(
            Check("Smallest difference that four in five such comparisons show", size(row["smallest_detectable"], row["unit"]))
        )  # fmt: skip
    found += _of_people_alike(row, policy) if row["effective_people"] is not None else []
    found += _of_waves(row, policy) if row["design"] == "difference_in_differences" else []
    if row["response_gap"] is not None:
        found.append(
            Check("Outcome known more often in one group", _points(row["response_gap"]), f"at most {_points(policy['greatest_response_gap'])}")
        )  # fmt: skip
    found += [Check(one.name, one.found, f"p at least {one.level:.2g}") for one in falsification_tests(row, policy)]
    if row["look_words"]:
        found.append(Check("When it is judged", sentence(row["look_words"].removeprefix("judged "))))
    return found


def _of_people_alike(row: Row, policy: Mapping[str, float]) -> list[Check]:
    return [
        Check(
            "Effective sample size of the comparison",
            f"{row['effective_people']:,.0f}, {row['effective_share']:.0%} of those compared with",
            f"at least {policy['least_effective_people']:.0f} and {policy['least_effective_share']:.0%}",
        ),
        Check(
            "Least alike after weighting",
            f"{plain(row['largest_smd_covariate'])}, {abs(row['largest_smd']):.2f} standard deviations",
            f"at most {policy['greatest_smd_supported']:.2f}",
        ),
        Check("Mentees without a comparable colleague", f"{row['outside_support']:.0%}", f"at most {policy['greatest_outside_support']:.0%}"),
        Check("Mentees without a start day or covariates", f"{row['excluded_starts']:.0%}", f"at most {policy['greatest_excluded_starts']:.0%}"),
        Check("Mentees whose follow-up isn't over", f"{row['too_recent'] or 0:,}"),
    ]  # fmt: skip


def _of_waves(row: Row, policy: Mapping[str, float]) -> list[Check]:
    is_quiet = (row["pre_trend_p"] or 0) >= policy["pre_trend_level"]
    p_value = "" if row["pre_trend_p"] is None else f", p = {row['pre_trend_p']:.2f}"
    return [
        Check(
            "Moving differently before they joined",
            f"{'no sign of it' if is_quiet else 'yes, which refuses the design'}{p_value}",
            f"p at least {policy['pre_trend_level']:g}",
        )
    ]


def raw_gap(row: Row) -> str:
    """The gap that isn't an effect, with the reason not to believe it; "" where there is none."""
    if row["raw_gap"] is None or row["design"] not in ("target_trial", "difference_in_differences"):
        return ""
    gap = f"{difference(row['raw_gap'], None, None, row['unit'])} {'points' if row['unit'] == 'share' else row['unit']}"
    if row["design"] == "target_trial":
        return f"Not credible: ever-mentored versus never-mentored, {gap}; most of it is who joins, and who stays long enough to join."
    return f"Not credible: mentees versus everybody else in the same surveys, {gap}; most of it was there before."


DRAWN = (
    "Estimate",
    "Drawn for a place or start, and not",
    "Outcome known",
    "Missing",
    "If the missing were lucky or unlucky",
    "Of those who took their place",
)
"""What `drawn` gives of each estimate of a lottery."""


def drawn(row: Row, one: Finding) -> tuple[str, ...]:
    """Who was drawn and whose outcome is known, the bounds that allow for the missing (Lee 2009), and the effect on those who took their place."""
    of = f"{one.drawn[0]:,} and {one.drawn[1]:,}" if one.drawn else "not known"
    loss = "not known" if row["overall_loss"] is None else "nobody's"
    if row["overall_loss"]:
        apart = "" if row["response_gap"] is None else f", {_points(row['response_gap'])} apart"
        loss = f"{row['overall_loss']:.0%}{apart}"
    bounds = difference_span(*one.bounds, one.unit) if one.bounds and one.bounds[0] != one.bounds[1] else "–"
    return (
        one.label + one.when,
        of,
        f"{one.n_treated:,} and {one.n_control:,}",
        loss,
        bounds,
        taking_part(row),
    )


def taking_part(row: Row) -> str:
    """Share that took the offered place and the effect on them, where not everybody did; an en dash otherwise."""
    if row["taking_part"] is None or row["take_up"] is None or row["take_up"] >= 1:
        return "–"
    low, high, unit = row["taking_part_low"], row["taking_part_high"], row["unit"]
    return f"{row['take_up']:.0%} took it: {difference(row['taking_part'], low, high, unit)} ({difference_span(low, high, unit)})"


def _points(share: float) -> str:
    return f"{figure(100 * share, '', 0)} points"
