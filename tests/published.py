"""A small published snapshot with known figures, one of each state: shown, suppressed, empty, stale, refused."""

from datetime import UTC, date, datetime
from pathlib import Path

import polars as pl

from pipelines.impact.intention_to_treat import ESTIMATE_SCHEMA
from pipelines.impact.verdicts import POLICY, REASONS
from pipelines.serving.snapshot import publish, write_tables
from tests.published_matching import matching_tables

AS_OF = date(2026, 10, 31)
HIDDEN = "fewer than 5 people"
SHOWN_APART = (
    "drifting_pairs",
    "cost_per_participant",
    "applicants",
    "waiting_applicants",
    "goal_attainment_by_kind",
    "knowledge_flow_hours",
    "leadership_representation",
)

METRICS = {
    "participation_rate": ("Participation rate", "share", "increase", "wilson"),
    "session_frequency": ("Session frequency", "sessions_per_pair_month", "increase", "poisson"),
    "csat_mentee": ("Satisfaction of mentees", "share", "increase", "wilson"),
    "csat_mentor": ("Satisfaction of mentors", "share", "increase", "wilson"),
    "recommendation_score_mentee": ("Recommendation score of mentees", "points", "increase", "adjusted_wald"),
    "survey_response_rate": ("Survey response rate", "share", "increase", "wilson"),
    "match_rate_ever": ("Ever matched", "share", "increase", "wilson"),
    "active_pair_rate": ("Active pairs", "share", "increase", "wilson"),
    "retention_rate_12m": ("Still here after 12 months", "share", "increase", "greenwood_loglog"),
    "active_pairs": ("Active pairs (count)", "pairs", "increase", "census"),
    "completion_rate": ("Completed pairs", "share", "increase", "wilson"),
    "cost_per_participant": ("Cost per participant", "EUR", "decrease", "census"),
    "drifting_pairs": ("Drifting pairs", "pairs", "decrease", "census"),
    "acceptance_rate": ("Applicants accepted", "share", "increase", "wilson"),
    "applicants": ("Applicants", "people", "increase", "census"),
    "waiting_applicants": ("Applicants waiting", "people", "decrease", "census"),
    "time_to_match_days": ("Time to a match", "days", "decrease", "log_log_crossing"),
    "promotion_rate_12m": ("Promoted within 12 months", "share", "increase", "aalen_johansen_log_log"),
    "mentor_load": ("Mentor load", "mentees_per_place", "decrease", "census"),
    "leadership_representation": ("Representation in leadership", "share", "increase", "wilson"),
    "goal_update_rate": ("Own goals kept up monthly", "share", "increase", "wilson"),
    "goal_attainment_rate": ("Participants' goals reached", "share", "increase", "wilson"),
    "goal_attainment_by_kind": ("Participants' goals reached, by kind", "share", "increase", "wilson"),
    "goal_attainment_tscore": ("Goal attainment, T-score", "t_score", "increase", "t"),
    "skill_confidence_change": ("Skill confidence, change", "scale_points", "increase", "t"),
    "network_reach": ("Network reach", "departments", "increase", "t"),
    "knowledge_flow_hours": ("Hours of knowledge transfer", "hours", "increase", "census"),
    "relationship_quality_mentee": ("Relationship quality, mentees", "scale_points", "increase", "t"),
    "relationship_quality_mentor": ("Relationship quality, mentors", "scale_points", "increase", "t"),
    "relationship_quality_dyad_agreement": (
        "Relationship quality, agreement within pairs",
        "coefficient",
        "increase",
        "fisher",
    ),
}


COUNTED = ("session_frequency", "active_pair_rate", "csat_mentee", "participation_rate")
"""Metrics of which the months are published; the others only to date."""


def _value(metric: str, programme: str, value: float | None, n: int, **more) -> dict:
    label, unit, direction, method = METRICS[metric]
    row = {
        "metric_id": metric,
        "definition_version": "1",
        "programme_id": programme,
        "cohort_id": "all",
        "segment_kind": "all",
        "segment_value": "all",
        "period_kind": "to_date",
        "period_start": date(2024, 1, 1),
        "period_end": AS_OF,
        "numerator": None if value is None else float(value * n),
        "denominator": float(n),
        "n_people": n,
        "value": value,
        "ci_low": None if value is None else value - 0.05,
        "ci_high": None if value is None else value + 0.05,
        "interval_method": method,
        "unit": unit,
        "is_suppressed": False,
        "suppression_reason": None,
        "held_since": None,
        "computed_at": datetime(2026, 10, 31, tzinfo=UTC),
        "source_load_ids": "abc",
        "label": label,
        "direction": direction,
        "headline": True,
    }
    return {**row, **more}


