"""The planner: what is chosen, what will be seen, how many are needed. It calculates with the impact library's own formulas."""

from dataclasses import dataclass

import polars as pl
import streamlit as st

from dashboards import charts, choices, elements
from dashboards.planner import USUAL_LOSS, StudyPlan, chance_to_see, detectable_mean, mentees_to_see, smallest_change

SIZES = (30, 40, 50, 75, 100, 150, 200, 300, 400, 600, 800, 1200, 1600)
OUTCOMES = {
    "retention": ("Still employed after 12 months", 85),
    "promotion": ("Promoted within 12 months", 12),
    "survey": ("A survey scale, asked before and after", 0),
}
HOPED = (1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20)


@dataclass(frozen=True)
class Plan:
    """A programme that is thought of. base: share without mentoring; correlation: of a scale's two answers; power: chance to see an effect; a_year: mentees."""

    outcome: str
    mentees: int
    study: StudyPlan
    base: float
    correlation: float
    power: float
    a_year: int = 100

    @property
    def is_survey(self) -> bool:
        return self.outcome == "survey"

    @property
    def unit(self) -> str:
        return "standard deviations" if self.is_survey else "percentage points"

    def smallest(self, people: int, study: StudyPlan) -> float | None:
        """Smallest effect seen with the chosen chance, in points or standard deviations; None where no share could rise so far."""
        if self.is_survey:
            return detectable_mean(
                people,
                baseline_correlation=self.correlation,
                ratio=study.ratio,
                design_effect=study.inflation,
                power=self.power,
            )
        found = smallest_change(people, self.base, study, power=self.power)
        return None if found is None else 100 * found

    @property
    def found(self) -> float | None:
        """The smallest effect of the plan itself."""
        return self.smallest(self.mentees, self.study)

    @property
    def words(self) -> str:
        """The smallest effect with its unit."""
        if self.found is None:
            return "no possible difference"
        return f"{self.found:.2f} {self.unit}" if self.is_survey else f"{self.found:.1f} {self.unit}"

    @property
    def title(self) -> str:
        """The answer, short."""
        if self.found is None:
            return f"With {self.mentees} mentees no rise of this share is large enough to be seen"
        return f"With {self.mentees} mentees a difference of {self.words} can be seen, a smaller one hardly"

    @property
    def answer(self) -> str:
        """What will be seen, in one sentence."""
        who = f"With **{self.mentees} mentees** and {self.study.ratio:g} comparable people for each"
        if self.found is None:
            return f"{who}, **no rise of this share is large enough** to be seen in {self.power:.0%} of all cases: even from {self.base:.0%} to 100% it would be missed more often."
        return (
            f"{who}, a difference of **{self.words} or more** will be seen in {self.power:.0%} of all cases. "
            "Smaller effects will most likely be reported as not detected, even if they are there."
        )

    def takes(self, mentees: int) -> str:
        """How long it takes until so many mentees have been followed, and how many units are drawn for it."""
        years = mentees / self.a_year
        drawn = (
            ""
            if self.study.unit_size <= 1
            else f" That is {self.study.units(mentees):,.0f} drawn units, both arms together."
        )
        return f"With {self.a_year} mentees a year they have started after {years:.1f} years; the outcome's own window comes on top.{drawn}"


def choose_plan() -> Plan:
    """Sliders of one plan."""
    names = {key: name for key, (name, _) in OUTCOMES.items()}
    outcome = choices.choose("What is to change", names, key="outcome_planned", width=330)
    mentees = st.slider(
        "Mentees", 20, 1000, 100, step=10, help="People who will take part, over all cohorts that are judged together."
    )
    ratio = st.slider(
        "Comparable people for each mentee", 0.5, 5.0, 3.0, step=0.5, format="%g",
        help="With randomised places: applicants without a place for each with one, 1 where half of those who ask get a place.",
    )  # fmt: skip
    base, correlation = (0.0, _correlation()) if outcome == "survey" else (_base(outcome), 0.0)
    a_year = st.slider("Mentees a year", 10, 500, 100, step=10, help="How many start within a year, over all cohorts.")
    with st.expander("More"):
        study, power = _details(outcome, ratio)
    return Plan(outcome, mentees, study, base, correlation, power, a_year)


def _details(outcome: str, ratio: float) -> tuple[StudyPlan, float]:
    """What makes a comparison weaker, and the chance that is wanted."""
    loss = st.slider(
        "Loss by weighting", 1.0, 2.0, USUAL_LOSS[outcome], step=0.05, key=f"loss_{outcome}",
        help="1 for randomised places; of weighted comparisons 1.1 is usual for staying, 1.2 for promotions.",
    )  # fmt: skip
    missing = st.slider(
        "People whose outcome won't be known, in %", 0, 60, 30 if outcome == "survey" else 0, step=5, key=f"missing_{outcome}",
        help="Who doesn't answer, or leaves before the outcome can be seen. Surveys often lose a third.",
    )  # fmt: skip
    whole = st.toggle("Whole sites or classes are drawn", help="Everybody of a site gets a place, or nobody does.")
    size, likeness = (1.0, 0.0)
    if whole:
        size = float(st.slider("People a site", 2, 100, 20))
        likeness = st.slider(
            "How alike people of a site are", 0.0, 0.3, 0.05, step=0.01,
            help="Intraclass correlation: 0.01 to 0.05 is usual for staying and promotions, 0.05 to 0.15 for surveys of teams.",
        )  # fmt: skip
    power = st.slider("Chance to see it, in %", 50, 95, 80, step=5) / 100
    return StudyPlan(ratio, loss, missing / 100, size, likeness), power


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
        (f"as planned ({plan.study.ratio:g} for each mentee)", plan.study),
        ("randomised one by one, half get a place", StudyPlan(1.0, 1.0, plan.study.missing)),
    )
    drawn = pl.DataFrame(
        [
            {"mentees": size, "smallest": smallest, "design": name}
            for name, study in designs
            for size in SIZES
            if (smallest := plan.smallest(size, study)) is not None
        ],
        schema={"mentees": pl.Int64, "smallest": pl.Float64, "design": pl.String},
    )
    if drawn.is_empty():
        return
    elements.chart_with_table(
        charts.detectable,
        drawn,
        title=f"{OUTCOMES[plan.outcome][0]}: smallest difference that will be seen, by number of mentees",
        unit=plan.unit,
        planned=float(plan.mentees),
        key="detectable",
        takeaway=f"With {plan.mentees} mentees {plan.words}",
        source="each arm with its own variance, two-sided 5%; dashed line: the number planned",
        columns={"design": "Design", "mentees": "Mentees", "smallest": f"Smallest difference ({plan.unit})"},
    )


def hoped_for(plan: Plan) -> None:
    """The chance to see an effect that somebody hopes for, and how many it would take."""
    if plan.is_survey:
        return
    likely = st.select_slider("Difference that you hope for, in points", options=HOPED, value=5)
    if plan.base + likely / 100 > 1:
        st.markdown(f"A share of {plan.base:.0%} can't rise by {likely} points.")
        return
    chance = chance_to_see(likely / 100, plan.mentees, plan.base, plan.study)
    needed = mentees_to_see(likely / 100, plan.base, plan.study, power=plan.power)
    said = "no number of mentees is enough" if needed is None else f"you need **{needed:,.0f} mentees**"
    st.markdown(
        f"If mentoring really moves it by {likely} points, you will see it with a chance of **{chance:.0%}**; for {plan.power:.0%} {said}. "
        + ("" if needed is None else plan.takes(needed))
    )
