"""Power planner: before launch, what will this programme be able to see?"""

import polars as pl
import streamlit as st

from dashboards import charts, elements, wording
from dashboards.planner import detectable_mean, detectable_share, mentees_needed, power_for_share

SIZES = (30, 40, 50, 75, 100, 150, 200, 300, 400, 600, 800, 1200, 1600)
OUTCOMES = {
    "retention": ("Still employed after 12 months", 85),
    "promotion": ("Promoted within 12 months", 12),
    "survey": ("A survey scale, asked before and after", 0),
}

st.header("Power planner", anchor=False)
answer = st.empty()
left, right = st.columns([1, 2], gap="large")
with left:
    outcome = elements.choose(
        "What is to change", {key: name for key, (name, _) in OUTCOMES.items()}, key="outcome_planned", width=330
    )
    mentees = st.slider(
        "Mentees", 20, 1000, 100, step=10, help="People who will take part, over all cohorts that are judged together."
    )
    ratio = st.slider(
        "Comparable people for each mentee",
        0.5,
        5.0,
        3.0,
        step=0.5,
        help="In a lottery: losers for each winner, 1 where half of those who ask get a place.",
    )
    if outcome == "survey":
        correlation = st.slider(
            "Correlation of the two answers",
            0.0,
            0.9,
            0.6,
            step=0.05,
            help="How much a person's answer before tells of the answer after; 0.6 is usual for scales of several items.",
        )
        base = 0.0
    else:
        base = (
            st.slider(
                "Share without mentoring, in %",
                1,
                99,
                OUTCOMES[outcome][1],
                help="What happens today, from the programme's retention or promotion rate.",
            )
            / 100
        )
        correlation = 0.0
    with st.expander("More"):
        design_effect = st.slider(
            "Loss by weighting and clustering",
            1.0,
            2.0,
            1.0 if outcome == "survey" else 1.1,
            step=0.05,
            key=f"loss_{outcome}",
            help="1 for a lottery of single people; 1.1 is usual for weighted comparisons; more where few mentors have many mentees.",
        )
        power = st.slider("Chance to see it, in %", 50, 95, 80, step=5) / 100


def smallest(people: int, comparable: float, loss: float) -> float:
    """Smallest effect seen with the chosen chance, in points or standard deviations."""
    if outcome == "survey":
        return detectable_mean(
            people, baseline_correlation=correlation, ratio=comparable, design_effect=loss, power=power
        )
    return 100 * detectable_share(people, base, ratio=comparable, design_effect=loss, power=power)


unit = "standard deviations" if outcome == "survey" else "percentage points"
found = smallest(mentees, ratio, design_effect)
impossible = outcome != "survey" and found > 100 * min(base, 1 - base) + 1e-9 and found > 100 * (1 - base)
words = f"{found:.2f} {unit}" if outcome == "survey" else f"{found:.1f} {unit}"
answer.markdown(
    f"With **{mentees} mentees** and {ratio:g} comparable people for each, a difference of **{words} or more** will be seen in {power:.0%} of all cases. "
    + ("Smaller effects will most likely be reported as not detected, even if they are there.")
)
with right:
    drawn = pl.DataFrame(
        [
            {"mentees": size, "smallest": smallest(size, comparable, loss), "design": name}
            for name, comparable, loss in (
                (f"as planned ({ratio:g} for each mentee)", ratio, design_effect),
                ("lottery, half win", 1.0, 1.0),
            )
            for size in SIZES
        ]
    )
    elements.chart_with_table(
        charts.detectable,
        drawn,
        title=f"{OUTCOMES[outcome][0]}: smallest difference that will be seen, by number of mentees",
        unit=unit,
        planned=float(mentees),
        key="detectable",
        takeaway=f"With {mentees} mentees {words}",
        source="normal approximation, two-sided 5 %; dashed line: the number planned",
        columns={"design": "Design", "mentees": "Mentees", "smallest": f"Smallest difference ({unit})"},
    )
    if outcome != "survey":
        likely = st.select_slider(
            "Difference that you hope for, in points", options=[1, 2, 3, 4, 5, 6, 8, 10, 12, 15, 20], value=5
        )
        chance = power_for_share(likely / 100, mentees, base, ratio=ratio, design_effect=design_effect)
        needed = mentees_needed(likely / 100, base, ratio=ratio, design_effect=design_effect, power=power)
        st.markdown(
            f"If mentoring really moves it by {likely} points, you will see it with a chance of **{chance:.0%}**; for {power:.0%} you need **{wording.people(needed)} mentees**."
        )
if impossible:
    st.warning(
        "So large a difference can't happen from this share. Judge this programme by a survey or by ramp-up, or put several cohorts together.",
        icon=":material/warning:",
    )
st.markdown(
    "**What helps most:** more people than places, and places drawn by lot: then nobody has to believe in weighting. Asking the same scale before and after costs "
    "nothing and halves the number needed. Retention shows only in large programmes or over several years."
)