def metric_values() -> pl.DataFrame:
    rows = [
        _value(metric, programme, 0.62 + 0.01 * i, 120)
        for i, metric in enumerate(METRICS)
        for programme in ("mentoring_a", "mentoring_b")
        if metric not in SHOWN_APART
    ]
    rows += [
        _value("drifting_pairs", programme, value, 60, numerator=value, denominator=60.0)
        for programme, value in (("mentoring_a", 4.0), ("mentoring_b", 15.0))
    ]
    rows += [
        _value("cost_per_participant", "mentoring_a", 812.0, 120, numerator=97_440.0, denominator=120.0),
        *(_value("applicants", programme, 90.0, 90, numerator=90.0, denominator=90.0) for programme in ("mentoring_a", "mentoring_b")),
        *(_value("applicants", "mentoring_a", share, share, numerator=share, denominator=share, segment_kind="representation_group", segment_value=group) for group, share in (("women", 40), ("men", 50))),
        _value("waiting_applicants", "mentoring_a", 6.0, 90, numerator=6.0, denominator=90.0),
        *(_value("goal_attainment_by_kind", "mentoring_a", 0.7, 60, segment_kind=kind, segment_value=name) for kind, name in (("goal_kind", "leadership"), ("goal_kind", "network"), ("goal_owner", "mentee"))),
        _value("knowledge_flow_hours", "mentoring_a", 40.0, 30, segment_kind="department_flow", segment_value="Legal > Sales"),
        _value("knowledge_flow_hours", "mentoring_a", None, 0, segment_kind="department_flow", segment_value="Sales > Legal", n_people=None, numerator=None, denominator=None, is_suppressed=True, suppression_reason=HIDDEN),
    ]  # fmt: skip
    rows += [
        _value(metric, programme, share, 100, segment_kind="representation_group", segment_value=group)
        for metric, programme in (("participation_rate", "mentoring_a"), ("acceptance_rate", "mentoring_a"), ("completion_rate", "mentoring_a"), ("leadership_representation", "organisation"))
        for group, share in (("women", 0.40), ("men", 0.60))
    ]  # fmt: skip
    rows += [
        _value("leadership_representation", "organisation", 0.3 + month / 100, 100, segment_kind="representation_group", segment_value="women", period_kind="month", period_start=date(2026, month, 1), period_end=date(2026, month, 28))
        for month in range(1, 11)
    ]  # fmt: skip
    rows += [
        _value(
            metric,
            programme,
            0.5 + month / 40,
            60,
            period_kind="month",
            period_start=date(2026, month, 1),
            period_end=date(2026, month + 1, 1),
        )
        for metric in COUNTED
        for programme in ("mentoring_a", "mentoring_b")
        for month in range(1, 10)
    ]
    rows += [
        _value("csat_mentee", "mentoring_a", 0.7, 40, cohort_id="A-2025"),
        _value("participation_rate", "mentoring_a", 0.4, 50, segment_kind="department", segment_value="Sales"),
        _value("participation_rate", "mentoring_a", None, 0, segment_kind="department", segment_value="Legal",
               numerator=None, denominator=None, n_people=None, is_suppressed=True, suppression_reason="fewer than 5 people"),
    ]  # fmt: skip
    return pl.DataFrame(rows, infer_schema_length=None)


def metric_signals() -> pl.DataFrame:
    """One metric below its limits, one within them, and one without limits in each programme."""
    common = {
        "cohort_id": "all",
        "definition_version": 1,
        "period_start": date(2026, 10, 1),
        "period_end": AS_OF,
        "direction": "increase",
        "headline": True,
    }
    limits = {
        "baseline_mean": 0.81,
        "mean_moving_range": 0.1,
        "limit_low": 0.544,
        "limit_high": 1.076,
        "baseline_months": 14,
    }
    none = {**dict.fromkeys(limits), "baseline_months": 5}
    few = "fewer than 8 months in a row before it"
    rows = [
        {"programme_id": programme, "metric_id": metric, "value": value, "n_people": 43, **more, "signal": signal, "rule": "beyond_a_limit" if signal == "below" else None, "no_limits_reason": reason,
         "is_suppressed": False, "unit": METRICS[metric][1], "label": METRICS[metric][0], **common}
        for programme, metric, value, more, signal, reason in (
            ("mentoring_a", "session_frequency", 0.4, limits, "below", None),
            ("mentoring_a", "active_pair_rate", 0.8, {**limits, "limit_high": 1.0}, "within", None),
            ("mentoring_a", "csat_mentee", 0.7, none, "cannot_tell", few),
            ("mentoring_b", "csat_mentee", 0.7, none, "cannot_tell", few))
    ]  # fmt: skip
    return pl.DataFrame(rows, infer_schema_length=None)


