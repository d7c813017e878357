"""What one estimate rests on: waves and arms of a lottery, checks, balance, overlap, sensitivity, subgroups."""

from collections.abc import Mapping
from typing import Any

import polars as pl
import streamlit as st

from dashboards import charts, elements, queries, wording
from dashboards.facts.second_opinions import asked_otherwise
from dashboards.snapshot import Snapshot


def lottery_section(lottery: pl.DataFrame) -> None:
    """All waves and arms of the randomised outcomes."""
    when = (
        pl.when(pl.col("wave") == "pooled")
        .then(pl.lit("all waves"))
        .otherwise(pl.coalesce(pl.format("month {}", pl.col("months_since_start").cast(pl.Int64)), "wave"))
    )
    for (cohort, label, unit), outcome in lottery.group_by("cohort_id", "outcome_label", "unit", maintain_order=True):
        drawn = outcome.sort("arm", "months_since_start", nulls_last=False).with_columns(
            pl.col("estimate").alias("value"),
            pl.format("{}, {} (n {} / {})", "arm", when, "n_treated", "n_control").alias("row"),
        )
        elements.chart_with_table(
            charts.intervals,
            drawn,
            listed=drawn.with_columns(pl.col("reasons").list.join("; "), pl.col("verdict").replace(wording.VERDICT_WORDS)),
            title=f"{label}, {cohort}: offered a place less not offered, 95 % intervals",
            unit=str(unit),
            label="row",
            zero_line=True,
            is_difference=True,
            least_height=30,
            key=f"effect_{cohort}_{outcome['outcome'][0]}",
            takeaway="; ".join(f"{row['row']}: {wording.effect_size(row['estimate'], row['unit'])}" for row in drawn.to_dicts()),
            source=f"lottery, intention to treat; {outcome['estimator'][0]}",
            columns={
                "arm": "Arm", "wave": "Wave", "estimate": "Estimate", "std_error": "Standard error", "ci_low": "95 % from", "ci_high": "95 % to",
                "n_treated": "Offered", "n_control": "Not offered", "n_observations": "Observations", "clusters": "Clusters", "control_mean": "Control mean",
                "smallest_detectable": "Smallest detectable", "response_gap": "Response gap", "verdict": "Verdict", "reasons": "Reasons",
            },
        )  # fmt: skip
        if drawn.height > 2 and (drawn["wave"] == "pooled").any():
            st.caption(
                "By chance alone one in twenty single waves would exclude zero. The pooled estimates are the answer."
            )


def looked_at(row: Mapping[str, Any], policy: Mapping[str, float]) -> pl.DataFrame:
    """What the verdict rules looked at, in words, beside what the policy asks for. policy: thresholds by name."""
    entries: list[tuple[str, str]] = [
        ("Compared", f"{row['n_treated']:,} mentees, {row['n_control']:,} colleagues"),
        (
            "Smallest difference that these data could have shown",
            wording.effect_size(row["smallest_detectable"], row["unit"]),
        ),
    ]
    entries += _of_people_alike(row, policy) if row["effective_people"] is not None else []
    if row["look_words"]:
        entries.append(("When it is judged", row["look_words"]))
    if row["response_gap"] is not None:
        most = f"at most {100 * policy['greatest_response_gap']:.0f}"
        entries.append(("Answered more often in one group", f"by {100 * row['response_gap']:.0f} points ({most})"))
    if row["design"] == "difference_in_differences":
        is_quiet = (row["pre_trend_p"] or 0) >= policy["pre_trend_level"]
        moved = "no sign of it" if is_quiet else "yes, which refuses the design"
        entries.append(("Moving differently before they joined", moved))
    if row["negative_control"]:
        differs = (
            "they differ in it" if row["negative_control_p"] < policy["negative_control_level"] else "no difference"
        )
        seen = row["negative_control_detectable"]
        power = "" if seen is None else f"; the test sees differences of {seen:,.3g} and more four times in five"
        entries.append((f"An outcome that can't have moved: {_plain(row['negative_control'])}", differs + power))
    return pl.DataFrame(entries, schema=["What was looked at", "Found"], orient="row")


def _of_people_alike(row: Mapping[str, Any], policy: Mapping[str, float]) -> list[tuple[str, str]]:
    least = f"at least {policy['least_effective_people']:.0f} and {policy['least_effective_share']:.0%}"
    return [
        (
            "Effective sample size of the comparison",
            f"{row['effective_people']:,.0f} people ({row['effective_share']:.0%} of those compared with; {least})",
        ),
        (
            "Least balanced after weighting",
            f"{_plain(row['largest_smd_covariate'])}, {abs(row['largest_smd']):.2f} standard deviations (at most {policy['greatest_smd_supported']:.2f})",
        ),
        (
            "Mentees without anybody comparable",
            f"{row['outside_support']:.0%} (at most {policy['greatest_outside_support']:.0%})",
        ),
        (
            "Mentees left out for want of a start date or covariates",
            f"{row['excluded_starts']:.0%} (at most {policy['greatest_excluded_starts']:.0%})",
        ),
        ("Mentees whose follow-up isn't over", f"{row['too_recent'] or 0:,}"),
    ]


