"""Comparisons that follow people over months: which one a programme has of an event, what it comes to in people, and how much time it is worth."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from dashboards.facts.finding import WORDS, Finding
from dashboards.facts.findings import ROWS, finding_of
from dashboards.facts.programmes import Published
from dashboards.facts.words import SHARES, difference, difference_span, figure, plain, sentence, short_unit

FOLLOWED = f"""
    from ({ROWS}) where programme_id = $1 and starts_with(outcome, $2)
    order by design = 'target_trial' desc, is_primary desc, outcome, months_since_start
"""
SIDES = {
    "target_trial": ("mentees", "comparable colleagues"),
    "lottery": ("those drawn for a place", "those who weren't"),
    "staggered": ("those who had started", "those who waited"),
}
"""Whose levels a design gives."""
CURVED = "target_trial"
"""The design that has curves."""


@dataclass(frozen=True)
class Followed:
    """One comparison as its row in `impact_estimates` and, where it has a figure, as a finding."""

    row: Mapping[str, Any]
    finding: Finding | None

    @property
    def has_curve(self) -> bool:
        """Whether people are followed month by month in it."""
        return bool(self.row["design"] == CURVED)

    @property
    def title(self) -> str:
        """What is said of it, and the verdict's words where it has no figure."""
        return self.finding.title if self.finding else f"{self.row['outcome_label']}: {WORDS[self.row['verdict']]}"

    @property
    def why_not(self) -> str:
        """Why there is no figure."""
        if self.row["design"] == "one_group":
            return "Only those who took part were asked, so there is nobody to compare them with."
        return sentence(plain("; ".join(self.row["reasons"] or ["the data could not support one"])))

    @property
    def in_people(self) -> str:
        """Both levels and the difference with its interval, as a sentence."""
        one = self.finding
        if one is None:
            return self.why_not
        one_side, other = SIDES.get(one.design, SIDES["target_trial"])
        levels = ""
        if one.levels and one.unit in SHARES:
            levels = f"{figure(one.levels[0], one.unit)} of {one_side}, {figure(one.levels[1], one.unit)} of {other}. "
        elif one.levels:
            unit = short_unit(one.unit)
            levels = f"{figure(one.levels[0], '', 0)} {unit} among {one_side}, {figure(one.levels[1], '', 0)} among {other}. "
        return f"{levels}The difference is {one.number} {one.unit_told} ({one.interval_told}; {one.people})."

    @property
    def time_gained(self) -> str:
        """The difference in time within the horizon; "" where it isn't known."""
        row = self.row
        if row["months_gained"] is None:
            return ""
        low, high = row["months_gained_low"], row["months_gained_high"]
        return (
            f"Time within {row['months_since_start']:.0f} months: {difference(row['months_gained'], low, high)} months a person on average "
            f"(95% CI {difference_span(low, high)})."
        )


def followed(snapshot: Published, programme_id: str, event: str) -> list[Followed]:
    """A programme's comparisons of outcomes whose name begins with `event`, those that have curves first."""
    rows = snapshot.frame(FOLLOWED, [programme_id, event]).to_dicts()
    return [Followed(row, None if row["estimate"] is None else finding_of(row)) for row in rows]


def surest(own: Sequence[Followed]) -> Followed:
    """What a page says first: of the outcome that stands first the comparison of the best rating, whatever it found. own: at least one."""
    same = [one for one in own if one.row["outcome"] == own[0].row["outcome"]]
    return max(same, key=lambda one: -1 if one.finding is None else one.finding.rating)