def estimates() -> pl.DataFrame:
    base = dict.fromkeys(ESTIMATE_SCHEMA)
    shared = {
        "design": "lottery", "estimand": "intention to treat", "estimator": "ANCOVA", "unit": "points", "arm": "mentor", "wave": "wave 2",
        "n_treated": 150, "n_control": 148, "drawn_treated": 150, "drawn_control": 148, "rating": 5, "n_observations": 298, "clusters": 298, "smallest_detectable": 0.28, "response_gap": 0.01,
        "raw_gap": 0.5, "control_mean": 3.1,
    }  # fmt: skip
    rows = [
        {**base, **shared, "outcome": "confidence", "outcome_label": "Leadership confidence", "is_primary": True, "estimate": 0.35,
         "std_error": 0.1, "ci_low": 0.15, "ci_high": 0.55, "p_value": 0.001, "verdict": "caused", "verdict_words": "Being offered the programme raised the outcome (randomised).",
         "reasons": ["randomised"]},
        {**base, **shared, "outcome": "retained_12m", "outcome_label": "Still here after 12 months", "unit": "share", "is_primary": False,
         "estimate": 0.02, "std_error": 0.03, "ci_low": -0.04, "ci_high": 0.08, "p_value": 0.5, "verdict": "not_detected",
         "verdict_words": "no clear difference", "reasons": ["the interval includes zero"]},
        {**base, "outcome": "promoted_24m", "outcome_label": "Promoted within 24 months", "unit": "share", "is_primary": False,
         "design": "one_group", "arm": "mentoring", "verdict": "refused", "verdict_words": "No effect is estimated here.",
         "reasons": ["there is no comparison that could carry an effect"], "untested": []},
    ]  # fmt: skip
    compared = [
        {**base, **COMPARED, "outcome": "retained_12m", "outcome_label": "Still employed after 12 months", "estimate": 0.051, "std_error": 0.02,
         "ci_low": 0.011, "ci_high": 0.092, "treated_mean": 0.886, "control_mean": 0.835, "raw_gap": 0.33, "months_gained": 0.3,
         "months_gained_low": 0.1, "months_gained_high": 0.5, "verdict": "supported", "verdict_words": "higher", "reasons": ["no rule speaks against it"]},
        {**base, **COMPARED, "outcome": "promoted_12m", "outcome_label": "Promoted within 12 months", "estimate": 0.02, "std_error": 0.02,
         "ci_low": -0.02, "ci_high": 0.06, "treated_mean": 0.14, "control_mean": 0.12, "raw_gap": 0.2, "verdict": "not_detected",
         "verdict_words": "no clear difference", "reasons": ["the interval includes zero"]},
        {**base, "outcome": "engagement_index", "outcome_label": "Engagement index", "unit": "points", "is_primary": False, "arm": "mentoring",
         "wave": "within 12 months", "months_since_start": 12.0, "design": "difference_in_differences", "estimator": "group-time", "estimate": 0.1,
         "std_error": 0.02, "ci_low": 0.06, "ci_high": 0.14, "p_value": 0.001, "n_treated": 200, "n_control": 500, "n_observations": 5000,
         "clusters": 700, "raw_gap": 0.4, "smallest_detectable": 0.05, "response_gap": 0.02, "pre_trend_p": 0.6, "verdict": "supported",
         "verdict_words": "higher", "reasons": [], "untested": ["no outcome that the programme can't have moved was available"]},
        {**base, "outcome": "retained_12m", "outcome_label": "Still employed after 12 months", "unit": "share", "is_primary": True, "arm": "mentoring",
         "design": "target_trial", "verdict": "not_supported", "verdict_words": "These data can't tell.", "raw_gap": 0.3,
         "reasons": ["12 mentees with a start date; at least 30 are needed"], "untested": []},
    ]  # fmt: skip
    frame = pl.DataFrame([*rows, *compared], schema=ESTIMATE_SCHEMA)
    cohorts = ["A-2025"] * len(rows) + ["all"] * len(compared)
    letters = ["a"] * (len(rows) + len(compared) - 1) + ["b"]
    return frame.with_columns(
        pl.Series("programme_id", [f"mentoring_{letter}" for letter in letters]),
        pl.Series("programme_name", [f"Mentoring {letter.upper()}" for letter in letters]),
        pl.Series("cohort_id", cohorts),
        pl.concat_str(pl.Series([f"{c}:{x}:" for c, x in zip(cohorts, letters, strict=True)]), "outcome").alias(
            "estimate_id"
        ),
        pl.lit("0123456789abcdef").alias("declaration_hash"),
        pl.lit(1).alias("declaration_version"),
        pl.lit(value=False).alias("is_changed_after_results"),
        pl.lit("2026.1").alias("policy_version"),
        pl.lit(None, pl.String).alias("registered_at"),
    )