def _plain(name: str | None) -> str:
    return (name or "").replace("_", " ")


def evidence_section(snapshot: Snapshot, row: Mapping[str, Any]) -> None:
    """One comparison that is not randomised: raw gap, checks, balance, overlap, sensitivity, what could not be tested."""
    programme, outcome = row["programme_id"], row["outcome"]
    gap = wording.raw_gap_sentence(row)
    if gap:
        st.markdown(f":material/do_not_disturb_on: {gap}")
    st.table(looked_at(row, queries.thresholds(snapshot)))
    otherwise = asked_otherwise(row)
    if otherwise:
        st.markdown("**Asked in other ways.** " + " ".join(otherwise))
    if row["sensitivity_words"]:
        st.markdown(f"**What could overturn it.** {row['sensitivity_words']}")
    untested = row["untested"] or []
    if untested:
        st.markdown(f"**Not testable here.** {'; '.join(untested).capitalize()}.")
    steps = queries.effect_frame(snapshot, "steps", programme, outcome)
    if steps.height:
        elements.chart_with_table(
            charts.event_steps,
            steps,
            title="Difference by survey waves since the start; before it there should be none",
            unit=row["unit"],
            key=f"steps_{outcome}",
            takeaway="; ".join(f"wave {one['event_time']}: {one['estimate']:.2f}" for one in steps.to_dicts()),
            source=row["estimator"],
            columns={
                "event_time": "Waves since the start",
                "estimate": "Difference",
                "ci_low": "95 % from",
                "ci_high": "95 % to",
            },
        )
    balance = queries.effect_frame(snapshot, "balance", programme, outcome)
    if balance.height:
        left, right = st.columns(2, gap="large")
        with left:
            elements.chart_with_table(
                charts.love,
                balance.with_columns(pl.col("covariate").str.replace_all("_", " ")),
                title="Are the groups alike? Differences before and after weighting",
                key=f"love_{outcome}",
                takeaway=f"largest after weighting: {_plain(row['largest_smd_covariate'])} {abs(row['largest_smd']):.2f}",
                source="standardised mean differences; within the dashed lines counts as alike",
                columns={"covariate": "Covariate", "mean_treated": "Mentees", "mean_comparison_before": "Colleagues", "mean_comparison_after": "Colleagues, weighted", "smd_before": "Difference before (SD)", "smd_after": "After (SD)"},
            )  # fmt: skip
        with right:
            overlap = queries.effect_frame(snapshot, "overlap", programme, outcome)
            elements.chart_with_table(
                charts.chances,
                overlap,
                title="Do the groups meet? Chance to join of mentees and of those compared with",
                key=f"overlap_{outcome}",
                takeaway=f"{row['outside_support']:.0%} of mentees have nobody comparable",
                source="person-months at time zero; bars of few people are left out",
                columns={
                    "bin_low": "Chance from",
                    "bin_high": "to",
                    "treated_share": "Mentees",
                    "comparison_share": "Comparison",
                },
            )


def subgroup_notes(group: pl.DataFrame) -> None:
    """Groups without figures with their reason, and covariates that are the same for all in a group."""
    for one in group.to_dicts():
        name = _plain(one["subgroup_value"])
        said = [one["reason"]] if one["estimate"] is None else []
        said += [one["left_out"]] if one["left_out"] else []
        if said:
            st.caption(f"{name}: {'; '.join(said)}.")


def subgroup_section(snapshot: Snapshot, row: Mapping[str, Any]) -> None:
    """Declared subgroups: whether the effect differs between them, and the groups only where two or more can be shown."""
    subgroups = queries.effect_frame(snapshot, "subgroups", row["programme_id"], row["outcome"])
    for (cohort, kind), group in subgroups.group_by("cohort_id", "subgroup_kind", maintain_order=True):
        place = "not randomised" if cohort == "all" else str(cohort)
        st.markdown(
            f"**By {_plain(str(kind))} ({place}): {group['interaction_words'][0]}.** Subgroups were declared before results existed."
        )
        known = group.filter(pl.col("estimate").is_not_null())
        subgroup_notes(group)
        if known.height < 2:
            continue
        elements.chart_with_table(
            charts.intervals,
            known.with_columns(value=pl.col("estimate"), label=pl.format("{} (n {} / {})", pl.col("subgroup_value").str.replace_all("_", " "), "n_treated", "n_control")),
            title=f"{row['outcome_label']} by {_plain(str(kind))}, 95 % intervals",
            unit=row["unit"],
            zero_line=True,
            is_difference=True,
            key=f"subgroups_{cohort}_{kind}",
            takeaway="; ".join(f"{one['subgroup_value']}: {wording.effect_size(one['estimate'], row['unit'])}" for one in known.to_dicts()),
            source="the same comparison and the same rules within each subgroup; groups that they don't let show are left out",
            columns={"subgroup_value": "Group", "estimate": "Difference", "ci_low": "95 % from", "ci_high": "95 % to", "n_treated": "Mentees", "n_control": "Others"},
        )  # fmt: skip
