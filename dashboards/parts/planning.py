"""The planner: what is chosen, what will be seen, how many are needed. It calculates with the impact library's own formulas."""

from dataclasses import dataclass

import polars as pl
import streamlit as st

from dashboards import charts, choices, elements, wording
from dashboards.planner import detectable_mean, detectable_share, mentees_needed, power_for_share

SIZES = (30, 40, 50, 75, 100, 150, 200, 300, 400, 600, 800, 1200, 1600)
OUTCOMES = {
    "retention": ("Still employed after 12 months", 85),
    "promotion": ("Promoted within 12 months", 12),
    "survey": ("A survey scale, asked before and after", 0),
}
HOPED = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20)


@dataclass(frozen=True)
class Plan:
    """A programme that is thought of. base: share without mentoring; correlation: of a scale's two answers; power: chance to see an effect."""

    outcome: str
    mentees: int
    ratio: float
    base: float
    correlation: float
    design_effect: float
    power: float

    @property
    def is_survey(self) -> bool:
        return self.outcome == "survey"

    @property
    def unit(self) -> str:
        return "standard deviations" if self.is_survey else "percentage points"

    def smallest(self, people: int, comparable: float, loss: float) -> float:
        """Smallest effect seen with the chosen chance, in points or standard deviations."""
        if self.is_survey:
            return detectable_mean(
                people, baseline_correlation=self.correlation, ratio=comparable, design_effect=loss, power=self.power
            )
        return 100 * detectable_share(people, self.base, ratio=comparable, design_effect=loss, power=self.power)

    @property
    def found(self) -> float:
        """The smallest effect of the plan itself."""
        return self.smallest(self.mentees, self.ratio, self.design_effect)

    @property
    def words(self) -> str:
        return f"{self.found:.2f} {self.unit}" if self.is_survey else f"{self.found:.1f} {self.unit}"

    @property
    def is_impossible(self) -> bool:
        """Whether no share could change by so much."""
        return (
            not self.is_survey
            and self.found > 100 * min(self.base, 1 - self.base) + 1e-9
            and self.found > 100 * (1 - self.base)
        )

    @property
    def answer(self) -> str:
        """What will be seen, in one sentence."""
        return (
            f"With **{self.mentees} mentees** and {self.ratio:g} comparable people for each, a difference of **{self.words} or more** will be seen in {self.power:.0%} of all cases. "
            "Smaller effects will most likely be reported as not detected, even if they are there."
        )


def choose_plan() -> Plan:
    """Sliders of one plan."""
    names = {key: name for key, (name, _) in OUTCOMES.items()}
    outcome = choices.choose("What is to change", names, key="outcome_planned", width=330)
    mentees = st.slider(
        "Mentees", 20, 1000, 100, step=10, help="People who will take part, over all cohorts that are judged together."
    )
    ratio = st.slider(
        "Comparable people for each mentee", 0.5, 5.0, 3.0, step=0.5,
        help="With randomised places: applicants without a place for each with one, 1 where half of those who ask get a place.",
    )  # fmt: skip
    base, correlation = (0.0, _correlation()) if outcome == "survey" else (_base(outcome), 0.0)
    with st.expander("More"):
        loss = st.slider(
            "Loss by weighting and clustering", 1.0, 2.0, 1.0 if outcome == "survey" else 1.1, step=0.05, key=f"loss_{outcome}",
            help="1 for randomised places of single people; 1.1 is usual for weighted comparisons; more where few mentors have many mentees.",
        )  # fmt: skip
        power = st.slider("Chance to see it, in %", 50, 95, 80, step=5) / 100
    return Plan(outcome, mentees, ratio, base, correlation, loss, power)


def _correlation() -> float:
    return st.slider(
        "Correlation of the two answers", 0.0, 0.9, 0.6, step=0.05,
        help="How much a person's answer before tells of the answer after; 0.6 is usual for scales of several items.",
    )  # fmt: skip


def _base(outcome: str) -> float:
    share = st.slider(
        "Share without mentoring, in %",
        1,
        99,
        OUTCOMES[outcome][1],
        help="What happens today, from the programme's retention or promotion rate.",
    )
    return share / 100


def sizes(plan: Plan) -> None:
    """The smallest difference by number of mentees, as planned and with randomised places."""
    designs = (
        (f"as planned ({plan.ratio:g} for each mentee)", plan.ratio, plan.design_effect),
        ("randomised, half get a place", 1.0, 1.0),
    )
    drawn = pl.DataFrame(
        [
            {"mentees": size, "smallest": plan.smallest(size, comparable, loss), "design": name}
            for name, comparable, loss in designs
            for size in SIZES
        ]
    )
    elements.chart_with_table(
        charts.detectable,
        drawn,
        title=f"{OUTCOMES[plan.outcome][0]}: smallest difference that will be seen, by number of mentees",
        unit=plan.unit,
        planned=float(plan.mentees),
        key="detectable",
        takeaway=f"With {plan.mentees} mentees {plan.words}",
        source="normal approximation, two-sided 5 %; dashed line: the number planned",
        columns={"design": "Design", "mentees": "Mentees", "smallest": f"Smallest difference ({plan.unit})"},
    )


def hoped_for(plan: Plan) -> None:
    """The chance to see an effect that somebody hopes for, and how many it would take."""
    if plan.is_survey:
        return
    likely = st.select_slider("Difference that you hope for, in points", options=HOPED, value=5)
    chance = power_for_share(likely / 100, plan.mentees, plan.base, ratio=plan.ratio, design_effect=plan.design_effect)
    needed = mentees_needed(
        likely / 100, plan.base, ratio=plan.ratio, design_effect=plan.design_effect, power=plan.power
    )
    st.markdown(
        f"If mentoring really moves it by {likely} points, you will see it with a chance of **{chance:.0%}**; for {plan.power:.0%} you need **{wording.people(needed)} mentees**."
    )