COMPARED = {
    "unit": "share", "is_primary": False, "arm": "mentoring", "wave": "12 months", "months_since_start": 12.0, "design": "target_trial",
    "estimand": "effect on those who joined", "estimator": "nested monthly target trials", "p_value": 0.01, "p_adjusted": 0.02, "n_treated": 483,
    "n_control": 1600, "n_observations": 20000, "clusters": 1650, "events": 300, "smallest_detectable": 0.057, "effective_people": 589.0,
    "effective_share": 0.37, "largest_smd": 0.004, "largest_smd_covariate": "engagement_index", "outside_support": 0.0, "excluded_starts": 0.01,
    "too_recent": 12, "negative_control": "engagement_index a year before the start", "negative_control_p": 0.6, "negative_control_detectable": 0.21, "hazard_ratio": 0.8, "hazards_change_p": 0.4,
    "doubly_robust": 0.049, "doubly_robust_low": 0.008, "doubly_robust_high": 0.09, "method_gap": 0.1, "matched_people": 200, "matched_treated_mean": 0.86, "matched_control_mean": 0.81,
    "matched_low": 0.004, "matched_high": 0.096, "hidden_bias_bound": 1.2,
    "e_value_limit": 1.3, "sensitivity_words": "Something not measured would have to go with both by a factor of 1.3.", "untested": [],
    "covariates": ["engagement_index", "tenure_months"],
}  # fmt: skip


