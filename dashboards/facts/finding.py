"""One rated comparison as a row whose title, word and number come from the same sign, interval and verdict."""

from dataclasses import dataclass
from typing import Literal

from dashboards.facts.words import SHARES, difference, difference_span, short_unit, unit_words
from pipelines.verdict_words import RANDOMISED, VERDICT_WORDS

Side = Literal["higher", "lower", "open"]

DIFFERENCES = ("caused", "supported", "suggestive")
"""Verdicts that go with an interval clear of zero."""
ORDER = (*DIFFERENCES, "not_detected", "not_supported", "refused")
WORDS = VERDICT_WORDS
COMPARED = {
    "lottery": "randomised",
    "staggered": "randomised starts",
    "target_trial": "comparable colleagues",
    "difference_in_differences": "before and after, with comparison",
    "one_group": "nobody to compare with",
}
SAME = 1e-6
USUAL = 0.95
"""Of an interval, unless several looks share the chance of error: then each look's interval is surer, and all of them together are as sure as this."""
CAUSES = {"lottery": "The offer of a place", "staggered": "Having started"}
WITH = {"lottery": "with a place", "staggered": "among those who had started"}
DRAWN = {
    "lottery": "{:,} drawn for a place, {:,} not",
    "staggered": "{:,} drawn to start, {:,} to wait (who waits through several starts counts at each)",
}
LARGE = 25
"""A difference that would take more than this many times the people isn't worth a plan, so none is told."""
LESS_IS_BETTER = ("left_", "ramp_up", "turnover")
"""How names of outcomes begin of which less is better."""


class Contradiction(ValueError):
    """An estimate's verdict says a difference and its interval doesn't, or a number is missing; the message names the estimate."""


