"""What a page of evidence says of one programme: its title, its comparisons by unit, the waves and arms behind one of them, and what has no figure."""

from collections.abc import Sequence

from dashboards.facts.finding import Finding
from dashboards.facts.findings import ROWS, Evidence, finding_of, strongest, top_findings
from dashboards.facts.programmes import Published
from dashboards.facts.words import SHARES, listed, spelled, unit_words

NO_GAP = "A gap between participants and everybody else is never an estimate."
OF_ONE_OUTCOME = f"""
    from ({ROWS}) where programme_id = $1 and outcome = $2 and estimate is not null
    order by design in ('lottery', 'staggered') desc, cohort_id, arm, months_since_start nulls first
"""


def title(found: Evidence) -> str:
    """The best-supported difference and the best-rated question that stays open, in one line."""
    best = strongest(found)
    unclear = [one.label for one in top_findings(found) if one.verdict == "not_detected"]
    about = f"no clear difference in {_quoted(unclear[0])}" if unclear else ""
    if best is None:
        return about[:1].upper() + about[1:] if about else "No effect is estimated yet"
    return f"{best.title}; {about}" if about else best.title


def _quoted(label: str) -> str:
    return f"“{label[:1].lower()}{label[1:]}”"


def lead(found: Evidence) -> str:
    """How many comparisons there are, how many of them were randomised, and in which order they stand."""
    count, drawn = len(found.findings), sum(one.is_randomised for one in found.findings)
    if not count:
        return NO_GAP
    if count == 1:
        said = f"The one comparison is {'' if drawn else 'not '}randomised."
    elif drawn in (0, count):
        said = f"{'All' if drawn else 'None'} of the {spelled(count)} comparisons {'are' if drawn else 'is'} randomised; the surest design stands first, whatever it found."
    else:
        said = f"{spelled(drawn).capitalize()} of {spelled(count)} comparisons {'is' if drawn == 1 else 'are'} randomised; the surest design stands first, whatever it found."
    return f"{said} {NO_GAP}"


def by_unit(findings: Sequence[Finding]) -> list[tuple[str, list[Finding]]]:
    """The unit in words and its comparisons, shares first: each unit has a scale of its own."""
    units = sorted({one.unit for one in findings}, key=lambda unit: (unit not in SHARES, unit))
    return [(unit_words(unit, is_difference=True), [one for one in findings if one.unit == unit]) for unit in units]


def outcomes(found: Evidence) -> dict[str, str]:
    """Outcomes that have an estimate, the primary one first: id to name."""
    return {one.outcome: one.label for one in sorted(found.findings, key=lambda one: not one.is_primary)}


def each_comparison(snapshot: Published, programme_id: str, outcome: str) -> list[Finding]:
    """Every estimate of one outcome: all waves and arms of a lottery, then what was compared without one."""
    return [finding_of(row) for row in snapshot.frame(OF_ONE_OUTCOME, [programme_id, outcome]).to_dicts()]


def other_programmes(found: Evidence, programme_id: str, event: str) -> list[Finding]:
    """The same question elsewhere: comparisons of outcomes whose name begins with `event`, of the other programmes."""
    return [one for one in found.findings if one.programme_id != programme_id and one.outcome.startswith(event)]


def not_measured(found: Evidence) -> list[tuple[str, str]]:
    """Outcomes without a figure and why; those with the same reason together."""
    reasons: dict[str, list[str]] = {}
    for one in found.silent:
        reasons.setdefault(one.reason, []).append(one.label)
    return [(listed(sorted(set(labels))), reason) for reason, labels in reasons.items()]