def impact_tables() -> dict[str, pl.DataFrame]:
    """What an estimate rests on, as the impact stage publishes it."""
    months = range(13)
    curves = [
        {"outcome": outcome, "arm": arm, "month": month, "share": start + slope * month, "ci_low": start + slope * month - 0.02,
         "ci_high": start + slope * month + 0.02, "people_at_risk": None if month == 12 else 400.0 - 5 * month,
         "cumulative_events": None if month == 1 else 5.0 * month, "cumulative_left": None if month == 3 else 2.0 * month}
        for outcome, arm, start, slope in (
            ("retained_12m", "treated", 1.0, -0.0095), ("retained_12m", "comparison", 1.0, -0.0138),
            ("promoted_12m", "treated", 0.0, 0.0117), ("promoted_12m", "comparison", 0.0, 0.01))
        for month in months
    ]  # fmt: skip
    balance = [
        {"outcome": outcome, "covariate": name, "mean_treated": 0.5, "mean_comparison_before": 0.1, "mean_comparison_after": 0.5,
         "smd_before": 0.6, "smd_after": 0.004}
        for outcome in ("retained_12m", "promoted_12m") for name in ("engagement_index", "tenure_months")
    ]  # fmt: skip
    overlap = [
        {"outcome": outcome, "bin_low": low / 10, "bin_high": (low + 1) / 10, "treated_share": None if low == 0 else 0.2, "comparison_share": 0.2}
        for outcome in ("retained_12m", "promoted_12m") for low in range(5)
    ]  # fmt: skip
    steps = [
        {"outcome": "engagement_index", "event_time": time, "estimate": 0.1 * (time >= 0), "std_error": 0.02, "ci_low": 0.1 * (time >= 0) - 0.04,
         "ci_high": 0.1 * (time >= 0) + 0.04} for time in (-3, -2, -1, 0, 1, 2)
    ]  # fmt: skip
    subgroups = [
        {"cohort_id": cohort, "outcome": "retained_12m", "subgroup_kind": "department", "subgroup_value": name, "estimate": estimate,
         "std_error": 0.03, "ci_low": None if estimate is None else estimate - 0.06, "ci_high": None if estimate is None else estimate + 0.06,
         "n_treated": None if estimate is None else 60, "n_control": None if estimate is None else 200,
         "reason": None if estimate is not None else "too few people or events in this subgroup", "left_out": None, "verdict": "suggestive",
         "interaction_p": 0.7, "interaction_p_adjusted": 0.7,
         "interaction_words": "no sign that the effect differs between the subgroups"}
        for cohort in ("all", "A-2025") for name, estimate in (("Sales", 0.04), ("Legal", None), ("Engineering", 0.06))
    ]  # fmt: skip
    declarations = [
        {"programme_id": "mentoring_a", "version": version, "declaration_hash": f"{version}" * 16, "declared_on": "2024-08-01", "first_seen": AS_OF,
         "had_results": version == 2, "is_changed_after_results": version == 2, "is_current": version == 2, "declaration": "{}"}
        for version in (1, 2)
    ]  # fmt: skip
    pooled = [
        {"cohort_id": cohort, "estimate_id": f"{cohort}:retained_12m", "outcome": "retained_12m", "unit": "share", "estimate": estimate, "shrunk": 0.04,
         "shrunk_low": 0.01, "shrunk_high": 0.07, "estimates_pooled": 3, "mean": 0.038, "mean_low": 0.002, "mean_high": 0.074, "prediction_low": -0.01,
         "prediction_high": 0.09, "tau": 0.01, "heterogeneity_p": 0.4} for cohort, estimate in (("all", 0.051), ("A-2025", 0.02))
    ]  # fmt: skip
    looks = [
        {"outcome": "retained_12m", "cohort_id": cohort, "arm": arm, "wave": None, "look": number, "looks_declared": 2, "look_level": level, "looked_on": day,
         "first_said": day, "estimate": 0.05, "ci_low": 0.01, "ci_high": 0.09, "verdict": "supported", "declaration_hash": "2" * 16, "policy_version": "2026.4"}
        for number, level, day, cohort, arm in ((1, 0.003, date(2025, 10, 31), "all", None), (2, 0.049, AS_OF, "all", None), (1, 0.003, AS_OF, "A-2025", "mentoring"))
    ]  # fmt: skip
    owned = {
        "impact_pooled": pooled,
        "impact_looks": looks,
        "impact_curves": curves,
        "impact_balance": balance,
        "impact_overlap": overlap,
        "impact_steps": steps,
        "impact_subgroups": subgroups,
    }
    return {
        **{
            name: pl.DataFrame(rows, infer_schema_length=None).with_columns(programme_id=pl.lit("mentoring_a"))
            for name, rows in owned.items()
        },
        "impact_declarations": pl.DataFrame(declarations),
        "impact_rules": pl.DataFrame(
            [{"policy_version": "2026.1", "rule": "few", "answer": "not_supported", "condition": "Under 30 mentees"}]
        ),
        "impact_thresholds": pl.DataFrame(
            [
                {"policy_version": POLICY.version, "threshold": name, "value": float(value), "reason": REASONS[name]}
                for name, value in vars(POLICY).items()
                if isinstance(value, int | float)
            ]
        ),
    }


def goals() -> pl.DataFrame:
    statuses = ("achieved", "on_track", "at_risk", "off_track", "cannot_tell")
    return pl.DataFrame(
        [
            {
                "goal_id": f"goal_{status}", "programme_id": "mentoring_a", "programme_name": "Mentoring A",
                "statement": f"Reach the target of goal {i}", "metric_id": "participation_rate", "metric_label": "Participation rate",
                "segment_kind": "all", "segment_value": "all", "baseline": 0.4, "target_value": 0.7, "unit": "share", "direction": "increase",
                "start_date": date(2026, 1, 1), "due_date": date(2027, 3, 31), "owner": "Programme manager",
                "current_value": None if status == "cannot_tell" else 0.5 + i / 20, "ci_low": 0.45, "ci_high": 0.65, "n_people": 120,
                "measured_on": "mentoring_a", "measured_by": "month", "measured_from": date(2026, 10, 1), "measured_to": date(2026, 10, 31), "expected_now": 0.55, "forecast_value": 0.68, "forecast_low": 0.6, "forecast_high": 0.76, "status": status,
                "status_reason": "the interval lies where it should be by now", "held_since": None,
            }
            for i, status in enumerate(statuses)
        ],
        infer_schema_length=None,
    )  # fmt: skip