@dataclass(frozen=True)
class Finding:
    """One rated comparison. estimate, low, high in `unit` (a share between 0 and 1); levels of both sides where they are known; n: people of both sides. cohort: its name, "" where all are compared together.

    confidence: of the interval, 0 to 1.
    """

    estimate_id: str
    programme_id: str
    programme: str
    outcome: str
    label: str
    unit: str
    is_primary: bool
    design: str
    when: str
    estimate: float
    low: float
    high: float
    rating: int
    rating_reason: str
    verdict: str
    n_treated: int
    n_control: int
    cohort: str
    drawn: tuple[int, int] | None
    levels: tuple[float, float] | None
    bounds: tuple[float, float] | None
    loss: float
    smallest_detectable: float | None
    check: str
    confidence: float = USUAL

    @property
    def is_randomised(self) -> bool:
        """Whether a lot decided who is compared with whom."""
        return self.design in RANDOMISED

    @property
    def people(self) -> str:
        """ "80 and 75 people"; who waits through several starts of a rollout isn't called several people."""
        if self.design == "staggered":
            return f"{self.n_treated:,} who started, {self.n_control:,} times somebody waited"
        return f"{self.n_treated:,} and {self.n_control:,} people"

    @property
    def side(self) -> Side:
        """Where the interval lies; open where it includes zero."""
        return "higher" if self.low > 0 else "lower" if self.high < 0 else "open"

    @property
    def is_difference(self) -> bool:
        """Whether a difference may be spoken of: verdict and interval agree on it."""
        return self.verdict in DIFFERENCES

    @property
    def is_better(self) -> bool:
        """Whether the estimate lies on the good side of zero."""
        return (self.estimate < 0) == self.outcome.startswith(LESS_IS_BETTER)

    @property
    def word(self) -> str:
        """What may be said, in the words of the verdict."""
        return WORDS[self.verdict]

    @property
    def said(self) -> str:
        """The verdict as a line of its own: "No clear difference"."""
        return self.word[:1].upper() + self.word[1:]

    @property
    def compared(self) -> str:
        """How the groups came about, in two words or three."""
        return COMPARED[self.design]

    @property
    def number(self) -> str:
        """The estimate with its sign: "+0.28", "−14"."""
        return difference(self.estimate, self.low, self.high, self.unit)

    @property
    def interval(self) -> str:
        """ "0.13 to 0.43"; with its confidence where that isn't the usual."""
        told = difference_span(self.low, self.high, self.unit)
        return told if self._is_usual else f"{told} ({self._percent})"

    @property
    def interval_told(self) -> str:
        """ "95% CI 0.13 to 0.43", within a sentence."""
        return f"{self._percent} CI {difference_span(self.low, self.high, self.unit)}"

    @property
    def _is_usual(self) -> bool:
        return abs(self.confidence - USUAL) < SAME

    @property
    def _percent(self) -> str:
        return f"{100 * self.confidence:.4g}%"

    @property
    def unit_told(self) -> str:
        """The unit of the difference in words."""
        return unit_words(self.unit, is_difference=True)

    @property
    def title(self) -> str:
        """What the finding says, with a verb that is no stronger than its verdict."""
        noun = self.label[:1].lower() + self.label[1:]
        if not self.is_difference:
            return (
                f"{self.label}: no clear difference" if self.verdict == "not_detected" else f"{self.label}: {self.word}"
            )
        if self.verdict == "caused" and self.unit not in SHARES:
            return f"{CAUSES[self.design]} {'raised' if self.side == 'higher' else 'lowered'} {noun}"
        more = (
            {"higher": "higher", "lower": "lower"}
            if self.unit not in ("days", "share")
            else {"higher": "more", "lower": "fewer"}
        )
        who = WITH.get(self.design, "with a mentor")
        return f"{self.label}: {more[self.side]} {who}"

    @property
    def phrase(self) -> str:
        """The finding as part of a sentence."""
        noun = self.label[:1].lower() + self.label[1:]
        if self.verdict == "caused" and self.unit not in SHARES:
            return f"{self.title[:1].lower()}{self.title[1:]} in {self.programme}"
        who = WITH.get(self.design, "among mentees")
        about = f"the share \u201c{noun}\u201d" if self.unit in SHARES else f"\u201c{noun}\u201d"
        return f"{about} was {self.side if self.is_difference else 'not clearly different'} {who} in {self.programme}"

    @property
    def sentence(self) -> str:
        """Programme, design and sample, and what could be wrong."""
        return " ".join(part for part in (f"{self.programme}{self.when}.", self._sample(), self._caveat()) if part)

    def _sample(self) -> str:
        known = f"{self.n_treated:,} and {self.n_control:,}"
        if self.is_randomised:
            if self.drawn is None:
                return f"Randomised: {known} with a known outcome; how many were drawn isn't known."
            is_whole = self.drawn == (self.n_treated, self.n_control)
            return f"Randomised: {DRAWN[self.design].format(*self.drawn)}; {'all' if is_whole else known} with a known outcome."
        if self.design == "difference_in_differences":
            return f"Not randomised: the change of {self.n_treated:,} mentees against {self.n_control:,} colleagues who joined later or not."
        return f"Not randomised: {self.n_treated:,} mentees, {self.n_control:,} comparable colleagues."

    def _caveat(self) -> str:
        if self.verdict == "not_detected":
            return self._needed()
        if self.is_randomised and self.bounds and self.bounds[0] != self.bounds[1]:
            return f"Allowing for those who are missing, the estimate lies between {difference_span(*self.bounds, self.unit).replace(' to ', ' and ')}, give or take chance."
        if self.is_randomised:
            return ""
        return (
            f"Checked: {self.check}." if self.check else "No independent check was possible, so other reasons remain."
        )

    def _needed(self) -> str:
        """How many people a difference of this size would take to be told from chance (80 % power)."""
        levels = (
            f"{100 * self.levels[0]:.0f} of 100 against {100 * self.levels[1]:.0f}. "
            if self.levels and self.unit in SHARES
            else ""
        )
        people = self.n_treated + self.n_control
        if not self.smallest_detectable or not self.estimate:
            return levels.strip()
        needed = people * (self.smallest_detectable / self.estimate) ** 2
        if not people < needed <= LARGE * people:
            return levels.strip()
        told = round(needed, -1 if needed < 10_000 else -3)
        return f"{levels}Telling {self.number.lstrip('+−')} {short_unit(self.unit)} from chance takes about {told:,.0f} people; there are {people:,}."


@dataclass(frozen=True)
class Silence:
    """An outcome without an estimate, and why."""

    programme_id: str
    programme: str
    outcome: str
    label: str
    reason: str