def definitions() -> pl.DataFrame:
    return pl.DataFrame(
        [
            {
                "metric_id": metric, "label": label, "definition": f"What {label.lower()} means.", "formula": "a / b", "numerator": "a",
                "denominator": "b", "population": "participants", "index_date": "roster date", "window": "to date", "exclusions": "none",
                "minimum_n": "5", "belongs_on": "when the pair began", "needs": "nothing beyond its own rows", "direction": direction, "unit": unit, "interval_method": method, "owner": "People analytics", "version": "1",
                "headline": True,
            }
            for metric, (label, unit, direction, method) in METRICS.items()
        ]
    )  # fmt: skip


def programme_costs() -> pl.DataFrame:
    """Costs of one programme; of the other nobody has loaded any."""
    items = (
        ("bill", "coordination", 9000.0, 180.0, 0),
        ("bill", "platform licence", 3000.0, None, 0),
        ("meeting_time", "time of mentors", 6000.0, 100.0, 40),
        ("meeting_time", "time of mentees", 6000.0, 100.0, 60),
    )
    return pl.DataFrame([
        {"programme_id": "mentoring_a", "cost_kind": kind, "item": item, "period_kind": period, "period_start": date(2024, 1, 1) if period == "to_date" else date(2026, 8, 1),
         "period_end": AS_OF, "amount": amount * share, "hours": hours, "hourly_rate": 60.0, "currency": "EUR", "entries": 8, "n_people": people, "is_suppressed": False}
        for period, share in (("to_date", 1.0), ("quarter", 0.1)) for kind, item, amount, hours, people in items
    ], infer_schema_length=None)  # fmt: skip


def tables() -> dict[str, pl.DataFrame]:
    taken = datetime(2026, 10, 31, 6, tzinfo=UTC)
    return {
        "release": pl.DataFrame([{
            "release_id": "feedc0ffee12", "content_hash": "feedc0ffee12" * 2, "as_of_date": AS_OF, "workspace": "test_company",
            "run_id": "00000000-test", "code_version": "0.1.0", "lock_hash": "cafe", "dictionary_version": "babe", "min_group_size": 5,
            "is_demo": True}]),
        "programmes": pl.DataFrame([
            {"programme_id": f"mentoring_{x}", "name": f"Mentoring {x.upper()}", "mission": "People learn from people.", "strategy_link": "Board paper 7: grow our own leaders.", "currency": "EUR", "loaded_hourly_rate": 60.0, "kind": "1:1",
             "objective": "leadership_readiness", "population_rule": "Employees of a year or more", "start_date": date(2024, 1, 1),
             "end_date": None, "planned_sessions": 9, "cadence_days": 30.0, "data_origin": "demo"} for x in "ab"]),
        "cohorts": pl.DataFrame([
            {"cohort_id": "A-2025", "programme_id": "mentoring_a", "name": "2025", "start_date": date(2025, 1, 1), "end_date": date(2025, 10, 1),
             "assignment_rule": "lottery", "status": "closed", "capacity_mentees": 150}]),
        "metric_values": metric_values(),
        "metric_signals": metric_signals(),
        "metric_definitions": definitions(),
        "goals": goals(),
        "programme_costs": programme_costs(),
        "impact_estimates": estimates(),
        **impact_tables(),
        **matching_tables()[0],
        "sources": pl.DataFrame([
            {"source_id": "hris", "load_id": "l1", "source_system": "bamboohr", "connector": "bamboohr", "extracted_at": taken, "files": 3,
             "bytes": 1000, "newest_record_on": taken.date(), "age_days": 0, "freshness_days": 35, "is_stale": False},
            {"source_id": "surveys", "load_id": "l2", "source_system": "qualtrics", "connector": "qualtrics_files",
             "extracted_at": datetime(2026, 8, 1, tzinfo=UTC), "files": 8, "bytes": 5000, "newest_record_on": date(2026, 8, 1), "age_days": 91, "freshness_days": 35, "is_stale": True}]),
        "reconciliation": pl.DataFrame([
            {"load_id": "l1", "source_id": "hris", "table_name": "persons", "rows_in": 110, "loaded": 105, "quarantined": 2, "duplicates": 3,
             "filtered": 0}]),
        "quarantine_counts": pl.DataFrame([
            {"source_id": "hris", "table_name": "persons", "rule": "date_format", "reason": "hire date 30.02.2024 is not a date",
             "remedy": "correct it in the HRIS and export again", "rows": 2}]),
        "identity_conflicts": pl.DataFrame([
            {"reason": "two persons of one source", "source_id": "hris", "other_source_id": "hris", "pairs": 2},
            {"reason": "fits two persons of one source", "source_id": "hris", "other_source_id": "platform", "pairs": 1}]),
        "filtered_counts": pl.DataFrame([{"source_id": "hris", "table_name": "persons", "reason": "not an employee", "rows": 4}]),
        "findings": pl.DataFrame([{"source_id": "hris", "kind": "unknown_column", "table_name": "persons", "subject": "shoe_size", "detail": "dropped"}]),
        "check_results": pl.DataFrame([
            {"table_name": "raw_people.persons", "check_name": "not null", "column_name": "person_id", "passed": True, "observed": "0 of 105 rows fail",
             "expected": "no nulls", "severity": "error"}]),
        "lineage_nodes": pl.DataFrame([
            {"node_id": "raw_people.persons", "stage": "raw_people", "kind": "python", "description": "One row per person and source."},
            {"node_id": "marts.persons", "stage": "marts", "kind": "dbt", "description": "One row per person."}]),
        "lineage_edges": pl.DataFrame([{"from_node": "raw_people.persons", "to_node": "marts.persons"}]),
        "pairs_meeting": pl.DataFrame({"programme_id": ["mentoring_a", "mentoring_b"], "most_met": [True, True]}),
        "disclosure_audit": pl.DataFrame(
            [{"counts_protected": 214, "sums_tried": 390, "worked_out": 0, "min_group_size": 5}]
        ),
        "suppression": pl.DataFrame([
            {"table_name": "metric_values", "rule": "fewer than 5 people", "cells": 1, "is_suppressed": True},
            {"table_name": "metric_values", "rule": "shown", "cells": 200, "is_suppressed": False}]),
    }  # fmt: skip


def manager_tables() -> dict[str, pl.DataFrame]:
    return {
        **matching_tables()[1],
        "work_pairs": pl.DataFrame([
            {"pair_id": f"P-{i}", "programme_id": "mentoring_a", "cohort_id": "A-2025", "started_date": date(2026, 1, 1), "last_held_date": None if i == 3 else date(2026, 10 - i, 20),
             "cadence_days": 30.0, "sessions_held": 9 if i == 2 else 1, "planned_sessions": 9, "planned_end_date": date(2026, 12, 1), "mentees": [f"mentee{i}"], "mentors": [f"mentor{i}"]} for i in range(4)]),
        "work_milestones": pl.DataFrame([
            {"pair_id": "P-1", "programme_id": "mentoring_a", "cohort_id": "A-2025", "milestone": "agreement_signed", "due_date": date(2026, 9, 1)}]),
        "work_applicants": pl.DataFrame([
            {"application_id": "X-7", "programme_id": "mentoring_a", "cohort_id": "A-2025", "submitted_date": date(2026, 8, 1), "decision": "pending", "cohort_start_date": date(2025, 1, 1), "cohort_status": "running", "person_key": "applicant7"}]),
        "work_surveys": pl.DataFrame([
            {"survey_id": "pulse", "programme_id": "mentoring_a", "cohort_id": "A-2025", "sent_date": date(2026, 10, 1), "invited": 40, "answered": 30}]),
        "quarantine": pl.DataFrame([{
            "source_id": "hris", "table_name": "persons", "source_file": "personalstamm.csv", "source_line": 12, "rule": "date_format",
            "reason": "hire date 30.02.2024 is not a date", "remedy": "correct it and export again", "masked_text": "0012;***;30.02.2024"}]),
    }  # fmt: skip


def publish_test_snapshot(serving: Path) -> Path:
    """Publish it into `serving`; returns the readers' file."""
    return publish(
        serving, lambda path: write_tables(path, tables()), lambda path: write_tables(path, manager_tables())
    )
